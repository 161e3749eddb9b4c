"""The port to a sentence encoder, which knows of a text what its words alone do not show."""

from collections.abc import Sequence
from typing import Protocol

from bot.domain.matching.sparse import Floats


class Encoder(Protocol):
    """Turns texts into vectors: texts that mean about the same point in about the same direction."""

    @property
    def name(self) -> str:
        """What the vectors come from, with its version: vectors of another name cannot be compared."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a vector of length 1 for each text, one line a text. Threads may call it at once."""
