"""Statements as text for a terminal."""

from collections.abc import Sequence
from datetime import date

import typer

from bot.domain.maintenance.page import Block, Cell, Page
from bot.domain.maintenance.remittance import YearSum
from bot.domain.maintenance.saying_statement import YearNote
from bot.domain.scheme import Language
from bot.services.renewals.statements import Sent
from bot.wording.statement import distributor_lines, year_title, year_total

ALL_GAPS = 1_000_000


def page_on_paper(page: Page) -> str:
    """Lay out a statement: its facts, its tables, and what is still to be remitted."""
    lines = [f"{typer.style(page.title, bold=True)}  ({page.stamp})", ""]
    lines += _pairs(page.facts)
    for block in page.blocks:
        lines += ["", typer.style(block.heading, bold=True), *_table(block)]
    lines += ["", *_pairs(page.result), "", page.next_step]
    return "\n".join(lines)


def sum_on_paper(year: YearSum, today: date) -> str:
    """Lay out the manufacturer's sum with every gap."""
    note = YearNote(Language.EN, year, today)
    lines = [typer.style(year_title(note), bold=True), year_total(note)]
    for standing in year.distributors:
        first, *gaps = distributor_lines(note, standing, ALL_GAPS)
        lines += ["", first, *(f"  • {gap}" for gap in gaps)]
    return "\n".join(lines)


def sent_on_paper(sent: Sent) -> str:
    """Say what sending did."""
    if not sent.is_new:
        return "It had been sent before: this is what was sent, and nothing was sent again."
    lines = ["Sent: the messages go out while `signpost serve` runs."]
    lines += [f"{name} has nobody in Slack: nothing was queued there." for name in sent.unreachable]
    return "\n".join(lines)


def _pairs(pairs: Sequence[tuple[str, str]]) -> list[str]:
    left = max(len(label) for label, _ in pairs) + 2
    return [f"{label.ljust(left)}{value}" for label, value in pairs]


def _table(block: Block) -> list[str]:
    if not block.rows:
        return [block.empty]
    rows = [block.columns, *block.rows, block.total]
    widths = [max(len(_text(cell)) for cell in column) for column in zip(*rows, strict=True)]
    laid_out = [_row(row, widths) for row in rows]
    rule = "-" * max(map(len, laid_out))
    return [laid_out[0], rule, *laid_out[1:-1], rule, laid_out[-1]]


def _row(row: Sequence[Cell], widths: Sequence[int]) -> str:
    cells = [
        _text(cell).rjust(width) if cell.is_number else _text(cell).ljust(width)
        for cell, width in zip(row, widths, strict=True)
    ]
    return "  ".join(cells).rstrip()


def _text(cell: Cell) -> str:
    return f"{cell.text} ({cell.note})" if cell.note else cell.text
