"""A small multinomial logistic regression, over sparse rows and over dense ones."""

from collections import deque
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from bot.domain.matching.sparse import Floats, Integers, Product, Rows, Vector

_MEMORY = 5
_MAX_HALVINGS = 20
_ARMIJO = 1e-4

Point = npt.NDArray[np.float32]
Objective = Callable[[Point], tuple[float, Point]]


class Linear(Struct, frozen=True):
    """What was learned: `weights` has a line for each feature and a column for each class."""

    weights: Floats
    bias: Floats

    def logits(self, vector: Vector) -> Floats:
        """Return the unnormalised log-probability of each class."""
        logits: Floats = vector.values @ self.weights[vector.indices] + self.bias
        return logits


class DenseLinear(Struct, frozen=True):
    """The same for rows in which nearly nothing is zero."""

    weights: Floats
    bias: Floats

    def logits(self, rows: Floats) -> Floats:
        """Return the unnormalised log-probability of each class, one line a row."""
        logits: Floats = rows @ self.weights + self.bias
        return logits


def softmax(logits: Floats) -> Floats:
    """Return probabilities along the last axis."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: Floats = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def fit(rows: Rows, classes: Integers, class_count: int, penalty: float, max_steps: int) -> Linear:
    """Learn weights that minimise the summed log-loss plus `penalty` / 2 times the squared weights.

    `classes` has the class of each row. The bias is not penalised. The same input gives the same output.
    """
    design = _Design(len(rows), rows.width, Product(rows).times, Product(rows.transposed()).times)
    return Linear(*_fit(design, classes, class_count, penalty, max_steps))


def fit_dense(
    rows: Floats, classes: Integers, class_count: int, penalty: float, max_steps: int
) -> DenseLinear:
    """Learn as `fit` does, from rows in which nearly nothing is zero."""
    design = _Design(len(rows), rows.shape[1], lambda weights: rows @ weights, lambda misses: rows.T @ misses)
    return DenseLinear(*_fit(design, classes, class_count, penalty, max_steps))


class _Design(NamedTuple):
    """Rows to learn from: `times` multiplies them with weights, `times_back` their columns with misses."""

    rows: int
    width: int
    times: Callable[[Floats], Floats]
    times_back: Callable[[Floats], Floats]


def _fit(
    design: _Design, classes: Integers, class_count: int, penalty: float, max_steps: int
) -> tuple[Floats, Floats]:
    """Return weights and bias."""
    wanted = np.zeros((design.rows, class_count), dtype=np.float32)
    wanted[np.arange(design.rows), classes] = 1

    def objective(point: Point) -> tuple[float, Point]:
        weights = point[:-1]
        shares = softmax(design.times(weights) + point[-1])
        miss = shares - wanted
        slope = np.empty_like(point)
        slope[:-1] = design.times_back(miss) + penalty * weights
        slope[-1] = miss.sum(axis=0)
        hit = shares[np.arange(design.rows), classes]
        loss = -np.log(np.maximum(hit, 1e-30)).sum(dtype=np.float64)
        return float(loss + penalty / 2 * np.vdot(weights, weights)), slope

    point = minimise(objective, np.zeros((design.width + 1, class_count), dtype=np.float32), max_steps)
    return point[:-1], point[-1]


def minimise(objective: Objective, start: Point, max_steps: int, tolerance: float = 1e-3) -> Point:
    """Return the lowest point that L-BFGS finds in `max_steps`.

    `objective` gives height and slope. It ends earlier when the slope has shrunk to `tolerance` times
    what it was at the start, or when no step goes down any more.
    """
    point = start
    height, slope = objective(point)
    goal = tolerance * float(np.linalg.norm(slope))
    past: deque[tuple[Point, Point, float]] = deque(maxlen=_MEMORY)
    for _ in range(max_steps):
        if float(np.linalg.norm(slope)) <= goal:
            break
        direction = _direction(slope, past)
        found = _step_down(objective, point, height, slope, direction)
        if found is None:
            break
        next_point, height, next_slope = found
        _remember(past, next_point - point, next_slope - slope)
        point, slope = next_point, next_slope
    return point


def _step_down(
    objective: Objective, point: Point, height: float, slope: Point, direction: Point
) -> tuple[Point, float, Point] | None:
    """Halve the step until it goes down enough (Armijo's rule); `None` when it never does."""
    fall = float(np.vdot(slope, direction))
    length = 1.0
    for _ in range(_MAX_HALVINGS):
        candidate = point + np.float32(length) * direction
        new_height, new_slope = objective(candidate)
        if new_height <= height + _ARMIJO * length * fall:
            return candidate, new_height, new_slope
        length /= 2
    return None


def _direction(slope: Point, past: deque[tuple[Point, Point, float]]) -> Point:
    """Return Nocedal's two-loop recursion: minus the slope, bent by the curvature seen in the past steps."""
    direction = -slope
    if not past:
        return direction / np.float32(max(1.0, float(np.linalg.norm(slope))))
    shares: list[float] = []
    for step, change, scale in reversed(past):
        shares.append(scale * float(np.vdot(step, direction)))
        direction -= np.float32(shares[-1]) * change
    step, change, scale = past[-1]
    direction *= np.float32(1.0 / (scale * float(np.vdot(change, change))))
    for step, change, scale in past:
        direction += np.float32(shares.pop() - scale * float(np.vdot(change, direction))) * step
    return direction


def _remember(past: deque[tuple[Point, Point, float]], step: Point, change: Point) -> None:
    curvature = float(np.vdot(step, change))
    if curvature > 1e-10:
        past.append((step, change, 1.0 / curvature))
