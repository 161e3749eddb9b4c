"""Telling the language of a message by the phrases of each language."""

import numpy as np

from bot.domain.matching.sparse import Floats, Positions, Rows, Vector
from bot.domain.scheme import Language

_ENOUGH = 4.0
_UNSEEN = 0.5


def learn_language(rows: Rows, german: Positions) -> Floats:
    """Return for each feature the log-odds that a text with it is German; `german` is 1 or 0 for each row."""
    is_german = np.repeat(german, np.diff(rows.starts)).astype(bool)
    of_german = np.bincount(rows.indices[is_german], minlength=rows.width) + _UNSEEN
    of_english = np.bincount(rows.indices[~is_german], minlength=rows.width) + _UNSEEN
    odds = np.log(of_german / max(1, int(german.sum()))) - np.log(of_english / max(1, int((1 - german).sum())))
    return odds.astype(np.float32)


def language_of(text: Vector, german_odds: Floats) -> Language | None:
    """Return the language, `None` when too little of the text leans to either."""
    leaning = float(german_odds[text.indices].sum())
    if abs(leaning) < _ENOUGH:
        return None
    return Language.DE if leaning > 0 else Language.EN
