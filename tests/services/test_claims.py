"""Several replicas on one PostgreSQL: each thing is done by one of them, also when one dies in the middle."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session, select

from bot.domain.parcel import Parcel
from bot.services import delivering, inbox
from bot.services.bot import Bot
from bot.services.inbox import Considered, Work
from bot.slack.blocks import render
from bot.storage.database import Database, Isolation
from bot.storage.queries import outbox
from bot.storage.tables import InboxRow, OutboxRow, QuestionRow
from tests.builders import ScriptedMatcher, asked, scheme
from tests.fakes import HandClock

REPLICAS, MESSAGES = 3, 24


def bot_at(clock: HandClock) -> Bot:
    return Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock)


def test_replicas_that_work_at_once_settle_each_arrival_once(database: Database) -> None:
    bot = bot_at(HandClock())
    with database.transaction() as session:
        for number in range(MESSAGES):
            inbox.receive(session, bot, [asked(message_ts=f"{number}.0", channel_id=f"D{number}")])

    def take(session: Session) -> list[Work]:
        return inbox.take(session, bot, 4)

    def settle(database: Database, work: Work) -> bool:
        return database.run(lambda session: inbox.settle(session, bot, [(work, Considered())]))[0]

    def work(_replica: int) -> int:
        own, done = Database(database.url.render_as_string(hide_password=False)), 0
        while taken := own.run(take, Isolation.READ_COMMITTED):
            done += sum(settle(own, one) for one in taken)
        own.close()
        return done

    with ThreadPoolExecutor(REPLICAS) as pool:
        assert sum(pool.map(work, range(REPLICAS))) == MESSAGES
    with database.transaction() as session:
        assert len(session.exec(select(QuestionRow)).all()) == MESSAGES
        assert len(session.exec(select(OutboxRow)).all()) == MESSAGES


def test_replicas_that_deliver_at_once_take_each_message_once_and_one_of_a_lane(database: Database) -> None:
    clock = HandClock()
    with database.transaction() as session:
        for number in range(MESSAGES):
            lane, now = f"C{number % 6}", clock.now()
            outbox.add(
                session, key=f"{number:02}", workspace_id="T", lane=lane, method="m", content={}, now=now
            )

    def take(_replica: int) -> list[Parcel]:
        own = Database(database.url.render_as_string(hide_password=False))
        taken = own.run(lambda session: delivering.take(session, clock, 20), Isolation.READ_COMMITTED)
        own.close()
        return taken

    with ThreadPoolExecutor(REPLICAS) as pool:
        taken = [parcel for parcels in pool.map(take, range(REPLICAS)) for parcel in parcels]
    assert sorted(parcel.key for parcel in taken) == [f"{number:02}" for number in range(6)]


def test_what_a_replica_had_locked_when_it_died_is_free_at_once(postgresql_database: Database) -> None:
    """Its transaction ends with its connection, so that nothing waits for the lease."""
    database, bot = postgresql_database, bot_at(HandClock())
    with database.transaction() as session:
        inbox.receive(session, bot, [asked()])
    dying = Database(database.url.render_as_string(hide_password=False))
    session = Session(dying.engine.execution_options(isolation_level=Isolation.READ_COMMITTED))
    assert len(inbox.take(session, bot, 5)) == 1
    session.flush()
    backend = session.execute(text("SELECT pg_backend_pid()")).scalar_one()

    def take_now(session: Session) -> int:
        return len(inbox.take(session, bot, 5))

    assert database.run(take_now, Isolation.READ_COMMITTED) == 0
    with database.transaction() as killing:
        killing.execute(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": backend})
    assert database.run(take_now, Isolation.READ_COMMITTED) == 1
    session.invalidate()
    dying.close()


def test_what_a_replica_had_claimed_when_it_died_is_done_by_another_after_the_lease(
    database: Database,
) -> None:
    clock = HandClock()
    bot = bot_at(clock)
    with database.transaction() as session:
        inbox.receive(session, bot, [asked()])
    with database.transaction() as session:
        assert len(inbox.take(session, bot, 5)) == 1
    other = Database(database.url.render_as_string(hide_password=False))
    clock.instant += inbox.LEASE + timedelta(microseconds=1)
    (work,) = other.run(lambda session: inbox.take(session, bot, 5), Isolation.READ_COMMITTED)
    assert other.run(lambda session: inbox.settle(session, bot, [(work, Considered())])) == [True]
    other.close()
    with database.transaction() as session:
        assert session.exec(select(InboxRow.state)).all() == ["done"]
        assert len(session.exec(select(QuestionRow)).all()) == 1
