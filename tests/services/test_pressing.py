"""Nothing that a button carries is believed: the question must stand where the button was pressed."""

from typing import Any

import pytest
from sqlmodel import col, select

from bot.domain.arrival import Arrival, Press, Pressed
from bot.domain.network import SlackUser
from bot.services import inbox
from bot.services.bot import Bot
from bot.services.inbox import Considered
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import OutboxRow, QuestionRow, VerdictRow
from tests.builders import ScriptedMatcher, asked, pressed, scheme
from tests.fakes import HandClock

ANNA = SlackUser("T1", "UANNA")
EVE = SlackUser("T1", "UEVE")
HERE: dict[str, Any] = {"workspace_id": "T1", "channel_id": "C1"}


@pytest.fixture
def bot() -> Bot:
    clock = HandClock()
    return Bot(
        scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock, admins=frozenset({"UADMIN"})
    )


@pytest.fixture
def question_id(database: Database, bot: Bot) -> int:
    arrive(database, bot, asked(user=ANNA, **HERE))
    with database.transaction() as session:
        question = session.exec(select(QuestionRow)).one()
        assert question.id is not None
        return question.id


def arrive(database: Database, bot: Bot, arrival: Arrival) -> None:
    with database.transaction() as session:
        inbox.receive(session, bot, [arrival])
        for work in inbox.take(session, bot, 1):
            inbox.settle(session, bot, [(work, Considered())])


def presses(database: Database, bot: Bot, press: Pressed) -> OutboxRow:
    """Press, and return what is said because of it."""
    arrive(database, bot, press)
    with database.transaction() as session:
        return session.exec(select(OutboxRow).order_by(col(OutboxRow.id).desc()).limit(1)).one()


def verdicts(database: Database) -> list[tuple[str, str]]:
    with database.transaction() as session:
        return [(row.kind, row.topic) for row in session.exec(select(VerdictRow)).all()]


def outcome(database: Database, question_id: int) -> str:
    with database.transaction() as session:
        return session.get_one(QuestionRow, question_id).outcome


def test_the_asker_solves_the_own_question(database: Database, bot: Bot, question_id: int) -> None:
    said = presses(database, bot, pressed(Press.SOLVED, question_id, user=ANNA, **HERE))
    assert said.method == "chat.update"
    assert outcome(database, question_id) == "solved"
    assert [kind for kind, _ in verdicts(database)] == ["solved"]


def test_pressing_twice_records_once(database: Database, bot: Bot, question_id: int) -> None:
    for action_ts in ("1.1", "1.2"):
        presses(database, bot, pressed(Press.SOLVED, question_id, user=ANNA, action_ts=action_ts, **HERE))
    assert len(verdicts(database)) == 1


@pytest.mark.parametrize("elsewhere", [{"channel_id": "C2"}, {"workspace_id": "T2"}])
def test_a_question_of_another_place_is_not_touched(
    database: Database, bot: Bot, question_id: int, elsewhere: dict[str, str]
) -> None:
    said = presses(database, bot, pressed(Press.SOLVED, question_id, user=ANNA, **{**HERE, **elsewhere}))
    assert said.method == "chat.postEphemeral"
    assert "no longer have that question" in said.content["text"]
    assert outcome(database, question_id) == ""
    assert verdicts(database) == []


def test_a_question_that_never_was_is_answered_harmlessly(database: Database, bot: Bot) -> None:
    said = presses(database, bot, pressed(Press.NOT_THIS, 999_999_999, user=ANNA, **HERE))
    assert said.method == "chat.postEphemeral"


def test_a_stranger_is_told_so_and_changes_nothing(database: Database, bot: Bot, question_id: int) -> None:
    said = presses(database, bot, pressed(Press.NOT_THIS, question_id, user=EVE, **HERE))
    assert said.method == "chat.postEphemeral"
    assert said.content["user"] == "UEVE"
    assert outcome(database, question_id) == ""


def test_an_admin_may_judge_any_answer(database: Database, bot: Bot, question_id: int) -> None:
    presses(database, bot, pressed(Press.SOLVED, question_id, user=SlackUser("T1", "UADMIN"), **HERE))
    assert outcome(database, question_id) == "solved"


def test_a_topic_that_the_scheme_does_not_know_has_no_effect(
    database: Database, bot: Bot, question_id: int
) -> None:
    presses(database, bot, pressed(Press.TOPIC, question_id, user=ANNA, topic="../../etc", **HERE))
    assert verdicts(database) == []
    assert outcome(database, question_id) == ""


def test_a_refused_topic_is_not_offered_again(database: Database, bot: Bot, question_id: int) -> None:
    with database.transaction() as session:
        first = session.get_one(QuestionRow, question_id).topic
    said = presses(database, bot, pressed(Press.NOT_THIS, question_id, user=ANNA, **HERE))
    buttons = [
        e["action_id"]
        for block in said.content["blocks"]
        for e in block.get("elements", [])
        if "action_id" in e
    ]
    assert f"signpost.topic.{first}" not in buttons
    assert verdicts(database) == [("not-this", first)]
