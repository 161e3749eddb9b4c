"""Reminders: what is due, what to do about it, and the buttons that answer."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from slack_sdk.models.blocks import Block, ButtonElement, HeaderBlock, PlainTextObject

from bot.domain.maintenance.reminder import (
    BillerReminder,
    Nearness,
    PracticeReminder,
    ReachBy,
    ReminderLine,
    ReminderSaying,
    ReminderStep,
    Task,
    UnreachedReminder,
)
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.parts import ACTION, SECTION_LIMIT, actions, context, message, section
from bot.slack.mrkdwn import escape
from bot.wording import say
from bot.wording.formats import amount, day
from bot.wording.prices import price

Kind = TypeVar("Kind", Nearness, Task)
SHOWN = 30
"""How many packages one message names; the rest is counted."""
HEADER_LIMIT = 150


def reminder_message(saying: ReminderSaying) -> Message:
    """Show any of them."""
    match saying:
        case PracticeReminder():
            return practice_reminder(saying)
        case BillerReminder():
            return biller_reminder(saying)
        case UnreachedReminder():
            return unreached_reminder(saying)


def practice_reminder(reminder: PracticeReminder) -> Message:
    """Tell a practice what will be charged, by whom, until when, and what to do now."""
    language = reminder.language
    title = say(language, "reminder.practice.title", practice=reminder.practice)
    shown = reminder.lines[:SHOWN]
    texts: list[str] = []
    for near, lines in _grouped(shown, lambda line: line.nearness, Nearness):
        sentences = [_sentence(language, line) for line in lines]
        texts += _in_sections(sentences)
        texts.append(_together(language, lines))
        texts.append(_to_do(language, near, lines))
    texts.append(_more(language, len(reminder.lines) - len(shown), reminder.command))
    most_pressing = min(shown, key=lambda line: list(Nearness).index(line.nearness)).nearness
    small = escape(say(language, f"reminder.practice.lapses.{most_pressing}"))
    whole = _message(title, texts, [small])
    return _with_buttons(whole, _buttons(language, is_biller=False), reminder.message_id)


def biller_reminder(reminder: BillerReminder) -> Message:
    """Tell a company what to bill, to confirm and to follow up, and whom of it nobody reaches in Slack."""
    language = reminder.language
    ordered = sorted(reminder.lines, key=lambda line: list(Task).index(line.task))
    shown = ordered[:SHOWN]
    texts: list[str] = []
    for task, lines in _grouped(shown, lambda line: line.task, Task):
        texts.append(f"*{escape(say(language, f'reminder.biller.task.{task}'))}*")
        texts += _in_sections([f"• {_line(language, line)}" for line in lines])
    if len(shown) < len(ordered):
        texts.append(_more(language, len(ordered) - len(shown), reminder.command))
    texts.append(_together(language, ordered))
    unreached = {line.practice: line.reach_by for line in shown if line.is_unreachable}
    texts += _in_sections([_tell(language, whom, reach_by) for whom, reach_by in unreached.items()])
    whole = _message(say(language, "reminder.biller.title"), texts, [])
    return _with_buttons(whole, _buttons(language, is_biller=True), reminder.message_id)


def unreached_reminder(reminder: UnreachedReminder) -> Message:
    """Tell a company whom a reminder did not reach, and what it was about."""
    language = reminder.language
    kind = "company" if reminder.is_company else "practice"
    shown = reminder.lines[:SHOWN]
    texts = [
        _tell(language, reminder.whom, reminder.reach_by),
        escape(say(language, f"reminder.unreached.{kind}")),
        *_in_sections([f"• {_line(language, line)}" for line in shown]),
        _more(language, len(reminder.lines) - len(shown), reminder.command),
    ]
    return _message(say(language, "reminder.unreached.title"), texts, [])


def _message(title: str, texts: Sequence[str], small: Sequence[str]) -> Message:
    """Put a message together of texts that are escaped; a title too long for a header is cut in it alone."""
    said = [text for text in texts if text]
    blocks: list[Block] = [HeaderBlock(text=PlainTextObject(text=title[:HEADER_LIMIT]))]
    blocks += [section(text) for text in said]
    blocks += context(*small)
    return message([escape(title), *said, *small], blocks)


def _grouped(
    lines: Sequence[ReminderLine], kind: Callable[[ReminderLine], Kind], order: type[Kind]
) -> Iterator[tuple[Kind, list[ReminderLine]]]:
    """Give the lines of each kind that has any, in the order of the kinds."""
    for one in order:
        found = [line for line in lines if kind(line) is one]
        if found:
            yield one, found


def _sentence(language: Language, line: ReminderLine) -> str:
    values = {
        "biller": line.biller,
        "package": line.package,
        "date": day(language, line.due_on),
        "price": price(language, line.charge, line.currency),
    }
    sold = "resold" if line.is_resold else "direct"
    whole = say(language, f"reminder.practice.{sold}.{line.nearness}", **values)
    return escape(f"{whole}{_open(language, line)}")


def _line(language: Language, line: ReminderLine) -> str:
    whole = say(
        language,
        "reminder.biller.line",
        practice=line.practice,
        package=line.package,
        date=day(language, line.due_on),
        price=price(language, line.charge, line.currency),
    )
    return escape(f"{whole}.{_open(language, line)}" if _is_partly_paid(line) else whole)


def _is_partly_paid(line: ReminderLine) -> bool:
    return line.charge.vat.reason is not VatReason.UNKNOWN and line.open_cents != line.charge.gross_cents


def _open(language: Language, line: ReminderLine) -> str:
    if not _is_partly_paid(line):
        return ""
    return " " + say(language, "reminder.open", amount=amount(language, line.open_cents, line.currency))


def _to_do(language: Language, how_near: Nearness, lines: Sequence[ReminderLine]) -> str:
    billers = ", ".join(dict.fromkeys(line.biller for line in lines))
    return escape(say(language, f"reminder.practice.do.{how_near}", biller=billers))


def _together(language: Language, lines: Sequence[ReminderLine]) -> str:
    """Add up what is open, where there is something to add and all of it is known."""
    currencies = {line.currency for line in lines}
    known = all(line.charge.vat.reason is not VatReason.UNKNOWN for line in lines)
    if len(lines) < 2 or len(currencies) > 1 or not known:
        return ""
    total = amount(language, sum(line.open_cents for line in lines), currencies.pop())
    return escape(say(language, "reminder.together", amount=total))


def _more(language: Language, count: int, command: str) -> str:
    if count < 1:
        return ""
    key = "one" if count == 1 else "many"
    return say(language, f"reminder.more.{key}", count=count, command=command)


def _tell(language: Language, whom: str, reach_by: Iterable[ReachBy]) -> str:
    ways = ["; ".join(_way(one) for one in list(reach_by)[:2])]
    if not ways[0]:
        return escape(say(language, "reminder.tell.blind", whom=whom))
    return escape(say(language, "reminder.tell.by", whom=whom, contact=ways[0]))


def _way(one: ReachBy) -> str:
    return ", ".join(part for part in (one.name, one.email, one.phone) if part)


def _in_sections(lines: Iterable[str]) -> list[str]:
    """Put lines together into texts that a section takes whole."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) < SECTION_LIMIT:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts


def _with_buttons(message: Message, buttons: dict[str, Any], message_id: int) -> Message:
    """Put the buttons below a message, each with its number."""
    numbered = [{**button, "value": str(message_id)} for button in buttons["elements"]]
    return Message(message.text, (*message.blocks, {**buttons, "elements": numbered}))


@cache
def _buttons(language: Language, *, is_biller: bool) -> dict[str, Any]:
    """Return the block of buttons; Slack's limits are checked once and not for every message."""
    if is_biller:
        steps = [ReminderStep.RENEWED, ReminderStep.REMIND_ON, ReminderStep.WRONG_CONTACT]
        labels = {ReminderStep.RENEWED: say(language, "reminder.button.settle")}
    else:
        steps, labels = list(ReminderStep), {}
    elements = [_button(language, step, labels.get(step, "")) for step in steps]
    (block,) = actions(elements)
    return dict(block.to_dict())


def _button(language: Language, does: ReminderStep, label: str) -> ButtonElement:
    return ButtonElement(
        action_id=f"{ACTION}{does}",
        text=PlainTextObject(text=label or say(language, f"reminder.button.{does}"), emoji=True),
        style="primary" if does is ReminderStep.RENEWED else None,
    )
