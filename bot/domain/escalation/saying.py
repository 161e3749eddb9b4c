"""What is said about escalations, before it is put into a language and a shape."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.escalation.agenda import Step
from bot.domain.escalation.clocks import ClockKind
from bot.domain.escalation.life import Move, State, Urgency
from bot.domain.escalation.work import MaintenanceNote, WorkRefused
from bot.domain.network import Contact
from bot.domain.presence import Absent
from bot.domain.scheme import Language, Topic


class Summary(Struct, frozen=True):
    """An escalation in short. Empty strings where unknown; `level` is never shown without `company`.

    `owner` is empty while nobody took it: then `keeper` sees to it. `opened_by` names whoever opened it for
    somebody else. `respond_by` and `solve_by` (aware UTC, shown in `time_zone`) are only set where the
    company promised something that still counts. `manufacturer` is whom it could go up to, `lower` whom it
    could be sent back to. `is_unconfirmed`: nobody confirmed that the requester belongs to the practice.
    `is_by_former`: whoever asked was forgotten since.
    """

    escalation_id: int
    reference: str
    state: State
    urgency: Urgency
    level: int | None
    company: str
    contact: Contact
    owner: str
    keeper: str
    practice: str
    package: str
    topic: Topic | None
    requester: str
    opened_by: str
    respond_by: datetime | None
    solve_by: datetime | None
    time_zone: str
    manufacturer: str = ""
    lower: str = ""
    is_unconfirmed: bool = False
    is_by_former: bool = False


class Card(Struct, frozen=True):
    """What a company's channel gets; it heads the company's thread. `moves` are what its people may do now.

    `has_consent` is `None` while nobody asked the practice. `is_informed`: the company only hears of it.
    `informed` names the companies that do. `maintenance` is only there for a company that may see it: of the
    package that was named, else of those that the practice has.
    `bounces` counts how often it was sent back; `next_step` is what time does at `next_at` unless somebody
    does something before. `link` leads to the message that was asked, with its files.
    """

    language: Language
    summary: Summary
    happened: str
    reach_me: str
    asked: str = ""
    tried: str = ""
    error_text: str = ""
    version: str = ""
    has_consent: bool | None = None
    handed_over_by: str = ""
    moves: tuple[Move, ...] = ()
    is_informed: bool = False
    informed: tuple[str, ...] = ()
    maintenance: tuple[MaintenanceNote, ...] = ()
    bounces: int = 0
    next_step: Step | None = None
    next_at: datetime | None = None
    link: str = ""


class Receipt(Struct, frozen=True):
    """What the requester gets; it heads the requester's thread. `moves` are what the requester may do now."""

    language: Language
    summary: Summary
    moves: tuple[Move, ...] = ()
    informed: tuple[str, ...] = ()


class ThreadLine(Struct, frozen=True):
    """What somebody did, in a thread. `by` is empty where time did it; `text` is what they wrote.

    `moves` are the buttons that answer it. `is_requesters`: it stands in the requester's thread.
    """

    language: Language
    summary: Summary
    move: Move
    by: str
    text: str = ""
    moves: tuple[Move, ...] = ()
    is_requesters: bool = False


class Nudge(Struct, frozen=True):
    """What time says. `clock` and `due_at` are set for a promise. `is_way_up`: it tells the requester that
    level 0 let its time lapse, so that it may go to the manufacturer. `passed` are away, and would have heard
    it otherwise."""

    language: Language
    summary: Summary
    step: Step
    clock: ClockKind | None = None
    due_at: datetime | None = None
    is_way_up: bool = False
    passed: tuple[Absent, ...] = ()


class Fault(StrEnum):
    """Why a named person has to look.

    `UNROUTED`: nobody knows which company is responsible. `UNREACHABLE`: nobody of the company is reachable
    in Slack. `UNDELIVERED`: Slack did not take what the company should see. `REQUESTER_UNREACHED`: nor what
    the requester should. `BOUNCED`: it went round in circles. `REPAIRED`: it had nobody or nothing next,
    which should not happen.
    """

    UNROUTED = "unrouted"
    UNREACHABLE = "unreachable"
    UNDELIVERED = "undelivered"
    REQUESTER_UNREACHED = "requester-unreached"
    BOUNCED = "bounced"
    REPAIRED = "repaired"


class Trouble(Struct, frozen=True):
    """What a named person hears: the default owner, or a company's lead. `moves` are what they may do.

    `instead` names who was told in the place of others, empty where it is a channel or nobody. `reach_by` are
    ways to reach the requester outside Slack.
    """

    language: Language
    summary: Summary
    fault: Fault
    moves: tuple[Move, ...] = ()
    instead: str = ""
    reach_by: tuple[str, ...] = ()


EscalationSaying = Card | Receipt | ThreadLine | Nudge | Trouble | WorkRefused
