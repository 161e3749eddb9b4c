"""The modals in which people edit the directory, and the lists in which they choose what."""

from collections.abc import Iterable

from slack_sdk.models.blocks import (
    Block,
    ConfirmObject,
    DatePickerElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    PlainTextObject,
    StaticSelectElement,
)
from slack_sdk.models.blocks.block_elements import InputInteractiveElement
from slack_sdk.models.views import View

from bot.domain.editing import (
    FIELDS,
    REQUIRED,
    Choice,
    CompanyPage,
    EditForm,
    EditStep,
    Field,
    FieldFlaw,
    Flaw,
    Listed,
    Listing,
    ListKind,
    No,
    Page,
)
from bot.domain.scheme import Language
from bot.slack.blocks.edit_home import COMPANY_STEPS, DATES, away_line, edit_button
from bot.slack.blocks.parts import actions, section
from bot.slack.mrkdwn import bold, escape
from bot.wording import say

CALLBACK = "signpost.edit"
SEARCH_CALLBACK = "signpost.edit-search"
SEARCH_BLOCK = "edit-search"
NONE = "-"
"""The value of the option that stands for nothing: Slack takes no empty one."""
LONGEST, MOST = 300, 3000
"""How many characters a field takes, unless it has more already, and how many Slack takes."""
HINTED = frozenset(
    {
        Field.OPENING_HOURS,
        Field.CONTACT_SLACK,
        Field.CONTACT_PUBLIC,
        Field.LAST_ON,
        Field.RESPONSE_STOPPED,
        Field.COUNTRY,
        Field.SUBDIVISION,
        Field.TIME_ZONE,
        Field.VAT_ID,
        Field.EMAIL_DOMAINS,
        Field.RENEWAL_CONTACT,
    }
)
CHOSEN = frozenset(
    {
        Field.CONTACT_PUBLIC,
        Field.ORDER,
        Field.WHO,
        Field.FIRST_ON,
        Field.SUPPORT_PARTNER,
        Field.LANGUAGE,
        Field.MEMBER,
    }
)
"""Fields in which one can hardly go wrong; all others say what is wrong in their own words."""
PICK = {ListKind.COMPANIES: EditStep.COMPANY, ListKind.PRACTICES: EditStep.PRACTICE}
CHANGE = {
    ListKind.CONTACTS: (EditStep.CONTACT, EditStep.DROP_CONTACT, EditStep.ADD_CONTACT),
    ListKind.ABSENCES: (EditStep.ABSENCE, EditStep.DROP_ABSENCE, EditStep.ADD_ABSENCE),
}


def block_id(field: Field) -> str:
    """Return the block and action id of a field."""
    return f"edit-{field}"


def edit_view(page: Page, carried: str) -> View:
    """Show a form or a list; `carried` goes through it unread."""
    match page:
        case EditForm():
            return _form(page, carried)
        case Listing():
            return _listing(page, carried)
        case CompanyPage():
            buttons = [edit_button(page.language, one, str(page.company_id)) for one in COMPANY_STEPS]
            blocks = [section(bold(escape(page.company))), *actions(buttons)]
            return _view(page.language, say(page.language, "edit.list.companies"), blocks)


def not_edited_view(language: Language, no: No) -> View:
    """Say why nothing was changed."""
    return _view(language, say(language, "edit.not_edited"), [section(say(language, f"edit.no.{no}"))])


def field_errors(language: Language, flaws: Iterable[FieldFlaw]) -> dict[str, str]:
    """Return what to say at each field."""
    return {block_id(one.field): _flaw(language, one) for one in flaws}


def _flaw(language: Language, one: FieldFlaw) -> str:
    if one.flaw is Flaw.INVALID and one.field not in CHOSEN:
        return say(language, f"edit.invalid.{one.field}")
    by = one.by or say(language, "edit.somebody")
    return say(language, f"edit.flaw.{one.flaw}", by=by, now=one.now[:LONGEST])


def _view(
    language: Language,
    title: str,
    blocks: list[Block],
    *,
    callback: str = "",
    submit: str = "",
    carried: str = "",
) -> View:
    return View(
        type="modal",
        callback_id=callback or CALLBACK,
        private_metadata=carried,
        title=PlainTextObject(text=title),
        submit=PlainTextObject(text=submit) if submit else None,
        close=PlainTextObject(text=say(language, "edit.close")),
        blocks=blocks,
    )


def _form(form: EditForm, carried: str) -> View:
    language = form.language
    blocks: list[Block] = [section(bold(escape(form.name)))]
    blocks += [_input(form, name) for name in FIELDS[form.sheet]]
    title = say(language, f"edit.title_of.{form.sheet}")
    return _view(language, title, blocks, submit=say(language, "edit.save"), carried=carried)


def _input(form: EditForm, field: Field) -> InputBlock:
    language = form.language
    return InputBlock(
        block_id=block_id(field),
        label=PlainTextObject(text=say(language, f"edit.label.{field}")),
        hint=PlainTextObject(text=say(language, f"edit.hint.{field}")) if field in HINTED else None,
        element=_element(form, field),
        optional=field not in REQUIRED,
    )


def _element(form: EditForm, field: Field) -> InputInteractiveElement:
    name, value = block_id(field), form.values[field]
    if field in form.choices:
        options = {choice.value: _option(form.language, choice) for choice in form.choices[field]}
        return StaticSelectElement(
            action_id=name,
            placeholder=PlainTextObject(text=say(form.language, "edit.choose")),
            options=list(options.values()),
            initial_option=options.get(value),
        )
    if field in DATES:
        return DatePickerElement(action_id=name, initial_date=value or None)
    room = min(max(LONGEST, len(value)), MOST)
    return PlainTextInputElement(action_id=name, initial_value=value[:room] or None, max_length=room)


def _option(language: Language, choice: Choice) -> Option:
    word = choice.word or choice.value or "none"
    text = choice.label or say(language, f"edit.choice.{word}")
    short = text if len(text) <= 75 else f"{text[:74]}…"
    return Option(text=PlainTextObject(text=short), value=choice.value or NONE)


def _listing(found: Listing, carried: str) -> View:
    language, kind = found.language, found.kind
    blocks: list[Block] = [section(bold(escape(found.company)))] if found.company else []
    for entry in found.entries:
        blocks += _entry(language, kind, entry)
    if not found.entries:
        none = say(language, "edit.none_found" if found.searched else "edit.none", searched=found.searched)
        blocks.append(section(escape(none)))
    if kind in CHANGE:
        blocks += actions([edit_button(language, CHANGE[kind][2], str(found.company_id))])
    title = say(language, f"edit.list.{kind}")
    if not found.more and not found.searched:
        return _view(language, title, blocks)
    if found.more:
        blocks.append(section(say(language, "edit.not_shown", count=found.more)))
    blocks.append(
        InputBlock(
            block_id=SEARCH_BLOCK,
            label=PlainTextObject(text=say(language, "edit.find")),
            element=PlainTextInputElement(
                action_id=SEARCH_BLOCK, initial_value=found.searched or None, max_length=80
            ),
        )
    )
    submit = say(language, "edit.search")
    return _view(language, title, blocks, callback=SEARCH_CALLBACK, submit=submit, carried=carried)


def _entry(language: Language, kind: ListKind, entry: Listed) -> list[Block]:
    said = [away_line(language, entry.away)] if entry.away else entry.lines
    text = section("\n".join(escape(line) for line in said))
    if kind in PICK:
        text.accessory = edit_button(language, PICK[kind], str(entry.key))
        return [text]
    change, remove, _ = CHANGE[kind]
    removing = edit_button(language, remove, f"{entry.key} {entry.stamp}")
    removing.confirm = _sure(language, remove)
    return [text, *actions([edit_button(language, change, str(entry.key)), removing])]


def _sure(language: Language, drop: EditStep) -> ConfirmObject:
    return ConfirmObject(
        title=PlainTextObject(text=say(language, "edit.sure")),
        text=PlainTextObject(text=say(language, "edit.sure_why")),
        confirm=PlainTextObject(text=say(language, f"edit.button.{drop}")),
        deny=PlainTextObject(text=say(language, "edit.close")),
    )
