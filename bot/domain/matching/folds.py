"""Dividing the phrases for cross-validation, so that none is tested on its own near-duplicate."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.domain.matching.sparse import Floats, Integers, Rows

Doubles = npt.NDArray[np.float64]

SAME = 0.4
"""From this cosine on, phrases are near-duplicates of each other."""
_MAX_SHARED = 200


def folds(rows: Rows, count: int, akin: Sequence[Integers] = ()) -> Integers:
    """Return the fold of each row, 0 to `count` - 1.

    Rows that resemble each other (cosine of at least 0.4), also by way of others, share a fold; so does a row
    with those before it that `akin` names for it, if given. The groups are dealt out in a fixed shuffled
    order, so the same rows always give the same folds.
    """
    group_of_row = _groups(rows, akin)
    numbers = np.random.default_rng(seed=1).permutation(len(rows)) % count
    fold_of_row: Integers = numbers[group_of_row]
    return fold_of_row


def _groups(rows: Rows, akin: Sequence[Integers]) -> Integers:
    """Return for each row the first row of its group."""
    leader = np.arange(len(rows), dtype=np.int64)
    columns = rows.transposed()
    lengths = rows.lengths().astype(np.float64)
    for number in range(len(rows)):
        likeness = _products(rows, columns, number) / (lengths * lengths[number])
        alike = np.flatnonzero(likeness[: number + 1] >= SAME)
        if akin:
            alike = np.union1d(alike, akin[number])
        merged = np.unique(leader[alike])
        if len(merged) > 1:
            leader[np.isin(leader, merged[1:])] = merged[0]
    return leader


def _products(rows: Rows, columns: Rows, number: int) -> Doubles:
    """Return the product of one row with every row, over the columns that are not everywhere."""
    row = rows.row(number)
    others: list[Integers] = []
    weights: list[Floats] = []
    for column, value in zip(row.indices, row.values, strict=True):
        entries = columns.row(int(column))
        if len(entries.indices) <= _MAX_SHARED:
            others.append(entries.indices)
            weights.append(entries.values * value)
    if not others:
        return np.zeros(len(rows))
    weight_of_row = np.concatenate(weights).astype(np.float64)
    return np.bincount(np.concatenate(others), weight_of_row, minlength=len(rows)).astype(np.float64)
