"""The matcher: from a message to topics, a decision, and the phrase that explains it."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from bot.domain.matching.decide import Chance, Verdict, decide, expecting_chatter
from bot.domain.matching.match import Candidate, Decision, Match
from bot.domain.matching.meaning import Meaning
from bot.domain.matching.phrases import CLINICAL, NOT_SUPPORT, topic_phrases
from bot.domain.matching.place import CHANNEL, Place
from bot.domain.matching.sparse import Floats
from bot.domain.matching.words import Reading, WordsModel
from bot.domain.scheme import SupportScheme

_CANDIDATES = 5
_SHORT = 500
"""So many characters cost less than going to another thread and back."""
_CLEARLY = 0.5
_CLEAR_COST = 0.8
"""Words decide alone what is expected to cost no more than this; asking the meaning could not save more."""


class _Judged(NamedTuple):
    """A reading with what follows from it; `chances` are all topics, best first."""

    chances: list[Chance]
    support: float
    verdict: Verdict
    clinical: bool


def _no_meaning() -> None:
    return None


class Matcher:
    """Matches messages to the topics of one scheme. It never changes, so threads may share it.

    Matching has two stages. `read` weighs the words of a message; when deciding by them is expected to cost
    little, they decide. Otherwise `ponder` asks what the message means, and that decides.
    """

    def __init__(
        self,
        scheme: SupportScheme,
        model: WordsModel,
        meaning: Callable[[], Meaning | None] = _no_meaning,
    ) -> None:
        """Join a scheme with the model compiled from it; one from another scheme gives nonsense.

        `meaning` is called for each message whose words do not decide; while it gives `None`, words decide.
        """
        self._meaning = meaning
        self._model = model
        self._providers = {topic.id: topic.provider for topic in scheme.topics}
        self._phrases = {
            topic.id: tuple(phrase.text for phrase in topic_phrases(topic)) for topic in scheme.topics
        }
        self._columns = [(place, name) for place, name in enumerate(model.classes) if name in self._phrases]
        self._beside = np.array(
            [place for place, name in enumerate(model.classes) if name in {NOT_SUPPORT, CLINICAL}], np.int64
        )
        self._first_row = _first_rows(self._phrases)
        self._row_lengths = model.phrases.lengths()

    def match(self, text: str, place: Place = CHANNEL) -> Match:
        """Say what a message is about and whether to answer it where it stands."""
        read = self.read(text)
        understood = self._understood(text, read, place)
        return replace(self.judge(understood, place), is_by_meaning=understood is not read)

    def match_at_once(self, text: str, place: Place = CHANNEL) -> Match | None:
        """Match a message that is short and clear, as most are, in about a millisecond; else give `None`."""
        if len(text) > _SHORT:
            return None
        reading = self.read(text)
        judged = self._judged(reading, place)
        return self._match(reading, judged) if _is_clear(reading, judged) else None

    def understand(self, text: str, place: Place = CHANNEL) -> Reading:
        """Read a message, and ask what it means where its words do not decide."""
        return self._understood(text, self.read(text), place)

    def read(self, text: str) -> Reading:
        """Weigh what a message says."""
        return self._model.read(text)

    def is_clear(self, reading: Reading, place: Place = CHANNEL) -> bool:
        """Say whether a reading decides by itself. One of which nothing is known does: it means silence."""
        return _is_clear(reading, self._judged(reading, place))

    def ponder(self, text: str, reading: Reading) -> Reading:
        """Return what the message means, or the reading as it is when there is nothing to ask."""
        meaning = self._meaning()
        return meaning.weigh(text, reading) if meaning else reading

    def judge(self, reading: Reading, place: Place = CHANNEL) -> Match:
        """Decide on what was read. Nothing known means silence, with candidates of probability 0.

        The probabilities of the match are those of the place. Whether a question is a clinical one does not
        depend on it.
        """
        return self._match(reading, self._judged(reading, place))

    def _match(self, reading: Reading, judged: _Judged) -> Match:
        is_silent = judged.clinical or not reading.is_known
        decision = Decision.SILENT if is_silent else judged.verdict.decision
        best = judged.chances[:_CANDIDATES]
        return Match(
            decision=decision,
            candidates=tuple(Candidate(chance.topic, chance.probability) for chance in best),
            support=judged.support,
            clinical=judged.clinical,
            language=reading.language,
            phrase=self.nearest_phrase(best[0].topic, reading) if decision is Decision.ANSWER else "",
        )

    def nearest_phrase(self, topic: str, reading: Reading) -> str:
        """Return the phrase of a topic that a message resembles most, the first of equally near ones."""
        texts = self._phrases[topic]
        first = self._first_row[topic]
        message = np.zeros(self._model.features.width, dtype=np.float32)
        message[reading.vector.indices] = reading.vector.values
        likeness = self._model.phrases.times_vector(message, first, first + len(texts))
        return texts[int((likeness / self._row_lengths[first : first + len(texts)]).argmax())]

    def _understood(self, text: str, reading: Reading, place: Place) -> Reading:
        return reading if self.is_clear(reading, place) else self.ponder(text, reading)

    def _judged(self, reading: Reading, place: Place) -> _Judged:
        expected = expecting_chatter(reading.probabilities, self._beside, place.chatter_odds)
        chances = self._chances(expected, is_known=reading.is_known)
        support = min(1.0, sum(chance.probability for chance in chances))
        verdict = decide(chances, self._providers, support, place.costs)
        return _Judged(
            chances, support, verdict, reading.is_known and self._is_clinical(reading.probabilities)
        )

    def _chances(self, probabilities: Floats, *, is_known: bool) -> list[Chance]:
        """Return the topics, best first; equally probable ones in the order of the scheme."""
        known, shares = float(is_known), probabilities.tolist()
        chances = [Chance(topic, known * shares[place]) for place, topic in self._columns]
        return sorted(chances, key=lambda chance: -chance.probability)

    def _is_clinical(self, probabilities: Floats) -> bool:
        if CLINICAL not in self._model.classes:
            return False
        return float(probabilities[self._model.classes.index(CLINICAL)]) > _CLEARLY


def _is_clear(reading: Reading, judged: _Judged) -> bool:
    return not reading.is_known or judged.verdict.expected_cost <= _CLEAR_COST


def _first_rows(phrases: dict[str, tuple[str, ...]]) -> dict[str, int]:
    """Return where each topic's rows begin; they stand in the order of the topics."""
    first_row, count = {}, 0
    for topic, texts in phrases.items():
        first_row[topic] = count
        count += len(texts)
    return first_row
