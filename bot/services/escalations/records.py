"""An escalation's row as domain values, and back."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import asdict
from sqlmodel import Session

from bot.domain.escalation.agenda import Standing, coming
from bot.domain.escalation.clocks import Alarm, ClockKind, Target, TargetClock
from bot.domain.escalation.life import Position, State
from bot.domain.escalation.terms import CompanyTerms, counted
from bot.domain.network import Contact
from bot.domain.opening import OpeningCalendar
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.storage.insert import insert_once
from bot.storage.tables import EscalationEventRow, EscalationRow

COUNTING = frozenset({State.NEW, State.TAKEN})
"""Where promises count; while the requester is asked, or has to confirm, they stand still."""


def position_of(row: EscalationRow) -> Position:
    """Return where an escalation stands."""
    return Position(
        state=State(row.state),
        company_id=row.company_id,
        owner_id=row.owner_id,
        level=row.level,
        lower_id=row.lower_id,
        bounces=row.bounces,
        can_go_up=row.can_go_up,
        is_unrouted=row.is_unrouted,
    )


def put(row: EscalationRow, position: Position) -> None:
    """Let an escalation stand there."""
    for name, value in asdict(position).items():
        setattr(row, name, value)


def top_id(row: EscalationRow) -> int | None:
    """Return the manufacturer, as it was when the escalation opened."""
    found: int | None = row.route.get("top")
    return found


def informed_ids(row: EscalationRow) -> tuple[int, ...]:
    """Return the companies that hear of it."""
    return tuple(row.route.get("informed", ()))


def terms_of(row: EscalationRow, company_id: int | None = None) -> CompanyTerms:
    """Return what was frozen of a company, by default of the one that has it."""
    key = row.company_id if company_id is None else company_id
    return read_terms(key, row.terms.get(str(key), {}))


def written_terms(terms: CompanyTerms) -> dict[str, Any]:
    """Return terms as they are stored; `read_terms` reads them."""
    return {
        "name": terms.name,
        "language": terms.language,
        "calendar": _written_calendar(terms.calendar),
        "target": asdict(terms.target),
        "contact": _written_contact(terms.contact),
        "lead": _written_contact(terms.lead),
    }


def read_terms(company_id: int, stored: dict[str, Any]) -> CompanyTerms:
    """Read stored terms; of a company that none were kept of, only what holds for everybody."""
    return CompanyTerms(
        company_id=company_id,
        name=stored.get("name", ""),
        calendar=_read_calendar(stored.get("calendar", {"hours": "", "time_zone": "UTC"})),
        language=Language(stored.get("language", Language.EN)),
        target=Target(**stored.get("target", {})),
        contact=Contact(**stored.get("contact", {"name": ""})),
        lead=Contact(**stored.get("lead", {"name": ""})),
    )


def _written_calendar(calendar: OpeningCalendar) -> dict[str, Any]:
    closed = [[first.isoformat(), last.isoformat()] for first, last in calendar.closed]
    return {**asdict(calendar), "closed": closed}


def _read_calendar(stored: dict[str, Any]) -> OpeningCalendar:
    spans = stored.get("closed", ())
    closed = tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in spans)
    return OpeningCalendar(**{**stored, "closed": closed})


def clocks_of(row: EscalationRow) -> tuple[TargetClock, ...]:
    """Return the promises that count for an escalation."""
    return tuple(
        TargetClock(
            kind=ClockKind(stored["kind"]),
            target=timedelta(seconds=stored["target"]),
            since=datetime.fromisoformat(stored["since"]) if stored["since"] else None,
            used=timedelta(seconds=stored["used"]),
            said=frozenset(Alarm(name) for name in stored["said"]),
        )
        for stored in row.clocks
    )


def put_clocks(row: EscalationRow, clocks: tuple[TargetClock, ...]) -> None:
    """Keep promises, with when they are broken as they stand now."""
    calendar = terms_of(row).calendar
    row.clocks = [
        {
            "kind": clock.kind,
            "target": clock.target.total_seconds(),
            "since": clock.since.isoformat() if clock.since else None,
            "used": clock.used.total_seconds(),
            "said": sorted(clock.said),
        }
        for clock in clocks
    ]
    due = {clock.kind: clock.due_at(calendar) for clock in clocks}
    row.response_due_at, row.solution_due_at = due.get(ClockKind.RESPONSE), due.get(ClockKind.SOLUTION)


def standing_of(row: EscalationRow, bot: Bot) -> Standing:
    """Return all that the next step depends on."""
    return Standing(
        state=State(row.state),
        calendar=terms_of(row).calendar,
        touched_at=row.touched_at,
        close_after=bot.escalations.close_after,
        clocks=clocks_of(row),
        nudges=row.nudges,
        nudged_at=row.nudged_at,
    )


def rearm(row: EscalationRow, bot: Bot) -> None:
    """Set what time does next."""
    step = coming(standing_of(row, bot))
    row.next_action, row.next_action_at = (step.name, step.at) if step else ("", None)


def touch(row: EscalationRow, bot: Bot, now: datetime) -> None:
    """Note that somebody did something: following up begins anew, and the clocks go by where it stands now.

    What the owning company writes counts as well; see `bridging` for what the requester writes.
    """
    row.touched_at, row.nudges, row.nudged_at = now, 0, None
    state = State(row.state)
    clocks = counted(
        clocks_of(row),
        terms_of(row).calendar,
        now,
        is_counting=state in COUNTING,
        is_answered=state is not State.NEW,
    )
    put_clocks(row, clocks)
    rearm(row, bot)


class Event(Struct, frozen=True):
    """An entry of the timeline. `key` is unique within its escalation; `by` is a person and a company."""

    key: str
    kind: str
    at: datetime
    by: tuple[int | None, int | None] = (None, None)
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def record(session: Session, row: EscalationRow, event: Event) -> bool:
    """Add to the timeline; return `False` where it stands there already."""
    values = {
        "escalation_id": row.id,
        "key": event.key,
        "kind": event.kind,
        "at": event.at,
        "person_id": event.by[0],
        "company_id": event.by[1],
        "text": event.text,
        "is_internal": False,
        "facts": dict(event.facts),
    }
    return insert_once(session, EscalationEventRow, values)


def _written_contact(contact: Contact) -> dict[str, str]:
    return {"name": contact.name, "email": contact.email, "phone": contact.phone}
