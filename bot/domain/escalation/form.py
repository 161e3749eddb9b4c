"""The form in which somebody opens an escalation: what it shows, and what it comes back with."""

import re
from enum import StrEnum

from msgspec import Struct

from bot.domain.escalation.life import Urgency
from bot.domain.network import SlackUser
from bot.domain.scheme import Language, SupportScheme

_WISH = re.compile(
    r"(escalate|eskaliere|eskalieren|eskalation)\b[\s:,.!-]*(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)


def wish_in(text: str) -> str | None:
    """Return what follows where a message begins by asking to escalate; `None` where it does not."""
    found = _WISH.fullmatch(text.strip())
    return None if found is None else found["rest"].strip()


class Field(StrEnum):
    """A field of the form. `WISHES` is what may be ticked."""

    TOPIC = "topic"
    PRACTICE = "practice"
    PACKAGE = "package"
    ASKED = "asked"
    HAPPENED = "happened"
    REACH_ME = "reach-me"
    URGENCY = "urgency"
    TRIED = "tried"
    ERROR_TEXT = "error-text"
    VERSION = "version"
    WISHES = "wishes"


class Wish(StrEnum):
    """What may be ticked: it is about a bill, and the manufacturer shall take it directly."""

    BILLING = "billing"
    DIRECT = "direct"


class FormOrigin(Struct, frozen=True):
    """Where the form was asked for, and by whom. `question_id` is 0 where no question led to it.

    `text` is what was written: after the command, where `is_report` (it says what happened), or in the
    message that is to be escalated. `message_ts` is that message's, empty where there is none, and
    `thread_ts` the thread's that it stands in.
    """

    user: SlackUser
    workspace_id: str
    channel_id: str = ""
    message_ts: str = ""
    thread_ts: str = ""
    question_id: int = 0
    text: str = ""
    is_report: bool = False


class PracticeChoice(Struct, frozen=True):
    """A practice that it may be opened for."""

    practice_id: int
    name: str


class EscalateForm(Struct, frozen=True):
    """What the form shows.

    `practices` may be chosen from, `practice_id` is the one that is chosen; a single one of one's own is not
    asked for. `names_practice` asks for the exact name instead. `is_for_others`: company staff opens it on
    behalf. `packages` are (number, practice) to choose from; none: asked for in words. `manufacturer` is
    named where level 1 may be asked for directly, else empty. `vendor` is the chosen practice's, empty where
    it is not known.
    """

    language: Language
    scheme: SupportScheme
    topic: str = ""
    practices: tuple[PracticeChoice, ...] = ()
    practice_id: int | None = None
    names_practice: bool = False
    is_for_others: bool = False
    packages: tuple[tuple[str, str], ...] = ()
    asked: str = ""
    happened: str = ""
    reach_me: str = ""
    manufacturer: str = ""
    vendor: str = ""


class Carried(Struct, frozen=True):
    """What goes through the form unread. None of it is believed: it names, the database decides."""

    language: Language
    nonce: str
    question_id: int = 0
    practice_id: int = 0
    channel_id: str = ""
    message_ts: str = ""


class FilledForm(Struct, frozen=True):
    """What was filled in; empty where nothing was. A practice is chosen by its key or given by its name."""

    topic: str = ""
    practice_id: int = 0
    practice_name: str = ""
    package: str = ""
    asked: str = ""
    happened: str = ""
    reach_me: str = ""
    urgency: Urgency = Urgency.HINDERED
    tried: str = ""
    error_text: str = ""
    version: str = ""
    wishes: frozenset[Wish] = frozenset()


class FormFault(StrEnum):
    """What is wrong with a field."""

    EMPTY = "empty"
    UNKNOWN_PRACTICE = "unknown-practice"
    OTHER_PACKAGE = "other-package"


class FormFaults(Struct, frozen=True):
    """Everything that is wrong with what was filled in."""

    faults: tuple[tuple[Field, FormFault], ...]


class FormRefusal(StrEnum):
    """Why there is no form, or nothing came of it."""

    NOT_YOURS = "not-yours"
    NO_COMPANIES = "no-companies"


class FormRefused(Struct, frozen=True):
    """Nothing was opened. `admins` can import companies where none are known."""

    language: Language
    refusal: FormRefusal
    admins: str = ""
