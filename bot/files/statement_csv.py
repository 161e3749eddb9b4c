"""Statements and the manufacturer's sum as CSV: stable column names, ISO dates, amounts as 117,81."""

from collections.abc import Iterator, Mapping

from bot.domain.maintenance.remittance import DistributorYear, YearSum
from bot.domain.maintenance.statement import Amounts, Line, Statement
from bot.files.csv_table import write_table

STATEMENT_COLUMNS = (
    "kind",
    "distributor",
    "billing_year",
    "practice",
    "package",
    "from",
    "to",
    "due",
    "mark",
    "currency",
    "net",
    "vat",
    "vat_reason",
    "gross",
    "billed",
    "collected",
    "remitted",
    "difference",
)
"""`kind` is `period`, `change` (since earlier statements), `carried` (from them) or `total`."""
SUM_COLUMNS = (
    "kind",
    "distributor",
    "billing_year",
    "from",
    "to",
    "remit_by",
    "statement",
    "practice",
    "package",
    "due",
    "currency",
    "expected_gross",
    "reported_gross",
    "collected",
    "remitted",
    "missing",
)
"""`kind` is `distributor`, `gap` (a period of the one above it) or `total`."""


def write_statement(statement: Statement) -> bytes:
    """Write a statement: its periods, the changes, what is carried over, and the total."""
    return write_table(STATEMENT_COLUMNS, _statement_rows(statement))


def write_sum(year: YearSum) -> bytes:
    """Write the manufacturer's sum: each distributor with its gaps, and the total."""
    return write_table(SUM_COLUMNS, _sum_rows(year))


def amount(cents: int) -> str:
    """Write cents as a spreadsheet reads an amount, with a comma."""
    sign, whole = "-" if cents < 0 else "", abs(cents)
    return f"{sign}{whole // 100},{whole % 100:02}"


def _statement_rows(statement: Statement) -> Iterator[Mapping[str, str]]:
    head = {
        "distributor": statement.distributor,
        "billing_year": str(statement.year.number),
        "currency": statement.currency,
    }
    for line in (*statement.lines, *statement.changes):
        yield {**head, **_line(line)}
    if statement.carried_cents:
        yield {**head, "kind": "carried", "difference": amount(statement.carried_cents)}
    total = _amounts(statement.total + statement.changed)
    yield {**head, "kind": "total", **total, "difference": amount(statement.to_remit_cents)}


def _line(line: Line) -> Mapping[str, str]:
    return {
        "kind": "change" if line.is_adjustment else "period",
        "practice": line.practice,
        "package": line.package,
        "from": line.begins_on.isoformat(),
        "to": line.ends_on.isoformat(),
        "due": line.due_on.isoformat(),
        "mark": line.mark,
        "vat_reason": line.vat_reason,
        **_amounts(line.amounts),
    }


def _amounts(amounts: Amounts) -> Mapping[str, str]:
    return {
        "net": amount(amounts.net_cents),
        "vat": amount(amounts.vat_cents),
        "gross": amount(amounts.gross_cents),
        "billed": amount(amounts.billed_cents),
        "collected": amount(amounts.collected_cents),
        "remitted": amount(amounts.remitted_cents),
        "difference": amount(amounts.open_cents),
    }


def _sum_rows(year: YearSum) -> Iterator[Mapping[str, str]]:
    for standing in year.distributors:
        yield _standing(standing)
        for gap in standing.gaps:
            yield _gap(standing, gap)
    yield {
        "kind": "total",
        "billing_year": str(year.number),
        "currency": year.currency,
        "expected_gross": amount(year.expected.gross_cents),
        "reported_gross": amount(year.reported.gross_cents),
        "collected": amount(year.expected.collected_cents),
        "remitted": amount(year.expected.remitted_cents),
        "missing": amount(year.missing_cents),
    }


def _standing(standing: DistributorYear) -> Mapping[str, str]:
    reported = standing.reported
    return {
        "kind": "distributor",
        "distributor": standing.distributor,
        "billing_year": str(standing.year.number),
        "from": standing.year.begins_on.isoformat(),
        "to": standing.year.ends_on.isoformat(),
        "remit_by": standing.year.remit_by.isoformat(),
        "statement": standing.sent_on.isoformat() if standing.sent_on else "none",
        "currency": standing.currency,
        "expected_gross": amount(standing.expected.gross_cents),
        "reported_gross": "" if reported is None else amount(reported.gross_cents),
        "collected": amount(standing.expected.collected_cents),
        "remitted": amount(standing.expected.remitted_cents),
        "missing": amount(standing.missing_cents),
    }


def _gap(standing: DistributorYear, gap: Line) -> Mapping[str, str]:
    return {
        "kind": "gap",
        "distributor": standing.distributor,
        "billing_year": str(standing.year.number),
        "from": gap.begins_on.isoformat(),
        "to": gap.ends_on.isoformat(),
        "practice": gap.practice,
        "package": gap.package,
        "due": gap.due_on.isoformat(),
        "currency": standing.currency,
        "expected_gross": amount(gap.amounts.gross_cents),
        "collected": amount(gap.amounts.collected_cents),
        "remitted": amount(gap.amounts.remitted_cents),
        "missing": amount(gap.amounts.open_cents),
    }
