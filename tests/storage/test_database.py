import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError, StatementError
from sqlmodel import Session, select

from bot.storage.database import LONGEST_WAIT_SECONDS, MAX_TRIES, Database, Isolation
from bot.storage.insert import insert_once
from bot.storage.queries import inbox
from bot.storage.queries.inbox import Arrived
from bot.storage.tables import CompanyRow, ContactRow, InboxRow, LaneLeaseRow
from bot.storage.threads import POSTGRESQL_THREADS, Transactions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROUNDS = 20


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 20_000)],
)
@pytest.mark.usefixtures("unhurried")
def test_sqlite_is_set_to_lose_nothing(sqlite_database: Database, pragma: str, expected: object) -> None:
    with sqlite_database.engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == expected


def test_a_row_cannot_point_to_nothing(database: Database) -> None:
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(ContactRow(company_id=99, rank=0, name="Nobody"))


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def add_and_fail() -> None:
        with database.transaction() as session:
            session.add(CompanyRow(slug="nord", name="Nord", role="distributor"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    with database.transaction() as session:
        assert session.exec(select(CompanyRow)).all() == []


def add_counter(database: Database) -> None:
    with database.transaction() as session:
        session.add(LaneLeaseRow(workspace_id="T1", lane="C1", held_until=NOW))


def count_up(session: Session) -> None:
    """Read and then write, as most use cases do."""
    session.exec(select(LaneLeaseRow)).one().held_until += timedelta(seconds=1)


def counted(database: Database) -> timedelta:
    with database.transaction() as session:
        return session.exec(select(LaneLeaseRow)).one().held_until - NOW


def test_reading_and_then_writing_from_many_threads_loses_no_update(database: Database) -> None:
    add_counter(database)

    def count(_thread: int) -> None:
        for _ in range(ROUNDS):
            database.run(count_up)

    threads = 8 if database.is_sqlite else POSTGRESQL_THREADS
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(count, range(threads)))
    assert counted(database) == timedelta(seconds=threads * ROUNDS)


def test_after_a_conflict_a_use_case_runs_again_from_fresh_reads(postgresql_database: Database) -> None:
    add_counter(postgresql_database)
    seen = []

    def meet_somebody_once(session: Session) -> str:
        seen.append(session.exec(select(LaneLeaseRow)).one().held_until - NOW)
        if len(seen) == 1:
            postgresql_database.run(count_up)
        count_up(session)
        return "done"

    assert postgresql_database.run(meet_somebody_once) == "done"
    assert seen == [timedelta(), timedelta(seconds=1)]
    assert counted(postgresql_database) == timedelta(seconds=2)


def test_two_that_each_decide_by_what_the_other_changes_do_not_both_pass(
    postgresql_database: Database,
) -> None:
    """Neither writes what the other writes, so that locks on rows alone would not keep them apart."""

    def lanes(session: Session) -> list[str]:
        return sorted(session.exec(select(LaneLeaseRow.lane)).all())

    def add_the_first(session: Session, lane: str) -> None:
        if not lanes(session):
            session.add(LaneLeaseRow(workspace_id="T1", lane=lane, held_until=NOW))

    met: list[bool] = []

    def beside_another(session: Session) -> None:
        add_the_first(session, "mine")
        if not met:
            met.append(True)
            postgresql_database.run(lambda other: add_the_first(other, "theirs"))

    postgresql_database.run(beside_another)
    assert postgresql_database.run(lanes) == ["theirs"]


def test_a_use_case_that_always_meets_somebody_is_given_up(
    postgresql_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waits.append)
    add_counter(postgresql_database)
    tries = []

    def meet_somebody(session: Session) -> None:
        session.exec(select(LaneLeaseRow)).one()
        tries.append(1)
        postgresql_database.run(count_up)
        count_up(session)

    with pytest.raises(OperationalError):
        postgresql_database.run(meet_somebody)
    assert len(tries) == MAX_TRIES
    assert counted(postgresql_database) == timedelta(seconds=MAX_TRIES)
    assert len(waits) == MAX_TRIES - 1
    assert max(waits) <= LONGEST_WAIT_SECONDS


def test_a_fault_that_is_no_conflict_is_not_tried_again(database: Database) -> None:
    tries = []

    def point_to_nothing(session: Session) -> None:
        tries.append(1)
        session.add(ContactRow(company_id=99, rank=0, name="Nobody"))

    with pytest.raises(IntegrityError):
        database.run(point_to_nothing)
    assert len(tries) == 1


def test_no_arrival_is_claimed_by_two(database: Database) -> None:
    with database.transaction() as session:
        inbox.add(session, [Arrived(f"k{number}", "asked", "T1", {}) for number in range(40)], NOW)

    def claim_three(session: Session) -> list[str]:
        rows = inbox.claim(session, now=NOW, until=NOW + timedelta(minutes=1), limit=3)
        return [row.key for row in rows]

    def claim_all(_thread: int) -> list[str]:
        mine: list[str] = []
        while True:
            keys = database.run(claim_three, Isolation.READ_COMMITTED)
            if not keys:
                return mine
            mine += keys

    with ThreadPoolExecutor(4) as pool:
        claimed = [key for keys in pool.map(claim_all, range(4)) for key in keys]
    assert sorted(claimed) == sorted(f"k{number}" for number in range(40))


def test_an_instant_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    there = NOW.astimezone(ZoneInfo("Asia/Tokyo"))
    with database.transaction() as session:
        session.add(LaneLeaseRow(workspace_id="T1", lane="C1", held_until=there))
    with database.transaction() as session:
        stored = session.exec(select(LaneLeaseRow)).one().held_until
    assert stored == there
    assert stored.utcoffset() == timedelta(0)


def test_an_instant_without_a_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 24, 9, 0)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError), database.transaction() as session:
        session.add(LaneLeaseRow(workspace_id="T1", lane="C1", held_until=naive))


def test_a_second_row_of_the_same_key_is_ignored_and_said_to_be_so(database: Database) -> None:
    values = {"workspace_id": "T1", "lane": "C1", "held_until": NOW}
    with database.transaction() as session:
        assert insert_once(session, LaneLeaseRow, values)
        assert not insert_once(session, LaneLeaseRow, {**values, "held_until": NOW + timedelta(days=1)})
    with database.transaction() as session:
        assert session.exec(select(LaneLeaseRow)).one().held_until == NOW


def test_the_folder_of_a_new_file_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a' / 'b' / 'signpost.db'}")
    database.make_folder()
    database.make_folder()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    database.close()


async def test_use_cases_run_one_after_the_other_and_give_what_they_return(database: Database) -> None:
    transactions = Transactions(database)
    try:
        row = Arrived("k", "asked", "T1", {"text": "ä"})
        added = await transactions.run(lambda session: inbox.add(session, [row], NOW))
        found = await transactions.run(lambda session: session.exec(select(InboxRow)).one())
        with pytest.raises(ZeroDivisionError):
            await transactions.run(lambda _session: 1 // 0)
    finally:
        transactions.close()
    assert added == [True]
    assert (found.key, found.content) == ("k", {"text": "ä"})


def test_errors_are_told_by_their_kind_and_conflicts_are_run_again(postgresql_database: Database) -> None:
    told: list[str] = []
    database = postgresql_database
    database.on_error(told.append)
    begun = threading.Barrier(2)
    lane = {"workspace_id": "T1", "lane": "C1"}
    database.run(lambda session: session.add(LaneLeaseRow(**lane, held_until=NOW)))

    def move(_: int) -> int:
        tries = 0

        def use_case(session: Session) -> None:
            nonlocal tries
            tries += 1
            lease = session.get_one(LaneLeaseRow, tuple(lane.values()))
            if tries == 1:
                begun.wait(10)
            lease.held_until += timedelta(seconds=1)

        database.run(use_case)
        return tries

    with ThreadPoolExecutor(2) as pool:
        tries = sum(pool.map(move, range(2)))
    assert told == ["conflict"] * (tries - 2)
    assert told
    with pytest.raises(ProgrammingError):
        database.run(lambda session: session.execute(text("SELECT * FROM nowhere")))
    assert told[-1] == "other"


def test_a_full_database_is_told_as_unavailable(sqlite_database: Database) -> None:
    told: list[str] = []
    sqlite_database.on_error(told.append)

    def write_much(session: Session) -> None:
        session.execute(text("PRAGMA max_page_count = 1"))
        for number in range(200):
            session.add(LaneLeaseRow(workspace_id="x" * 4000, lane=str(number), held_until=NOW))
        session.flush()

    with pytest.raises(OperationalError):
        sqlite_database.run(write_much)
    assert told == ["unavailable"]
