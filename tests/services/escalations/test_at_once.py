"""Two at the same moment, on two connections: one wins, the other is told."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from bot.domain.escalation.life import Move
from bot.services.escalations.moving import Moved, Taken
from bot.services.escalations.opening import Opened
from tests.builders import MORNING
from tests.escalations import World

Result = TypeVar("Result")


def at_once(calls: Sequence[Callable[[], Result]]) -> list[Result]:
    barrier = Barrier(len(calls))

    def wait_and(call: Callable[[], Result]) -> Result:
        barrier.wait(timeout=20)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and, calls))


def test_of_many_who_take_it_at_once_one_wins_and_the_others_hear_who(world: World) -> None:
    key = world.open()
    names = ["tom", "tina"] * 2
    outcomes = at_once([lambda name=name: world.move(key, Move.TAKE, name) for name in names])  # type: ignore[misc]
    winners = {one.owner for one in outcomes if isinstance(one, Moved)}
    assert len(winners) == 1
    assert {one.by for one in outcomes if isinstance(one, Taken)} == winners
    assert world.kinds(key) == ["open", "take"]


def test_a_form_that_is_sent_twice_at_once_opens_one(world: World) -> None:
    request = world.request()
    outcomes = at_once([lambda: world.ask(request)] * 4)
    opened = [one for one in outcomes if isinstance(one, Opened)]
    assert len(opened) == 4
    assert len({one.reference for one in opened}) == 1
    assert sum(one.is_new for one in opened) == 1


def test_what_is_opened_at_once_gets_references_without_a_gap(world: World) -> None:
    requests = [world.request() for _ in range(6)]
    outcomes = at_once([lambda request=request: world.ask(request) for request in requests])  # type: ignore[misc]
    found = sorted(one.reference for one in outcomes if isinstance(one, Opened))
    assert found == [f"ESC-2026-{number:04d}" for number in range(1, 7)]


def test_two_sweeps_at_once_say_it_once(world: World) -> None:
    key = world.open()
    world.clock.instant = MORNING.replace(hour=15)
    at_once([world.sweep] * 3)
    assert world.kinds(key).count("untaken") == 1
