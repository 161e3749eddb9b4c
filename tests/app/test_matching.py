"""A matcher that is made while the bot already takes what comes."""

import asyncio
import threading
from collections.abc import Callable

import pytest
from structlog.testing import capture_logs

from bot.app.matching import MatcherBehind
from bot.domain.matching.matcher import Matcher
from tests.domain.matching.small import small_matcher

QUESTION = "how do I restore the backup"


class Making:
    """Makes a matcher when it is let, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.may_end = threading.Event()
        self.asked = 0

    def __call__(self) -> Matcher:
        self.asked += 1
        assert self.may_end.wait(10)
        return small_matcher()


@pytest.fixture
def making() -> Making:
    return Making()


async def test_whoever_matches_meanwhile_waits_and_is_answered(making: Making) -> None:
    behind = MatcherBehind(making)
    behind.begin()
    matches = [asyncio.create_task(asyncio.to_thread(behind.match, QUESTION)) for _ in range(3)]
    await asyncio.sleep(0)
    assert behind.match_at_once(QUESTION) is None
    making.may_end.set()
    assert await asyncio.gather(*matches) == [small_matcher().match(QUESTION)] * 3
    assert making.asked == 1


def test_once_it_is_there_it_matches_at_once(making: Making) -> None:
    making.may_end.set()
    behind = MatcherBehind(making)
    behind.begin().join(10)
    assert behind.match_at_once(QUESTION) == small_matcher().match_at_once(QUESTION)
    assert behind.match(QUESTION) == small_matcher().match(QUESTION)
    assert making.asked == 1


def test_where_nobody_began_the_first_question_makes_it(making: Making) -> None:
    making.may_end.set()
    assert MatcherBehind(making).match(QUESTION) == small_matcher().match(QUESTION)


def failing_once(make: Callable[[], Matcher]) -> Callable[[], Matcher]:
    tries = iter([True])

    def made() -> Matcher:
        if next(tries, False):
            raise OSError("too many open files")
        return make()

    return made


def test_what_failed_is_tried_again_with_the_next_question(making: Making) -> None:
    making.may_end.set()
    behind = MatcherBehind(failing_once(making))
    with pytest.raises(OSError, match="too many"):
        behind.match(QUESTION)
    assert behind.match(QUESTION) == small_matcher().match(QUESTION)


def test_what_fails_behind_everybody_s_back_is_logged_and_tried_again(making: Making) -> None:
    making.may_end.set()
    behind = MatcherBehind(failing_once(making))
    with capture_logs() as logged:
        behind.begin().join(10)
    assert [line["event"] for line in logged] == ["matcher_failed"]
    assert behind.match(QUESTION) == small_matcher().match(QUESTION)
