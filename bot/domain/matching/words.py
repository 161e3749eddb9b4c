"""The first stage of matching: what the words of a message say, learned from the phrases."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from bot.domain.matching.courtesy import without_courtesy
from bot.domain.matching.features import Features, learn_features
from bot.domain.matching.folds import folds
from bot.domain.matching.language import language_of, learn_language
from bot.domain.matching.linear import Linear, fit, softmax
from bot.domain.matching.normalise import plain_text, split_words
from bot.domain.matching.sparse import Floats, Integers, Rows, Vector, stack
from bot.domain.matching.spelling import Spelling, spelling_of
from bot.domain.scheme import Language, SupportScheme, Topic

NOT_SUPPORT = "not-support"
CLINICAL = "clinical"

_PENALTY = 0.01
_STEPS = 60
_FOLDS = 3
_TEMPERATURES = np.geomspace(0.3, 4.0, 60)


@dataclass(frozen=True)
class Phrase:
    """One phrase to learn from, and the class it stands for: a topic's id, `NOT_SUPPORT` or `CLINICAL`."""

    text: str
    language: Language
    label: str


@dataclass(frozen=True)
class Reading:
    """What a message says. `probabilities` stand in the order of the model's classes and sum to 1.

    `vector` is empty when no feature of the message is known; the probabilities mean nothing then.
    """

    vector: Vector
    probabilities: Floats
    language: Language | None

    @property
    def is_known(self) -> bool:
        """Whether anything of the message is known."""
        return len(self.vector.indices) > 0


@dataclass(frozen=True)
class WordsModel:
    """All that was learned. `phrases` has a row for each phrase in the order of `phrases_of`.

    The weights of `linear` are calibrated: the softmax of its logits is a probability.
    """

    classes: tuple[str, ...]
    features: Features
    spelling: Spelling
    linear: Linear
    german_odds: Floats
    phrases: Rows

    def read(self, text: str) -> Reading:
        """Weigh the words of a message."""
        vector = self.features.vector(self.spelling.repair(words_of(text)))
        probabilities = softmax(self.linear.logits(vector))
        return Reading(vector, probabilities, language_of(vector, self.german_odds))


def words_of(message: str) -> tuple[str, ...]:
    """Return the folded words of a message without greeting and signature."""
    return split_words(without_courtesy(plain_text(message)))


def phrases_of(scheme: SupportScheme) -> tuple[Phrase, ...]:
    """Return what there is to learn from: topic by topic the titles and phrases, then what is no question."""
    return (
        *(phrase for topic in scheme.topics for phrase in topic_phrases(topic)),
        *_labelled(NOT_SUPPORT, scheme.not_support),
        *_labelled(CLINICAL, scheme.clinical),
    )


def topic_phrases(topic: Topic) -> tuple[Phrase, ...]:
    """Return the titles of a topic and its phrases."""
    return tuple(
        Phrase(text, language, topic.id)
        for language in Language
        for text in (topic.title.in_(language), *topic.phrases.get(language, ()))
    )


def compile_words(scheme: SupportScheme) -> WordsModel:
    """Learn the model. It takes seconds and is the same for the same scheme.

    `ValueError` when the scheme has no topic.
    """
    phrases = phrases_of(scheme)
    classes = tuple(dict.fromkeys(phrase.label for phrase in phrases))
    if not scheme.topics:
        raise ValueError("There is nothing to match: the scheme has no topic.")
    texts = [words_of(phrase.text) for phrase in phrases]
    features = learn_features(texts)
    rows = stack([features.vector(words) for words in texts], features.width)
    labels = np.array([classes.index(phrase.label) for phrase in phrases], dtype=np.int64)
    german = np.array([phrase.language is Language.DE for phrase in phrases], dtype=np.int64)
    linear = fit(rows, labels, len(classes), _PENALTY, _STEPS)
    return WordsModel(
        classes=classes,
        features=features,
        spelling=spelling_of(Counter(word for words in texts for word in set(words))),
        linear=_cooled(linear, _temperature(rows, labels, len(classes))),
        german_odds=learn_language(rows, german),
        phrases=rows,
    )


def held_out_logits(rows: Rows, labels: Integers, class_count: int) -> Floats:
    """Return for each row the logits of a model that has seen neither it nor its near-duplicates."""
    fold_of_row = folds(rows, _FOLDS)
    logits = np.zeros((len(rows), class_count), dtype=np.float32)
    for fold in range(_FOLDS):
        learned = np.flatnonzero(fold_of_row != fold)
        linear = fit(rows.take(learned), labels[learned], class_count, _PENALTY, _STEPS)
        for number in np.flatnonzero(fold_of_row == fold):
            logits[number] = linear.logits(rows.row(int(number)))
    return logits


def _temperature(rows: Rows, labels: Integers, class_count: int) -> float:
    """Return what to divide logits by, so that held-out phrases come out as probable as they are."""
    logits = held_out_logits(rows, labels, class_count)
    return float(min(_TEMPERATURES, key=lambda temperature: _loss(logits / np.float32(temperature), labels)))


def _loss(logits: Floats, labels: Integers) -> float:
    hit = softmax(logits)[np.arange(len(labels)), labels]
    return float(-np.log(np.maximum(hit, 1e-12)).mean())


def _cooled(linear: Linear, temperature: float) -> Linear:
    scale = np.float32(1 / temperature)
    return Linear(linear.weights * scale, linear.bias * scale)


def _labelled(label: str, phrases: Mapping[Language, tuple[str, ...]]) -> Iterator[Phrase]:
    return (Phrase(text, language, label) for language in Language for text in phrases.get(language, ()))
