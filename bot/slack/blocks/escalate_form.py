"""The modal in which somebody opens an escalation, and those that stand in its place afterwards."""

from slack_sdk.models.blocks import (
    Block,
    CheckboxesElement,
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

from bot.domain.escalation.form import EscalateForm, Field, FormFaults, FormRefused, Wish
from bot.domain.escalation.life import Urgency
from bot.domain.escalation.route import VendorFirst
from bot.domain.escalation.saying import Receipt
from bot.domain.scheme import Language, Provider, Topic
from bot.slack.blocks.escalation_receipt import receipt_message
from bot.slack.blocks.parts import context, section
from bot.slack.mrkdwn import escape, link
from bot.wording import say
from bot.wording.presence import absence

CALLBACK = "signpost.escalate"
"""What the modal and the message shortcut are called."""
LONGEST = {
    Field.PACKAGE: 60,
    Field.ASKED: 3000,
    Field.HAPPENED: 3000,
    Field.REACH_ME: 200,
    Field.TRIED: 3000,
    Field.ERROR_TEXT: 3000,
    Field.VERSION: 100,
    Field.PRACTICE: 80,
}
"""How many characters somebody may write into a field; Slack takes 3000."""
UNKNOWN = "-"
"""The value of what somebody does not know."""
SEVERAL_LINES = frozenset({Field.ASKED, Field.HAPPENED, Field.TRIED, Field.ERROR_TEXT})
LABEL = 75


def block_id(field: Field) -> str:
    """Return the block and action id of a field."""
    return f"escalate-{field}"


def escalate_view(form: EscalateForm, carried: str) -> View:
    """Show the form; `carried` goes through it unread."""
    language = form.language
    blocks: list[Block] = [
        section(escape(say(language, f"escalate_form.intro.{'others' if form.is_for_others else 'own'}"))),
        *_practice(form),
        _words(form, Field.HAPPENED, form.happened, optional=False),
        _words(form, Field.REACH_ME, form.reach_me, optional=False),
        _input(language, Field.TOPIC, _topics(form), optional=True),
        _input(language, Field.URGENCY, _urgency(language), optional=False),
        _package(form),
        _words(form, Field.ERROR_TEXT),
        _words(form, Field.TRIED),
        _words(form, Field.VERSION),
        _words(form, Field.ASKED, form.asked),
        _input(language, Field.WISHES, _wishes(form), optional=True),
    ]
    return View(
        type="modal",
        callback_id=CALLBACK,
        private_metadata=carried,
        title=PlainTextObject(text=say(language, "escalate_form.title.open")),
        submit=PlainTextObject(text=say(language, "escalate_form.submit")),
        close=PlainTextObject(text=say(language, "escalate_form.cancel")),
        blocks=blocks,
    )


def receipt_view(receipt: Receipt, thread_url: str, *, is_new: bool) -> View:
    """Say in the form's place what was opened, or is open already, and where it is talked about."""
    language = receipt.language
    blocks: list[Block | dict[str, object]] = [
        section(escape(say(language, f"escalate_form.done.{'new' if is_new else 'before'}"))),
        # Buttons belong to the receipt in the thread: the form is closed after it was read.
        *(block for block in receipt_message(receipt).blocks if block["type"] != "actions"),
        *context(_where(language, thread_url)),
    ]
    return _notice(language, "escalate_form.title.done", blocks)


def _where(language: Language, thread_url: str) -> str:
    if thread_url:
        return link(thread_url, say(language, "escalate_form.open_thread"))
    return escape(say(language, "escalate_form.thread"))


def refused_view(refused: FormRefused) -> View:
    """Say in the form's place why nothing was opened."""
    words = say(refused.language, f"escalate_form.refusal.{refused.refusal}", admins=refused.admins)
    return _notice(refused.language, "escalate_form.title.refused", [section(escape(words))])


def field_errors(language: Language, found: FormFaults | VendorFirst) -> dict[str, str]:
    """Return what to say at each field; what was written stays as it is."""
    if isinstance(found, FormFaults):
        return {
            block_id(field): say(language, f"escalate_form.fault.{fault}") for field, fault in found.faults
        }
    contact, absent = (found.whom.contact, found.whom.absent) if found.whom else (None, None)
    known = (contact.name, contact.phone, contact.email) if contact else ()
    words = say(
        language,
        "escalate_form.vendor_first",
        vendor=found.vendor.name,
        manufacturer=found.manufacturer.name,
        contact=", ".join(part for part in known if part) or found.vendor.name,
    )
    return {block_id(Field.WISHES): f"{words} {absence(language, absent, contact)}".strip()}


def _notice(language: Language, title: str, blocks: list[Block | dict[str, object]]) -> View:
    return View(
        type="modal",
        callback_id=CALLBACK,
        title=PlainTextObject(text=say(language, title)),
        close=PlainTextObject(text=say(language, "escalate_form.close")),
        blocks=blocks,
    )


# ---- fields ----------------------------------------------------------------------------------------


def _practice(form: EscalateForm) -> list[Block]:
    """Ask for the practice where it is not plain; who else is a customer is never listed."""
    language = form.language
    if form.names_practice:
        field = PlainTextInputElement(action_id=block_id(Field.PRACTICE), max_length=LONGEST[Field.PRACTICE])
        hint = say(language, "escalate_form.hint.practice")
        return [_input(language, Field.PRACTICE, field, optional=True, hint=hint)]
    if len(form.practices) == 1 and not form.is_for_others:
        return context(escape(say(language, "escalate_form.for", practice=form.practices[0].name)))
    options = [_option(one.name, str(one.practice_id)) for one in form.practices]
    chosen = [option for option in options if option.value == str(form.practice_id)]
    menu = StaticSelectElement(
        action_id=block_id(Field.PRACTICE),
        placeholder=PlainTextObject(text=say(language, "escalate_form.choose")),
        options=options,
        initial_option=chosen[0] if chosen else None,
    )
    return [_input(language, Field.PRACTICE, menu, optional=form.is_for_others)]


def _topics(form: EscalateForm) -> StaticSelectElement:
    """Make the menu of all topics, grouped by the company that helps: no level without its name."""
    groups: dict[str, list[Topic]] = {}
    for topic in form.scheme.topics:
        groups.setdefault(_group(form, topic), []).append(topic)
    options = {
        label: [_option(topic.title.in_(form.language), topic.id) for topic in topics]
        for label, topics in groups.items()
    }
    chosen = [one for group in options.values() for one in group if form.topic and one.value == form.topic]
    return StaticSelectElement(
        action_id=block_id(Field.TOPIC),
        placeholder=PlainTextObject(text=say(form.language, "escalate_form.choose")),
        option_groups=[
            OptionGroup(label=PlainTextObject(text=_short(label)), options=group)
            for label, group in options.items()
        ],
        initial_option=chosen[0] if chosen else None,
    )


def _group(form: EscalateForm, topic: Topic) -> str:
    category = form.scheme.categories[topic.category].title.in_(form.language)
    names = {Provider.DISTRIBUTOR: form.vendor, Provider.MANUFACTURER: form.scheme.manufacturer_name}
    company = names.get(topic.provider) or form.scheme.provider_titles[topic.provider].in_(form.language)
    return f"{category}: {company}"


def _urgency(language: Language) -> RadioButtonsElement:
    options = [_option(say(language, f"escalation.urgency.{one}"), one) for one in Urgency]
    options.append(_option(say(language, "escalate_form.unknown_urgency"), UNKNOWN))
    first = next(one for one in options if one.value == Urgency.HINDERED)
    return RadioButtonsElement(action_id=block_id(Field.URGENCY), options=options, initial_option=first)


def _package(form: EscalateForm) -> InputBlock:
    """Let choose among the packages that somebody may see, else ask for the number."""
    if not form.packages:
        return _words(form, Field.PACKAGE)
    is_one = len({practice for _, practice in form.packages}) == 1
    known = [
        _option(number if is_one else f"{number} ({practice})", number) for number, practice in form.packages
    ]
    options = [_option(say(form.language, "escalate_form.unknown"), UNKNOWN), *known]
    menu = StaticSelectElement(
        action_id=block_id(Field.PACKAGE),
        placeholder=PlainTextObject(text=say(form.language, "escalate_form.choose")),
        options=options,
        initial_option=known[0] if len(known) == 1 else options[0],
    )
    return _input(form.language, Field.PACKAGE, menu, optional=True)


def _wishes(form: EscalateForm) -> CheckboxesElement:
    language = form.language
    options = [_option(say(language, "escalate_form.billing"), Wish.BILLING)]
    if form.manufacturer:
        words = say(language, "escalate_form.direct", manufacturer=form.manufacturer)
        options.append(_option(words, Wish.DIRECT))
    return CheckboxesElement(action_id=block_id(Field.WISHES), options=options)


def _words(form: EscalateForm, which: Field, initial: str = "", *, optional: bool = True) -> InputBlock:
    longest = LONGEST[which]
    element = PlainTextInputElement(
        action_id=block_id(which),
        initial_value=initial[:longest] or None,
        multiline=which in SEVERAL_LINES,
        max_length=longest,
    )
    hint = say(form.language, "escalate_form.hint.unknown") if optional and which is not Field.ASKED else ""
    return _input(form.language, which, element, optional=optional, hint=hint, is_others=form.is_for_others)


def _input(
    language: Language,
    field: Field,
    element: InputInteractiveElement,
    *,
    optional: bool,
    hint: str = "",
    is_others: bool = False,
) -> InputBlock:
    label = (
        say(language, "escalate_form.reach_them")
        if is_others and field is Field.REACH_ME
        else say(language, f"escalate_form.label.{field}")
    )
    return InputBlock(
        block_id=block_id(field),
        label=PlainTextObject(text=label),
        hint=PlainTextObject(text=hint) if hint else None,
        element=element,
        optional=optional,
    )


def _option(text: str, value: str) -> Option:
    return Option(text=PlainTextObject(text=_short(text)), value=value)


def _short(text: str) -> str:
    return text if len(text) <= LABEL else f"{text[: LABEL - 1]}…"
