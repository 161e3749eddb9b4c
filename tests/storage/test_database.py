from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import select

from bot.storage.database import Database
from bot.storage.insert import insert_once
from bot.storage.queries import inbox
from bot.storage.tables import CompanyRow, ContactRow, InboxRow, LaneLeaseRow
from bot.storage.threads import Transactions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
THREADS, ROUNDS = 8, 20


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 20_000)],
)
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


def test_reading_and_then_writing_from_many_threads_loses_no_update(sqlite_database: Database) -> None:
    with sqlite_database.transaction() as session:
        session.add(LaneLeaseRow(workspace_id="T1", lane="C1", held_until=NOW))

    def count_up(_thread: int) -> None:
        for _ in range(ROUNDS):
            with sqlite_database.transaction() as session:
                row = session.exec(select(LaneLeaseRow)).one()
                row.held_until += timedelta(seconds=1)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(count_up, range(THREADS)))
    with sqlite_database.transaction() as session:
        counted = session.exec(select(LaneLeaseRow)).one().held_until - NOW
    assert counted == timedelta(seconds=THREADS * ROUNDS)


def test_no_arrival_is_claimed_by_two(database: Database) -> None:
    with database.transaction() as session:
        for number in range(40):
            inbox.add(session, key=f"k{number}", kind="asked", workspace_id="T1", content={}, now=NOW)

    def claim_all(_thread: int) -> list[str]:
        mine: list[str] = []
        while True:
            with database.transaction() as session:
                rows = inbox.claim(session, now=NOW, until=NOW + timedelta(minutes=1), limit=3)
                mine += [row.key for row in rows]
            if not rows:
                return mine

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
        added = await transactions.run(
            lambda session: inbox.add(
                session, key="k", kind="asked", workspace_id="T1", content={"text": "ä"}, now=NOW
            )
        )
        found = await transactions.run(lambda session: session.exec(select(InboxRow)).one())
        with pytest.raises(ZeroDivisionError):
            await transactions.run(lambda _session: 1 // 0)
    finally:
        transactions.close()
    assert added
    assert (found.key, found.content) == ("k", {"text": "ä"})
