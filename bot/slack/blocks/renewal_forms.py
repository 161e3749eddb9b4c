"""The modals in which people answer reminders, and those that say that somebody else was quicker."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
    DatePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    RadioButtonsElement,
    StaticMultiSelectElement,
    StaticSelectElement,
    UserSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from bot.domain.maintenance.answers import (
    ClaimForm,
    Field,
    FieldFault,
    NotReceivedForm,
    NotRenewingForm,
    PackageOption,
    PostponeForm,
    RenewalForm,
    SettleForm,
    WhyNot,
    WrongContactForm,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.saying_answers import AnsweredBefore, Refused
from bot.domain.scheme import Language
from bot.slack.blocks.parts import section
from bot.slack.blocks.renewal_answers import refused_words
from bot.slack.mrkdwn import escape
from bot.wording import say
from bot.wording.formats import day

CALLBACK = "signpost.renewal"
CHECKBOXES, MENU = 10, 100
"""How many options Slack takes: https://docs.slack.dev/reference/block-kit/block-elements"""
SETTLING = (EntryKind.PAID, EntryKind.BILLED)
LONGEST = 300
"""How many characters somebody may write into a field of several lines."""


def block_id(field: Field) -> str:
    """Return the block and action id of a field."""
    return f"renewal-{field}"


def renewal_view(form: RenewalForm, carried: str) -> View:
    """Show a form; `carried` goes through it unread: where it was opened."""
    title, blocks = _form(form)
    return View(
        type="modal",
        callback_id=CALLBACK,
        private_metadata=carried,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=say(form.language, "renewal_form.submit")),
        close=PlainTextObject(text=say(form.language, "renewal_form.close")),
        blocks=blocks,
    )


def refused_view(saying: AnsweredBefore | Refused) -> View:
    """Say in the form's place why it had no effect."""
    language = saying.language
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=PlainTextObject(text=say(language, "renewal_form.title.refused")),
        close=PlainTextObject(text=say(language, "renewal_form.close")),
        blocks=[section(escape(refused_words(saying)))],
    )


def field_errors(language: Language, faults: Iterable[FieldFault]) -> dict[str, str]:
    """Return what to say at each field."""
    return {
        block_id(one.field): say(
            language, f"renewal_form.fault.{one.fault}", day=day(language, one.day) if one.day else ""
        )
        for one in faults
    }


def _form(form: RenewalForm) -> tuple[str, list[Block]]:
    language = form.language
    match form:
        case ClaimForm():
            return say(language, "renewal_form.title.claim"), _claim(form)
        case SettleForm():
            return say(language, "renewal_form.title.settle"), _settle(form)
        case PostponeForm():
            return say(language, "renewal_form.title.postpone"), _postpone(form)
        case NotRenewingForm():
            return say(language, "renewal_form.title.not_renewing"), _not_renewing(form)
        case WrongContactForm():
            return say(language, "renewal_form.title.wrong_contact"), _wrong_contact(form)
        case NotReceivedForm():
            return say(language, "renewal_form.title.not_received"), _not_received(form)


def _claim(form: ClaimForm) -> list[Block]:
    language = form.language
    return [
        section(escape(say(language, "renewal_form.claim"))),
        *_packages(language, form.packages),
        _input(language, Field.PO_NUMBER, _line(Field.PO_NUMBER), optional=True),
        _input(language, Field.INVOICE_NUMBER, _line(Field.INVOICE_NUMBER), optional=True),
        _input(language, Field.DATE, _date(form.today.isoformat())),
    ]


def _settle(form: SettleForm) -> list[Block]:
    language = form.language
    kinds = [_option(say(language, f"renewal_form.kind.{kind}"), kind) for kind in SETTLING]
    kind = RadioButtonsElement(action_id=block_id(Field.KIND), options=kinds, initial_option=kinds[0])
    open_amount = "" if form.open_cents is None else _plain_amount(language, form.open_cents)
    hint = "one" if form.open_cents is not None else "many" if len(form.packages) > 1 else "unknown"
    return [
        *_packages(language, form.packages),
        _input(language, Field.KIND, kind),
        _input(language, Field.DATE, _date(form.today.isoformat())),
        _input(
            language,
            Field.AMOUNT,
            PlainTextInputElement(
                action_id=block_id(Field.AMOUNT), initial_value=open_amount or None, max_length=20
            ),
            optional=True,
            hint=say(language, f"renewal_form.amount.{hint}"),
        ),
        _input(
            language,
            Field.REFERENCE,
            PlainTextInputElement(
                action_id=block_id(Field.REFERENCE), initial_value=form.reference or None, max_length=150
            ),
            optional=True,
        ),
    ]


def _postpone(form: PostponeForm) -> list[Block]:
    language = form.language
    hint = say(language, "renewal_form.postpone", day=day(language, form.latest))
    return [_input(language, Field.DATE, _date(form.proposed.isoformat()), hint=hint)]


def _not_renewing(form: NotRenewingForm) -> list[Block]:
    language = form.language
    reasons = [_option(say(language, f"renewal_form.reason.{why}"), why) for why in WhyNot]
    return [
        section(escape(say(language, "renewal_form.not_renewing", biller=form.biller))),
        *_packages(language, form.packages),
        _input(
            language,
            Field.WHY,
            StaticSelectElement(
                action_id=block_id(Field.WHY),
                placeholder=PlainTextObject(text=say(language, "renewal_form.choose")),
                options=reasons,
            ),
        ),
        _input(language, Field.WORDS, _lines(Field.WORDS), optional=True),
    ]


def _wrong_contact(form: WrongContactForm) -> list[Block]:
    language = form.language
    return [
        section(escape(say(language, "renewal_form.wrong_contact"))),
        _input(
            language,
            Field.PERSON,
            UserSelectElement(
                action_id=block_id(Field.PERSON),
                placeholder=PlainTextObject(text=say(language, "renewal_form.choose")),
            ),
            optional=True,
        ),
        _input(
            language,
            Field.NAME,
            PlainTextInputElement(action_id=block_id(Field.NAME), max_length=150),
            optional=True,
        ),
    ]


def _not_received(form: NotReceivedForm) -> list[Block]:
    language = form.language
    return [
        section(escape(say(language, "renewal_form.not_received", practice=form.practice))),
        _input(language, Field.WORDS, _lines(Field.WORDS)),
    ]


# ---- fields ----------------------------------------------------------------------------------------


def _packages(language: Language, packages: Sequence[PackageOption]) -> list[Block]:
    """Let choose among several; all are chosen at first."""
    if len(packages) < 2:
        return []
    options = [_option(_package(language, one), str(one.period_id)) for one in packages[:MENU]]
    name = block_id(Field.PACKAGES)
    element: InputInteractiveElement = (
        CheckboxesElement(action_id=name, options=options, initial_options=options)
        if len(options) <= CHECKBOXES
        else StaticMultiSelectElement(
            action_id=name,
            placeholder=PlainTextObject(text=say(language, "renewal_form.choose")),
            options=options,
            initial_options=options,
        )
    )
    return [_input(language, Field.PACKAGES, element)]


def _package(language: Language, one: PackageOption) -> str:
    due_on = day(language, one.due_on)
    if one.practice:
        return say(
            language, "renewal_form.package.of", practice=one.practice, package=one.package, day=due_on
        )
    return say(language, "renewal_form.package.own", package=one.package, day=due_on)


def _input(
    language: Language,
    field: Field,
    element: InputInteractiveElement,
    *,
    optional: bool = False,
    hint: str = "",
) -> InputBlock:
    return InputBlock(
        block_id=block_id(field),
        label=PlainTextObject(text=say(language, f"renewal_form.label.{field}")),
        hint=PlainTextObject(text=hint) if hint else None,
        element=element,
        optional=optional,
    )


def _option(text: str, value: str) -> Option:
    return Option(text=PlainTextObject(text=text if len(text) <= 75 else f"{text[:74]}…"), value=value)


def _date(initial: str) -> DatePickerElement:
    return DatePickerElement(action_id=block_id(Field.DATE), initial_date=initial)


def _line(field: Field) -> PlainTextInputElement:
    return PlainTextInputElement(action_id=block_id(field), max_length=60)


def _lines(field: Field) -> PlainTextInputElement:
    return PlainTextInputElement(action_id=block_id(field), multiline=True, max_length=LONGEST)


def _plain_amount(language: Language, cents: int) -> str:
    point = "," if language is Language.DE else "."
    return f"{cents // 100}{point}{cents % 100:02}"
