"""Making probabilities mean what they say: 0.8 is right four times of five."""

from typing import TypeVar

import numpy as np

from bot.domain.matching.linear import DenseLinear, Linear, softmax
from bot.domain.matching.sparse import Floats, Integers

_TEMPERATURES = np.geomspace(0.3, 4.0, 60)

Learned = TypeVar("Learned", Linear, DenseLinear)


def temperature_of(logits: Floats, labels: Integers) -> float:
    """Return what to divide logits by, so that texts not learned from come out as probable as they are.

    `logits` are those of such texts, `labels` the class of each.
    """
    return float(min(_TEMPERATURES, key=lambda degree: _loss(logits / np.float32(degree), labels)))


def cooled(linear: Learned, temperature: float) -> Learned:
    """Return what was learned with its logits divided by `temperature`."""
    scale = np.float32(1 / temperature)
    return type(linear)(linear.weights * scale, linear.bias * scale)


def halved(linear: Learned) -> Learned:
    """Return what was learned with weights that half precision holds: in a file they take half the room."""
    return type(linear)(linear.weights.astype(np.float16).astype(np.float32), linear.bias)


def _loss(logits: Floats, labels: Integers) -> float:
    hit = softmax(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(hit, 1e-12)).mean())
