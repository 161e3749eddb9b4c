"""Each reminder once, none missing: with crashes at every write, two replicas, and a clock that jumps."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlmodel import col

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.turn import asked_stage
from bot.services.renewals.arming import arm
from bot.storage.database import Database
from bot.storage.tables import MaintenanceEntryRow, OutboxRow, ReminderDueRow, ReminderRow
from tests.engines import SqliteFiles
from tests.renewals import DUE, World, nine

FIRST = DUE - timedelta(days=90)
PRACTICES = 6


class CrashError(Exception):
    """The process died here."""


@pytest.fixture
def world(database: Database) -> World:
    """Six practices of two packages each, and a direct customer."""
    world = World(database).found()
    for number in range(PRACTICES):
        name = f"Praxis {chr(65 + number)}"
        world.practice(name, f"U{number}")
        world.package(f"L-{number}-1", name)
        world.package(f"L-{number}-2", name)
    world.package("L-direct", "Praxis Dr. Sommer")
    world.clock.instant = nine(FIRST)
    return world


def told(world: World) -> Counter[str]:
    return Counter(str(row.content["channel"]) for row in world.outbox())


ONCE_EACH = Counter([*(f"U{number}" for number in range(PRACTICES)), "UHEIKE", "UTOM", "UKARL"])
REMINDERS = (2 * PRACTICES + 1) * 2


@contextmanager
def crashing(database: Database, at: int, *, name: str = "before_cursor_execute") -> Iterator[list[int]]:
    """Let the process die at its statement of this number, or at its commit; give how many there were."""
    seen = [0]

    def count(*_: Any) -> None:
        seen[0] += 1
        if seen[0] == at:
            raise CrashError

    event.listen(database.engine, name, count)
    try:
        yield seen
    finally:
        event.remove(database.engine, name, count)


def test_a_crash_at_any_statement_loses_nothing_and_doubles_nothing(world: World) -> None:
    for statement in range(1, 200):
        try:
            with crashing(world.database, statement):
                world.tick()
        except CrashError:
            continue
        break
    assert 5 < statement < 199
    assert told(world) == ONCE_EACH
    assert len(world.ledger()) == REMINDERS


def test_a_crash_at_the_commit_loses_nothing_and_doubles_nothing(world: World) -> None:
    with pytest.raises(CrashError), crashing(world.database, 1, name="commit"):
        world.tick()
    assert world.outbox() == []
    world.tick()
    assert told(world) == ONCE_EACH


def test_a_commit_whose_answer_was_lost_is_not_done_again(world: World) -> None:
    with pytest.raises(CrashError), crashing(world.database, 2, name="begin"):
        world.tick()
    assert told(world) == ONCE_EACH
    world.tick()
    assert told(world) == ONCE_EACH
    assert len(world.ledger()) == REMINDERS


def test_replicas_beside_each_other_say_each_reminder_once(world: World) -> None:
    url = world.database.url.render_as_string(hide_password=False)
    start, failures = threading.Barrier(3), list[BaseException]()

    def replica() -> None:
        own = World(Database(url), world.clock)
        try:
            start.wait(10)
            for _ in range(5):
                own.tick()
        except BaseException as error:
            failures.append(error)
        finally:
            own.database.close()

    threads = [threading.Thread(target=replica) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failures == []
    world.tick()
    assert told(world) == ONCE_EACH
    assert len(world.ledger()) == REMINDERS
    assert {row.outcome for row in world.ledger()} == {"queued"}


def test_settling_beside_a_tick_leaves_no_reminder_behind(world: World) -> None:
    url = world.database.url.render_as_string(hide_password=False)
    other = World(Database(url), world.clock)
    with world.database.transaction() as session:
        keys = [row.period_id for row in session.scalars(select(ReminderDueRow)).all()]

    def settle() -> None:
        for key in dict.fromkeys(keys):
            other.record(key, EntryKind.PAID, amount_cents=11781)

    settling = threading.Thread(target=settle)
    settling.start()
    while settling.is_alive():
        world.tick()
    settling.join()
    other.database.close()
    world.tick()
    assert world.due() == {}
    assert all(count == 1 for count in told(world).values())


def test_back_and_forth_over_the_end_of_summer_time_each_is_said_once(sqlite_database: Database) -> None:
    world = World(sqlite_database).found()
    monday = date(2027, 11, 1)
    world.package("L-1", due_on=monday, stages="-4 -3 0 1")
    instants = [datetime(2027, 10, 27, tzinfo=UTC) + timedelta(hours=hour) for hour in range(24 * 7)]
    now_and_then = instants[::3]
    to_and_fro = [*now_and_then[:20], *reversed(now_and_then[:23])]
    for instant in [*to_and_fro, *instants, *reversed(now_and_then), *now_and_then]:
        world.clock.instant = instant
        world.tick()
    assert world.stages("practice:1") == ["-4", "-3", "0", "1"]
    told_at = [row.dealt_at for row in world.ledger() if row.recipient == "practice:1"][-2:]
    assert told_at == [datetime(2027, 11, 1, 8, tzinfo=UTC), datetime(2027, 11, 2, 8, tzinfo=UTC)]


# ---- any sequence of what may happen ---------------------------------------------------------------

ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("advance"), st.integers(1, 24 * 90)),
        st.tuples(st.just("rewind"), st.integers(1, 24 * 40)),
        st.tuples(st.just("move"), st.integers(-100, 200)),
        st.tuples(st.sampled_from(["settle", "reopen", "arm", "bill", "tick"]), st.just(0)),
        st.tuples(st.just("ask"), st.integers(1, 40)),
    ),
    max_size=25,
)


@settings(max_examples=settings().max_examples // 4)
@given(actions=ACTIONS)
def test_whatever_happens_each_stage_is_said_once_and_the_last_one_is_always_said(
    sqlite_files: SqliteFiles, actions: list[tuple[str, int]]
) -> None:
    with sqlite_files.lent() as database:
        world = World(database).found()
        period_id = world.package("L-1")
        for action, number in actions:
            act(world, period_id, action, number)
            world.tick()
        is_open = not settled(world)
        while coming := world.due():
            world.go(max(world.clock.now(), *(at for _, at in coming.values())) + timedelta(minutes=1))
        check(world, is_open=is_open)


def act(world: World, period_id: int, action: str, number: int) -> None:
    match action:
        case "advance":
            world.clock.advance(hours=number)
        case "rewind":
            world.clock.advance(hours=-number)
        case "move":
            world.record(period_id, EntryKind.MOVED, moved_to=DUE + timedelta(days=number))
        case "settle":
            world.record(period_id, EntryKind.WAIVED)
        case "bill":
            world.record(period_id, EntryKind.BILLED, amount_cents=11781)
        case "reopen":
            for entry in waivers(world):
                world.record(period_id, EntryKind.CORRECTION, corrects=entry)
        case "arm":
            with world.database.transaction() as session:
                arm(session, [period_id], world.clock.now())
        case "ask":
            ask(world, period_id, number)


def waivers(world: World) -> list[int]:
    with world.database.transaction() as session:
        rows = list(session.scalars(select(MaintenanceEntryRow)).all())
    back = {row.corrects_id for row in rows}
    return [row.id or 0 for row in rows if row.kind == "waived" and row.id not in back]


def settled(world: World) -> bool:
    return bool(waivers(world))


def ask(world: World, period_id: int, days: int) -> None:
    day = world.clock.now().date() + timedelta(days=days)
    with world.database.transaction() as session:
        row = session.get(ReminderDueRow, (period_id, "practice:1"))
        if row is not None:
            row.stage, row.at = asked_stage(day), nine(day)


def check(world: World, *, is_open: bool) -> None:
    with world.database.transaction() as session:
        ledger = list(session.scalars(select(ReminderRow)).all())
        posts = select(OutboxRow).where(col(OutboxRow.method) == "chat.postMessage")
        queued = len(list(session.scalars(posts).all()))
        due_on = session.connection().exec_driver_sql("SELECT due_on FROM maintenance_period").scalar_one()
    said = [row for row in ledger if row.outcome == "queued"]
    assert len({(row.due_on, row.stage, row.recipient) for row in said}) == len(said) == queued
    assert world.due() == {}
    for recipient in ("practice:1", "company:2") if is_open else ():
        mine = [row for row in ledger if row.recipient == recipient and str(row.due_on) == str(due_on)]
        assert "30" in {row.stage for row in mine}
        last = max(mine, key=lambda row: (row.dealt_at, row.outcome == "queued"))
        assert last.outcome == "queued"
