"""An encoder without weights: what it knows are the words that mean the same."""

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from bot.domain.matching.courtesy import words_of
from bot.domain.matching.sparse import Floats

WIDTH = 64


class FakeEncoder:
    """Adds up a direction for each word; words in `same` have that of the word they stand for.

    `asked` are the texts it was given.
    """

    def __init__(self, same: dict[str, str] | None = None, name: str = "fake-1") -> None:
        self.name = name
        self.same = same or {}
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> Floats:
        self.asked.extend(texts)
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Floats:
        total = np.full(WIDTH, 1e-3, np.float32)
        for word in words_of(text):
            generator = np.random.default_rng(crc32(self.same.get(word, word).encode()))
            total += generator.normal(size=WIDTH).astype(np.float32)
        return total / np.float32(np.linalg.norm(total))
