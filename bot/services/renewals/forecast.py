"""Who will be reminded when: the ladder walked ahead by the same rules that send, without sending."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.state import is_open
from bot.domain.maintenance.turn import ASKED, turn
from bot.domain.maintenance.vat import VatReason, VatTable
from bot.services.renewals.arming import Plan, dealt_with, plans
from bot.services.renewals.recipients import Party, parties
from bot.services.renewals.records import Record, records
from bot.services.renewals.reminding import is_held
from bot.storage.queries import maintenance as stored
from bot.storage.queries import reminders
from bot.storage.tables import ReminderDueRow


class Expected(Struct, frozen=True):
    """A reminder to come. `is_held`: not sent, since the practice has had its say, unless that is refused."""

    at: datetime
    time_zone: str
    stage: str
    to: Party
    record: Record
    is_held: bool


class Forecast(Struct, frozen=True):
    """What is to come in the order of time, and what is wrong with the data."""

    expected: tuple[Expected, ...]
    unreachable: tuple[Party, ...]
    without_vat: tuple[Record, ...]
    overdue: tuple[Record, ...]


def forecast(
    session: Session, vat: VatTable, now: datetime, until: datetime, biller_id: int | None = None
) -> Forecast:
    """Look ahead from `now` to `until`, for one biller's packages or for all."""
    rows = reminders.due_until(session, until, biller_id)
    keys = [row.period_id for row in rows]
    late = reminders.open_before(session, now.date(), biller_id)
    known = {record.period_id: record for record in records(session, vat, [*keys, *late])}
    found, dealt = stored.periods(session, keys), dealt_with(session, keys)
    to = parties(session, [row.recipient for row in rows])
    expected = [
        Expected(
            at, plan.workdays.time_zone, stage, to[row.recipient], record, is_held(record, row.recipient)
        )
        for row in rows
        if (record := known.get(row.period_id)) is not None and is_open(record.account)
        for plan in plans(found[row.period_id])
        if plan.recipient == row.recipient
        for stage, at in _walk(
            row, plan, dealt.get((row.period_id, row.recipient, plan.due_on), set()), now, until
        )
    ]
    expected.sort(key=lambda one: (one.at, one.to.name, one.record.package))
    seen = {one.to.recipient: one.to for one in expected}
    return Forecast(
        expected=tuple(expected),
        unreachable=tuple(party for party in seen.values() if party.slack is None),
        without_vat=tuple(record for record in known.values() if _lacks_vat(record)),
        overdue=tuple(known[key] for key in late),
    )


def _walk(
    row: ReminderDueRow, plan: Plan, dealt: set[str], now: datetime, until: datetime
) -> Iterator[tuple[str, datetime]]:
    """Give the stages to be said with their moments, as the ticks from `now` on would say them."""
    asked, at = row.stage if row.stage.startswith(ASKED) else "", max(row.at, now)
    while at <= until:
        done = turn(plan.ladder, plan.due_on, plan.workdays, dealt=dealt, asked=asked, now=at)
        if done.said is not None:
            yield done.said, at
            dealt = {*dealt, done.said, *done.superseded}
            asked = ""
        if done.coming is None:
            return
        at = done.coming[1]


def _lacks_vat(record: Record) -> bool:
    return record.account.charge(Leg.PRACTICE).vat.reason is VatReason.UNKNOWN
