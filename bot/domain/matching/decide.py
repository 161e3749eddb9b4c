"""From probabilities to one of the three answers, by what a mistake costs."""

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

import numpy as np

from bot.domain.matching.match import Decision
from bot.domain.matching.place import Costs
from bot.domain.matching.sparse import Floats, Integers
from bot.domain.scheme import Provider

OFFERED = 3


class Chance(NamedTuple):
    """A topic and the probability, 0 to 1, that the message is about it."""

    topic: str
    probability: float


def expecting_chatter(probabilities: Floats, beside: Integers, chatter_odds: float) -> Floats:
    """Return the probabilities for a place where what is no question is `chatter_odds` times commoner.

    `beside` are the places of the classes that are no topic. Their odds against the topics are multiplied;
    the proportions among them, and among the topics, stay. 1 changes nothing.
    """
    raised = probabilities.copy()
    raised[beside] *= np.float32(chatter_odds)
    shares: Floats = raised / raised.sum()
    return shares


class Verdict(NamedTuple):
    """A decision and what it is expected to cost: 0 when nothing can be wrong with it."""

    decision: Decision
    expected_cost: float


def decide(
    ranked: Sequence[Chance], providers: Mapping[str, Provider], support: float, costs: Costs
) -> Verdict:
    """Return the decision whose expected cost is lowest; of equally cheap ones the more silent.

    `ranked` are all topics, best first; `providers` says who is responsible for each; `support` is the
    probability that it is a support question at all, the sum over the topics.
    """
    if not ranked:
        return Verdict(Decision.SILENT, 0.0)
    expected = {
        Decision.SILENT: support * costs.unanswered,
        Decision.CHOOSE: _cost_of_choice(ranked, support, costs),
        Decision.ANSWER: _cost_of_answer(ranked, providers, support, costs),
    }
    best = min(expected, key=lambda decision: expected[decision])
    return Verdict(best, expected[best])


def _cost_of_answer(
    ranked: Sequence[Chance], providers: Mapping[str, Provider], support: float, costs: Costs
) -> float:
    first = ranked[0]
    company = providers[first.topic]
    same_company = sum(chance.probability for chance in ranked if providers[chance.topic] is company)
    return (
        (same_company - first.probability) * costs.wrong_topic
        + (support - same_company) * costs.wrong_company
        + (1 - support) * costs.false_alarm
    )


def _cost_of_choice(ranked: Sequence[Chance], support: float, costs: Costs) -> float:
    if len(ranked) == 1:
        return inf
    within = sum(chance.probability for chance in ranked[:OFFERED])
    return (
        within * costs.choice + (support - within) * costs.useless_choice + (1 - support) * costs.false_alarm
    )
