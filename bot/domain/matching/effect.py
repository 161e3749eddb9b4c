"""What learning one more phrase would do, measured before anybody says yes."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from bot.domain.matching.courtesy import words_of
from bot.domain.matching.features import learn_features
from bot.domain.matching.folds import SAME, folds
from bot.domain.matching.phrases import NOT_SUPPORT, Phrase, phrases_of
from bot.domain.matching.sparse import Integers, Rows, Vector, stack
from bot.domain.matching.words import held_out_logits
from bot.domain.scheme import SupportScheme

_FOLDS = 3

Texts = list[tuple[str, ...]]


class Hits(Struct, frozen=True):
    """How many of `total` held-out phrases were told rightly, before learning the new phrase and after."""

    before: int
    after: int
    total: int


class Effect(Struct, frozen=True):
    """What a new phrase does to the phrases of its `topic`, and to those of the `others` that it touches."""

    topic: Hits
    others: Hits


def effect_of(scheme: SupportScheme, new: Phrase, touched: Collection[str]) -> Effect:
    """Cross-validate the phrases of the `touched` topics, once without `new` and once with it.

    `new.label` is touched in any case, and so is what is no support question. Each phrase is told by words
    alone, by a model that has seen neither it nor its near-duplicates, among the touched topics only: the
    difference counts, and the figures themselves are kinder than those of the whole scheme. `new` is never
    scored, and not learned where phrases of its topic that resemble it are held out. Takes seconds.
    """
    wanted = {*touched, new.label, NOT_SUPPORT}
    phrases = [*(phrase for phrase in phrases_of(scheme) if phrase.label in wanted), new]
    classes = list(dict.fromkeys(phrase.label for phrase in phrases))
    labels = np.array([classes.index(phrase.label) for phrase in phrases], dtype=np.int64)
    texts = [words_of(phrase.text) for phrase in phrases]
    before, after = _told_rightly(texts, labels)
    of_topic = labels[:-1] == classes.index(new.label)
    return Effect(_hits(before, after, of_topic), _hits(before, after, ~of_topic))


def _told_rightly(texts: Texts, labels: Integers) -> tuple[Integers, Integers]:
    """Return for each text but the last, which is the new one, 1 if it was told rightly: before and after."""
    features = learn_features(texts[:-1])
    rows = stack([features.vector(words) for words in texts[:-1]], features.width)
    fold_of_text = folds(rows, _FOLDS)
    # Its likes in the same topic would flatter it; those in another topic are the harm to be seen.
    flattering = _resembles(rows, features.vector(texts[-1])) & (labels[:-1] == labels[-1])
    near = set(fold_of_text[flattering].tolist())
    before, after = (np.zeros(len(rows), dtype=np.int64) for _ in range(2))
    for fold in range(_FOLDS):
        numbers, right = _score(texts[:-1], labels[:-1], fold_of_text, fold)
        before[numbers] = after[numbers] = right
        if fold not in near:
            # The new phrase is learned in every fold: -1 is none of them.
            numbers, after[numbers] = _score(texts, labels, np.append(fold_of_text, -1), fold)
    return before, after


def _resembles(rows: Rows, new: Vector) -> npt.NDArray[np.bool_]:
    """Say of each row whether it is a near-duplicate of the new one."""
    dense = np.zeros(rows.width, dtype=np.float32)
    dense[new.indices] = new.values
    likeness = rows.times_vector(dense, 0, len(rows))
    near: npt.NDArray[np.bool_] = likeness >= SAME * rows.lengths() * float(np.linalg.norm(dense))
    return near & (likeness > 0)


def _score(texts: Texts, labels: Integers, fold_of_text: Integers, fold: int) -> tuple[Integers, Integers]:
    numbers, logits = held_out_logits(texts, labels, fold_of_text, fold)
    return numbers, (logits.argmax(axis=1) == labels[numbers]).astype(np.int64)


def _hits(before: Integers, after: Integers, chosen: Integers) -> Hits:
    return Hits(int(before[chosen].sum()), int(after[chosen].sum()), int(chosen.sum()))
