"""How good decisions are: shares of labelled messages, with how far chance alone could move them."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple, TypeVar

from msgspec import Struct

from bot.domain.matching.decide import OFFERED
from bot.domain.matching.match import Decision, Match
from bot.domain.scheme import Language, Provider

NONE = "none"
"""The label of what is no support question."""

_Z_95 = 1.959964
Key = TypeVar("Key")


class Labelled(Struct, frozen=True):
    """A message and what an expert says it is about: a topic's id, or `NONE`.

    `also` are further topics that are fully right too. `language` is `None` where nobody noted it.
    """

    text: str
    label: str
    also: frozenset[str] = frozenset()
    language: Language | None = None

    @property
    def right(self) -> frozenset[str]:
        """Return the topics that are right; none for what is no question."""
        return frozenset() if self.label == NONE else self.also | {self.label}


class Outcome(NamedTuple):
    """A message and what the matcher made of it."""

    message: Labelled
    match: Match


class Share(Struct, frozen=True):
    """So many hits of so many; of nothing it is 0."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """Return the share, 0 to 1."""
        return self.hits / max(1, self.of)

    @property
    def interval(self) -> tuple[float, float]:
        """Return between what the true share lies with 95 % confidence: the Wilson score interval.

        It stays within 0 and 1 and is honest for few messages and for shares near the ends (Wilson 1927,
        J. Am. Stat. Assoc. 22). Of nothing nothing is known: 0 to 1.
        """
        if not self.of:
            return 0.0, 1.0
        spread = _Z_95**2 / self.of
        middle = (self.value + spread / 2) / (1 + spread)
        half = _Z_95 * sqrt(self.value * (1 - self.value) / self.of + spread / (4 * self.of)) / (1 + spread)
        return max(0.0, middle - half), min(1.0, middle + half)


class Figures(Struct, frozen=True):
    """The figures of some messages. All but `false_alarm` are shares of the questions among them.

    right          answered with a right topic
    helped         right, or a choice of three that offers a right topic
    wrong_company  answered with a topic of a provider who is responsible for none of the right ones
    top1, top3     a right topic ranks first, or among the first three, whatever the decision
    false_alarm    of what is no question: got an answer or a choice
    """

    right: Share
    helped: Share
    wrong_company: Share
    false_alarm: Share
    top1: Share
    top3: Share


LOWER_IS_BETTER = frozenset({"wrong_company", "false_alarm"})


def figures(outcomes: Sequence[Outcome], providers: Mapping[str, Provider]) -> Figures:
    """Count up decisions; `providers` says who is responsible for each topic."""
    questions = [outcome for outcome in outcomes if outcome.message.right]
    others = [outcome for outcome in outcomes if not outcome.message.right]
    return Figures(
        right=_share(questions, _is_right),
        helped=_share(questions, _is_helped),
        wrong_company=_share(questions, lambda outcome: _is_wrong_company(outcome, providers)),
        false_alarm=_share(others, lambda outcome: outcome.match.decision is not Decision.SILENT),
        top1=_share(questions, lambda outcome: _ranks_within(outcome, 1)),
        top3=_share(questions, lambda outcome: _ranks_within(outcome, OFFERED)),
    )


def figures_by(
    outcomes: Iterable[Outcome], providers: Mapping[str, Provider], key: Callable[[Labelled], Key]
) -> dict[Key, Figures]:
    """Return the figures of each group of messages that share a key, in the order they appear."""
    groups: dict[Key, list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(key(outcome.message), []).append(outcome)
    return {name: figures(group, providers) for name, group in groups.items()}


def got(outcome: Outcome) -> str:
    """Return the topic that was answered with, else the decision: `choose` or `silent`."""
    return outcome.match.topic or str(outcome.match.decision)


def confusions(outcomes: Iterable[Outcome]) -> Counter[tuple[str, str]]:
    """Count by label and by what came of it: questions not answered rightly, and false alarms."""
    return Counter(
        (outcome.message.label, got(outcome)) for outcome in outcomes if not _is_as_it_should_be(outcome)
    )


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> Share:
    return Share(sum(map(holds, outcomes)), len(outcomes))


def _is_as_it_should_be(outcome: Outcome) -> bool:
    if not outcome.message.right:
        return outcome.match.decision is Decision.SILENT
    return _is_right(outcome)


def _is_right(outcome: Outcome) -> bool:
    return outcome.match.topic in outcome.message.right


def _is_helped(outcome: Outcome) -> bool:
    offered = outcome.match.decision is Decision.CHOOSE and _ranks_within(outcome, OFFERED)
    return offered or _is_right(outcome)


def _is_wrong_company(outcome: Outcome, providers: Mapping[str, Provider]) -> bool:
    topic = outcome.match.topic
    responsible = {providers[right] for right in outcome.message.right}
    return topic is not None and providers[topic] not in responsible


def _ranks_within(outcome: Outcome, places: int) -> bool:
    return any(candidate.topic in outcome.message.right for candidate in outcome.match.candidates[:places])
