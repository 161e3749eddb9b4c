"""What stands in the inputs of a message or a view: `state.values`, as Slack reports it."""

from collections.abc import Iterable, Mapping
from typing import Any

from bot.playground.blocks import elements_in

Json = dict[str, Any]

_STATELESS = {"button", "overflow", "image", "feedback_buttons", "icon_button"}

# How each kind of element names its value, and how the app says what stands in it at first.
_FIELDS: Mapping[str, tuple[str, str]] = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "checkboxes": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "file_input": ("files", ""),
}


def value_field(kind: str) -> str:
    """The name under which an element of this kind reports its value."""
    return _FIELDS.get(kind, ("value", "initial_value"))[0]


def holds_state(kind: str) -> bool:
    """Whether an element of this kind keeps what was chosen; buttons do not."""
    return kind not in _STATELESS


def initial_values(blocks: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Json]]:
    """What stands in all inputs before anybody has touched them, by block_id and action_id."""
    values: dict[str, dict[str, Json]] = {}
    for block in blocks:
        for element in elements_in(block):
            if holds_state(element["type"]):
                values.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element)
    return values


def carried_over(
    blocks: Iterable[Mapping[str, Any]], earlier: Mapping[str, Mapping[str, Json]]
) -> dict[str, dict[str, Json]]:
    """The inputs after an update: what was filled in stays where block_id, action_id and type agree."""
    values = initial_values(blocks)
    for block_id, actions in values.items():
        for action_id, value in actions.items():
            known = earlier.get(block_id, {}).get(action_id)
            if known and known["type"] == value["type"]:
                actions[action_id] = known
    return values


def reported(element: Mapping[str, Any], value: Any) -> Json:
    """One input's entry in `state.values`; `value` is already in Slack's form, None for nothing."""
    kind = element["type"]
    if value is None and value_field(kind).endswith("s"):
        value = []
    return {"type": kind, value_field(kind): value}


def _initial(element: Mapping[str, Any]) -> Json:
    kind = element["type"]
    initial = _FIELDS.get(kind, ("value", "initial_value"))[1]
    return reported(element, element.get(initial))
