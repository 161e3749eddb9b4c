"""The second stage of matching: what a message means, for messages whose words do not decide."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from bot.domain.matching.calibrate import cooled, temperature_of
from bot.domain.matching.courtesy import without_courtesy, words_of
from bot.domain.matching.encoder import Encoder
from bot.domain.matching.folds import folds
from bot.domain.matching.linear import DenseLinear, fit_dense, softmax
from bot.domain.matching.neighbours import Neighbours, akin, neighbours_of
from bot.domain.matching.normalise import plain_text
from bot.domain.matching.phrases import phrases_of
from bot.domain.matching.sparse import Floats, Integers
from bot.domain.matching.spelling import Spelling
from bot.domain.matching.words import Reading, WordsModel, held_out_logits
from bot.domain.scheme import SupportScheme

MAX_CHARACTERS = 400
"""How much of a message is encoded; what it is about stands at its beginning."""

_FOLDS = 5
_STEPS = 150
_LEAST_CHANCE = 1e-4
_MAX_PARTS = 5
_FEWEST_WORDS = 3
_BETWEEN_PARTS = re.compile(r"(?<=[.!?;:])\s+")


class Shares(NamedTuple):
    """How much what the words say, what the sentence means and what its neighbours say enter together."""

    words: float
    meaning: float
    neighbours: float


class MeaningModel(Struct, frozen=True):
    """What was learned: `centre` is the mean of all phrases' vectors; `linear` weighs words and meaning.

    `neighbours` are the phrases, seen from the centre. The softmax of what `linear` gives is a probability,
    in the order of the words model's classes.
    """

    centre: Floats
    neighbours: Neighbours
    linear: DenseLinear
    shares: Shares

    def weigh(self, reading: Reading, vectors: Floats) -> Reading:
        """Return the reading with the probabilities that its words and the message's vectors give together.

        The first vector is that of the whole message, those behind it are those of its parts, if it has any.
        """
        direction = _joined(directions_of(vectors, self.centre))
        near = self.neighbours.say(direction)
        weighed = _weighed(reading.probabilities[None, :], direction, near, self.shares)
        return replace(reading, probabilities=softmax(self.linear.logits(weighed))[0])


class Meaning(Struct, frozen=True):
    """A model together with the encoder that it was learned with. It never changes.

    `spelling` mends what is encoded: a mistyped word leads an encoder further astray than it does the words.
    """

    model: MeaningModel
    encoder: Encoder
    spelling: Spelling

    def weigh(self, text: str, reading: Reading) -> Reading:
        """Ask what the message means and return the reading with better probabilities."""
        sentence = self.spelling.repair_sentence(sentence_of(text))
        return self.model.weigh(reading, self.encoder.encode([sentence, *parts_of(sentence)]))


def sentence_of(message: str) -> str:
    """Return what is encoded of a message: letters, digits and punctuation, not more than needed.

    Markup, greeting and signature are left out, and so are symbols, marks that combine with nothing and
    control characters: they say nothing, and a message full of them would take long to encode.
    """
    sentence = without_courtesy(plain_text(message))[:MAX_CHARACTERS]
    said = (character if unicodedata.category(character)[0] in "LNPZ" else " " for character in sentence)
    return " ".join("".join(said).split())


def parts_of(sentence: str) -> tuple[str, ...]:
    """Return the first sentences and half-sentences of what is encoded, none if there are not two.

    People tell a story and ask at its end. In the vector of the whole the story drowns the question; parts
    of fewer than three words (`Any ideas?`) say nothing by themselves.
    """
    parts = [part for part in _BETWEEN_PARTS.split(sentence) if len(part.split()) >= _FEWEST_WORDS]
    return tuple(parts[:_MAX_PARTS]) if len(parts) > 1 else ()


def sentences_of(scheme: SupportScheme) -> list[str]:
    """Return what is encoded of the phrases, in the order of `phrases_of`."""
    return [sentence_of(phrase.text) for phrase in phrases_of(scheme)]


def compile_meaning(scheme: SupportScheme, words: WordsModel, vectors: Floats) -> MeaningModel:
    """Learn from `vectors`, those of `sentences_of(scheme)`; `words` was compiled from the same scheme.

    It takes seconds. What the words and the neighbours say of a phrase is asked of those in other folds:
    both are surer of what they have learned than they will be of a message.
    """
    labels = np.array([words.classes.index(phrase.label) for phrase in phrases_of(scheme)], dtype=np.int64)
    centre, trust = vectors.mean(axis=0), trust_in(len(labels) / len(words.classes))
    # Rounded to what a file keeps of them, so that it does not matter whether they were stored.
    directions = directions_of(vectors, centre).astype(np.float16).astype(np.float32)
    neighbours = neighbours_of(directions, labels, len(words.classes))
    fold_of_phrase = folds(words.phrases, _FOLDS, akin(directions, labels))
    said = _said_unseen(scheme, labels, fold_of_phrase)
    weighed = _weighed(said, directions, _near_unseen(neighbours, fold_of_phrase), trust.shares)
    linear = fit_dense(weighed, labels, len(words.classes), trust.penalty, _STEPS)
    unseen = _logits_unseen(weighed, labels, fold_of_phrase, trust.penalty)
    return MeaningModel(centre, neighbours, cooled(linear, temperature_of(unseen, labels)), trust.shares)


class Trust(NamedTuple):
    """How much words and meaning count, and how hard large weights are to get."""

    shares: Shares
    penalty: float


def trust_in(phrases_a_class: float) -> Trust:
    """Return how to learn from so many phrases a class.

    From ten a class the words know little and each sentence counts; from hundreds the words deserve trust
    and a single sentence little. The numbers were looked for on public intents with ten phrases each
    (`benchmarks/intents.py`) and on our own knowledge with about 370, and lie on a power of it between.
    """
    times = phrases_a_class / 10
    shares = Shares(words=0.25 * times**0.29, meaning=10 * times**-0.08, neighbours=0.1 * times**0.55)
    return Trust(shares, penalty=times**1.02)


def _said_unseen(scheme: SupportScheme, labels: Integers, fold_of_phrase: Integers) -> Floats:
    """Return the calibrated probabilities of each phrase by the words of the phrases in other folds."""
    texts = [words_of(phrase.text) for phrase in phrases_of(scheme)]
    logits = np.zeros((len(texts), int(labels.max()) + 1), dtype=np.float32)
    for fold in _used(fold_of_phrase):
        numbers, of_fold = held_out_logits(texts, labels, fold_of_phrase, fold)
        logits[numbers] = of_fold
    return softmax(logits / np.float32(temperature_of(logits, labels)))


def _near_unseen(neighbours: Neighbours, fold_of_phrase: Integers) -> Floats:
    """Return what each phrase's neighbours in other folds say of it; without any, all is as probable."""
    near = np.full_like(neighbours.members, 1 / neighbours.members.shape[1])
    for fold in _used(fold_of_phrase):
        held_out, seen = np.flatnonzero(fold_of_phrase == fold), np.flatnonzero(fold_of_phrase != fold)
        near[held_out] = neighbours.among(seen).say(neighbours.directions[held_out])
    return near


def _logits_unseen(weighed: Floats, labels: Integers, fold_of_phrase: Integers, penalty: float) -> Floats:
    class_count = int(labels.max()) + 1
    logits = np.zeros((len(weighed), class_count), dtype=np.float32)
    for fold in _used(fold_of_phrase):
        seen = fold_of_phrase != fold
        linear = fit_dense(weighed[seen], labels[seen], class_count, penalty, _STEPS)
        logits[~seen] = linear.logits(weighed[~seen])
    return logits


def _used(fold_of_phrase: Integers) -> Iterator[int]:
    """Return the folds; of few phrases, all alike, there may be one only, which leaves nothing to learn."""
    used: Sequence[int] = np.unique(fold_of_phrase).tolist()
    return iter(used if len(used) > 1 else ())


def directions_of(vectors: Floats, centre: Floats) -> Floats:
    """Return where the vectors lie as seen from the centre, each of length 1."""
    away = vectors - centre
    directions: Floats = away / np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-6)
    return directions


def _joined(directions: Floats) -> Floats:
    """Return, as one line, the direction half way between the first and the mean of the others."""
    whole, parts = directions[:1], directions[1:]
    if not len(parts):
        return whole
    between = whole + parts.mean(axis=0)
    joined: Floats = between / np.linalg.norm(between)
    return joined


def _weighed(said: Floats, directions: Floats, near: Floats, shares: Shares) -> Floats:
    """Put what words say, what the sentence means and what neighbours say together, one line a text."""
    of_words = np.log(said + np.float32(_LEAST_CHANCE)) * np.float32(shares.words)
    of_neighbours = np.log(near + np.float32(_LEAST_CHANCE)) * np.float32(shares.neighbours)
    of_meaning = directions * np.float32(shares.meaning)
    weighed: Floats = np.hstack([of_words, of_neighbours, of_meaning]).astype(np.float32)
    return weighed
