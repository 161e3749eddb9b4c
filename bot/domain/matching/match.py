"""What the matcher says of a message."""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from bot.domain.matching.place import CHANNEL, Place
from bot.domain.scheme import Language


class Decision(StrEnum):
    """The three answers: a wrong company costs a day, an interrupted channel costs the bot its place."""

    ANSWER = "answer"
    CHOOSE = "choose"
    SILENT = "silent"


class Candidate(Struct, frozen=True):
    """A topic the message may be about. `score` is the calibrated probability, 0 to 1."""

    topic: str
    score: float


class Match(Struct, frozen=True):
    """What the matcher makes of a message.

    `candidates` are the topics, best first, at least five where the scheme has as many; they are there for
    every decision, also a silent one. `support` is the probability, 0 to 1, that this is a support question
    at all. `clinical` says that it reads as a clinical question, which the bot declines. `language` is that
    of the message, `None` when it is too short to tell. `phrase` explains an answer: it is the topic's phrase
    that the message resembles most. `is_by_meaning`: its words alone did not decide.
    """

    decision: Decision
    candidates: tuple[Candidate, ...]
    support: float
    clinical: bool
    language: Language | None
    phrase: str = ""
    is_by_meaning: bool = False

    @property
    def topic(self) -> str | None:
        """The topic to answer with, `None` unless the decision is to answer."""
        return self.candidates[0].topic if self.decision is Decision.ANSWER else None


class Matching(Protocol):
    """What matches messages to the topics of one scheme. Threads may share it."""

    def match(self, text: str, place: Place = CHANNEL) -> Match:
        """Say what a message is about. It may take a tenth of a second, soon after a start longer."""
        ...

    def match_at_once(self, text: str, place: Place = CHANNEL) -> Match | None:
        """Do the same where it takes about a millisecond, else give `None`."""
        ...
