"""Use cases for one of many things, which are done as one where they meet."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlmodel import Session

from bot.storage.database import Database
from bot.storage.joint import Joint, UseCase, alike
from bot.storage.threads import Transactions
from tests.storage.test_threads import add, all_at_once, lanes

Notes = list[list[str]]


@pytest.fixture
async def transactions(database: Database) -> AsyncIterator[Transactions]:
    opened = Transactions(database)
    yield opened
    await asyncio.to_thread(opened.close)


def add_all(session: Session, notes: Notes, names: Sequence[str]) -> list[str]:
    """Add lanes, and note which were added together; one is refused."""
    notes.append(list(names))
    if "refused" in names:
        raise ZeroDivisionError
    for name in names:
        add(name)(session)
    return [name.upper() for name in names]


def joint(notes: Notes, *names: str) -> list[UseCase]:
    return [Joint(add_all, notes, name) for name in names]


async def test_what_is_asked_for_together_is_done_as_one_and_each_gets_its_own(
    transactions: Transactions,
) -> None:
    notes: Notes = []
    calls = [transactions.claim(one, is_brief=True) for one in joint(notes, "a", "b", "c")]
    assert await asyncio.gather(*calls) == ["A", "B", "C"]
    assert sorted(name for names in notes for name in names) == ["a", "b", "c"]
    assert await transactions.run(lanes) == ["a", "b", "c"]


async def test_on_the_loop_it_is_done_at_the_turn_of_the_first(sqlite_database: Database) -> None:
    transactions, notes = Transactions(sqlite_database), Notes()

    def note(_session: Session) -> None:
        notes.append(["between"])

    first, second = joint(notes, "a", "b")
    other = Notes()
    asked_for = [first, note, *joint(other, "c"), second]
    results = await asyncio.gather(*[transactions.run(one, is_brief=True) for one in asked_for])
    assert results == ["A", None, "C", "B"]
    assert (notes, other) == ([["a", "b"], ["between"]], [["c"]])
    await asyncio.to_thread(transactions.close)


async def test_in_threads_those_that_wait_behind_each_other_are_done_as_one(
    postgresql_database: Database,
) -> None:
    transactions, notes = Transactions(postgresql_database), Notes()
    names = [f"{number:02}" for number in range(24)]
    assert await all_at_once(transactions, *joint(notes, *names)) == names
    assert sorted(name for together in notes for name in together) == names
    assert len(notes) < len(names)
    await asyncio.to_thread(transactions.close)


async def test_one_that_fails_takes_none_of_its_kind_with_it(transactions: Transactions) -> None:
    calls = [transactions.run(one, is_brief=True) for one in joint(Notes(), "a", "refused", "b")]
    told = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(one) for one in told] == [str, ZeroDivisionError, str]
    assert await transactions.run(lanes) == ["a", "b"]


async def test_alone_it_is_done_for_one(transactions: Transactions) -> None:
    notes: Notes = []
    assert await transactions.run(Joint(add_all, notes, "a")) == "A"
    assert notes == [["a"]]


def test_what_differs_in_what_it_does_or_for_whom_is_not_alike() -> None:
    notes, others = Notes(), Notes()

    def do_other(_session: Session, _notes: Notes, names: Sequence[str]) -> list[str]:
        return list(names)

    use_cases: list[UseCase] = [
        *joint(notes, "a"),
        *joint(others, "b"),
        Joint(do_other, notes, "c"),
        lanes,
        *joint(notes, "d"),
    ]
    assert alike(use_cases) == [[0, 4], [1], [2], [3]]
