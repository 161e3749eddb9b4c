"""Brief use cases: on the event loop where the database is free, never making it wait where it is not."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event
from sqlmodel import Session

from bot.storage.database import Database
from bot.storage.threads import Transactions
from tests.storage.test_threads import add, fail, lanes


@pytest.fixture
async def transactions(sqlite_database: Database) -> AsyncIterator[Transactions]:
    opened = Transactions(sqlite_database)
    yield opened
    await asyncio.to_thread(opened.close)


@contextmanager
def somebody_writing(database: Database) -> Iterator[Callable[[], None]]:
    """Hold the only write lock there is until what is given is called, or the block ends."""
    begun, go_on = threading.Event(), threading.Event()

    def write() -> None:
        with Database(str(database.url)).transaction() as session:
            add("theirs")(session)
            session.flush()
            begun.set()
            assert go_on.wait(10)

    thread = threading.Thread(target=write)
    thread.start()
    assert begun.wait(10)
    yield go_on.set
    go_on.set()
    thread.join()


def note_thread(_session: Session) -> int:
    return threading.get_ident()


async def test_it_runs_where_it_is_asked_for(transactions: Transactions) -> None:
    assert await transactions.run(note_thread, is_brief=True) == threading.get_ident()
    assert await transactions.run(note_thread) != threading.get_ident()


async def test_what_is_asked_for_together_is_committed_as_one(
    transactions: Transactions, sqlite_database: Database
) -> None:
    commits: list[int] = []
    event.listen(sqlite_database.engine, "commit", lambda _connection: commits.append(1))
    await asyncio.gather(*[transactions.run(add(f"lane {n}"), is_brief=True) for n in range(10)])
    assert len(commits) == 1
    assert len(await transactions.run(lanes, is_brief=True)) == 10


async def test_nobody_who_waits_waits_for_what_is_behind(
    transactions: Transactions, sqlite_database: Database
) -> None:
    order: list[str] = []
    commits: list[int] = []
    event.listen(sqlite_database.engine, "commit", lambda _connection: commits.append(len(order)))

    def note(name: str) -> Callable[[Session], None]:
        return lambda _session: order.append(name)

    await asyncio.gather(
        transactions.run_behind(note("behind"), is_brief=True),
        transactions.run(note("awaited 1"), is_brief=True),
        transactions.claim(note("claim"), is_brief=True),
        transactions.run(note("awaited 2"), is_brief=True),
    )
    assert order == ["awaited 1", "awaited 2", "behind", "claim"]
    assert commits == [2, 4]


async def test_the_loop_goes_on_while_somebody_else_writes(
    transactions: Transactions, sqlite_database: Database
) -> None:
    with somebody_writing(sqlite_database) as let_them_end:
        waiting = asyncio.create_task(transactions.run(add("ours"), is_brief=True))
        for _ in range(20):
            await asyncio.sleep(0)
        assert not waiting.done()
        let_them_end()
        await waiting
    assert await transactions.run(lanes) == ["ours", "theirs"]


async def test_it_joins_what_the_thread_is_busy_with(transactions: Transactions) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def take_time(session: Session) -> None:
        add("slow")(session)
        begun.set()
        assert go_on.wait(10)

    slow = asyncio.create_task(transactions.run(take_time))
    await asyncio.to_thread(begun.wait, 10)
    brief = [asyncio.create_task(transactions.run(add(f"{n}"), is_brief=True)) for n in range(3)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert not any(task.done() for task in brief)
    go_on.set()
    await asyncio.gather(slow, *brief)
    assert await transactions.run(lanes, is_brief=True) == ["0", "1", "2", "slow"]


async def test_one_that_fails_takes_nobody_with_it_and_is_the_only_one_told(
    transactions: Transactions,
) -> None:
    outcomes = await asyncio.gather(
        *[transactions.run(use_case, is_brief=True) for use_case in (add("a"), fail, add("b"), add("a"))],
        return_exceptions=True,
    )
    assert [isinstance(outcome, Exception) for outcome in outcomes] == [False, True, False, True]
    assert await transactions.run(lanes, is_brief=True) == ["a", "b"]


async def test_nobody_hears_of_what_could_not_be_committed(
    transactions: Transactions, sqlite_database: Database
) -> None:
    refusals = iter([True])

    def refuse_once(_connection: object) -> None:
        if next(refusals, False):
            raise OSError("the disk is gone")

    event.listen(sqlite_database.engine, "commit", refuse_once)
    await asyncio.gather(*[transactions.run(add(lane), is_brief=True) for lane in "ab"])
    assert next(refusals, None) is None
    assert sqlite_database.run(lanes) == ["a", "b"]


async def test_a_transaction_on_the_loop_never_waits_for_a_commit_that_waits_for_the_loop(
    transactions: Transactions, sqlite_database: Database
) -> None:
    committing = asyncio.create_task(transactions.run(add("a"), is_brief=True))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert sqlite_database.run(lanes) == ["a"]
    await committing


async def test_what_was_cancelled_before_its_turn_does_not_happen(transactions: Transactions) -> None:
    cancelled = asyncio.create_task(transactions.run(add("a"), is_brief=True))
    await asyncio.sleep(0)
    cancelled.cancel()
    await transactions.run(add("b"), is_brief=True)
    assert await transactions.run(lanes) == ["b"]


@pytest.mark.parametrize("turns", [1, 2, 3])
async def test_closing_on_the_loop_finishes_what_waits_and_what_is_committed(
    sqlite_database: Database, turns: int
) -> None:
    transactions = Transactions(sqlite_database)
    waiting = [asyncio.create_task(transactions.run(add(f"{n}"), is_brief=True)) for n in range(40)]
    for _ in range(turns):
        await asyncio.sleep(0)
    transactions.close()
    await asyncio.gather(*waiting)
    assert len(sqlite_database.run(lanes)) == 40


def test_what_a_loop_left_behind_when_it_ended_happens_with_the_next(sqlite_database: Database) -> None:
    transactions = Transactions(sqlite_database)

    loop, asking = asyncio.new_event_loop(), transactions.run(add("left"), is_brief=True)

    def ask_and_leave() -> None:
        asking.send(None)
        loop.stop()

    loop.call_soon(ask_and_leave)
    loop.run_forever()
    loop.close()
    asking.close()
    assert sqlite_database.run(lanes) == []
    assert asyncio.run(transactions.run(add("next"), is_brief=True)) is None
    transactions.close()
    assert sqlite_database.run(lanes) == ["left", "next"]
