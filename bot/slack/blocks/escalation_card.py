"""The card that a company gets: everything that it needs to help, and what it can do now."""

from collections.abc import Iterable, Iterator

from bot.domain.escalation.life import BOUNCES_TO_LEAD, State
from bot.domain.escalation.saying import Card, Summary
from bot.domain.escalation.work import MaintenanceNote
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.escalation_buttons import move_buttons
from bot.slack.blocks.page import MESSAGE_BLOCKS, Page
from bot.slack.blocks.parts import former, message
from bot.slack.mrkdwn import bold, escape, link
from bot.wording import say
from bot.wording.formats import day, moment

PIECE = 500
"""So many characters of a text stand together: escaped five times as long, still what a section takes."""


def card_message(card: Card) -> Message:
    """Show what happened first, then who helps until when, and the buttons last."""
    language, summary, page = card.language, card.summary, Page()
    page.title(f"{summary.reference} · {urgency_words(language, summary)}")
    page.lines(topic_words(language, summary), list(_standing(card)))
    _fields(page, _who(card))
    _fields(page, _what(card))
    if card.link:
        page.small(link(card.link, say(language, "escalation.message")))
    page.small(escape(" ".join(_times(card))))
    if not card.is_informed:
        page.small(escape(say(language, "escalation_thread.hint_company")))
    page.cut(MESSAGE_BLOCKS - 1, escape(say(language, "escalation_work.cut")))
    page.add(move_buttons(language, summary, card.moves))
    return message(page.spoken, page.blocks)


def topic_words(language: Language, summary: Summary) -> str:
    """Name the topic."""
    return summary.topic.title.in_(language) if summary.topic else say(language, "escalation.no_topic")


def urgency_words(language: Language, summary: Summary) -> str:
    """Say how urgent it is."""
    return say(language, f"escalation.urgency.{summary.urgency}")


def _standing(card: Card) -> Iterator[str]:
    language, summary = card.language, card.summary
    if card.is_informed:
        yield say(language, "escalation.informed", company=summary.company)
    who = summary.owner or summary.keeper
    # What the requester reads of a question back speaks to the practice.
    kind = "escalation_list" if summary.state is State.WAITING else "escalation"
    yield say(language, f"{kind}.state.{summary.state}", company=summary.company, who=who)
    if summary.state is not State.CLOSED and card.bounces >= BOUNCES_TO_LEAD:
        yield say(language, "escalation_work.bounced", count=card.bounces, who=who, company=summary.company)
    for name in card.informed:
        if not card.is_informed:
            yield say(language, "escalation.also", company=name)


def _who(card: Card) -> Iterator[tuple[str, str]]:
    language, summary = card.language, card.summary
    practice = summary.practice
    if practice and summary.is_unconfirmed:
        practice = say(language, "escalation_work.unconfirmed", practice=practice)
    yield say(language, "escalation.field.practice"), practice
    yield say(language, "escalation.field.package"), summary.package
    for note in card.maintenance:
        yield _maintenance(card, note)
    asked_by = former(language, summary.practice) if summary.is_by_former else summary.requester
    yield say(language, "escalation.field.requester"), asked_by
    yield say(language, "escalation.field.opened_by"), summary.opened_by
    yield say(language, "escalation.field.reach_me"), card.reach_me


def _what(card: Card) -> Iterator[tuple[str, str]]:
    language = card.language
    yield say(language, "escalation.field.happened"), card.happened
    yield say(language, "escalation.field.asked"), card.asked
    yield say(language, "escalation.field.tried"), card.tried
    yield say(language, "escalation.field.error_text"), card.error_text
    yield say(language, "escalation.field.version"), card.version
    if card.has_consent is not None:
        answer = "yes" if card.has_consent else "no"
        agreed = say(language, f"escalation_work.consent.{answer}")
        yield say(language, "escalation_work.field.consent"), agreed
    yield say(language, "escalation.field.handed_over_by"), card.handed_over_by


def _maintenance(card: Card, note: MaintenanceNote) -> tuple[str, str]:
    """Say how it stands; where no package was named, of which one."""
    language, until = card.language, day(card.language, note.until)
    label = say(language, "escalation_work.field.maintenance")
    stands = say(language, f"escalation_work.maintenance.{note.validity}", until=until, biller=note.biller)
    return (label if card.summary.package else f"{label} {note.package}"), stands


def _times(card: Card) -> Iterator[str]:
    language, summary = card.language, card.summary
    for clock, at in (("response", summary.respond_by), ("solution", summary.solve_by)):
        if at is not None:
            shown = moment(language, at, summary.time_zone)
            yield say(language, f"escalation.due.{clock}", at=shown)
    if card.next_step is not None and card.next_at is not None:
        names = {"who": summary.owner or summary.keeper, "company": summary.company}
        following = say(language, f"escalation_work.next.{card.next_step}", **names)
        shown = moment(language, card.next_at, summary.time_zone)
        yield say(language, "escalation_work.next_at", at=shown, what=following)


def _fields(page: Page, fields: Iterable[tuple[str, str]]) -> None:
    """Add labelled texts, whole: what is short stands together, what is long takes sections of its own."""
    shown: list[str] = []
    spoken: list[str] = []

    def flush() -> None:
        if shown:
            page.markup("\n".join(shown), "\n".join(spoken))
        shown.clear()
        spoken.clear()

    for label, text in fields:
        for number, piece in enumerate(_pieces(text.strip())):
            if number or len("\n".join([*shown, escape(piece)])) > PIECE:
                flush()
            shown.append(f"{bold(escape(label))}: {escape(piece)}" if number == 0 else escape(piece))
            spoken += [f"{escape(label)}: {escape(text.strip())}"] if number == 0 else []
    flush()


def _pieces(text: str) -> Iterator[str]:
    """Break a long text between words."""
    while len(text) > PIECE:
        space = max(text.rfind(" ", 1, PIECE), text.rfind("\n", 1, PIECE))
        cut = space if space > 0 else PIECE
        yield text[:cut]
        text = text[cut:].lstrip()
    if text:
        yield text
