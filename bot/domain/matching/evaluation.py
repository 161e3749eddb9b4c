"""Putting labelled messages to a matcher: as they are, made worse, and under other expectations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from bot.domain.matching.courtesy import words_of
from bot.domain.matching.figures import Figures, Labelled, Outcome, figures
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.noise import Noise, noisy
from bot.domain.matching.phrases import phrases_of
from bot.domain.matching.place import CHANNEL, Place
from bot.domain.matching.words import Reading
from bot.domain.scheme import Provider, SupportScheme

_EXPECTATIONS = np.geomspace(0.02, 200.0, 17)


class Heard(NamedTuple):
    """A labelled message and what was read in it."""

    message: Labelled
    reading: Reading


class TradeOff(NamedTuple):
    """The figures there would be if chatter were expected to be `chatter_odds` times commoner."""

    chatter_odds: float
    figures: Figures


def hear(messages: Iterable[Labelled], matcher: Matcher) -> list[Heard]:
    """Understand every message."""
    return [Heard(message, matcher.understand(message.text)) for message in messages]


def judge(heard: Iterable[Heard], matcher: Matcher, place: Place = CHANNEL) -> list[Outcome]:
    """Decide on every message."""
    return [Outcome(message, matcher.judge(reading, place)) for message, reading in heard]


def already_learned(messages: Iterable[Labelled], scheme: SupportScheme) -> int:
    """Return how many messages stand among the phrases, word for word: these prove nothing."""
    learned = {words_of(phrase.text) for phrase in phrases_of(scheme)} - {()}
    return sum(words_of(message.text) in learned for message in messages)


def with_noise(messages: Iterable[Labelled], kind: Noise, seed: int) -> list[Labelled]:
    """Return the messages with noise of one kind; the same seed always gives the same ones."""
    return [replace(message, text=noisy(message.text, kind, message.language, seed)) for message in messages]


def trade_offs(
    heard: Sequence[Heard], matcher: Matcher, providers: Mapping[str, Provider]
) -> tuple[TradeOff, ...]:
    """Return what is lost by fewer false alarms: from a talkative matcher to a reserved one."""
    return tuple(
        TradeOff(
            float(odds), figures(judge(heard, matcher, replace(CHANNEL, chatter_odds=float(odds))), providers)
        )
        for odds in _EXPECTATIONS
    )
