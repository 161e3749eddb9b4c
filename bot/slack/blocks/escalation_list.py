"""Lists of escalations, in the Home and as an answer, and the timeline of one, also as a modal."""

from collections.abc import Iterator

from slack_sdk.models.blocks import ButtonElement, PlainTextObject
from slack_sdk.models.views import View

from bot.domain.escalation.agenda import Step
from bot.domain.escalation.clocks import ClockKind
from bot.domain.escalation.life import Move, State
from bot.domain.escalation.listing import (
    OPENED,
    AbsenceConcerns,
    Entry,
    EscalationLine,
    EscalationLists,
    EscalationShelf,
    EscalationsPart,
    ListSaying,
    NoEscalation,
    Timeline,
    due_of,
    first_words,
)
from bot.domain.escalation.saying import Fault
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.page import HOME_BLOCKS, MESSAGE_BLOCKS, Page, packed
from bot.slack.blocks.parts import ACTION, former, message, section
from bot.slack.mrkdwn import bold, date, escape, link
from bot.wording import say
from bot.wording.formats import moment, span

TIMELINE = f"{ACTION}escalation-timeline"
"""The action of the button; its value is the escalation's key, which nobody trusts."""
ENTRIES_SHOWN = 60
TEXT_SHOWN = 400
KNOWN = frozenset({OPENED, *Move, *Step, *Fault})


def list_message(saying: ListSaying) -> Message:
    """Show any of them as a message."""
    page = _page(saying)
    page.cut(MESSAGE_BLOCKS, "…")
    return message(page.spoken, page.blocks)


def timeline_view(saying: ListSaying) -> View:
    """Show a timeline in a modal, or that there is none."""
    page = _page(saying)
    page.cut(HOME_BLOCKS, "…")
    title = saying.line.summary.reference if isinstance(saying, Timeline) else "Signpost"
    return View(
        type="modal",
        title=PlainTextObject(text=title[:24]),
        close=PlainTextObject(text=say(saying.language, "escalation_list.close_view")),
        blocks=page.blocks,
    )


def add_lists(page: Page, language: Language, part: EscalationsPart) -> None:
    """Add somebody's lists to a page."""
    for shelf in part.shelves:
        page.title(_title(language, shelf))
        for line in shelf.lines:
            _add_line(page, language, line)
        if shelf.more:
            page.small(_so_many(language, "more", shelf.more))
    reference = next((line.summary.reference for shelf in part.shelves for line in shelf.lines), "")
    if reference:
        command = escape(part.command)
        page.small(say(language, "escalation_list.how", command=command, reference=reference))


def _page(saying: ListSaying) -> Page:
    page, language = Page(), saying.language
    match saying:
        case EscalationLists():
            add_lists(page, language, saying.part)
            if not saying.part.shelves:
                page.lines("", [say(language, "escalation_list.none")])
        case Timeline():
            _add_timeline(page, saying)
        case NoEscalation():
            _add_missing(page, saying)
        case AbsenceConcerns():
            _add_absence(page, saying)
    return page


def _add_missing(page: Page, missing: NoEscalation) -> None:
    language, command = missing.language, escape(missing.command)
    if not missing.reference:
        text = say(language, "escalation_list.missing_one", command=command)
    else:
        reference = escape(missing.reference[:40])
        text = say(language, "escalation_list.missing", command=command, reference=reference)
    page.markup(text, text)


def _add_absence(page: Page, concerns: AbsenceConcerns) -> None:
    language, days = concerns.language, span(concerns.language, concerns.first_on, concerns.last_on)
    if concerns.who:
        title = say(language, "escalation_list.absence.person", who=concerns.who, span=days)
        following = say(language, "escalation_list.absence.next_person")
    else:
        title = say(language, "escalation_list.absence.company", company=concerns.company, span=days)
        following = say(language, "escalation_list.absence.next_company")
    page.lines(title, [following])
    for line in concerns.lines:
        _add_line(page, language, line)
    if concerns.more:
        page.small(_so_many(language, "more", concerns.more))


def _title(language: Language, shelf: EscalationShelf) -> str:
    titles = {
        "waits": say(language, "escalation_list.shelf.waits"),
        "mine": say(language, "escalation_list.shelf.mine"),
        "queue": say(language, "escalation_list.shelf.queue"),
        "informed": say(language, "escalation_list.shelf.informed"),
    }
    return say(language, "escalation_list.shelf.all") if shelf.is_all else titles[shelf.shelf]


def _so_many(language: Language, what: str, count: int) -> str:
    if count == 1:
        return say(language, f"escalation_list.{what}_one")
    return say(language, f"escalation_list.{what}", count=count)


# ---- a line ----------------------------------------------------------------------------------------


def _add_line(page: Page, language: Language, line: EscalationLine) -> None:
    button = ButtonElement(
        action_id=TIMELINE,
        text=PlainTextObject(text=say(language, "escalation_list.button")),
        value=str(line.summary.escalation_id),
    )
    shown = "\n".join(_shown(language, line))
    words = escape("\n".join([_head(language, line), *_words(language, line)]))
    block = section(shown)
    block.accessory = button
    page.pieces.append((words, block))


def _shown(language: Language, line: EscalationLine) -> Iterator[str]:
    yield bold(escape(_head(language, line)))
    words = [escape(text) for text in _words(language, line)]
    if line.link:
        words.append(link(line.link, say(language, "escalation_list.open_thread")))
    yield from words


def _head(language: Language, line: EscalationLine) -> str:
    topic = line.summary.topic
    title = topic.title.in_(language) if topic else say(language, "escalation.no_topic")
    return f"{line.summary.reference} · {title}"


def _words(language: Language, line: EscalationLine) -> list[str]:
    summary = line.summary
    urgency = say(language, f"escalation.urgency.{summary.urgency}")
    whose = " · ".join(part for part in (summary.practice, urgency) if part)
    names = {"company": summary.company, "who": summary.owner or summary.keeper}
    state = say(language, f"escalation_list.state.{summary.state}", **names)
    return [line.title, whose, state, *_next(language, line)]


def _next(language: Language, line: EscalationLine) -> Iterator[str]:
    summary, due = line.summary, due_of(line.summary)
    if due is not None:
        at = moment(language, due.at, summary.time_zone)
        words = say(language, f"escalation.due.{ClockKind(due.clock)}", at=at)
        yield say(language, "escalation_list.overdue", due=words) if line.is_overdue else words
    elif line.next_at is not None:
        at = moment(language, line.next_at, summary.time_zone)
        if summary.state is State.RESOLVED:
            yield say(language, "escalation_list.closes", at=at)
        else:
            yield say(language, "escalation_list.follow_up", at=at)


# ---- the timeline ----------------------------------------------------------------------------------


def _add_timeline(page: Page, timeline: Timeline) -> None:
    language, line = timeline.language, timeline.line
    page.title(_head(language, line))
    page.lines("", _words(language, line))
    page.lines(say(language, "escalation_list.timeline"), [])
    shown = timeline.entries[-ENTRIES_SHOWN:]
    if len(timeline.entries) > len(shown):
        page.small(_so_many(language, "earlier", len(timeline.entries) - len(shown)))
    zone = line.summary.time_zone
    lines = [_entry(timeline, entry, zone) for entry in shown]
    for text in packed(lines):
        page.markup(text, text)


def _entry(timeline: Timeline, entry: Entry, zone: str) -> str:
    """Write an entry as escaped mrkdwn in one line."""
    language = timeline.language
    somebody = former(language, timeline.line.summary.practice) if entry.is_by_former else "Signpost"
    # Of what was written in the thread only the fact is kept; the words stay there.
    kind = entry.kind if entry.kind in KNOWN else "other" if entry.text else "message"
    by = entry.by or somebody
    words = say(language, f"escalation_list.did.{kind}", by=by, company=entry.company)
    if entry.text:
        text = first_words(entry.text, TEXT_SHOWN)
        words = say(language, "escalation_list.quoted", did=words, text=text)
    if entry.is_internal:
        words = say(language, "escalation_list.internal", words=words)
    return f"• {date(entry.at, moment(language, entry.at, zone))}: {escape(words)}"
