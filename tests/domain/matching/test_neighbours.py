import numpy as np
import pytest

from bot.domain.matching.neighbours import Neighbours, akin, neighbours_of
from bot.domain.matching.sparse import Floats


def direction(degrees: float) -> list[float]:
    return [float(np.cos(np.radians(degrees))), float(np.sin(np.radians(degrees)))]


def directions(*degrees: float) -> Floats:
    return np.array([direction(d) for d in degrees], np.float32)


def two_classes() -> Neighbours:
    """Return phrases of class 0 around 0 and 90 degrees, and of class 1 around 45."""
    return neighbours_of(directions(0, 90, 45), np.array([0, 0, 1]), class_count=2)


@pytest.mark.parametrize(("degrees", "nearest"), [(2, 0), (88, 0), (45, 1)])
def test_the_nearest_phrase_decides_also_where_no_line_parts_the_classes(
    degrees: float, nearest: int
) -> None:
    said = two_classes().say(directions(degrees))[0]
    assert said.argmax() == nearest


def test_what_neighbours_say_are_chances() -> None:
    said = two_classes().say(directions(*range(0, 360, 15)))
    np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-5)
    assert (said >= 0).all()


def test_a_class_with_more_phrases_at_the_same_distance_is_likelier() -> None:
    said = neighbours_of(directions(10, -10, -10), np.array([0, 1, 1]), class_count=2).say(directions(0))[0]
    assert said[1] == pytest.approx(2 / 3, abs=1e-4)


def test_only_the_chosen_ones_are_heard() -> None:
    said = two_classes().among(np.array([0, 1])).say(directions(45))[0]
    assert said.tolist() == [1, 0]


def test_akin_are_earlier_phrases_of_the_same_class_that_lie_near() -> None:
    found = akin(directions(0, 20, 25, 120, 5), np.array([0, 0, 1, 0, 0]))
    assert [same.tolist() for same in found] == [[], [0], [], [], [0, 1]]
