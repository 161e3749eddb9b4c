"""Keeping the next reminder of each open period, for each recipient, up to date."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete
from sqlmodel import Session, col, select

from bot.domain.maintenance.ladder import Ladder, Workdays, read_stages
from bot.domain.opening import OpeningCalendar
from bot.storage.queries import maintenance as stored
from bot.storage.queries.maintenance import StoredPeriod
from bot.storage.tables import CompanyRow, PracticeRow, ReminderDueRow, ReminderRow


def practice_recipient(practice_id: int) -> str:
    """Write a practice as the recipient of reminders."""
    return f"practice:{practice_id}"


def company_recipient(company_id: int) -> str:
    """Write a company as the recipient of reminders."""
    return f"company:{company_id}"


@dataclass(frozen=True)
class Plan:
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
        Plan(company_recipient(rows.biller.id or 0), ladder, company_days(rows.biller), due_on),
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


def company_days(company: CompanyRow) -> Workdays:
    """Return a company's working days: those on which it opens."""
    calendar = OpeningCalendar(company.opening_hours, company.time_zone, company.country, company.subdivision)
    return Workdays(company.time_zone, calendar.is_working_day)


def arm(session: Session, period_ids: list[int], now: datetime) -> None:
    """Set the next reminder of each period anew for each recipient; none where nothing is open any more.

    Called when a period is opened, settled, cancelled or moved, and when a ladder or a calendar changes. A
    stage that was dealt with for this due date is not set again. Of stages whose time has passed the last is
    set for the next sending time, so that whoever imports can look first (`signpost renewals`).
    """
    found = stored.periods(session, period_ids)
    session.execute(delete(ReminderDueRow).where(col(ReminderDueRow.period_id).in_(list(found))))
    dealt = _dealt(session, found)
    for key, rows in found.items():
        for plan in plans(rows) if rows.period.is_open else ():
            upcoming = _upcoming(plan, dealt.get((key, plan.recipient, plan.due_on), set()), now)
            if upcoming is not None:
                stage, at = upcoming
                session.add(ReminderDueRow(period_id=key, recipient=plan.recipient, stage=stage, at=at))
    session.flush()


def _upcoming(plan: Plan, dealt: set[str], now: datetime) -> tuple[str, datetime] | None:
    """Return the stage to come with its moment; `None` at the end of the ladder."""
    done = [stage for stage in plan.ladder.stages if str(stage) in dealt]
    reached = plan.ladder.reached(plan.due_on, plan.workdays, now)
    if reached and (not done or reached[-1] > done[-1]):
        return str(reached[-1]), next_sending(plan.workdays, now)
    following = plan.ladder.next_after(max([*done, *reached], default=None), plan.due_on, plan.workdays)
    return None if following is None else (str(following[0]), following[1])


def next_sending(workdays: Workdays, now: datetime) -> datetime:
    """Return the first moment after `now` at which reminders are sent (aware UTC)."""
    today = now.astimezone(ZoneInfo(workdays.time_zone)).date()
    at = workdays.instant(workdays.after(today))
    return at if at > now else workdays.instant(workdays.after(today + timedelta(days=1)))


def _dealt(session: Session, found: dict[int, StoredPeriod]) -> dict[tuple[int, str, date], set[str]]:
    """Return the stages dealt with, by period, recipient and due date."""
    query = select(ReminderRow).where(col(ReminderRow.period_id).in_(list(found)))
    dealt: dict[tuple[int, str, date], set[str]] = {}
    for row in session.exec(query).all():
        dealt.setdefault((row.period_id, row.recipient, row.due_on), set()).add(row.stage)
    return dealt
