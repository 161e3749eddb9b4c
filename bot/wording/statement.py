"""Statements and remittances in sentences, the same for Slack and on paper. Nothing here is escaped."""

from collections.abc import Iterable, Iterator
from datetime import date

from bot.domain.maintenance.remittance import DistributorYear
from bot.domain.maintenance.saying_statement import (
    Reader,
    RemittanceNote,
    StatementNote,
    StatementRefusal,
    YearNote,
)
from bot.domain.maintenance.statement import Amounts, Line, Statement, total
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.wording import say
from bot.wording.formats import amount, day, span
from bot.wording.prices import price_of_several

GAPS_SHOWN = 5
"""How many gaps of a distributor are named in a message; the files name them all."""


def statement_title(language: Language, statement: Statement) -> str:
    """Name a statement."""
    return say(language, "statement.title", year=statement.year.number)


def stamp(language: Language, statement: Statement, today: date) -> str:
    """Say whether it was sent, and when."""
    key = "statement.stamp.sent" if statement.sent_on else "statement.stamp.draft"
    return say(language, key, date=day(language, statement.sent_on or today))


def price(language: Language, lines: Iterable[Line], currency: str) -> str:
    """Say net, VAT with its reason where it is one and not the usual, and gross."""
    kept = list(lines)
    amounts, reasons = total(kept), {line.vat_reason for line in kept}
    return _price(language, amounts, reasons, currency)


def next_step(note: StatementNote) -> str:
    """Say what to do with a statement, and by when."""
    language, statement = note.language, note.statement
    if statement.sent_on is not None:
        return _remit(note)
    if not statement.year.is_over(note.today):
        return say(language, "statement.next.running", date=day(language, statement.year.ends_on))
    how = [say(language, "statement.next.send_with", command=note.command)] if note.command else []
    return " ".join([_send(language, statement), *how])


def result(language: Language, statement: Statement) -> list[tuple[str, str]]:
    """Return what is still to be remitted, and how it adds up; the last counts."""
    parts = [
        (say(language, "statement.result.lines"), statement.total.open_cents),
        (say(language, "statement.result.carried"), statement.carried_cents),
        (say(language, "statement.result.changes"), statement.changed.open_cents),
    ]
    shown = parts[:1] if not statement.carried_cents and not statement.changes else parts
    whole = (say(language, "statement.result.total"), statement.to_remit_cents)
    return [(label, amount(language, cents, statement.currency)) for label, cents in [*shown, whole]]


def remittance_lines(note: RemittanceNote) -> Iterator[str]:
    """Say what was not remitted: the sentence, what else is missing, and what to do."""
    language, standing = note.language, note.standing
    values = {
        "manufacturer": note.manufacturer,
        "distributor": standing.distributor,
        "year": standing.year.number,
        "date": day(language, standing.year.remit_by),
        "amount": amount(language, standing.missing_cents, standing.currency),
        "count": _periods(language, len(standing.gaps)),
    }
    if note.reader is Reader.DISTRIBUTOR:
        if note.is_repeated:
            yield say(language, "statement.remittance.distributor_repeated", **values)
        else:
            yield say(language, "statement.remittance.distributor", **values)
        if standing.lacks_statement:
            yield say(language, "statement.remittance.send_first", **values)
        yield say(language, "statement.remittance.distributor_next", **values)
        return
    if note.is_repeated:
        yield say(language, "statement.remittance.manufacturer_repeated", **values)
    else:
        yield say(language, "statement.remittance.manufacturer", **values)
    if standing.lacks_statement:
        yield say(language, "statement.remittance.no_statement", **values)
    if not standing.is_reachable:
        yield say(language, "statement.remittance.unreachable", **values)
    yield say(language, "statement.remittance.manufacturer_next", **values)


def year_title(note: YearNote) -> str:
    """Name the manufacturer's sum."""
    return say(note.language, "statement.year.title", year=note.year.number)


def year_total(note: YearNote) -> str:
    """Say what all distributors come to."""
    language, year = note.language, note.year
    if not year.distributors:
        return say(language, "statement.year.no_distributors")
    return say(
        language,
        "statement.year.total",
        expected=amount(language, year.expected.gross_cents, year.currency),
        reported=amount(language, year.reported.gross_cents, year.currency),
        collected=amount(language, year.expected.collected_cents, year.currency),
        remitted=amount(language, year.expected.remitted_cents, year.currency),
        missing=amount(language, year.missing_cents, year.currency),
    )


def distributor_lines(note: YearNote, standing: DistributorYear, gaps: int = GAPS_SHOWN) -> list[str]:
    """Say how a distributor stands, what is wrong with it, and its first gaps."""
    language, expected, currency = note.language, standing.expected, standing.currency
    reported = standing.reported
    line = say(
        language,
        "statement.year.distributor",
        distributor=standing.distributor,
        span=span(language, standing.year.begins_on, standing.year.ends_on),
        expected=amount(language, expected.gross_cents, currency),
        reported=say(language, "statement.year.none_reported")
        if reported is None
        else amount(language, reported.gross_cents, currency),
        collected=amount(language, expected.collected_cents, currency),
        remitted=amount(language, expected.remitted_cents, currency),
        missing=amount(language, standing.missing_cents, currency),
    )
    shown = [_gap(language, standing, gap) for gap in standing.gaps[:gaps]]
    more = len(standing.gaps) - len(shown)
    rest = [say(language, "statement.year.more_gaps", count=more)] if more else []
    return [" ".join([line, *_warnings(note, standing)]), *shown, *rest]


def refusal(refused: StatementRefusal) -> str:
    """Say why there is no statement, or why it is not sent."""
    language = refused.language
    values = {
        name: day(language, value) if isinstance(value, date) else value for name, value in refused.values
    }
    return say(language, f"statement.problem.{refused.problem}", **values)


def _warnings(note: YearNote, standing: DistributorYear) -> list[str]:
    language, year = note.language, standing.year
    found = []
    if standing.lacks_statement and year.is_over(note.today):
        found.append(say(language, "statement.year.no_statement"))
    if standing.is_late(note.today):
        found.append(say(language, "statement.year.late", date=day(language, year.remit_by)))
    return [f"({', '.join(found)})"] if found else []


def _gap(language: Language, standing: DistributorYear, gap: Line) -> str:
    return say(
        language,
        "statement.year.gap",
        practice=gap.practice,
        package=gap.package,
        date=day(language, gap.due_on),
        amount=amount(language, gap.amounts.open_cents, standing.currency),
    )


def _price(language: Language, amounts: Amounts, reasons: set[VatReason], currency: str) -> str:
    """Write a sum; where its lines differ in their reason it names none."""
    (reason,) = reasons if len(reasons) == 1 else (VatReason.DOMESTIC,)
    reason = VatReason.UNKNOWN if VatReason.UNKNOWN in reasons else reason
    return price_of_several(language, reason, amounts.net_cents, amounts.gross_cents, currency)


def _send(language: Language, statement: Statement) -> str:
    if statement.to_remit_cents <= 0:
        return say(language, "statement.next.send_nothing")
    return say(
        language,
        "statement.next.send",
        amount=amount(language, statement.to_remit_cents, statement.currency),
        manufacturer=statement.manufacturer,
        date=day(language, statement.year.remit_by),
    )


def _remit(note: StatementNote) -> str:
    language, statement = note.language, note.statement
    cents = statement.to_remit_cents
    if cents == 0:
        return say(language, "statement.next.nothing")
    shown = amount(language, abs(cents), statement.currency)
    if cents < 0:
        return say(language, "statement.next.too_much", amount=shown)
    late = "_late" if note.today > statement.year.remit_by else ""
    return say(
        language,
        f"statement.next.{note.reader}{late}",
        amount=shown,
        manufacturer=statement.manufacturer,
        distributor=statement.distributor,
        date=day(language, statement.year.remit_by),
        reference=f"{statement.distributor} {statement.year.number}",
    )


def _periods(language: Language, count: int) -> str:
    if count == 1:
        return say(language, "statement.remittance.one_period")
    return say(language, "statement.remittance.periods", count=count)
