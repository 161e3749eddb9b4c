"""The modals in which a company's people work an escalation, and why a press had no effect."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    InputBlock,
    Option,
    OptionGroup,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from bot.domain.escalation.life import Move
from bot.domain.escalation.work import Choice, Gaps, WhyRefused, WorkForm, WorkRefused
from bot.domain.scheme import Language
from bot.slack.blocks.escalation_buttons import shortened
from bot.slack.blocks.parts import section
from bot.slack.mrkdwn import escape
from bot.wording import say
from bot.wording.formats import day

CALLBACK = "signpost.escalation-work"
LONGEST = 3000
"""How many characters Slack takes in a field."""
VERSION_LIMIT = 100
OPTION_LIMIT = 75
NAME_LIMIT = 40
MENU = 100
"""How many options a menu takes, and how many groups of so many:
https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element"""
YES, NO = "yes", "no"


def block_id(field: str) -> str:
    """Return the block and action id of a field of `Details`."""
    return f"escalation-work-{field}"


def work_view(form: WorkForm, carried: str) -> View:
    """Show a form; `carried` goes through it unread."""
    language = form.language
    intro = say(
        language,
        f"escalation_work.intro.{form.move}",
        reference=form.reference,
        company=form.company,
        to=form.to,
    )
    fields = _fields(form)
    asks = any(isinstance(block, InputBlock) for block in fields)
    return View(
        type="modal",
        callback_id=CALLBACK,
        private_metadata=carried,
        title=PlainTextObject(text=say(language, f"escalation_work.title.{form.move}")),
        submit=PlainTextObject(text=say(language, "escalation_work.submit")) if asks else None,
        close=PlainTextObject(text=say(language, "escalation_work.close")),
        blocks=[section(escape(intro)), *fields],
    )


def work_refused_view(refused: WorkRefused) -> View:
    """Say in the form's place why it had no effect."""
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=PlainTextObject(text=say(refused.language, "escalation_work.title.refused")),
        close=PlainTextObject(text=say(refused.language, "escalation_work.close")),
        blocks=[section(escape(refused_words(refused)))],
    )


def refused_words(refused: WorkRefused) -> str:
    """Say why something had no effect."""
    language = refused.language
    names = {"reference": refused.reference, "company": refused.company, "who": refused.who}
    if refused.why is not WhyRefused.NOT_NOW:
        return say(language, f"escalation_work.refused.{refused.why}", **names)
    quicker = say(language, "escalation_work.quicker", **names) if refused.who else ""
    return f"{say(language, f'escalation_work.not_now.{refused.state}', **names)} {quicker}".strip()


def gap_errors(gaps: Gaps) -> dict[str, str]:
    """Return what to say at each field."""
    return {
        block_id(field): say(gaps.language, f"escalation_work.gap.{field}", company=gaps.company)
        for field in gaps.fields
    }


# ---- fields ----------------------------------------------------------------------------------------


def _fields(form: WorkForm) -> list[Block]:
    language = form.language
    match form.move:
        case Move.HAND_OVER:
            error_hint = say(language, "escalation_work.hint.error_text")
            version_hint = say(language, "escalation_work.hint.version")
            return [
                _words(form, form.tried),
                _input(
                    "error_text",
                    say(language, "escalation_work.label.error_text"),
                    _lines("error_text", form.error_text),
                    error_hint,
                ),
                _input(
                    "version",
                    say(language, "escalation_work.label.version"),
                    _line("version", form.version),
                    version_hint,
                ),
                _input("has_consent", say(language, "escalation_work.label.consent"), _yes_or_no(form)),
            ]
        case Move.REASSIGN | Move.PASS_ON if not form.choices:
            return [section(escape(say(language, "escalation_work.nobody", company=form.company)))]
        case Move.REASSIGN:
            label = say(language, "escalation_work.label.person")
            return [_input("to_person", label, _menu(form, "to_person"))]
        case Move.PASS_ON:
            label = say(language, "escalation_work.label.company")
            return [_input("to_company", label, _menu(form, "to_company"))]
        case _:
            return [_words(form, "")]


def _words(form: WorkForm, initial: str) -> InputBlock:
    return _input("text", say(form.language, f"escalation_work.text.{form.move}"), _lines("text", initial))


def _input(field: str, label: str, element: InputInteractiveElement, hint: str = "") -> InputBlock:
    return InputBlock(
        block_id=block_id(field),
        label=PlainTextObject(text=label),
        hint=PlainTextObject(text=hint) if hint else None,
        element=element,
    )


def _lines(field: str, initial: str) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=block_id(field),
        multiline=True,
        max_length=LONGEST,
        initial_value=initial[:LONGEST] or None,
    )


def _line(field: str, initial: str) -> PlainTextInputElement:
    return PlainTextInputElement(
        action_id=block_id(field), max_length=VERSION_LIMIT, initial_value=initial[:VERSION_LIMIT] or None
    )


def _yes_or_no(form: WorkForm) -> RadioButtonsElement:
    """Leave open what nobody asked the practice yet."""
    yes, no = (
        Option(
            text=PlainTextObject(text=say(form.language, f"escalation_work.consent.{answer}")), value=answer
        )
        for answer in (YES, NO)
    )
    return RadioButtonsElement(
        action_id=block_id("has_consent"), options=[yes, no], initial_option=yes if form.has_consent else None
    )


def _menu(form: WorkForm, field: str) -> StaticSelectElement:
    placeholder = PlainTextObject(text=say(form.language, "escalation_work.choose"))
    if len(form.choices) <= MENU:
        options = [_option(form.language, choice) for choice in form.choices]
        return StaticSelectElement(action_id=block_id(field), placeholder=placeholder, options=options)
    return StaticSelectElement(
        action_id=block_id(field), placeholder=placeholder, option_groups=_groups(form.language, form.choices)
    )


def _groups(language: Language, choices: Sequence[Choice]) -> list[OptionGroup]:
    """Put very many into groups, each labelled by its first and last name."""
    parts = [choices[at : at + MENU] for at in range(0, min(len(choices), MENU * MENU), MENU)]
    return [
        OptionGroup(
            label=PlainTextObject(text=_span(language, part[0].name, part[-1].name)),
            options=[_option(language, choice) for choice in part],
        )
        for part in parts
    ]


def _span(language: Language, first: str, last: str) -> str:
    return say(language, "escalation_work.span", first=shortened(first, 30), last=shortened(last, 30))


def _option(language: Language, choice: Choice) -> Option:
    words = shortened(choice.name, OPTION_LIMIT)
    if choice.away_until is not None:
        until, name = day(language, choice.away_until), shortened(choice.name, NAME_LIMIT)
        words = shortened(say(language, "escalation_work.away", who=name, until=until), OPTION_LIMIT)
    return Option(text=PlainTextObject(text=words), value=str(choice.key))
