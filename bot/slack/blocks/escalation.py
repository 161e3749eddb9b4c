"""Escalations: the company's card, the requester's receipt, and the lines below them."""

from bot.domain.escalation.saying import Card, EscalationSaying, Nudge, Receipt, Summary, ThreadLine, Trouble
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.escalation_receipt import receipt_message
from bot.slack.blocks.parts import message, section
from bot.slack.mrkdwn import escape
from bot.wording import say
from bot.wording.formats import moment


def escalation_message(saying: EscalationSaying) -> Message:
    """Show any of them."""
    match saying:
        case Card():
            lines = _card(saying)
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
    return message([text], [section(text)])


def _card(card: Card) -> list[str]:
    language, summary = card.language, card.summary
    known = [
        (say(language, "escalation.field.practice"), summary.practice),
        (say(language, "escalation.field.package"), summary.package),
        (say(language, "escalation.field.requester"), summary.requester),
        (say(language, "escalation.field.opened_by"), summary.opened_by),
        (say(language, "escalation.field.reach_me"), card.reach_me),
        (say(language, "escalation.field.asked"), card.asked),
        (say(language, "escalation.field.link"), card.link),
        (say(language, "escalation.field.happened"), card.happened),
        (say(language, "escalation.field.tried"), card.tried),
        (say(language, "escalation.field.error_text"), card.error_text),
        (say(language, "escalation.field.version"), card.version),
        (say(language, "escalation.field.handed_over_by"), card.handed_over_by),
    ]
    facts = [f"{label}: {value}" for label, value in known if value]
    informed = [say(language, "escalation.informed", company=summary.company)] if card.is_informed else []
    return [_head(language, summary), *informed, _stands(language, summary), *facts, *_due(language, summary)]


def _line(line: ThreadLine) -> list[str]:
    sentence = say(line.language, f"escalation.line.{line.move}", **_names(line), by=line.by or "Signpost")
    return [sentence, line.text]


def _nudge(nudge: Nudge) -> list[str]:
    if nudge.is_way_up:
        return [say(nudge.language, "escalation.way_up", **_names(nudge))]
    what = say(nudge.language, f"escalation.nudge.{nudge.step}", **_names(nudge))
    if nudge.clock is None or nudge.due_at is None:
        return [what]
    at = moment(nudge.language, nudge.due_at, nudge.summary.time_zone)
    return [what, say(nudge.language, f"escalation.due.{nudge.clock}", at=at)]


def _head(language: Language, summary: Summary) -> str:
    topic = summary.topic.title.in_(language) if summary.topic else say(language, "escalation.no_topic")
    urgency = say(language, f"escalation.urgency.{summary.urgency}")
    return f"{summary.reference} · {topic} · {urgency}"


def _stands(language: Language, summary: Summary) -> str:
    names = {"company": summary.company, "who": summary.owner or summary.keeper}
    return say(language, f"escalation.state.{summary.state}", **names)


def _due(language: Language, summary: Summary) -> list[str]:
    times = {"response": summary.respond_by, "solution": summary.solve_by}
    return [
        say(language, f"escalation.due.{clock}", at=moment(language, at, summary.time_zone))
        for clock, at in times.items()
        if at is not None
    ]


def _names(saying: ThreadLine | Nudge | Trouble) -> dict[str, str]:
    summary = saying.summary
    who = summary.owner or summary.keeper
    return {"reference": summary.reference, "company": summary.company, "who": who}
