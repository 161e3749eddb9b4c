"""Use cases that share a commit, and yet are each a transaction of its own."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col, select

from bot.storage.database import Database
from bot.storage.tables import LaneLeaseRow
from bot.storage.threads import Transactions

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
UseCase = Callable[[Session], object]


def add(lane: str, *, workspace_id: str = "T1") -> UseCase:
    return lambda session: session.add(LaneLeaseRow(workspace_id=workspace_id, lane=lane, held_until=NOW))


def fail(session: Session) -> None:
    add("of the one that failed")(session)
    session.flush()
    raise ZeroDivisionError


def lanes(session: Session) -> list[str]:
    return list(session.exec(select(LaneLeaseRow.lane).order_by(col(LaneLeaseRow.lane))).all())


@pytest.fixture
def transactions(database: Database) -> Iterator[Transactions]:
    opened = Transactions(database)
    yield opened
    opened.close()


async def all_at_once(transactions: Transactions, *use_cases: UseCase) -> list[object]:
    """Let use cases gather behind one that takes its time, and return what became of them."""
    begun, go_on = threading.Event(), threading.Event()

    def take_time(_session: Session) -> None:
        begun.set()
        assert go_on.wait(10)

    first = [asyncio.create_task(transactions.run(take_time)) for _ in transactions.threads]
    await asyncio.to_thread(begun.wait, 10)
    others = [asyncio.create_task(transactions.run(use_case)) for use_case in use_cases]
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*first)
    return await asyncio.gather(*others, return_exceptions=True)


async def test_what_waits_for_the_disk_waits_together(sqlite_database: Database) -> None:
    commits: list[int] = []
    event.listen(sqlite_database.engine, "commit", lambda _connection: commits.append(1))
    transactions = Transactions(sqlite_database)
    await all_at_once(transactions, *[add(f"lane {n}") for n in range(10)])
    assert sum(commits) <= 2
    assert len(await transactions.run(lanes)) == 10
    transactions.close()


async def test_what_somebody_waits_for_comes_before_what_nobody_waits_for(sqlite_database: Database) -> None:
    transactions, order = Transactions(sqlite_database), list[str]()
    commits: list[int] = []
    event.listen(sqlite_database.engine, "commit", lambda _connection: commits.append(len(order)))

    def note(name: str) -> UseCase:
        return lambda _session: order.append(name)

    begun, go_on = threading.Event(), threading.Event()

    def take_time(_session: Session) -> object:
        begun.set()
        return go_on.wait(10)

    tasks: list[asyncio.Task[object]] = [asyncio.create_task(transactions.run_behind(take_time))]
    await asyncio.to_thread(begun.wait, 10)
    for name in ("behind 1", "behind 2"):
        tasks.append(asyncio.create_task(transactions.run_behind(note(name))))
    for name in ("awaited 1", "awaited 2"):
        tasks.append(asyncio.create_task(transactions.run(note(name))))
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*tasks)
    assert order == ["awaited 1", "awaited 2", "behind 1", "behind 2"]
    # Nobody who waits waits for the end of what is behind.
    assert commits == [2, 4]
    transactions.close()


async def test_one_that_fails_takes_nobody_with_it_and_is_the_only_one_told(
    transactions: Transactions,
) -> None:
    outcomes = await all_at_once(transactions, add("a"), fail, add("b"))
    assert [type(outcome) for outcome in outcomes] == [type(None), ZeroDivisionError, type(None)]
    assert await transactions.run(lanes) == ["a", "b"]


async def test_each_sees_what_those_before_it_wrote_and_none_their_objects(
    sqlite_database: Database,
) -> None:
    transactions = Transactions(sqlite_database)
    objects: list[LaneLeaseRow] = []

    def look(session: Session) -> list[str]:
        objects.append(session.exec(select(LaneLeaseRow).where(LaneLeaseRow.lane == "a")).one())
        return lanes(session)

    outcomes = await all_at_once(transactions, add("a"), look, add("b"), look)
    assert outcomes[1::2] == [["a"], ["a", "b"]]
    assert objects[0] is not objects[1]
    transactions.close()


async def test_a_key_that_is_taken_fails_only_for_whoever_took_it_second(transactions: Transactions) -> None:
    outcomes = await all_at_once(transactions, add("a"), add("a"), add("b"))
    assert sum(isinstance(outcome, Exception) for outcome in outcomes) == 1
    assert await transactions.run(lanes) == ["a", "b"]


async def test_on_a_full_disk_only_what_does_not_fit_is_lost(sqlite_database: Database) -> None:
    transactions = Transactions(sqlite_database)

    def fill(session: Session) -> None:
        pages = int(session.execute(text("PRAGMA page_count")).scalar_one())
        session.execute(text(f"PRAGMA max_page_count = {pages + 2}"))

    outcomes = await all_at_once(transactions, fill, add("a"), add("b" * 100_000), add("c"))
    assert isinstance(outcomes[2], OperationalError)
    assert await transactions.run(lanes) == ["a", "c"]
    transactions.close()


async def test_nobody_hears_of_what_could_not_be_committed(sqlite_database: Database) -> None:
    """SQLite answers to a commit that fails by taking everything back."""
    transactions = Transactions(sqlite_database)
    await transactions.run(add("before"))
    refusals = iter([True])

    def refuse_once(_connection: object) -> None:
        if next(refusals, False):
            raise OSError("the disk is gone")

    event.listen(sqlite_database.engine, "commit", refuse_once)
    outcomes = await all_at_once(transactions, add("a"), add("b"))
    assert outcomes == [None, None]
    assert await transactions.run(lanes) == ["a", "b", "before"]
    transactions.close()


async def test_what_was_cancelled_before_its_turn_does_not_happen(transactions: Transactions) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def take_time(_session: Session) -> None:
        begun.set()
        assert go_on.wait(10)

    first = [asyncio.create_task(transactions.run(take_time)) for _ in transactions.threads]
    await asyncio.to_thread(begun.wait, 10)
    second = asyncio.create_task(transactions.run(add("a")))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.sleep(0)
    go_on.set()
    await asyncio.gather(*first)
    await transactions.run(add("b"))
    assert await transactions.run(lanes) == ["b"]


async def test_closing_finishes_what_waits_and_takes_nothing_more(database: Database) -> None:
    transactions = Transactions(database)
    waiting = [asyncio.create_task(transactions.run(add(f"lane {n}"))) for n in range(5)]
    await asyncio.sleep(0)
    await asyncio.to_thread(transactions.close)
    await asyncio.gather(*waiting)
    assert len(database.run(lanes)) == 5
    with pytest.raises(RuntimeError, match="closed"):
        await transactions.run(lanes)


def test_a_thread_may_wait_for_what_its_use_case_gives(transactions: Transactions) -> None:
    transactions.wait_for(add("a"))
    assert transactions.wait_for(lanes) == ["a"]
