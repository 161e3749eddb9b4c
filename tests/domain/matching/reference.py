"""Matching written down as plainly as possible: no arrays, no buckets, no shortcuts.

The program must agree with it on every text. It takes what was learned (columns, rarity, weights) from the
model and computes with it in dictionaries.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from bot.domain.matching.courtesy import words_of
from bot.domain.matching.words import WordsModel

Weighed = Mapping[int, float]


def probabilities(model: WordsModel, text: str) -> dict[str, float]:
    """Return the probability of each class."""
    features = weighed(model, text)
    logits = {
        name: float(model.linear.bias[place])
        + sum(value * float(model.linear.weights[column, place]) for column, value in features.items())
        for place, name in enumerate(model.classes)
    }
    top = max(logits.values())
    total = sum(math.exp(logit - top) for logit in logits.values())
    return {name: math.exp(logit - top) / total for name, logit in logits.items()}


def resemblances(model: WordsModel, text: str, phrases: Sequence[str]) -> list[float]:
    """Return the cosine of a text with each phrase, 0 where either has nothing known."""
    of_text = weighed(model, text)
    return [cosine(of_text, weighed(model, phrase)) for phrase in phrases]


def weighed(model: WordsModel, text: str) -> dict[int, float]:
    """Return what each known feature of a text weighs, by column."""
    words = [repaired(model, word) for word in words_of(text)]
    pairs = [words[i] + " " + words[i + 1] for i in range(len(words) - 1)]
    pieces = [
        ("_" + word + "_")[start : start + length]
        for word in words
        for length in (3, 4, 5)
        for start in range(len(word) + 2 - length + 1)
    ]
    places = model.features
    word_part = weigh(model, [places.word_places[f] for f in words + pairs if f in places.word_places], 1.0)
    piece_part = weigh(model, [places.piece_places[f] for f in pieces if f in places.piece_places], 1.5)
    return word_part | piece_part


def weigh(model: WordsModel, columns: list[int], share: float) -> dict[int, float]:
    values = {
        column: (1 + math.log(times)) * float(model.features.rarity[column])
        for column, times in Counter(columns).items()
    }
    length = math.sqrt(sum(value * value for value in values.values()))
    return {column: share * value / length for column, value in values.items()}


def repaired(model: WordsModel, word: str) -> str:
    """Return the known word nearest to an unknown one, the word itself where none is near."""
    known = model.spelling.known
    if word in known or len(word) < 4 or not word.isalpha():
        return word
    slips = 2 if len(word) >= 8 else 1
    near = [
        (distance, -known[candidate], candidate)
        for candidate in known
        if len(candidate) >= 4 and candidate.isalpha()
        if (distance := slips_between(word, candidate)) <= slips
    ]
    return min(near)[2] if near else word


def slips_between(left: str, right: str) -> int:
    """Return how many letters were added, lost, changed, or swapped with their neighbour (OSA distance)."""
    table = [[i + j if i == 0 or j == 0 else 0 for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            changed = table[i - 1][j - 1] + (left[i - 1] != right[j - 1])
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, changed)
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


def cosine(left: Weighed, right: Weighed) -> float:
    lengths = math.hypot(*left.values()) * math.hypot(*right.values())
    return sum(value * right.get(column, 0.0) for column, value in left.items()) / lengths if lengths else 0.0
