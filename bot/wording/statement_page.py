"""A statement in words for paper: its table, what changed, and what is still to be remitted."""

from collections.abc import Iterable
from datetime import date

from bot.domain.maintenance.page import Block, Cell, Page
from bot.domain.maintenance.saying_statement import Reader, StatementNote
from bot.domain.maintenance.statement import Amounts, Line, Mark, Statement, total
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.wording import say
from bot.wording.formats import day, plain_amount, span
from bot.wording.statement import next_step, result, stamp, statement_title


def statement_page(language: Language, statement: Statement, today: date) -> Page:
    """Put a statement into words, as it looks on `today`."""
    note = StatementNote(language, Reader.DISTRIBUTOR, statement, today)
    return Page(
        language=language,
        title=statement_title(language, statement),
        stamp=stamp(language, statement, today),
        is_draft=statement.sent_on is None,
        facts=_facts(language, statement),
        blocks=tuple(_blocks(language, statement)),
        result_heading=say(language, "statement.result.total"),
        result=tuple(result(language, statement)),
        next_step=next_step(note),
        notes=(
            say(
                language,
                "statement.note.amounts",
                manufacturer=statement.manufacturer,
                currency=statement.currency,
            ),
            say(language, "statement.note.nature"),
        ),
    )


def _facts(language: Language, statement: Statement) -> tuple[tuple[str, str], ...]:
    year = statement.year
    return (
        (say(language, "statement.from"), statement.distributor),
        (say(language, "statement.to"), statement.manufacturer),
        (say(language, "statement.billing_year"), span(language, year.begins_on, year.ends_on)),
        (say(language, "statement.remit_by"), day(language, year.remit_by)),
        (say(language, "statement.packages"), str(len(statement.lines))),
    )


def _blocks(language: Language, statement: Statement) -> list[Block]:
    lines = Block(
        heading=say(language, "statement.lines"),
        columns=_columns(language),
        rows=tuple(_row(language, line) for line in statement.lines),
        total=_total(language, statement.lines),
        empty=say(language, "statement.no_lines"),
    )
    changes = Block(
        heading=say(language, "statement.changes"),
        columns=_columns(language),
        rows=tuple(_row(language, line) for line in statement.changes),
        total=_total(language, statement.changes),
        empty=say(language, "statement.no_changes"),
    )
    return [lines, changes] if statement.changes or statement.carried_cents else [lines]


def _columns(language: Language) -> tuple[Cell, ...]:
    texts = [
        say(language, "statement.column.practice"),
        say(language, "statement.column.package"),
        say(language, "statement.column.period"),
    ]
    numbers = [
        say(language, "statement.column.net"),
        say(language, "statement.column.vat"),
        say(language, "statement.column.gross"),
        say(language, "statement.column.billed"),
        say(language, "statement.column.collected"),
        say(language, "statement.column.remitted"),
        say(language, "statement.column.open"),
    ]
    return (*map(Cell, texts), *(Cell(text, is_number=True) for text in numbers))


def _row(language: Language, line: Line) -> tuple[Cell, ...]:
    due = say(language, "statement.due", date=day(language, line.due_on))
    reason = say(language, f"statement.vat_reason.{line.vat_reason}")
    # What has a mark costs nothing, so there is nothing to give a reason for.
    has_vat = line.mark is Mark.NONE and line.amounts.net_cents != 0
    return (
        Cell(line.practice, note=_mark(language, line.mark)),
        Cell(line.package),
        Cell(span(language, line.begins_on, line.ends_on), note=due),
        *_amounts(language, line.amounts, reason if has_vat else ""),
    )


def _total(language: Language, lines: Iterable[Line]) -> tuple[Cell, ...]:
    kept = tuple(lines)
    is_open = any(line.vat_reason is VatReason.UNKNOWN for line in kept)
    plus = say(language, "statement.vat_reason.unknown") if is_open else ""
    return (
        Cell(say(language, "statement.total")),
        Cell(""),
        Cell(""),
        *_amounts(language, total(kept), plus),
    )


def _mark(language: Language, mark: Mark) -> str:
    if mark is Mark.NONE:
        return ""
    words = say(language, f"statement.mark.{mark}")
    return say(language, "statement.owes_nothing", mark=words)


def _amounts(language: Language, amounts: Amounts, vat_note: str) -> tuple[Cell, ...]:
    shown = (
        (amounts.net_cents, ""),
        (amounts.vat_cents, vat_note),
        (amounts.gross_cents, ""),
        (amounts.billed_cents, ""),
        (amounts.collected_cents, ""),
        (amounts.remitted_cents, ""),
        (amounts.open_cents, ""),
    )
    return tuple(Cell(plain_amount(language, cents), note, is_number=True) for cents, note in shown)
