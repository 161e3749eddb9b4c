"""“Your data” in the Home: what a company has there, what waits for it, and what was changed last."""

from datetime import date

from slack_sdk.models.blocks import ButtonElement, PlainTextObject

from bot.domain.editing import Away, Change, Claim, DataPart, EditStep, Field
from bot.domain.scheme import Language
from bot.slack.blocks.page import Page
from bot.slack.blocks.parts import ACTION, actions
from bot.slack.mrkdwn import escape
from bot.wording import say
from bot.wording.formats import day, moment, span

SHORT = 80
"""How much of a value a change shows."""
COMPANY_STEPS = (
    EditStep.HOURS,
    EditStep.CONTACTS,
    EditStep.ABSENCES,
    EditStep.TARGETS,
    EditStep.PRACTICES,
)
DATES = frozenset({Field.FIRST_ON, Field.LAST_ON})
WORDED = frozenset({Field.CONTACT_PUBLIC, Field.LANGUAGE, Field.REMINDERS_TO})


def add_data(page: Page, language: Language, part: DataPart) -> None:
    """Add what somebody sees and edits of their company."""
    page.title(say(language, "edit.title", company=part.company))
    hours = say(language, "edit.hours", hours=part.opening_hours, zone=part.time_zone)
    stated = hours if part.opening_hours else say(language, "edit.no_hours")
    page.lines("", [stated, *(away_line(language, one) for one in part.absences)])
    buttons = [edit_button(language, one, str(part.company_id)) for one in COMPANY_STEPS]
    others = [edit_button(language, EditStep.COMPANIES, "0")] if part.is_admin else []
    page.add(actions([*buttons, *others]))
    for claim in part.claims:
        _add_claim(page, language, claim)
    if part.more_claims:
        page.small(say(language, "edit.more_claims", count=part.more_claims))
    if part.changes:
        lines = [f"• {_change(language, one, part.time_zone)}" for one in part.changes]
        page.lines(say(language, "edit.changes"), lines)


def edit_button(language: Language, step: EditStep, value: str) -> ButtonElement:
    """Make a button; `value` are the numbers of what it is about."""
    return ButtonElement(
        action_id=f"{ACTION}{step}",
        text=PlainTextObject(text=say(language, f"edit.button.{step}")),
        value=value,
    )


def away_line(language: Language, away: Away) -> str:
    """Say who is away when, not escaped yet."""
    days = span(language, away.first_on, away.last_on)
    if away.who:
        line = say(language, "edit.away_person", who=away.who, span=days)
    else:
        line = say(language, "edit.away", span=days)
    return say(language, "edit.away_note", away=line, note=away.note) if away.note else line


def _add_claim(page: Page, language: Language, claim: Claim) -> None:
    text = escape(
        say(language, "edit.claim", person=claim.person, email=claim.email or "-", practice=claim.practice)
    )
    page.markup(text, text)
    value = f"{claim.person_id} {claim.practice_id}"
    page.add(actions([edit_button(language, one, value) for one in (EditStep.CONFIRM, EditStep.REFUSE)]))


def _change(language: Language, one: Change, zone: str) -> str:
    at, by = moment(language, one.at, zone), one.by
    if one.field is Field.MEMBER:
        judged = "edit.change.confirmed" if one.after else "edit.change.refused"
        return say(language, judged, at=at, by=by, person=one.after or one.before, name=one.name)
    key = "changed" if one.before and one.after else "set" if one.after else "cleared"
    return say(
        language,
        f"edit.change.{key}",
        at=at,
        by=by,
        field=say(language, f"edit.label.{one.field}"),
        name=one.name,
        before=_shown(language, one.field, one.before),
        after=_shown(language, one.field, one.after),
    )


def _shown(language: Language, field: Field, value: str) -> str:
    if field in DATES and value:
        return day(language, date.fromisoformat(value))
    if field in WORDED and value:
        return say(language, f"edit.choice.{value}")
    return value if len(value) <= SHORT else f"{value[: SHORT - 1]}…"
