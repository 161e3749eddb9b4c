"""Escalations: the company's card, the requester's receipt, and the lines below them."""

from slack_sdk.models.blocks import Block

from bot.domain.escalation.life import Move
from bot.domain.escalation.saying import (
    Card,
    EscalationSaying,
    Fault,
    Nudge,
    Receipt,
    Summary,
    ThreadLine,
    Trouble,
)
from bot.domain.escalation.work import WorkRefused
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.escalation_buttons import move_buttons
from bot.slack.blocks.escalation_card import card_message, topic_words, urgency_words
from bot.slack.blocks.escalation_forms import refused_words
from bot.slack.blocks.escalation_receipt import receipt_message
from bot.slack.blocks.parts import message, section
from bot.slack.mrkdwn import escape
from bot.wording import say
from bot.wording.formats import moment
from bot.wording.presence import absence

ASKING = frozenset({Move.RESOLVE, Move.GIVE_UP, Move.CLOSE})
"""Lines that the requester answers with a button; the newest buttons always stand at the thread's head."""


def escalation_message(saying: EscalationSaying) -> Message:
    """Show any of them."""
    match saying:
        case Card():
            return card_message(saying)
        case WorkRefused():
            lines = [refused_words(saying)]
        case Receipt():
            return receipt_message(saying)
        case ThreadLine():
            lines = _line(saying)
        case Nudge():
            lines = _nudge(saying)
        case Trouble():
            lines = [_head(saying.language, saying.summary), *_trouble(saying)]
    text = escape("\n".join(line for line in lines if line))
    return message([text], [section(text), *_buttons(saying)])


def _buttons(saying: EscalationSaying) -> list[Block]:
    match saying:
        case Trouble():
            return move_buttons(saying.language, saying.summary, saying.moves)
        case ThreadLine() if saying.move in ASKING:
            return move_buttons(saying.language, saying.summary, saying.moves)
        case Nudge() if saying.is_way_up:
            return move_buttons(saying.language, saying.summary, (Move.TAKE_UP,))
        case _:
            return []


def _line(line: ThreadLine) -> list[str]:
    sentence = say(line.language, f"escalation.line.{line.move}", **_names(line), by=line.by or "Signpost")
    return [sentence, line.text, _next_for_requester(line)]


def _next_for_requester(line: ThreadLine) -> str:
    """Say what the requester does now; the companies read that on their card."""
    if line.move in ASKING and Move.CONFIRM in line.moves:
        return say(line.language, "escalation_work.is_it_solved")
    if line.is_requesters and line.move is Move.ASK_BACK:
        return say(line.language, "escalation.asked_back")
    if line.is_requesters and line.move is Move.REOPEN:
        return say(line.language, "escalation.still_missing")
    return ""


def _nudge(nudge: Nudge) -> list[str]:
    language = nudge.language
    if nudge.is_way_up:
        return [say(language, "escalation.way_up", **_names(nudge))]
    lines = [say(language, f"escalation.nudge.{nudge.step}", **_names(nudge))]
    if nudge.clock is not None and nudge.due_at is not None:
        at = moment(language, nudge.due_at, nudge.summary.time_zone)
        lines.append(say(language, f"escalation.due.{nudge.clock}", at=at))
    away = [absence(language, absent, None) for absent in nudge.passed]
    return [*lines, *away, say(language, "escalation.why_you") if away else ""]


def _trouble(trouble: Trouble) -> list[str]:
    language = trouble.language
    what = say(language, f"escalation.trouble.{trouble.fault}", **_names(trouble))
    if trouble.fault is Fault.UNDELIVERED:
        key = "instead" if trouble.instead else "nobody_instead"
        return [what, say(language, f"escalation.{key}", who=trouble.instead)]
    return [what, "  ·  ".join(trouble.reach_by)]


def _head(language: Language, summary: Summary) -> str:
    return f"{summary.reference} · {topic_words(language, summary)} · {urgency_words(language, summary)}"


def _names(saying: ThreadLine | Nudge | Trouble) -> dict[str, str]:
    summary = saying.summary
    who = summary.owner or summary.keeper
    names = {"reference": summary.reference, "company": summary.company, "who": who}
    more = {"requester": summary.requester or summary.opened_by, "manufacturer": summary.manufacturer}
    return {**names, **more}
