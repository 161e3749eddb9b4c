"""Working an escalation: what was pressed, the forms that open, and why something had no effect."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from bot.domain.escalation.life import Move, State
from bot.domain.escalation.note import WANTED
from bot.domain.network import SlackUser
from bot.domain.scheme import Language

FORMS = frozenset(WANTED) - {Move.REPLY}
"""Moves that open a form; a reply is written in the thread."""
AT_ONCE = frozenset({Move.TAKE, Move.CONFIRM, Move.REOPEN, Move.TAKE_UP})
"""Moves that a press makes."""


class Validity(StrEnum):
    """How maintenance stands. `DUE`: it ran out, and the days of grace after it are not over."""

    VALID = "valid"
    DUE = "due"
    LAPSED = "lapsed"
    ENDED = "ended"


class MaintenanceNote(Struct, frozen=True):
    """How the maintenance of a licence package stands: its last day, and which company bills it."""

    package: str
    validity: Validity
    until: date
    biller: str


class WorkPress(Struct, frozen=True):
    """A pressed button or a submitted form. `seen` is how many moves had been made when the form opened.

    `channel_id` is empty where it was not pressed under a message. `key` tells it from any other.
    """

    escalation_id: int
    move: Move
    workspace_id: str
    user: SlackUser
    channel_id: str
    key: str
    seen: int = 0


class Choice(Struct, frozen=True):
    """Somebody or some company to choose, by key; `away_until` is the last day on which somebody is away."""

    key: int
    name: str
    away_until: date | None = None


class WorkForm(Struct, frozen=True):
    """What a move asks for, with what is known already. `to` is the company that it would go to, if settled.

    `choices` are the people or companies to choose from, in order of their names; who is away comes last.
    """

    language: Language
    move: Move
    escalation_id: int
    reference: str
    company: str
    to: str = ""
    tried: str = ""
    error_text: str = ""
    version: str = ""
    has_consent: bool = False
    choices: tuple[Choice, ...] = ()
    seen: int = 0


class WhyRefused(StrEnum):
    """Why a press had no effect.

    `ELSEWHERE`: another company has it by now. `OVERTAKEN`: somebody did something meanwhile that the form
    did not show.
    """

    TAKEN = "taken"
    NOT_NOW = "not-now"
    FORBIDDEN = "forbidden"
    ELSEWHERE = "elsewhere"
    OVERTAKEN = "overtaken"
    GONE = "gone"


class WorkRefused(Struct, frozen=True):
    """What whoever came too late, or may not, is told alone.

    `who` is the person who has it, or who was quicker, empty where that is nobody else. All but `why` is
    empty for whoever may not know of it.
    """

    language: Language
    why: WhyRefused
    reference: str = ""
    company: str = ""
    who: str = ""
    state: State | None = None


class Gaps(Struct, frozen=True):
    """Fields of `Details` that are empty or name nobody; `company` is whose people may be chosen."""

    language: Language
    fields: tuple[str, ...]
    company: str
