"""What a company bills: this month's list, what is late, what waits for it, who cannot be reached."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.maintenance.overview import Heading, LineList, line_of
from bot.domain.maintenance.saying_overview import BillerPart
from bot.domain.maintenance.state import Terms
from bot.domain.scheme import Provider
from bot.services.bot import Bot
from bot.services.renewals.own_packages import names_of
from bot.services.renewals.records import records
from bot.services.renewals.viewing import today_in
from bot.storage.queries import renewal_lists
from bot.storage.queries.renewal_lists import OpenPeriods
from bot.storage.tables import CompanyRow

LATE = (Heading.OVERDUE, Heading.LAPSED)


def biller_part(session: Session, bot: Bot, company: CompanyRow, most: int) -> BillerPart:
    """Return a company's lists, each with its first `most` lines."""
    day, billers = today_in(bot, company.time_zone), (company.id or 0,)
    return BillerPart(
        company=company.name,
        lists=tuple(
            line_list(session, bot, heading, replace(wanted, billers=billers), day, most)
            for heading, wanted in _wanted(day, bot.terms)
        ),
        is_direct=company.role == Provider.MANUFACTURER,
    )


def late_lists(session: Session, bot: Bot, whose: OpenPeriods, day: date, most: int) -> tuple[LineList, ...]:
    """Return what is overdue and what lapsed of some billers or practices."""
    return tuple(
        line_list(
            session,
            bot,
            heading,
            replace(wanted, billers=whose.billers, practices=whose.practices),
            day,
            most,
        )
        for heading, wanted in _wanted(day, bot.terms)
        if heading in LATE
    )


def line_list(
    session: Session, bot: Bot, heading: Heading, wanted: OpenPeriods, day: date, most: int
) -> LineList:
    """Return a list: sums over all that is wanted, and its first lines."""
    sums = renewal_lists.sums(session, wanted)
    first = renewal_lists.keys(session, wanted, most) if sums else []
    lines = (
        line_of(names_of(record), record.account, day, bot.terms)
        for record in records(session, bot.scheme.vat, first)
    )
    return LineList(heading, sums, tuple(lines))


def _wanted(day: date, terms: Terms) -> Iterator[tuple[Heading, OpenPeriods]]:
    grace_ended = day - timedelta(days=terms.grace_days)
    month = (day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))
    yield Heading.TO_BILL, OpenPeriods(since=month[0], until=month[1], unbilled=True)
    yield Heading.OVERDUE, OpenPeriods(since=grace_ended, until=day - timedelta(days=1))
    yield Heading.LAPSED, OpenPeriods(until=grace_ended - timedelta(days=1))
    yield Heading.CLAIMED, OpenPeriods(claimed=True)
    soon = day + timedelta(days=terms.due_soon_days)
    yield Heading.UNREACHABLE, OpenPeriods(until=soon, unreachable=True)
