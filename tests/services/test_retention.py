from datetime import timedelta

import pytest
from sqlmodel import col, select

from bot.services import delivering, inbox
from bot.services.bot import Bot
from bot.services.inbox import Considered
from bot.services.retention import Forgotten, forget_old
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import InboxRow, LaneLeaseRow, OutboxRow, QuestionRow
from tests.builders import ScriptedMatcher, asked, scheme
from tests.fakes import HandClock

KEEP = timedelta(days=30)
MOMENT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def bot(clock: HandClock) -> Bot:
    return Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock)


def answered(database: Database, bot: Bot, message_ts: str, *, delivered: bool = True) -> None:
    """Let somebody ask, be answered, and (`delivered`) have the answer reach Slack."""
    with database.transaction() as session:
        inbox.receive(session, bot, asked(message_ts=message_ts, channel_id=f"D{message_ts}"))
        (work,) = inbox.take(session, bot, 1)
        inbox.settle(session, bot, work, Considered())
    if delivered:
        with database.transaction() as session:
            for parcel in delivering.take(session, bot.system_clock, 20):
                delivering.sent(session, bot.system_clock, parcel, "1.0")


def forget(database: Database, clock: HandClock) -> Forgotten:
    with database.transaction() as session:
        return forget_old(session, clock, KEEP)


def test_text_is_forgotten_when_its_time_is_over_and_not_before(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    answered(database, bot, "1.0")
    clock.instant += KEEP
    assert forget(database, clock) == Forgotten(questions=0, arrivals=0, messages=0)
    clock.instant += MOMENT
    assert forget(database, clock) == Forgotten(questions=1, arrivals=1, messages=1)
    assert forget(database, clock) == Forgotten(questions=0, arrivals=0, messages=0)


def test_the_decision_stays_when_the_text_goes(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0")
    clock.advance(days=31)
    answered(database, bot, "2.0")
    forget(database, clock)
    with database.transaction() as session:
        old, young = session.exec(select(QuestionRow).order_by(col(QuestionRow.id))).all()
    assert (old.text, old.topic, old.reaction) == (None, "database-backup", "answer")
    assert young.text == "how do I back up the database?"


def test_what_still_waits_is_kept_however_old_it_is(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0", delivered=False)
    with database.transaction() as session:
        inbox.receive(session, bot, asked(message_ts="2.0"))
    clock.advance(days=365)
    forget(database, clock)
    with database.transaction() as session:
        assert [row.state for row in session.exec(select(InboxRow)).all()] == ["waiting"]
        assert [row.state for row in session.exec(select(OutboxRow)).all()] == ["waiting"]


def test_what_was_set_aside_is_forgotten_too(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0")
    with database.transaction() as session:
        session.exec(select(InboxRow)).one().state = "failed"
        session.exec(select(OutboxRow)).one().state = "failed"
    clock.advance(days=31)
    assert forget(database, clock) == Forgotten(questions=1, arrivals=1, messages=1)


def test_leases_that_ran_out_long_ago_are_dropped(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0")
    clock.advance(days=31)
    answered(database, bot, "2.0")
    forget(database, clock)
    with database.transaction() as session:
        assert [lease.lane for lease in session.exec(select(LaneLeaseRow)).all()] == ["D2.0"]
