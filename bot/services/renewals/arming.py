"""Keeping the next reminder of each open period, for each recipient, up to date."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from msgspec import Struct
from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.domain.maintenance.ladder import Ladder, Workdays, read_stages
from bot.domain.maintenance.turn import ASKED, WITHDRAWN, next_sending, upcoming
from bot.domain.opening import Closed, OpeningCalendar
from bot.storage.queries import maintenance as stored
from bot.storage.queries.maintenance import StoredPeriod
from bot.storage.tables import CompanyRow, PracticeRow, ReminderDueRow, ReminderRow

__all__ = ["Plan", "arm", "company_days", "company_recipient", "dealt_with", "next_sending", "plans"]
__all__ += ["ladder_of", "practice_days", "practice_recipient"]


def practice_recipient(practice_id: int) -> str:
    """Write a practice as the recipient of reminders."""
    return f"practice:{practice_id}"


def company_recipient(company_id: int) -> str:
    """Write a company as the recipient of reminders."""
    return f"company:{company_id}"


class Plan(Struct, frozen=True):
    """A period's ladder for one recipient."""

    recipient: str
    ladder: Ladder
    workdays: Workdays
    due_on: date


def plans(rows: StoredPeriod) -> list[Plan]:
    """Return the ladders of a period: the practice's, and that of the company which bills it."""
    ladder = ladder_of(rows.package.stages, rows.biller)
    due_on = rows.period.due_on
    return [
        Plan(practice_recipient(rows.practice.id or 0), ladder, practice_days(rows), due_on),
        Plan(company_recipient(rows.biller.id or 0), ladder, company_days(rows.biller, rows.closed), due_on),
    ]


def ladder_of(package_stages: str, biller: CompanyRow) -> Ladder:
    """Return the package's own ladder, else the ladder of whoever bills it, else the default."""
    written = package_stages or biller.reminder_stages
    return Ladder(read_stages(written)) if written else Ladder()


def practice_days(rows: StoredPeriod) -> Workdays:
    """Return a practice's working days; where its country is not known, those of whoever bills it."""
    practice, biller = rows.practice, rows.biller
    place: PracticeRow | CompanyRow = practice if practice.country else biller
    zone = practice.time_zone or biller.time_zone
    return Workdays(zone, OpeningCalendar("", zone, place.country, place.subdivision).is_working_day)


def company_days(company: CompanyRow, closed: Closed) -> Workdays:
    """Return a company's working days: those on which it opens."""
    calendar = OpeningCalendar(
        company.opening_hours, company.time_zone, company.country, company.subdivision, closed
    )
    return Workdays(company.time_zone, calendar.is_working_day)


def arm(session: Session, period_ids: Sequence[int], now: datetime) -> None:
    """Set the next reminder of each period anew for each recipient; none where nothing is open any more.

    Called when a period is opened, settled, cancelled or moved, and when a ladder or a calendar changes. A
    stage that was dealt with for this due date is not set again. Of stages whose time has passed the last is
    set for the next sending time, so that whoever imports can look first (`signpost renewals`). A day that a
    recipient asked for stays, unless a new due date comes before it.
    """
    for keys in stored.batches(period_ids):
        _arm(session, keys, now)


def _arm(session: Session, period_ids: Sequence[int], now: datetime) -> None:
    found = stored.periods(session, period_ids)
    asked = _asked(session, list(found))
    session.execute(delete(ReminderDueRow).where(col(ReminderDueRow.period_id).in_(list(found))))
    dealt = dealt_with(session, found)
    for key, rows in found.items():
        for plan in plans(rows) if rows.period.is_open else ():
            done = dealt.get((key, plan.recipient, plan.due_on), set())
            coming = upcoming(plan.ladder, plan.due_on, plan.workdays, done, now)
            chosen = asked.get((key, plan.recipient))
            if chosen is not None and (done or coming is None or chosen[1] <= coming[1]):
                coming = chosen
            if coming is not None:
                stage, at = coming
                session.add(ReminderDueRow(period_id=key, recipient=plan.recipient, stage=stage, at=at))
    _arm_withdrawals(session, found, dealt, now)
    session.flush()


def _arm_withdrawals(
    session: Session,
    found: dict[int, StoredPeriod],
    dealt: dict[tuple[int, str, date], set[str]],
    now: datetime,
) -> None:
    """Let practices that were told of a period hear at once that it was cancelled."""
    cancelled = stored.cancelled(session, [key for key, rows in found.items() if not rows.period.is_open])
    for key in cancelled:
        recipient = practice_recipient(found[key].practice.id or 0)
        stages = [stages for (period, whom, _), stages in dealt.items() if (period, whom) == (key, recipient)]
        if stages and not any(WITHDRAWN in one for one in stages):
            session.add(ReminderDueRow(period_id=key, recipient=recipient, stage=WITHDRAWN, at=now))


def _asked(session: Session, period_ids: list[int]) -> dict[tuple[int, str], tuple[str, datetime]]:
    """Return the days that recipients asked for, by period and recipient."""
    query = select(ReminderDueRow).where(col(ReminderDueRow.period_id).in_(period_ids))
    rows = session.exec(query.where(col(ReminderDueRow.stage).startswith(ASKED))).all()
    found = {(row.period_id, row.recipient): (row.stage, row.at) for row in rows}
    for row in rows:
        session.expunge(row)  # It is deleted next, and may be added anew.
    return found


def dealt_with(session: Session, period_ids: Iterable[int]) -> dict[tuple[int, str, date], set[str]]:
    """Return the stages dealt with, by period, recipient and due date."""
    key = (col(ReminderRow.period_id), col(ReminderRow.recipient), col(ReminderRow.due_on))
    columns = select(*key, col(ReminderRow.stage))
    dealt: dict[tuple[int, str, date], set[str]] = {}
    for keys in stored.batches(period_ids):
        for period_id, recipient, due_on, stage in session.exec(
            columns.where(col(ReminderRow.period_id).in_(keys))
        ).all():
            dealt.setdefault((period_id, recipient, due_on), set()).add(stage)
    return dealt
