"""What is seen of somebody who was forgotten: no name, and work goes on."""

import pytest

from bot.domain.escalation.life import Move, State
from bot.domain.keeping import Keep
from bot.domain.scheme import Language
from bot.services.escalations import composing
from bot.services.escalations.listing import timeline_of
from bot.services.escalations.moving import Moved
from bot.services.forgetting import retention
from bot.services.forgetting.person import forget_person
from bot.services.forgetting.retention import RULES
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import EscalationRow, PersonRow
from tests.escalations import World


@pytest.fixture
def world(database: Database) -> World:
    return World(database).found()


def forget_anna(world: World) -> None:
    with world.database.transaction() as session:
        forget_person(session, world.bot, "anna@practice.example", "UADA")


def card(world: World, key: int, slug: str) -> str:
    with world.database.transaction() as session:
        row = session.get_one(EscalationRow, key)
        return render(composing.card(session, world.bot, row, world.companies[slug])).text


def timeline(world: World, key: int, reader: str) -> str:
    with world.database.transaction() as session:
        person = session.get_one(PersonRow, world.people[reader])
        reference = session.get_one(EscalationRow, key).reference
        return render(timeline_of(session, world.bot, person, reference, Language.EN)).text


def test_the_company_sees_a_former_member_of_the_practice_and_no_way_to_reach_her(world: World) -> None:
    key = world.open()
    assert "Anna" in card(world, key, "nord")
    forget_anna(world)
    shown = card(world, key, "nord")
    assert "A former member of Praxis Dr. Berg" in shown
    assert "The second PC finds no server." in shown
    for word in ("Anna", "0123"):
        assert word not in shown


def test_the_cards_in_slack_are_written_anew_without_her_name(world: World) -> None:
    key = world.open()
    assert "Anna" in str(world.said("CNORD")[-1].content)
    forget_anna(world)
    update = world.said("CNORD", updates=True)[-1]
    assert update.method == "chat.update"
    assert "A former member of Praxis Dr. Berg" in update.content["text"]
    assert "Anna" not in str(update.content)
    assert set(world.threads(key)) == {world.side("nord")}


def test_the_timeline_tells_that_it_was_a_person_and_not_the_bot(world: World) -> None:
    key = world.open()
    assert "Anna opened it" in timeline(world, key, "tom")
    forget_anna(world)
    shown = timeline(world, key, "tom")
    assert "A former member of Praxis Dr. Berg opened it" in shown
    assert "Anna" not in shown


def test_an_open_escalation_goes_on_without_her_and_writes_her_no_more(world: World) -> None:
    key = world.open()
    forget_anna(world)
    assert world.sweep().is_clean
    before = len(world.said("UANNA", updates=True))
    for move in (Move.TAKE, Move.ASK_BACK):
        assert isinstance(world.move(key, move, "tom"), Moved)
    assert isinstance(world.move(key, Move.REPLY, "arzt"), Moved)
    assert isinstance(world.move(key, Move.RESOLVE, "tom"), Moved)
    world.clock.advance(days=8)
    world.sweep()
    assert world.row(key).state == State.CLOSED
    assert len(world.said("UANNA", updates=True)) == before


def test_one_that_was_emptied_can_be_opened_again(world: World) -> None:
    key = world.open()
    for move in (Move.TAKE, Move.RESOLVE):
        world.move(key, move, "tom")
    world.move(key, Move.CONFIRM, "anna")
    world.clock.advance(days=731)
    rule = next(rule for rule in RULES if rule.name == "escalations")
    bot = world.bot
    assert world.database.run(lambda session: retention.forget(session, bot, Keep(), rule)) == 1
    assert "finds no server" not in card(world, key, "nord")
    assert isinstance(world.move(key, Move.REOPEN, "anna"), Moved)
    world.sweep()
    assert set(world.threads(key)) == {"requester", world.side("nord")}
    assert (world.row(key).state, world.row(key).next_action_at is not None) == (State.TAKEN, True)
