"""From probabilities to one of the three answers, by what a mistake costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

import numpy as np

from bot.domain.matching.match import Decision
from bot.domain.matching.sparse import Floats, Integers
from bot.domain.scheme import Provider

OFFERED = 3

CHATTER_ODDS = 2.0
"""How many times commoner what is no question is in a channel than among the phrases.

Of the phrases about three in ten are no support question; in a channel where people ask for support it is
nearly every second message: odds of 1 to 1.15 where the phrases have 1 to 2.3. It is a statement about
channels, not a dial: raise it for a channel of chatter.
"""


@dataclass(frozen=True)
class Costs:
    """What each outcome costs, relative to the others; a right answer and a rightful silence cost nothing.

    A wrong company costs a practice a day. An interruption (an answer or a choice where nobody asked) costs
    the bot its place in the channel. Silence costs a question asked again. `wrong_topic` is the right
    company for the wrong reason, which is soon sorted out. `choice` is the effort of picking one of the
    topics offered; `useless_choice` that effort in vain.
    """

    wrong_company: float = 8.0
    false_alarm: float = 6.0
    unanswered: float = 6.0
    wrong_topic: float = 4.0
    choice: float = 1.5
    useless_choice: float = 6.0


@dataclass(frozen=True)
class Place:
    """Where a message stands: how often there is no question in one there, and what mistakes cost there.

    `chatter_odds` says how many times commoner what is no question is than among the phrases.
    """

    chatter_odds: float
    costs: Costs


CHANNEL = Place(CHATTER_ODDS, Costs())
"""Among people who mostly talk to each other."""

ADDRESSED = Place(chatter_odds=0.25, costs=Costs(false_alarm=3.0, unanswered=4.5))
"""In a mention, a direct message or the command: nine of ten such messages are questions (odds of 1 to 9
where the phrases have 1 to 2.3). Whoever writes one expects a reply, so that it interrupts nobody; and
silence is cheaper too, for it turns into the list of all topics."""


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
