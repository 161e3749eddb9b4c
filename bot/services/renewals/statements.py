"""A distributor's statement of a billing year: drafted from its accounts, sent once, and frozen then."""

from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.billing_year import BillingCalendar, BillingYear, billing_calendar
from bot.domain.maintenance.saying_statement import Problem
from bot.domain.maintenance.statement import StatedPeriod, Statement, lines_and_changes, total
from bot.domain.rights import Action, may
from bot.domain.scheme import Category
from bot.services import people
from bot.services.bot import Bot
from bot.services.renewals.announcing import announce
from bot.services.renewals.records import records
from bot.storage.queries import directory
from bot.storage.queries import maintenance as periods
from bot.storage.queries import statements as stored
from bot.storage.tables import CompanyRow, PersonRow, StatementRow

YEARS = range(1990, 2200)


class StatementRefusedError(Exception):
    """There is no such statement, or it is not sent. `values` are filled into the problem's words."""

    def __init__(self, problem: Problem, **values: str | date) -> None:
        self.problem, self.values = problem, values
        super().__init__(f"{problem}: {', '.join(map(str, values.values()))}")


class Sent(Struct, frozen=True):
    """A sent statement. `is_new` unless it had been sent before; `unreachable` have nobody in Slack."""

    statement: Statement
    is_new: bool
    unreachable: tuple[str, ...] = ()


def draft(session: Session, bot: Bot, distributor: CompanyRow, year: int) -> Statement:
    """Return the statement of a billing year: as it was sent, else as it stands now.

    A year that is not over, or has not begun, can be drafted too. Raises `StatementRefusedError`.
    """
    require_year(year)
    sent = stored.sent(session, distributor.id or 0)
    if year in sent:
        return _frozen(session, bot, distributor, sent[year])
    return _drafted(session, bot, distributor, year, sent)


def send(session: Session, bot: Bot, distributor: CompanyRow, year: int, by: str | PersonRow) -> Sent:
    """Freeze the statement of a billing year in the name of `by`: a person, or an e-mail address or Slack id.

    Queues it for the distributor and for the manufacturer. Sending it again changes and queues nothing.
    Raises `StatementRefusedError` when the year is not over, or `by` may not send it.
    """
    sender = require_sender(session, bot, distributor, by)
    require_year(year)
    distributor = stored.lock_company(session, distributor.id or 0)
    sent = stored.sent(session, distributor.id or 0)
    if year in sent:
        return Sent(_frozen(session, bot, distributor, sent[year]), is_new=False)
    billing_year = calendar_of(distributor).year(year)
    if not billing_year.is_over(today_of(bot, distributor)):
        raise StatementRefusedError(
            Problem.NOT_OVER, year=str(year), ends_on=billing_year.ends_on, company=distributor.name
        )
    statement = _drafted(session, bot, distributor, year, sent)
    stored.keep(session, distributor.id or 0, statement, bot.clock.now(), sender)
    frozen = draft(session, bot, distributor, year)
    return Sent(frozen, is_new=True, unreachable=announce(session, bot, distributor, frozen))


def require_distributor(session: Session, named: str) -> CompanyRow:
    """Return the distributor of this slug or name. Raises `StatementRefusedError`."""
    company = stored.company(session, named)
    known = stored.distributors(session)
    if company is None or company.id not in {one.id for one in known}:
        slugs = ", ".join(one.slug for one in known) or "-"
        raise StatementRefusedError(Problem.NO_DISTRIBUTOR, company=named, known=slugs)
    return company


def require_sender(session: Session, bot: Bot, distributor: CompanyRow, by: str | PersonRow) -> str:
    """Return how whoever sends is known. Raises `StatementRefusedError` unless they may."""
    if isinstance(by, PersonRow):
        found, key = [by], by.email or f"{by.workspace_id}/{by.user_id}"
    else:
        key = by.strip().lower() if "@" in by else by.strip()
        found = directory.people_known_as(session, frozenset({key})) if key else []
    # The first admins may act before the bot has met them.
    if not found and key not in bot.admins:
        raise StatementRefusedError(Problem.UNKNOWN_PERSON, person=key or "-")
    if not all(may_send(session, bot, person, distributor) for person in found):
        raise StatementRefusedError(Problem.NOT_YOURS, company=distributor.name)
    return key


def require_year(number: int) -> None:
    """Raise `StatementRefusedError` for what is no year that anybody bills."""
    if number not in YEARS:
        raise StatementRefusedError(Problem.NO_YEAR, year=str(number))


def may_send(session: Session, bot: Bot, person: PersonRow, distributor: CompanyRow) -> bool:
    """Say whether a person may send a distributor's statement."""
    role = people.role(session, person, bot.admins)
    return may(role, Action.SEND_STATEMENT, is_own=person.company_id == distributor.id)


def calendar_of(distributor: CompanyRow) -> BillingCalendar:
    """Return a distributor's billing years."""
    return billing_calendar(distributor.billing_year_start, distributor.remit_within_days)


def today_of(bot: Bot, company: CompanyRow) -> date:
    """Return which day it is at a company."""
    return bot.clock.now().astimezone(ZoneInfo(company.time_zone)).date()


def stated_periods(session: Session, bot: Bot, period_ids: list[int]) -> list[StatedPeriod]:
    """Return periods as statements see them."""
    return [
        StatedPeriod(record.period_id, record.practice, record.package, record.bought_on, record.account)
        for record in records(session, bot.scheme.vat, period_ids)
    ]


def currency_of(bot: Bot, stated: list[StatedPeriod]) -> str:
    """Return the one currency of periods; without any, that of the fee. Raises `StatementRefusedError`."""
    fee = bot.scheme.fees.get(Category.SOFTWARE_MAINTENANCE)
    found = {one.account.period.currency for one in stated} or {(fee and fee.currency) or ""}
    if len(found) > 1:
        raise StatementRefusedError(Problem.CURRENCIES, currencies=", ".join(sorted(found)))
    return found.pop()


def manufacturer_name(session: Session, bot: Bot) -> str:
    """Name the manufacturer: as the directory has it, else as the scheme does."""
    maker = periods.manufacturer(session)
    return maker.name if maker is not None else bot.scheme.manufacturer_name


def _drafted(
    session: Session, bot: Bot, distributor: CompanyRow, year: int, sent: dict[int, StatementRow]
) -> Statement:
    calendar, key = calendar_of(distributor), distributor.id or 0
    frozen = stored.lines(session, (row.id or 0 for row in sent.values()))
    wanted = [line.period_id for line in frozen]
    for number in {*sent, year}:
        lies_in = calendar.year(number)
        wanted += stored.resold(session, key, lies_in.begins_on, lies_in.ends_on)
    stated = stated_periods(session, bot, wanted)
    lines, changes = lines_and_changes(year, calendar, stated, frozen, set(sent))
    return Statement(
        distributor=distributor.name,
        manufacturer=manufacturer_name(session, bot),
        year=calendar.year(year),
        currency=currency_of(bot, stated),
        lines=lines,
        changes=changes,
        carried_cents=total(frozen).open_cents,
    )


def _frozen(session: Session, bot: Bot, distributor: CompanyRow, row: StatementRow) -> Statement:
    lines = stored.lines(session, [row.id or 0])
    return Statement(
        distributor=distributor.name,
        manufacturer=manufacturer_name(session, bot),
        year=BillingYear(row.year, row.begins_on, row.ends_on, row.remit_by),
        currency=row.currency,
        lines=tuple(line for line in lines if not line.is_adjustment),
        changes=tuple(line for line in lines if line.is_adjustment),
        carried_cents=row.carried_cents,
        sent_on=sent_on(distributor, row),
    )


def sent_on(distributor: CompanyRow, row: StatementRow) -> date:
    """Return on which day at the distributor a statement was sent."""
    return row.sent_at.astimezone(ZoneInfo(distributor.time_zone)).date()
