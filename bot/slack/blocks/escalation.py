"""Escalations: the company's card, the requester's receipt, and the lines below them."""

from slack_sdk.models.blocks import Block

from bot.domain.escalation.life import Move
from bot.domain.escalation.saying import Card, EscalationSaying, Nudge, Receipt, Summary, ThreadLine, Trouble
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
            what = say(saying.language, f"escalation.trouble.{saying.fault}", **_names(saying))
            lines = [_head(saying.language, saying.summary), what]
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
    asks = line.move in ASKING and Move.CONFIRM in line.moves
    return [sentence, line.text, say(line.language, "escalation_work.is_it_solved") if asks else ""]


def _nudge(nudge: Nudge) -> list[str]:
    if nudge.is_way_up:
        return [say(nudge.language, "escalation.way_up", **_names(nudge))]
    what = say(nudge.language, f"escalation.nudge.{nudge.step}", **_names(nudge))
    if nudge.clock is None or nudge.due_at is None:
        return [what]
    at = moment(nudge.language, nudge.due_at, nudge.summary.time_zone)
    return [what, say(nudge.language, f"escalation.due.{nudge.clock}", at=at)]


def _head(language: Language, summary: Summary) -> str:
    return f"{summary.reference} · {topic_words(language, summary)} · {urgency_words(language, summary)}"


def _names(saying: ThreadLine | Nudge | Trouble) -> dict[str, str]:
    summary = saying.summary
    who = summary.owner or summary.keeper
    return {"reference": summary.reference, "company": summary.company, "who": who}
