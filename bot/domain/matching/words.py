"""The first stage of matching: what the words of a message say, learned from the phrases."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from bot.domain.matching.calibrate import cooled, halved, temperature_of
from bot.domain.matching.courtesy import words_of
from bot.domain.matching.features import Features, learn_features
from bot.domain.matching.folds import folds
from bot.domain.matching.language import language_of, learn_language
from bot.domain.matching.linear import Linear, fit, softmax
from bot.domain.matching.phrases import classes_of, phrases_of
from bot.domain.matching.sparse import Floats, Integers, Rows, Vector, stack
from bot.domain.matching.spelling import Spelling, spelling_of
from bot.domain.scheme import Language, SupportScheme

_PENALTY = 0.01
_STEPS = 60
_FOLDS = 3
# One fold of so many phrases tells the temperature well enough; the others would only cost time.
_ENOUGH_HELD_OUT = 1_000


class Reading(Struct, frozen=True):
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


class WordsModel(Struct, frozen=True):
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


def compile_words(scheme: SupportScheme) -> WordsModel:
    """Learn the model. It takes seconds and is the same for the same scheme.

    `ValueError` when the scheme has no topic.
    """
    if not scheme.topics:
        raise ValueError("There is nothing to match: the scheme has no topic.")
    phrases = phrases_of(scheme)
    classes = classes_of(phrases)
    texts = [words_of(phrase.text) for phrase in phrases]
    labels = np.array([classes.index(phrase.label) for phrase in phrases], dtype=np.int64)
    lesson = _learn(texts, labels, len(classes))
    temperature = _temperature(texts, labels, folds(lesson.rows, _FOLDS))
    german = np.array([phrase.language is Language.DE for phrase in phrases], dtype=np.int64)
    return WordsModel(
        classes=classes,
        features=lesson.features,
        spelling=lesson.spelling,
        linear=halved(cooled(lesson.linear, temperature)),
        german_odds=learn_language(lesson.rows, german),
        phrases=lesson.rows,
    )


def held_out_logits(
    texts: Sequence[Sequence[str]], labels: Integers, fold_of_text: Integers, fold: int
) -> tuple[Integers, Floats]:
    """Return the numbers of the texts in `fold` and their logits by a model that has seen none of them.

    Texts are given as their words, `labels` has the class of each. Words that only the fold has are unknown
    to that model, as new words of a message are.
    """
    seen, held_out = np.flatnonzero(fold_of_text != fold), np.flatnonzero(fold_of_text == fold)
    class_count = int(labels.max()) + 1
    lesson = _learn([texts[int(number)] for number in seen], labels[seen], class_count)
    logits = np.zeros((len(held_out), class_count), dtype=np.float32)
    for place, number in enumerate(held_out):
        words = lesson.spelling.repair(texts[int(number)])
        logits[place] = lesson.linear.logits(lesson.features.vector(words))
    return held_out, logits


class _Lesson(NamedTuple):
    """What some texts teach; `rows` are their features."""

    features: Features
    spelling: Spelling
    rows: Rows
    linear: Linear


def _learn(texts: Sequence[Sequence[str]], labels: Integers, class_count: int) -> _Lesson:
    features = learn_features(texts)
    rows = stack([features.vector(words) for words in texts], features.width)
    texts_with_word = Counter(word for words in texts for word in set(words))
    linear = fit(rows, labels, class_count, _PENALTY, _STEPS)
    return _Lesson(features, spelling_of(texts_with_word, features.word_places), rows, linear)


def _temperature(texts: Sequence[Sequence[str]], labels: Integers, fold_of_text: Integers) -> float:
    """Return the temperature by which held-out phrases come out as probable as they are."""
    numbers: list[Integers] = []
    logits: list[Floats] = []
    for fold in range(_FOLDS):
        held_out, of_fold = held_out_logits(texts, labels, fold_of_text, fold)
        numbers.append(held_out)
        logits.append(of_fold)
        if sum(map(len, numbers)) >= _ENOUGH_HELD_OUT:
            break
    return temperature_of(np.concatenate(logits), labels[np.concatenate(numbers)])
