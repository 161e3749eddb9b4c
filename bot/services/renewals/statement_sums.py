"""What the manufacturer expects of its distributors for a billing year, and what is missing."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from bot.domain.maintenance.remittance import DistributorYear, YearSum
from bot.domain.maintenance.saying_statement import Problem
from bot.domain.maintenance.statement import NOTHING, Line, frozen_amounts, in_order, line_of
from bot.services.bot import Bot
from bot.services.renewals.recipients import company_party
from bot.services.renewals.statements import (
    StatementRefusedError,
    calendar_of,
    currency_of,
    require_year,
    sent_on,
    stated_periods,
)
from bot.storage.queries import statements as stored
from bot.storage.tables import CompanyRow


def year_sum(session: Session, bot: Bot, number: int) -> YearSum:
    """Return the billing years of this number of all distributors, by name.

    Raises `StatementRefusedError` where amounts of several currencies would have to be added up.
    """
    require_year(number)
    standings = tuple(distributor_year(session, bot, one, number) for one in stored.distributors(session))
    currencies = {one.currency for one in standings if one.lines} or {one.currency for one in standings}
    if len(currencies) > 1:
        raise StatementRefusedError(Problem.CURRENCIES, currencies=", ".join(sorted(currencies)))
    return YearSum(number, next(iter(currencies), currency_of(bot, [])), standings)


def distributor_year(session: Session, bot: Bot, distributor: CompanyRow, number: int) -> DistributorYear:
    """Return how a distributor's billing year stands now. Raises `StatementRefusedError`.

    A period that a statement has belongs to that statement's year, wherever its due date lies now.
    """
    year, sent = calendar_of(distributor).year(number), stored.sent(session, distributor.id or 0)
    frozen = {one: stored.lines(session, [row.id or 0]) for one, row in sent.items()}
    due = stored.resold(session, distributor.id or 0, year.begins_on, year.ends_on)
    stated = stated_periods(session, bot, _periods_of(number, due, frozen))
    lines = in_order(map(line_of, stated))
    amounts = frozen_amounts(line for kept in frozen.values() for line in kept)
    reported = sum((amounts.get(line.period_id, NOTHING) for line in lines), NOTHING)
    return DistributorYear(
        slug=distributor.slug,
        distributor=distributor.name,
        year=year,
        currency=currency_of(bot, stated),
        lines=lines,
        reported=reported if number in sent else None,
        sent_on=sent_on(distributor, sent[number]) if number in sent else None,
        is_reachable=company_party(session, distributor.id or 0).slack is not None,
    )


def _periods_of(number: int, due: Sequence[int], frozen: Mapping[int, Sequence[Line]]) -> list[int]:
    stated_in = {
        line.period_id: year for year, lines in frozen.items() for line in lines if not line.is_adjustment
    }
    kept = [key for key, year in stated_in.items() if year == number]
    return list(dict.fromkeys([*kept, *(key for key in due if stated_in.get(key, number) == number)]))
