"""What the requester gets: the reference, who has it, until when, and whom to reach."""

from datetime import datetime

from slack_sdk.models.blocks import Block

from bot.domain.escalation.saying import Receipt, Summary
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.escalation_buttons import move_buttons
from bot.slack.blocks.parts import contact_markup, contact_words, context, message, section
from bot.slack.mrkdwn import bold, date, escape
from bot.wording import say
from bot.wording.formats import moment


def receipt_message(receipt: Receipt) -> Message:
    """Show a receipt; it is changed in its place as the escalation goes on."""
    language, summary = receipt.language, receipt.summary
    blocks: list[Block] = [section("\n".join([_headline(receipt), escape(_stands(receipt)), *_due(receipt)]))]
    contact = contact_markup(summary.contact)
    if contact:
        blocks.append(section(f"*{say(language, 'escalate_form.receipt.contact')}*\n{contact}"))
    small = [escape(line) for line in _small(receipt)]
    blocks += context(escape(_about(language, summary)), *small)
    blocks += move_buttons(language, summary, receipt.moves)
    return message(_spoken(receipt), blocks)


def _headline(receipt: Receipt) -> str:
    summary = receipt.summary
    return f"{bold(summary.reference)}  →  {bold(escape(summary.company))}"


def _about(language: Language, summary: Summary) -> str:
    topic = summary.topic.title.in_(language) if summary.topic else say(language, "escalation.no_topic")
    return f"{topic} · {say(language, f'escalation.urgency.{summary.urgency}')}"


def _stands(receipt: Receipt) -> str:
    summary = receipt.summary
    who = summary.owner or summary.keeper
    return say(receipt.language, f"escalation.state.{summary.state}", company=summary.company, who=who)


def _due(receipt: Receipt) -> list[str]:
    """Say until when, in each reader's own zone; only what the company promised."""
    return [_due_line(receipt, kind, date(at, _moment(receipt, at))) for kind, at in _times(receipt)]


def _due_line(receipt: Receipt, clock: str, at: str) -> str:
    return say(receipt.language, f"escalation.due.{clock}", at=at)


def _times(receipt: Receipt) -> list[tuple[str, datetime]]:
    times = {"response": receipt.summary.respond_by, "solution": receipt.summary.solve_by}
    return [(clock, at) for clock, at in times.items() if at is not None]


def _moment(receipt: Receipt, at: datetime) -> str:
    return moment(receipt.language, at, receipt.summary.time_zone)


def _small(receipt: Receipt) -> list[str]:
    language, summary = receipt.language, receipt.summary
    fields = [
        (say(language, "escalation.field.practice"), summary.practice),
        (say(language, "escalation.field.package"), summary.package),
        (say(language, "escalation.field.opened_by"), summary.opened_by),
    ]
    known = [f"{label}: {value}" for label, value in fields if value]
    informed = [say(language, "escalation.also", company=name) for name in receipt.informed]
    hint = say(language, "escalation_thread.hint_requester", company=summary.company)
    return [*known, *informed, hint]


def _spoken(receipt: Receipt) -> list[str]:
    language, summary = receipt.language, receipt.summary
    contact = contact_words(summary.contact)
    lines = [
        f"{summary.reference} · {_about(language, summary)}",
        _stands(receipt),
        *(_due_line(receipt, kind, _moment(receipt, at)) for kind, at in _times(receipt)),
    ]
    return [
        *(escape(line) for line in lines),
        f"{say(language, 'escalate_form.receipt.contact')}: {contact}" if contact else "",
        *(escape(line) for line in _small(receipt)),
    ]
