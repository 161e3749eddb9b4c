"""From what a form of the page sends to the values Slack reports."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.playground.choosing import options_in
from bot.playground.values import value_field

Element = Mapping[str, Any]

_BY_INDEX = {"static_select", "multi_static_select", "radio_buttons", "checkboxes", "overflow"}
_BY_JSON = {"external_select", "multi_external_select"}


def posted_value(element: Element, posted: Sequence[str], zone: ZoneInfo) -> Any:
    """What somebody entered; options come as their position, people and channels as ids."""
    kind = element["type"]
    given = [value for value in posted if value != ""]
    if kind in _BY_INDEX | _BY_JSON:
        options = [*options_in(element)]
        chosen = [json.loads(v) if kind in _BY_JSON else dict(options[int(v)]) for v in given]
        return _one_or_all(kind, chosen)
    if kind in {"button", "icon_button", "image"}:
        return None
    if kind == "datetimepicker":
        return int(datetime.fromisoformat(given[0]).replace(tzinfo=zone).timestamp()) if given else None
    if kind == "rich_text_input":
        return _rich(given[0]) if given else None
    if value_field(kind).endswith("s"):
        return given
    return given[0] if given else None


def _one_or_all(kind: str, chosen: list[Any]) -> Any:
    if value_field(kind).endswith("s"):
        return chosen
    return chosen[0] if chosen else None


def _rich(text: str) -> dict[str, Any]:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}
