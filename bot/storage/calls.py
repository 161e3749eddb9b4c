"""Use cases that wait for their turn, and how their callers hear what became of them."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from msgspec import Struct
from sqlmodel import Session

from bot.storage.database import Isolation
from bot.storage.joint import are_alike

MOST_TOGETHER = 64
"""How many use cases share a commit at most: whoever is first waits for the last."""


class Turn(IntEnum):
    """Who comes first: Slack waits three seconds for an acknowledgement, nobody for what happens behind."""

    AWAITED = 0
    BEHIND = 1
    END = 2


@dataclass(frozen=True, order=True)
class Call:
    """A use case that waits for its turn, and where its caller waits for what becomes of it.

    The caller is a coroutine of `loop`, which may be cancelled, or a thread where there is none.
    """

    turn: Turn
    number: int
    use_case: Callable[[Session], Any] = field(compare=False)
    isolation: Isolation = field(compare=False)
    outcome: Future[Any] | asyncio.Future[Any] = field(compare=False)
    loop: AbstractEventLoop | None = field(compare=False)


def may_join(call: Call, group: Sequence[Call]) -> bool:
    """Say whether the next call in turn may share the commit of `group`.

    With what somebody waits for goes nothing that nobody waits for, so that the commit is near.
    """
    return not group or (len(group) < MOST_TOGETHER and call.turn <= group[-1].turn)


def may_join_alike(call: Call, group: Sequence[Call]) -> bool:
    """Say whether the next call in turn may be done as one with those of `group`, which are alike."""
    return may_join(call, group) and are_alike(call.use_case, group[-1].use_case)


class End(Struct, frozen=True):
    """What became of a use case: what it returned, or what it raised."""

    call: Call
    result: Any = None
    error: BaseException | None = None

    def tell(self) -> None:
        """Let the caller go on, unless it was cancelled."""
        outcome = self.call.outcome
        if outcome.cancelled():
            return
        if self.error is not None:
            outcome.set_exception(self.error)
        else:
            outcome.set_result(self.result)


def tell(ends: Sequence[End]) -> None:
    """Tell each caller in its own thread. To wake an event loop costs much, so it hears of all at once."""
    for loop in {end.call.loop for end in ends}:
        told = [end for end in ends if end.call.loop is loop]
        if loop is None:
            _tell_all(told)
        else:
            with suppress(RuntimeError):  # The loop is closed, so nobody waits any more.
                loop.call_soon_threadsafe(_tell_all, told)


def _tell_all(ends: Sequence[End]) -> None:
    for end in ends:
        end.tell()
