"""What the distributors owe the manufacturer in their running billing years."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlmodel import Session

from bot.domain.maintenance.billing_year import BillingYear
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.overview import Due, Remittances, by_month
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.saying_overview import MonthlyPlot, NetworkPart
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.renewals.books import Books
from bot.services.renewals.records import Record, records, remittance_charge
from bot.services.renewals.statements import calendar_of
from bot.services.renewals.viewing import today_in
from bot.storage.queries import maintenance, renewal_lists
from bot.storage.tables import CompanyRow


def network_part(session: Session, bot: Bot | Books) -> NetworkPart:
    """Return each distributor's figures; one that has nothing to remit is left out."""
    maker = maintenance.manufacturer(session)
    today = today_in(bot, maker.time_zone if maker else "")
    found = [
        one
        for company in renewal_lists.distributors(session)
        for one in _of_distributor(session, bot, maker, company)
    ]
    return NetworkPart(today, tuple(found))


def network_plot(session: Session, bot: Bot | Books, language: Language) -> MonthlyPlot | None:
    """Return what the picture draws (`plotting.draw`), in the first currency; `None` without any figures."""
    part = network_part(session, bot)
    currency = next(iter(part.currencies), None)
    if currency is None:
        return None
    own = (one for one in part.distributors if one.currency == currency)
    return MonthlyPlot(language, currency, by_month(own))


def _of_distributor(
    session: Session, bot: Bot | Books, maker: CompanyRow | None, company: CompanyRow
) -> Iterator[Remittances]:
    calendar = calendar_of(company)
    year = calendar.year_of(today_in(bot, company.time_zone))
    last_year = calendar.year(year.number - 1)
    now = _days(session, bot, maker, company, year)
    before = _days(session, bot, maker, company, last_year)
    reason = remittance_charge(bot.scheme.vat, maker, company, 0, year.ends_on).vat.reason
    for currency in sorted(now.keys() | before.keys()):
        earlier = Remittances(company.name, last_year, reason, currency, tuple(before.get(currency, ())))
        days = tuple(now.get(currency, ()))
        yield Remittances(company.name, year, reason, currency, days, earlier.missing_cents)


def _days(
    session: Session, bot: Bot | Books, maker: CompanyRow | None, company: CompanyRow, year: BillingYear
) -> dict[str, list[Due]]:
    """Return by currency what is due on each day; periods whose price was changed by hand are exact too."""
    biller_id, table = company.id or 0, bot.scheme.vat
    sums: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for group in renewal_lists.due_groups(session, biller_id, year):
        charge = remittance_charge(table, maker, company, group.net_cents, group.on)
        _add(sums[group.currency, group.on], group.count, charge.net_cents, charge.gross_cents)
    unusual = renewal_lists.unusual_keys(session, biller_id, year)
    for record in records(session, table, unusual):
        _correct(sums[record.account.period.currency, record.due_on], record)
    done = renewal_lists.reported_and_remitted(session, biller_id, year)
    days: dict[str, list[Due]] = {}
    for (currency, on), (count, net, gross) in sorted(sums.items()):
        days.setdefault(currency, []).append(Due(on, count, net, gross, *done.get((currency, on), (0, 0))))
    return days


def _add(total: list[int], count: int, net_cents: int, gross_cents: int) -> None:
    total[0] += count
    total[1] += count * net_cents
    total[2] += count * gross_cents


def _correct(total: list[int], record: Record) -> None:
    """Put what a period really costs in the place of what the table says."""
    account = record.account
    if Leg.REMITTANCE not in account.period.legs:
        return
    usual = account.charges[Leg.REMITTANCE]
    _add(total, -1, usual.net_cents, usual.gross_cents)
    if not (account.has(EntryKind.CANCELLED) or account.has(EntryKind.WAIVED)):
        charge = account.charge(Leg.REMITTANCE)
        _add(total, 1, charge.net_cents, charge.gross_cents)
