"""Where a message stands: what is expected there, and what mistakes cost there."""

from msgspec import Struct

CHATTER_ODDS = 2.0
"""How many times commoner what is no question is in a channel than among the phrases.

Of the phrases about three in ten are no support question; in a channel where people ask for support it is
nearly every second message: odds of 1 to 1.15 where the phrases have 1 to 2.3. It is a statement about
channels, not a dial: raise it for a channel of chatter.
"""


class Costs(Struct, frozen=True):
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


class Place(Struct, frozen=True):
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
