"""Telling what is kept of a person, and forgetting it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, func, or_
from sqlmodel import Session, col, select

from bot.domain.escalation.life import State
from bot.domain.rights import Action
from bot.services.bot import Bot
from bot.services.editors import require_admin
from bot.services.escalations.telling import show_everywhere
from bot.services.forgetting.named_traces import NAMED_TRACES
from bot.services.forgetting.own_traces import OWN_TRACES, PERSON
from bot.services.forgetting.somebody import Somebody, SomebodyError, find_somebody
from bot.services.forgetting.traces import Trace
from bot.storage.tables import CompanyRow, ContactRow, EscalationRow, ForgottenRow, Table


class Found(Struct, frozen=True):
    """What one kind of trace holds of somebody, to be shown. `stays` says why it cannot be forgotten."""

    name: str
    rows: tuple[Mapping[str, Any], ...]
    is_erased: bool
    stays: str


class Kept(Struct, frozen=True):
    """All that is kept of somebody.

    `obstacles` have to be dealt with before they can be forgotten; `hints` say where else they may be named.
    """

    found: tuple[Found, ...]
    obstacles: tuple[str, ...]
    hints: tuple[str, ...]


def kept_of(session: Session, who: str, admins: frozenset[str] = frozenset()) -> Kept:
    """Return what is kept of a person, changing nothing. Raises `SomebodyError` when nobody is meant."""
    somebody = find_somebody(session, who)
    traces = (PERSON, *OWN_TRACES, *NAMED_TRACES)
    found = tuple(_found(trace, rows) for trace in traces if (rows := trace.find(session, somebody)))
    contacts = _contacts(session, somebody)
    if contacts:
        columns = ("company_id", "name", "email", "phone", "slack", "slack_user_id")
        found += (Found("contacts", tuple(_shown(one, columns) for one in contacts), False, ""),)
    return Kept(found, tuple(_obstacles(session, somebody)), tuple(_hints(somebody, admins)))


def forget_person(session: Session, bot: Bot, who: str, by: str) -> dict[str, int]:
    """Forget a person in the name of an admin; return how many rows of each kind were emptied or removed.

    Cards in Slack that named them are written anew.

    That somebody was forgotten is recorded, and not who. Raises `EditorRefusedError` unless an admin asks,
    and `SomebodyError` when nobody is meant, nothing is kept, or something has to be dealt with before.
    """
    admin = require_admin(session, by, bot.admins, Action.FORGET_PERSON)
    somebody = find_somebody(session, who)
    if obstacles := list(_obstacles(session, somebody)):
        raise SomebodyError("\n".join(obstacles))
    counts: dict[str, int] = {}
    shown = _shown_in_slack(session, somebody)
    for trace in (*NAMED_TRACES, *OWN_TRACES, PERSON):
        rows = trace.find(session, somebody) if trace.erase is not None else ()
        if trace.erase is not None and rows:
            trace.erase(session, somebody, rows)
            counts[trace.name] = len(rows)
    if not counts:
        raise SomebodyError(f"{who}: nothing is kept of them.")
    # Whoever forgets themselves leaves no name here either.
    record = ForgottenRow(forgotten_at=bot.clock.now(), forgotten_by=_unless(admin, somebody), rows=counts)
    session.add(record)
    session.flush()
    for row in shown:
        session.refresh(row)
        show_everywhere(session, bot, row, f"forgotten {record.id}")
    return counts


def _shown_in_slack(session: Session, who: Somebody) -> Sequence[EscalationRow]:
    """Return the escalations whose cards may name them."""
    people = (EscalationRow.requester_id, EscalationRow.opened_by_id, EscalationRow.owner_id)
    named = or_(*(col(column).in_(who.ids) for column in people))
    query = select(EscalationRow).where(named, col(EscalationRow.emptied_at).is_(None))
    return session.exec(query.order_by(col(EscalationRow.id))).all()


def _unless(admin: str, somebody: Somebody) -> str:
    return "" if admin in somebody.keys else admin


def _obstacles(session: Session, who: Somebody) -> Iterator[str]:
    is_open = col(EscalationRow.state) != State.CLOSED
    owned = select(EscalationRow.reference).where(is_open, col(EscalationRow.owner_id).in_(who.ids))
    references = session.exec(owned.order_by(col(EscalationRow.id))).all()
    if references:
        yield f"Owns {', '.join(references)}: let somebody else have them first (Reassign, on their cards)."
    kept = select(EscalationRow.reference).where(is_open, col(EscalationRow.owner_id).is_(None))
    references = session.exec(kept.where(col(EscalationRow.keeper).in_(who.words))).all()
    if references:
        yield f"Sees to {', '.join(references)} until somebody takes them: let somebody take them first."
    for contact in _contacts(session, who):
        company = session.get_one(CompanyRow, contact.company_id).name
        yield f"Is a contact of {company}: take them out first, in the Home (Your data) or in companies.csv."


def _contacts(session: Session, who: Somebody) -> Sequence[ContactRow]:
    named: ColumnElement[bool] = col(ContactRow.slack_user_id).in_(who.user_ids)
    if who.email:
        named = or_(named, func.lower(col(ContactRow.email)) == who.email)
    return session.exec(select(ContactRow).where(named).order_by(col(ContactRow.id))).all()


def _hints(who: Somebody, admins: frozenset[str]) -> Iterator[str]:
    if any(row.is_imported for row in who.rows):
        yield "They stand in people.csv: take them out there too, or the next import brings them back."
    if who.keys & admins:
        yield "They are named in ADMINS: take them out there too."
    yield "What they wrote in Slack stays there, and what backups hold, until you delete them."


def _found(trace: Trace, rows: Sequence[Table]) -> Found:
    shown = tuple(_shown(row, trace.columns) for row in rows)
    return Found(trace.name, shown, trace.erase is not None, trace.stays)


def _shown(row: Table, columns: Sequence[str]) -> dict[str, Any]:
    """Return the values of some columns as JSON takes them."""
    return {column: _plain(getattr(row, column)) for column in columns}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
