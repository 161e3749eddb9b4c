"""Asking the phrases themselves: each is judged by a model that has seen neither it nor anything like it."""

import numpy as np
from msgspec.structs import replace

from bot.domain.matching.calibrate import temperature_of
from bot.domain.matching.courtesy import words_of
from bot.domain.matching.evaluation import Heard
from bot.domain.matching.features import learn_features
from bot.domain.matching.figures import NONE, Labelled
from bot.domain.matching.folds import folds
from bot.domain.matching.linear import softmax
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.phrases import CLINICAL, NOT_SUPPORT, Phrase, classes_of, phrases_of
from bot.domain.matching.sparse import Floats, Integers, stack
from bot.domain.matching.words import held_out_logits
from bot.domain.scheme import SupportScheme

FOLDS = 5


def cross_validated(scheme: SupportScheme, matcher: Matcher, fold_count: int = FOLDS) -> list[Heard]:
    """Return what each phrase would say to a matcher that had not learned it, in the order of the phrases.

    Phrases that resemble each other share a fold, so none is judged by its near-duplicate. Each fold's
    probabilities are calibrated on the other folds. It takes about as long as compiling `fold_count` times.
    Only the words are asked; `matcher` is that of the scheme and adds the language and what is known.
    """
    phrases = phrases_of(scheme)
    texts = [words_of(phrase.text) for phrase in phrases]
    classes = classes_of(phrases)
    labels = np.array([classes.index(phrase.label) for phrase in phrases], dtype=np.int64)
    features = learn_features(texts)
    fold_of_text = folds(stack([features.vector(words) for words in texts], features.width), fold_count)
    logits = np.zeros((len(texts), len(classes)), dtype=np.float32)
    for fold in range(fold_count):
        held_out, of_fold = held_out_logits(texts, labels, fold_of_text, fold)
        logits[held_out] = of_fold
    probabilities = _calibrated(logits, labels, fold_of_text, fold_count)
    return [
        Heard(as_message(phrase), replace(matcher.read(phrase.text), probabilities=row))
        for phrase, row in zip(phrases, probabilities, strict=True)
    ]


def as_message(phrase: Phrase) -> Labelled:
    """Return a phrase as a labelled message: what is no topic is no question."""
    label = NONE if phrase.label in {NOT_SUPPORT, CLINICAL} else phrase.label
    return Labelled(phrase.text, label, language=phrase.language)


def _calibrated(logits: Floats, labels: Integers, fold_of_text: Integers, fold_count: int) -> Floats:
    cooled = np.empty_like(logits)
    for fold in range(fold_count):
        inside, outside = fold_of_text == fold, fold_of_text != fold
        cooled[inside] = logits[inside] / np.float32(temperature_of(logits[outside], labels[outside]))
    return softmax(cooled)
