"""Rows of numbers that are mostly zero, and the products that matching needs of them."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Floats = npt.NDArray[np.float32]
Integers = npt.NDArray[np.int64]


class Vector(Struct, frozen=True):
    """What is not zero in one row: `indices` are unique, `values` stand beside them."""

    indices: Integers
    values: Floats


class Rows(Struct, frozen=True):
    """Vectors under each other: row `i` has the entries `starts[i]:starts[i + 1]`, of `width` columns."""

    starts: Integers
    indices: Integers
    values: Floats
    width: int

    def __len__(self) -> int:
        return len(self.starts) - 1

    def row(self, number: int) -> Vector:
        """Return one row, without copying it."""
        part = slice(self.starts[number], self.starts[number + 1])
        return Vector(self.indices[part], self.values[part])

    def transposed(self) -> "Rows":
        """Return the columns as rows."""
        order = np.argsort(self.indices, kind="stable")
        lengths = np.bincount(self.indices, minlength=self.width)
        row_of_entry = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.starts))
        return Rows(_starts(lengths), row_of_entry[order], self.values[order], len(self))

    def lengths(self) -> Floats:
        """Return the Euclidean length of each row; an empty row has a tiny one, so that dividing is safe."""
        owners = np.repeat(np.arange(len(self)), np.diff(self.starts))
        squares = np.bincount(owners, self.values.astype(np.float64) ** 2, minlength=len(self))
        return np.sqrt(np.maximum(squares, 1e-12)).astype(np.float32)

    def times_vector(self, dense: Floats, first: int, last: int) -> Floats:
        """Return the products of the rows `first:last` with one dense vector; an empty row gives 0."""
        products = np.zeros(last - first, dtype=np.float32)
        bounds = self.starts[first : last + 1]
        entries = slice(bounds[0], bounds[-1])
        filled = np.flatnonzero(np.diff(bounds))
        if len(filled):
            terms = self.values[entries] * dense.take(self.indices[entries])
            products[filled] = np.add.reduceat(terms, bounds[filled] - bounds[0])
        return products


class Product:
    """The product of fixed rows with many dense matrices.

    Rows of equal length are multiplied together as one block, which makes numpy do what a sparse library
    would do. The blocks are laid out once.
    """

    def __init__(self, rows: Rows) -> None:
        self._count = len(rows)
        self._blocks = list(_blocks_of_equal_length(rows))

    def times(self, dense: Floats) -> Floats:
        """Return rows times `dense`, one line a row."""
        product = np.zeros((self._count, dense.shape[1]), dtype=np.float32)
        for numbers, indices, values in self._blocks:
            product[numbers] = np.matmul(values[:, None, :], dense[indices])[:, 0, :]
        return product


def stack(vectors: Sequence[Vector], width: int) -> Rows:
    """Put vectors under each other."""
    starts = _starts(np.array([len(vector.indices) for vector in vectors], dtype=np.int64))
    if not vectors:
        return Rows(starts, np.zeros(0, np.int64), np.zeros(0, np.float32), width)
    indices = np.concatenate([vector.indices for vector in vectors])
    return Rows(starts, indices, np.concatenate([vector.values for vector in vectors]), width)


def _starts(lengths: Integers) -> Integers:
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def _blocks_of_equal_length(rows: Rows) -> Iterator[tuple[Integers, Integers, Floats]]:
    lengths = np.diff(rows.starts)
    for length in np.unique(lengths[lengths > 0]):
        numbers = np.flatnonzero(lengths == length)
        places = rows.starts[numbers][:, None] + np.arange(length)
        yield numbers, rows.indices[places], rows.values[places]
