"""What is weighed in a text: its words, pairs of neighbours, and the pieces of its words."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from bot.domain.matching.sparse import Floats, Vector

_PIECE_LENGTHS = (3, 4, 5)
# Cross-validated on the phrases: pieces say a little more than words, and rare features more than plain
# inverse document frequency grants them. How much more was checked on public intents with ten phrases each
# (`benchmarks.intents`): what helps many phrases of few topics must not cost few phrases of many.
_PIECES_SHARE = 1.5
_RARITY_POWER = 1.25


def word_features(words: Sequence[str]) -> list[str]:
    """Return the words and the pairs of neighbours."""
    return [*words, *(f"{left} {right}" for left, right in pairwise(words))]


def piece_features(words: Iterable[str]) -> list[str]:
    """Return the pieces of 3 to 5 letters of each word with its edges marked: of `key` `_key`, `key_`, …"""
    pieces: list[str] = []
    for word in words:
        marked = f"_{word}_"
        for length in _PIECE_LENGTHS:
            pieces.extend(marked[start : start + length] for start in range(len(marked) - length + 1))
    return pieces


@dataclass(frozen=True)
class Features:
    """Which features are known and how much each counts.

    Words stand in the columns that `word_places` gives, pieces in those of `piece_places` behind them.
    `rarity` is what one occurrence in a column weighs: the rarer the feature, the more.
    """

    word_places: Mapping[str, int]
    piece_places: Mapping[str, int]
    rarity: Floats
    _columns_of_word: dict[str, tuple[int, ...]] = field(default_factory=dict, repr=False, compare=False)

    @property
    def width(self) -> int:
        """The number of columns."""
        return len(self.rarity)

    def vector(self, words: Sequence[str]) -> Vector:
        """Return the weighed features of a text.

        The word part has length 1 and the piece part 1.5, or 0 where nothing of it is known.
        """
        word_part = self._weigh(_known(self.word_places, word_features(words)), 1.0)
        piece_part = self._weigh(chain.from_iterable(map(self._pieces_of, words)), _PIECES_SHARE)
        return Vector(
            np.concatenate([word_part.indices, piece_part.indices]),
            np.concatenate([word_part.values, piece_part.values]),
        )

    def _pieces_of(self, word: str) -> tuple[int, ...]:
        """Return the columns of a word's pieces. Those of known words are kept: most words are known."""
        columns = self._columns_of_word.get(word)
        if columns is None:
            columns = tuple(_known(self.piece_places, piece_features([word])))
            if word in self.word_places:
                self._columns_of_word[word] = columns
        return columns

    def _weigh(self, columns: Iterable[int], share: float) -> Vector:
        counts = Counter(columns)
        indices = np.fromiter(counts.keys(), np.int64, len(counts))
        often = np.fromiter(counts.values(), np.float32, len(counts))
        values = (1 + np.log(often)) * self.rarity[indices]
        length = math.sqrt(float(values @ values))
        return Vector(indices, values * np.float32(share / length) if length else values)


def _known(places: Mapping[str, int], features: Iterable[str]) -> list[int]:
    return [place for place in map(places.get, features) if place is not None]


def learn_features(texts: Sequence[Sequence[str]]) -> Features:
    """Learn the features of `texts`, each given as its words.

    What only one text has counts too: where a topic has few phrases, it is a good part of what is known.
    """
    of_words = Counter(feature for words in texts for feature in set(word_features(words)))
    of_pieces = Counter(feature for words in texts for feature in set(piece_features(words)))
    words, pieces = sorted(of_words), sorted(of_pieces)
    counts = [of_words[feature] for feature in words] + [of_pieces[piece] for piece in pieces]
    return Features(
        {feature: place for place, feature in enumerate(words)},
        {piece: len(words) + place for place, piece in enumerate(pieces)},
        _rarity(np.array(counts, dtype=np.float64), len(texts)),
    )


def _rarity(texts_with_feature: npt.NDArray[np.float64], texts: int) -> Floats:
    smoothed = np.log((1 + texts) / (1 + texts_with_feature)) + 1
    rarity: Floats = (smoothed**_RARITY_POWER).astype(np.float32)
    return rarity
