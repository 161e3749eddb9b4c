"""Repair of mistyped words against the words that are known."""

import re
from collections.abc import Container, Mapping, Sequence
from itertools import zip_longest

from msgspec import Struct
from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.matching.normalise import fold

_MIN_LETTERS = 4
"""Of a known word that a repair may end in; what is typed may lack one of them."""
_LETTERS_FOR_TWO_SLIPS = 8
_MAX_REPAIRS = 10
# What an apostrophe joins is one word, and no known one: `didn't` is spelled as it should be.
_WORD = re.compile(r"[^\W\d_]+(?:['’`´][^\W\d_]+)*")


class Spelling(Struct, frozen=True):
    """The known words, each with the number of texts that have it.

    `by_length` has the words that a repair may end in; `pairs` has neighbours, as `left right`.
    """

    known: Mapping[str, int]
    by_length: Mapping[int, tuple[str, ...]]
    pairs: Container[str]

    def repair(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the words, unknown ones replaced by the known word that is a slip or two away.

        A slip is a letter too much, missing, wrong, or changed places with its neighbour. Words of 4 to 7
        letters may have one, longer ones two; of a word of 3 letters one may be missing. Shorter words and
        those with digits stay. Only the first 10 unknown words are looked at, so that a message in a foreign
        language does not cost more.
        """
        repaired: dict[str, str] = {}
        left = ""
        for word, right in zip_longest(words, words[1:], fillvalue=""):
            if len(repaired) == _MAX_REPAIRS:
                break
            if word not in self.known and word not in repaired and _is_word(word, _MIN_LETTERS - 1):
                repaired[word] = self._nearest(word, left, right)
            left = repaired.get(word, word)
        return tuple(repaired.get(word, word) for word in words)

    def repair_sentence(self, sentence: str) -> str:
        """Return a sentence whose unknown words are repaired as `repair` does; all else stays as it is.

        A repaired word comes folded: in small letters and without umlauts.
        """
        written = [fold(word) for word in _WORD.findall(sentence)]
        both = zip(written, self.repair(written), strict=True)

        def repaired(word: re.Match[str]) -> str:
            before, after = next(both)
            return word.group() if before == after else after

        return _WORD.sub(repaired, sentence)

    def _nearest(self, word: str, left: str, right: str) -> str:
        """Return the nearest known word between its neighbours in the text.

        Of equally near ones it is the one that is known beside them, then the commonest, then the first by
        letters.
        """
        slips = 2 if len(word) >= _LETTERS_FOR_TWO_SLIPS else 1
        near: list[tuple[int, int, int, str]] = []
        for length in range(len(word) - slips, len(word) + slips + 1):
            found = process.extract(
                word, self.by_length.get(length, ()), scorer=OSA.distance, score_cutoff=slips, limit=None
            )
            for candidate, distance, _ in found:
                strange = (f"{left} {candidate}" not in self.pairs) + (
                    f"{candidate} {right}" not in self.pairs
                )
                near.append((distance, strange, -self.known[candidate], candidate))
        return min(near)[-1] if near else word


def spelling_of(known: Mapping[str, int], pairs: Container[str] = ()) -> Spelling:
    """Prepare the repair against `known`, which says in how many texts each word stands.

    `pairs` are the neighbours that were seen, as `left right`.
    """
    by_length: dict[int, list[str]] = {}
    for word in sorted(known):
        if _is_word(word, _MIN_LETTERS):
            by_length.setdefault(len(word), []).append(word)
    return Spelling(known, {length: tuple(words) for length, words in by_length.items()}, pairs)


def _is_word(word: str, fewest_letters: int) -> bool:
    return len(word) >= fewest_letters and word.isalpha()
