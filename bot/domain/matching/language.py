"""Telling the language of a message by the phrases of each language."""

import numpy as np

from bot.domain.matching.sparse import Floats, Integers, Rows, Vector
from bot.domain.scheme import Language

_ENOUGH = 4.0
_UNSEEN = 0.5


def learn_language(rows: Rows, german: Integers) -> Floats:
    """Return for each feature the log-odds that a text with it is German; `german` is 1 or 0 for each row."""
    is_german = np.repeat(german, np.diff(rows.starts)).astype(bool)
    of_german = np.bincount(rows.indices[is_german], minlength=rows.width) + _UNSEEN
    of_english = np.bincount(rows.indices[~is_german], minlength=rows.width) + _UNSEEN
    german_texts = max(1, int(german.sum()))
    english_texts = max(1, len(german) - int(german.sum()))
    odds = np.log(of_german / german_texts) - np.log(of_english / english_texts)
    german_odds: Floats = odds.astype(np.float32)
    return german_odds


def language_of(text: Vector, german_odds: Floats) -> Language | None:
    """Return the language, `None` when too little of the text leans to either."""
    leaning = float(german_odds[text.indices].sum())
    if abs(leaning) < _ENOUGH:
        return None
    return Language.DE if leaning > 0 else Language.EN
