"""Statements and remittances as messages: the sums, and what to do next."""

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject

from bot.domain.maintenance.saying_statement import (
    RemittanceNote,
    StatementNote,
    StatementRefusal,
    StatementSaying,
    YearNote,
)
from bot.services.bot import Message
from bot.slack.blocks.parts import context, message, section
from bot.slack.mrkdwn import bold, escape
from bot.wording import say
from bot.wording.formats import amount, span
from bot.wording.statement import (
    distributor_lines,
    next_step,
    price,
    refusal,
    remittance_lines,
    result,
    stamp,
    statement_title,
    year_title,
    year_total,
)

DISTRIBUTORS_SHOWN = 40
"""A message has at most 50 blocks; the CSV names them all."""


def statement_message(saying: StatementSaying) -> Message:
    """Show a statement in short, what was not remitted, the manufacturer's sum, or why there is none."""
    match saying:
        case StatementNote():
            return _statement(saying)
        case RemittanceNote():
            first, *rest = map(escape, remittance_lines(saying))
            return message([first, *rest], [section("\n".join([bold(first), *rest]))])
        case YearNote():
            return _year(saying)
        case StatementRefusal():
            text = escape(refusal(saying))
            return message([text], [section(text)])


def _statement(note: StatementNote) -> Message:
    language, statement = note.language, note.statement
    title = f"{statement_title(language, statement)}, {statement.distributor}"
    stamped = stamp(language, statement, note.today)
    sums = [f"{label}: {value}" for label, value in _sums(note)]
    *parts, whole = [f"{label}: {value}" for label, value in result(language, statement)]
    todo = next_step(note)
    blocks: list[Block] = [
        HeaderBlock(text=PlainTextObject(text=title[:150])),
        *context(escape(stamped)),
        section("\n".join(map(escape, sums))),
        section("\n".join([*map(escape, parts), bold(escape(whole))])),
        section(escape(todo)),
    ]
    return message([escape(line) for line in (title, stamped, *sums, *parts, whole, todo)], blocks)


def _sums(note: StatementNote) -> list[tuple[str, str]]:
    language, statement, year = note.language, note.statement, note.statement.year
    amounts, currency = statement.total, statement.currency
    return [
        (say(language, "statement.billing_year"), span(language, year.begins_on, year.ends_on)),
        (say(language, "statement.packages"), str(len(statement.lines))),
        (say(language, "statement.column.gross"), price(language, statement.lines, currency)),
        (say(language, "statement.column.billed"), amount(language, amounts.billed_cents, currency)),
        (
            say(language, "statement.column.collected"),
            amount(language, amounts.collected_cents, currency),
        ),
        (say(language, "statement.column.remitted"), amount(language, amounts.remitted_cents, currency)),
    ]


def _year(note: YearNote) -> Message:
    title, whole = year_title(note), year_total(note)
    paragraphs = [distributor_lines(note, one) for one in note.year.distributors]
    blocks: list[Block] = [HeaderBlock(text=PlainTextObject(text=title)), section(bold(escape(whole)))]
    for first, *gaps in paragraphs[:DISTRIBUTORS_SHOWN]:
        blocks.append(section("\n".join([escape(first), *(f"• {escape(gap)}" for gap in gaps)])))
    more = len(paragraphs) - DISTRIBUTORS_SHOWN
    if more > 0:
        blocks += context(say(note.language, "statement.year.more_gaps", count=more))
    spoken = [title, whole, *(line for lines in paragraphs for line in lines)]
    return message([escape(line) for line in spoken], blocks)
