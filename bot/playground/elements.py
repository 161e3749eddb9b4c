"""The interactive elements of Block Kit with their limits.

https://docs.slack.dev/reference/block-kit/block-elements and
https://docs.slack.dev/reference/block-kit/composition-objects
"""

from collections.abc import Mapping
from typing import Any

from bot.playground.schema import (
    Anything,
    Choice,
    Fault,
    Faults,
    Flag,
    Kinds,
    Many,
    Number,
    Rule,
    Shape,
    Words,
)

ID = Words(255)
URL = Words(3000)


def text_of(kind: str, most: int) -> Shape:
    """A text object of one kind, "plain_text" or "mrkdwn"."""
    option = "emoji" if kind == "plain_text" else "verbatim"
    return Shape({"type": Choice((kind,)), "text": Words(most), option: Flag()}, ("type", "text"))


def plain(most: int) -> Kinds:
    """A text object that must be plain."""
    return Kinds({"plain_text": text_of("plain_text", most)})


def either(most: int) -> Kinds:
    """A text object, plain or mrkdwn."""
    return Kinds({kind: text_of(kind, most) for kind in ("plain_text", "mrkdwn")})


def _option(label: Rule) -> Shape:
    return Shape(
        {"text": label, "value": Words(150), "description": either(75), "url": URL},
        required=("text", "value"),
    )


CONFIRM = Shape(
    {
        "title": plain(100),
        "text": either(300),
        "confirm": plain(30),
        "deny": plain(30),
        "style": Choice(("primary", "danger")),
    },
    required=("title", "text"),
)
PLAIN_OPTION, RICH_OPTION = _option(plain(75)), _option(either(75))
_GROUP = Shape({"label": plain(75), "options": Many(PLAIN_OPTION, 100)}, ("label", "options"))
_BASE: Mapping[str, Rule] = {"type": Anything(), "action_id": ID, "confirm": CONFIRM}
_INPUT: Mapping[str, Rule] = {**_BASE, "placeholder": plain(150), "focus_on_load": Flag()}
_DISPATCH = Shape(
    {"trigger_actions_on": Many(Choice(("on_enter_pressed", "on_character_entered")), 2)},
    ("trigger_actions_on",),
)


def _all_options(element: Mapping[str, Any]) -> list[Any]:
    groups = [
        group.get("options", []) for group in element.get("option_groups") or [] if isinstance(group, dict)
    ]
    return [*(element.get("options") or []), *(option for options in groups for option in options)]


def _one_source_of_options(element: Mapping[str, Any], pointer: str) -> Faults:
    if bool(element.get("options")) == bool(element.get("option_groups")):
        yield Fault(pointer, "must have exactly one of options and option_groups")
    yield from _initial_among_options(element, pointer)


def _initial_among_options(element: Mapping[str, Any], pointer: str) -> Faults:
    options = _all_options(element)
    initial = element.get("initial_option")
    if initial is not None and initial not in options:
        yield Fault(f"{pointer}/initial_option", "must match one of the available options")
    for index, chosen in enumerate(element.get("initial_options") or ()):
        if chosen not in options:
            yield Fault(f"{pointer}/initial_options/{index}", "must match one of the available options")


def _static_select(*, multi: bool) -> Shape:
    fields: dict[str, Rule] = {
        **_INPUT,
        "options": Many(PLAIN_OPTION, 100),
        "option_groups": Many(_GROUP, 100),
    }
    return Shape(fields | _initial("option", PLAIN_OPTION, multi=multi), ("type",), _one_source_of_options)


def _initial(noun: str, item: Rule, *, multi: bool) -> dict[str, Rule]:
    if multi:
        return {f"initial_{noun}s": Many(item, 100), "max_selected_items": Number(1, 100)}
    return {f"initial_{noun}": item}


def _lookup_select(noun: str, *, multi: bool, **more: Rule) -> Shape:
    return Shape({**_INPUT, **_initial(noun, ID, multi=multi), **more}, ("type",))


_CONVERSATIONS: Mapping[str, Rule] = {
    "filter": Anything(),
    "default_to_current_conversation": Flag(),
    "response_url_enabled": Flag(),
}
_BUTTON = Shape(
    {
        **_BASE,
        "text": plain(75),
        "url": URL,
        "value": Words(2000),
        "style": Choice(("primary", "danger")),
        "accessibility_label": Words(75),
    },
    ("type", "text"),
)
_ICON_BUTTON = Shape(
    {
        **_BASE,
        "icon": Choice(("trash",)),
        "text": plain(75),
        "value": Words(2000),
        "visible_to_user_ids": Anything(),
        "accessibility_label": Words(75),
    },
    ("type", "icon", "text"),
)
_FEEDBACK_BUTTON = Shape(
    {"text": plain(75), "value": Words(2000), "accessibility_label": Words(75)}, ("text", "value")
)
_FEEDBACK = Shape(
    {**_BASE, "positive_button": _FEEDBACK_BUTTON, "negative_button": _FEEDBACK_BUTTON},
    ("type", "positive_button", "negative_button"),
)
_OVERFLOW = Shape({**_BASE, "options": Many(PLAIN_OPTION, 5)}, ("type", "options"))
_CHECKBOXES = Shape(
    {
        **_BASE,
        "focus_on_load": Flag(),
        "options": Many(RICH_OPTION, 10),
        "initial_options": Many(RICH_OPTION, 10),
    },
    ("type", "options"),
    _initial_among_options,
)
_RADIO = Shape(
    {**_BASE, "focus_on_load": Flag(), "options": Many(RICH_OPTION, 10), "initial_option": RICH_OPTION},
    ("type", "options"),
    _initial_among_options,
)
_TEXT_INPUT = Shape(
    {
        **_INPUT,
        "initial_value": Words(3000, least=0),
        "multiline": Flag(),
        "min_length": Number(0, 3000),
        "max_length": Number(1, 3000),
        "dispatch_action_config": _DISPATCH,
    },
    ("type",),
)
_NUMBER_INPUT = Shape(
    {
        **_INPUT,
        "is_decimal_allowed": Flag(),
        "initial_value": Words(100),
        "min_value": Words(100),
        "max_value": Words(100),
        "dispatch_action_config": _DISPATCH,
    },
    ("type", "is_decimal_allowed"),
)
_LINE_INPUT = Shape({**_INPUT, "initial_value": Words(3000), "dispatch_action_config": _DISPATCH}, ("type",))
_RICH_TEXT_INPUT = Shape(
    {**_INPUT, "initial_value": Anything(), "dispatch_action_config": _DISPATCH, "min_lines": Number(1, 100)},
    ("type", "action_id"),
)
_FILE_INPUT = Shape({**_BASE, "filetypes": Many(Words(50), 100), "max_files": Number(1, 10)}, ("type",))
_EXTERNAL: Mapping[str, Rule] = {**_INPUT, "min_query_length": Number(0, 3000)}

BUTTONS: Mapping[str, Shape] = {"button": _BUTTON}
SELECTS: Mapping[str, Shape] = {
    "static_select": _static_select(multi=False),
    "external_select": Shape({**_EXTERNAL, **_initial("option", PLAIN_OPTION, multi=False)}, ("type",)),
    "users_select": _lookup_select("user", multi=False),
    "channels_select": _lookup_select("channel", multi=False, response_url_enabled=Flag()),
    "conversations_select": _lookup_select("conversation", multi=False, **_CONVERSATIONS),
}
MULTI_SELECTS: Mapping[str, Shape] = {
    "multi_static_select": _static_select(multi=True),
    "multi_external_select": Shape({**_EXTERNAL, **_initial("option", PLAIN_OPTION, multi=True)}, ("type",)),
    "multi_users_select": _lookup_select("user", multi=True),
    "multi_channels_select": _lookup_select("channel", multi=True),
    "multi_conversations_select": _lookup_select("conversation", multi=True, **_CONVERSATIONS),
}
PICKERS: Mapping[str, Shape] = {
    "datepicker": Shape({**_INPUT, "initial_date": Words(10, least=10)}, ("type",)),
    "timepicker": Shape({**_INPUT, "initial_time": Words(5, least=5), "timezone": Words(100)}, ("type",)),
    "datetimepicker": Shape(
        {**_BASE, "focus_on_load": Flag(), "initial_date_time": Number(0, 9_999_999_999)}, ("type",)
    ),
}
LISTS: Mapping[str, Shape] = {"checkboxes": _CHECKBOXES, "radio_buttons": _RADIO}
ENTRIES: Mapping[str, Shape] = {
    "plain_text_input": _TEXT_INPUT,
    "number_input": _NUMBER_INPUT,
    "email_text_input": _LINE_INPUT,
    "url_text_input": _LINE_INPUT,
    "rich_text_input": _RICH_TEXT_INPUT,
}
FILE_INPUT: Mapping[str, Shape] = {"file_input": _FILE_INPUT}
OVERFLOW: Mapping[str, Shape] = {"overflow": _OVERFLOW}
IMAGE: Mapping[str, Shape] = {
    "image": Shape(
        {"type": Anything(), "image_url": URL, "slack_file": Anything(), "alt_text": Words(2000)},
        ("type", "alt_text"),
    )
}
CONTEXT_ACTIONS: Mapping[str, Shape] = {"feedback_buttons": _FEEDBACK, "icon_button": _ICON_BUTTON}
