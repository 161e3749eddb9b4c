from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bot.domain.arrival import Arrival, Asked, FileWanted, Press
from bot.domain.manners import Address, ChannelMode
from bot.domain.matching.match import Decision
from bot.services import inbox
from bot.services.bot import Bot
from bot.services.inbox import LEASE, MAX_ATTEMPTS, Considered, Work
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import (
    ChannelRow,
    InboxRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
)
from tests.builders import ANNA, TEAM, ScriptedMatcher, asked, match, pressed, scheme
from tests.fakes import HandClock

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def bot(clock: HandClock) -> Bot:
    return Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock)


def receive(database: Database, bot: Bot, arrival: Arrival) -> bool:
    with database.transaction() as session:
        return inbox.receive(session, bot, [arrival])[0]


def take(database: Database, bot: Bot, limit: int = 16) -> list[Work]:
    with database.transaction() as session:
        return inbox.take(session, bot, limit)


def settle(database: Database, bot: Bot, work: Work, considered: Considered | None = None) -> bool:
    with database.transaction() as session:
        return inbox.settle(session, bot, [(work, considered or Considered())])[0]


def settle_all(database: Database, bot: Bot, considered: Considered | None = None) -> None:
    for work in take(database, bot):
        settle(database, bot, work, considered)


def put_off(database: Database, bot: Bot, work: Work) -> str | None:
    with database.transaction() as session:
        return inbox.put_off(session, bot, work)


def rows(database: Database) -> list[InboxRow]:
    with database.transaction() as session:
        return list(session.exec(select(InboxRow).order_by(col(InboxRow.id))).all())


def said(database: Database) -> list[OutboxRow]:
    with database.transaction() as session:
        return list(session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all())


def questions(database: Database) -> list[QuestionRow]:
    with database.transaction() as session:
        return list(session.exec(select(QuestionRow)).all())


def set_mode(database: Database, mode: ChannelMode | None, channel_id: str = "C0HELP") -> None:
    with database.transaction() as session:
        session.merge(ChannelRow(workspace_id=TEAM, channel_id=channel_id, mode=mode))


def overheard(**changes: Any) -> Arrival:
    return asked(address=Address.OVERHEARD, channel_id="C0HELP", **changes)


def test_an_arrival_that_comes_twice_is_one_row(database: Database, bot: Bot) -> None:
    assert receive(database, bot, asked())
    assert not receive(database, bot, asked())
    assert not receive(database, bot, asked(address=Address.MENTION, text="the same as a mention"))
    assert len(rows(database)) == 1


def test_of_arrivals_that_come_together_each_is_told_apart(database: Database, bot: Bot) -> None:
    receive(database, bot, asked(message_ts="1.0"))
    arrivals = [
        asked(message_ts="3.0"),
        overheard(message_ts="4.0"),
        asked(message_ts="1.0"),
        asked(message_ts="2.0"),
        asked(message_ts="3.0"),
    ]
    with database.transaction() as session:
        assert inbox.receive(session, bot, arrivals) == [True, False, False, True, False]
        assert inbox.receive(session, bot, []) == []
    assert [row.key.rpartition(":")[2] for row in rows(database)] == ["1.0", "3.0", "2.0"]


def test_an_arrival_that_comes_again_when_it_is_done_is_not_done_again(database: Database, bot: Bot) -> None:
    receive(database, bot, asked())
    settle_all(database, bot)
    assert not receive(database, bot, asked())
    assert take(database, bot) == []
    assert len(said(database)) == 1


@pytest.mark.parametrize("mode", [None, ChannelMode.MENTIONS, ChannelMode.OFF])
def test_what_is_overheard_where_it_does_not_listen_is_not_stored(
    database: Database, bot: Bot, mode: ChannelMode | None
) -> None:
    set_mode(database, mode)
    assert not receive(database, bot, overheard())
    assert rows(database) == []


def test_what_is_overheard_in_a_channel_nobody_set_is_not_stored(database: Database, bot: Bot) -> None:
    assert not receive(database, bot, overheard())
    assert rows(database) == []


def test_what_is_overheard_where_it_listens_is_stored(database: Database, bot: Bot) -> None:
    set_mode(database, ChannelMode.LISTEN)
    assert receive(database, bot, overheard())
    assert not receive(database, bot, asked(address=Address.OVERHEARD, channel_id="C0ELSE"))
    assert len(rows(database)) == 1


@pytest.mark.parametrize("mode", ChannelMode)
def test_a_mention_is_stored_in_every_channel(database: Database, bot: Bot, mode: ChannelMode) -> None:
    set_mode(database, mode)
    assert receive(database, bot, asked(address=Address.MENTION, channel_id="C0HELP"))


def test_arrivals_are_taken_oldest_first_and_by_one_only(database: Database, bot: Bot) -> None:
    for number in range(3):
        receive(database, bot, asked(message_ts=f"{number}.0"))
    assert [work.arrival.key[-3:] for work in take(database, bot, 2)] == ["0.0", "1.0"]
    assert [work.arrival.key[-3:] for work in take(database, bot, 2)] == ["2.0"]
    assert take(database, bot) == []


def test_what_was_taken_comes_back_as_it_arrived(database: Database, bot: Bot) -> None:
    arrival = asked("<b> & ümläut 🙂", has_files=True, thread_ts="1.0")
    receive(database, bot, arrival)
    (work,) = take(database, bot)
    assert work.arrival == arrival


def test_slack_is_asked_about_a_person_it_did_not_tell_about_and_never_about_direct_messages(
    database: Database, bot: Bot
) -> None:
    receive(database, bot, asked())
    receive(database, bot, asked(channel_id="C0HELP", address=Address.MENTION))
    receive(database, bot, pressed())
    wishes = [(work.wants_profile, work.wants_channel) for work in take(database, bot)]
    assert wishes == [(True, False), (True, True), (True, False)]


def test_what_its_holder_left_is_taken_again_when_the_lease_is_over(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked())
    assert len(take(database, bot)) == 1
    clock.instant += LEASE
    assert take(database, bot) == []
    clock.instant += MOMENT
    assert len(take(database, bot)) == 1
    assert rows(database)[0].attempts == 2


def test_settling_writes_question_answer_and_done_in_one_go(database: Database, bot: Bot) -> None:
    receive(database, bot, asked())
    settle_all(database, bot)
    (row,) = rows(database)
    assert (row.state, row.content, row.claimed_until) == ("done", {}, None)
    (question,) = questions(database)
    assert (question.topic, question.reaction) == ("database-backup", "answer")
    assert question.text == "how do I back up the database?"
    (reply,) = said(database)
    assert (reply.method, reply.lane) == ("chat.postMessage", "D0ANNA")
    assert reply.content["thread_ts"] == "1700000000.000100"
    assert "Database backup" in reply.content["text"]


def test_the_answer_is_what_was_considered_outside_the_transaction(database: Database, bot: Bot) -> None:
    receive(database, bot, asked())
    settle_all(database, bot, Considered(match(Decision.ANSWER, "database-restore")))
    assert questions(database)[0].topic == "database-restore"


def test_a_failure_while_settling_leaves_no_trace_of_it(database: Database, bot: Bot) -> None:
    receive(database, bot, asked("boom"))
    (work,) = take(database, bot)
    breaking = ScriptedMatcher()
    breaking.broken.add("boom")
    with pytest.raises(RuntimeError):
        settle(database, replace(bot, matcher=breaking), work)
    assert rows(database)[0].state == "waiting"
    assert said(database) == []
    assert questions(database) == []


def test_a_failed_arrival_waits_twice_as_long_each_time(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked())
    for seconds in (2, 4, 8, 16):
        (work,) = take(database, bot)
        assert put_off(database, bot, work) is None
        clock.instant += timedelta(seconds=seconds) - MOMENT
        assert take(database, bot) == []
        clock.instant += MOMENT


def test_what_fails_again_and_again_is_set_aside_and_the_others_go_on(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked("broken"))
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (work,) = take(database, bot)
        reference = put_off(database, bot, work)
        assert (reference is None) == (attempt < MAX_ATTEMPTS)
        clock.advance(minutes=5)
    assert reference == f"IN-{work.row_id}"
    assert (rows(database)[0].state, rows(database)[0].reference) == ("failed", reference)
    receive(database, bot, asked("whole", message_ts="2.0"))
    clock.advance(days=1)
    (other,) = take(database, bot)
    settle(database, bot, other)
    assert [row.state for row in rows(database)] == ["failed", "done"]


def fail_for_good(database: Database, bot: Bot, clock: HandClock, arrival: Arrival) -> None:
    receive(database, bot, arrival)
    for _ in range(MAX_ATTEMPTS):
        (work,) = take(database, bot)
        put_off(database, bot, work)
        clock.advance(minutes=5)


@pytest.mark.parametrize("address", [Address.DIRECT, Address.MENTION, Address.COMMAND])
def test_whoever_addressed_the_bot_is_told_once_with_the_reference(
    database: Database, bot: Bot, clock: HandClock, address: Address
) -> None:
    fail_for_good(database, bot, clock, asked(address=address, channel_id="C0HELP"))
    (apology,) = said(database)
    assert f"IN-{rows(database)[0].id}" in apology.content["text"]


def test_nobody_is_told_about_what_was_only_overheard(database: Database, bot: Bot, clock: HandClock) -> None:
    set_mode(database, ChannelMode.LISTEN)
    fail_for_good(database, bot, clock, overheard())
    assert said(database) == []


@pytest.mark.parametrize(
    "press",
    [
        pressed(Press.SOLVED, channel_id="C0HELP"),
        FileWanted(TEAM, ANNA, "C0HELP", "1700000000.000100", "1700000002.5", 17, 0),
    ],
)
def test_whoever_pressed_in_vain_is_told_alone_with_the_reference(
    database: Database, bot: Bot, clock: HandClock, press: Arrival
) -> None:
    fail_for_good(database, bot, clock, press)
    (apology,) = said(database)
    assert apology.method == "chat.postEphemeral"
    assert (apology.content["channel"], apology.content["user"]) == ("C0HELP", ANNA.user_id)
    assert "press it once more" in apology.content["text"]
    assert f"IN-{rows(database)[0].id}" in apology.content["text"]


def test_a_thanks_leaves_nothing_but_a_reaction(database: Database, bot: Bot) -> None:
    receive(database, bot, asked("thanks a lot!"))
    settle_all(database, bot)
    assert [row.method for row in said(database)] == ["reactions.add"]
    assert questions(database) == []


def test_what_stops_its_worker_every_time_is_set_aside_too(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked())
    for _ in range(inbox.MAX_ATTEMPTS):
        assert len(take(database, bot)) == 1
        clock.instant += LEASE + MOMENT
    assert take(database, bot) == []
    (row,) = rows(database)
    assert (row.state, row.reference) == ("failed", f"IN-{row.id}")
    assert len(said(database)) == 1


def test_what_stops_its_worker_every_time_takes_nothing_else_with_it(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    for number in range(4):
        receive(database, bot, asked("poison" if number == 1 else "fine", message_ts=f"170000000{number}.1"))
    for _ in range(60):
        for work in take(database, bot):
            assert isinstance(work.arrival, Asked)
            if work.arrival.text == "poison":
                break  # The process dies, with all that it has taken.
            settle(database, bot, work)
        clock.instant += LEASE + MOMENT
    assert [row.state for row in rows(database)] == ["done", "failed", "done", "done"]


def test_what_is_new_waits_for_nothing_that_came_back(database: Database, bot: Bot, clock: HandClock) -> None:
    receive(database, bot, asked("first"))
    receive(database, bot, asked("second", message_ts="1700000001.1"))
    take(database, bot)
    clock.instant += LEASE + MOMENT
    receive(database, bot, asked("new", message_ts="1700000002.1"))
    assert [work.attempt for work in take(database, bot)] == [2, 1]
    assert take(database, bot) == []


def test_what_is_under_way_is_not_taken_again_by_whoever_has_it_however_late_it_seems(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked("slow"))
    (slow,) = take(database, bot)
    receive(database, bot, asked("new", message_ts="1700000002.1"))
    for _ in range(2):
        clock.advance(hours=1)
        with database.transaction() as session:
            found = inbox.take(session, bot, 16, but=frozenset({slow.row_id}))
    assert [work.arrival.key for work in found] == [rows(database)[1].key]
    assert rows(database)[0].attempts == 1


def test_a_claim_from_before_the_clock_was_put_back_holds_up_nobody(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked())
    take(database, bot)
    clock.advance(hours=-1)
    assert len(take(database, bot)) == 1


def taken_over(database: Database, bot: Bot, clock: HandClock) -> tuple[Work, Work]:
    """Let one worker take an arrival, and another one after the first one's lease."""
    receive(database, bot, asked())
    (slow,) = take(database, bot)
    clock.instant += LEASE + MOMENT
    (quick,) = take(database, bot)
    return slow, quick


def test_what_another_worker_has_done_since_is_not_put_back(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    slow, quick = taken_over(database, bot, clock)
    assert settle(database, bot, quick)
    done = rows(database)[0].model_dump()
    assert put_off(database, bot, slow) is None
    assert rows(database)[0].model_dump() == done
    clock.advance(days=1)
    assert take(database, bot) == []


def test_what_another_worker_works_on_is_not_put_back(database: Database, bot: Bot, clock: HandClock) -> None:
    slow, quick = taken_over(database, bot, clock)
    held = rows(database)[0].model_dump()
    assert put_off(database, bot, slow) is None
    assert rows(database)[0].model_dump() == held
    assert settle(database, bot, quick)


def test_what_another_worker_works_on_for_the_last_time_is_not_set_aside(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked())
    for _ in range(MAX_ATTEMPTS):
        *_, quick = take(database, bot)
        slow = replace(quick, attempt=quick.attempt - 1)
        clock.instant += LEASE + MOMENT
    assert put_off(database, bot, slow) is None
    assert settle(database, bot, quick)
    assert rows(database)[0].state == "done"


def test_what_another_worker_has_done_since_is_not_done_again(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    slow, quick = taken_over(database, bot, clock)
    assert settle(database, bot, quick)
    assert not settle(database, bot, slow)
    assert len(questions(database)) == len(said(database)) == 1


def test_what_was_set_aside_meanwhile_gets_no_late_answer(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    receive(database, bot, asked())
    for _ in range(MAX_ATTEMPTS):
        (slow,) = take(database, bot)
        clock.instant += LEASE + MOMENT
    assert take(database, bot) == []
    assert not settle(database, bot, slow)
    assert (rows(database)[0].state, len(said(database))) == ("failed", 1)


def together(database: Database, bot: Bot, *arrivals: Arrival) -> list[bool]:
    """Receive arrivals and settle them in one go."""
    with database.transaction() as session:
        inbox.receive(session, bot, arrivals)
    works = take(database, bot)
    with database.transaction() as session:
        return inbox.settle(session, bot, [(work, Considered()) for work in works])


def test_what_is_settled_together_is_answered_as_if_each_came_alone(database: Database, bot: Bot) -> None:
    arrivals = [asked(message_ts=f"{number}.0", channel_id=f"D{number % 2}") for number in range(5)]
    assert together(database, bot, *arrivals) == [True] * 5
    kept = questions(database)
    assert [question.message_ts for question in kept] == [f"{number}.0" for number in range(5)]
    for question, one in zip(kept, said(database), strict=True):
        assert one.content["thread_ts"] == question.message_ts
        assert f"'value': '{question.id}'" in str(one.content["blocks"])


def test_somebody_unknown_who_asks_twice_at_once_is_made_known_once(database: Database, bot: Bot) -> None:
    assert together(database, bot, asked(message_ts="1.0"), asked(message_ts="2.0")) == [True, True]
    with database.transaction() as session:
        (person_id,) = session.exec(select(PersonRow.id)).all()
    assert [question.person_id for question in questions(database)] == [person_id] * 2


def test_an_order_between_questions_has_its_effect_on_those_after_it(database: Database, bot: Bot) -> None:
    anna_is_admin = replace(bot, admins=frozenset({ANNA.user_id}))
    before, after = (
        asked(message_ts=f"{number}.0", channel_id="C0HELP", address=Address.MENTION) for number in (1, 3)
    )
    order = asked(
        message_ts="2.0",
        text="channel off",
        channel_id="C0HELP",
        address=Address.COMMAND,
        response_url="https://hooks.example/1",
    )
    assert together(database, anna_is_admin, before, order, after) == [True] * 3
    assert [question.message_ts for question in questions(database)] == ["1.0"]
    methods = [one.method for one in said(database)]
    assert methods == ["chat.postMessage", "response_url", "chat.postEphemeral"]


def test_what_somebody_else_settled_is_left_alone_among_others(database: Database, bot: Bot) -> None:
    for number in range(3):
        receive(database, bot, asked(message_ts=f"{number}.0"))
    works = take(database, bot)
    settle(database, bot, works[1])
    with database.transaction() as session:
        settled = inbox.settle(session, bot, [(work, Considered()) for work in works])
    assert settled == [True, False, True]
    assert sorted(question.message_ts for question in questions(database)) == ["0.0", "1.0", "2.0"]
