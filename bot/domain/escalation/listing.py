"""Lists of escalations, and what happened to one: who reads which line."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.escalation.agenda import Step
from bot.domain.escalation.bonds import Bonds
from bot.domain.escalation.clocks import ClockKind
from bot.domain.escalation.life import OPEN, Move, State
from bot.domain.escalation.saying import Fault, Summary
from bot.domain.scheme import Language

TITLE_LENGTH = 70
OPENED = "open"
"""The kind of a timeline's first entry."""
BETWEEN_COMPANIES = frozenset({Move.HAND_OVER, Move.SEND_BACK, Move.PASS_ON, Move.REASSIGN, Move.GIVE_UP})
"""What is written with these is for the companies that it passes between."""
COMPANY_STEPS = frozenset(Step) - {Step.ASK_REQUESTER, Step.CLOSE}
"""What time says to a company alone."""


class Shelf(StrEnum):
    """Which list an escalation stands in, each person's first that fits, in this order.

    `WAITS`: the next step is this person's. `MINE`: asked for, or taken, but others have the next step.
    `QUEUE`: the company's. `INFORMED`: the company only hears of it, or handed it over.
    """

    WAITS = "waits"
    MINE = "mine"
    QUEUE = "queue"
    INFORMED = "informed"


def shelf_of(
    state: State, bonds: Bonds, *, has_it: bool, keeps_it: bool, is_outside: bool = False
) -> Shelf | None:
    """Return where an escalation stands in somebody's lists; `None` where it is not for them now.

    `has_it`: took it. `keeps_it`: is named to find the right company. `is_outside`: sees it only because
    admins see all.
    """
    if bonds.is_requester and state in (State.WAITING, State.RESOLVED):
        return Shelf.WAITS
    if state in OPEN and (keeps_it or (has_it and state is not State.WAITING)):
        return Shelf.WAITS
    if state not in OPEN:
        return None
    if bonds.is_requester or has_it:
        return Shelf.MINE
    return Shelf.QUEUE if bonds.is_owner or is_outside else Shelf.INFORMED


def first_words(text: str, room: int = TITLE_LENGTH) -> str:
    """Return the beginning of a text in one line, cut between words where it can be."""
    line = " ".join(text.split())
    if len(line) <= room:
        return line
    head, _, _ = line[:room].rpartition(" ")
    return f"{head or line[: room - 1]}…"


class Due(Struct, frozen=True):
    """What a company promised and when that is broken (aware UTC)."""

    clock: ClockKind
    at: datetime


def due_of(summary: Summary) -> Due | None:
    """Return the promise that is broken first; `None` where nothing is promised or counted."""
    known = ((ClockKind.RESPONSE, summary.respond_by), (ClockKind.SOLUTION, summary.solve_by))
    promised = [Due(clock, at) for clock, at in known if at is not None]
    return min(promised, key=lambda due: due.at, default=None)


def by_urgency(
    due_at: Iterable[datetime | None], next_at: datetime | None, reference: str
) -> tuple[bool, datetime, str]:
    """Return the order of lists: first what is promised, by when; then the rest, by what happens next."""
    promised = [at for at in due_at if at is not None]
    at = min(promised, default=next_at) or datetime.max.replace(tzinfo=UTC)
    return not promised, at, reference


class EscalationLine(Struct, frozen=True):
    """An escalation in a list. `next_at` is when time does something. `link` opens its thread, or is empty.

    `title` are the first words of what happened.
    """

    summary: Summary
    title: str
    next_at: datetime | None
    is_overdue: bool = False
    link: str = ""


class EscalationShelf(Struct, frozen=True):
    """One list, what is due first at its top; `more` are not shown. `is_all`: of all companies."""

    shelf: Shelf
    lines: tuple[EscalationLine, ...]
    more: int = 0
    is_all: bool = False


class EscalationsPart(Struct, frozen=True):
    """Somebody's lists in the Home; `command` is what to type for one. Empty ones are left out."""

    shelves: tuple[EscalationShelf, ...]
    command: str


class EscalationLists(Struct, frozen=True):
    """The answer to the command."""

    language: Language
    part: EscalationsPart


class Reader(Struct, frozen=True):
    """Who reads a timeline: of which company, and whether everything but internal lines may be read."""

    company_id: int | None
    is_admin: bool = False


class Entry(Struct, frozen=True):
    """Something that happened. `kind` is `open`, a `Move`, a `Step`, a `Fault`, or a message's.

    `by` is empty where time did it; `from_id` is the company of whoever did it, `to_id` the company that had
    it afterwards, called `company`. `is_by_former`: it was a person, who was forgotten since.
    """

    kind: str
    at: datetime
    by: str
    company: str
    from_id: int | None
    to_id: int | None
    text: str = ""
    is_internal: bool = False
    is_by_former: bool = False


def seen_by(entry: Entry, reader: Reader) -> Entry | None:
    """Return what somebody who may see the escalation reads of an entry; `None` for nothing."""
    own = reader.company_id is not None and reader.company_id in (entry.from_id, entry.to_id)
    if entry.is_internal:
        return entry if reader.company_id is not None and reader.company_id == entry.from_id else None
    if entry.kind in COMPANY_STEPS | frozenset(Fault):
        return entry if own or reader.is_admin else None
    if entry.kind in BETWEEN_COMPANIES and not (own or reader.is_admin):
        return replace(entry, text="", is_internal=False)
    return entry


class Timeline(Struct, frozen=True):
    """What happened to an escalation, the oldest first, as one person may read it."""

    language: Language
    line: EscalationLine
    entries: tuple[Entry, ...]


class NoEscalation(Struct, frozen=True):
    """There is none of this reference, or none that this person may see: nobody learns which."""

    language: Language
    reference: str
    command: str


class AbsenceConcerns(Struct, frozen=True):
    """What is open with somebody who will be away, or, where `who` is empty, with a company that is closed.

    It is told to whoever entered the absence; `more` are not shown.
    """

    language: Language
    who: str
    company: str
    first_on: date
    last_on: date
    lines: tuple[EscalationLine, ...]
    more: int = 0


ListSaying = EscalationLists | Timeline | NoEscalation | AbsenceConcerns
