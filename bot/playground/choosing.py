"""From the words on a button or in a menu to the value that Slack sends."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from bot.playground.files import FileShelf
from bot.playground.installation import Installation
from bot.playground.payloads import file_json
from bot.playground.values import value_field
from bot.playground.workspace import Workspace

Element = Mapping[str, Any]


class Chosen(Struct, frozen=True):
    """What pressing or choosing sends along; None for a plain button."""

    value: Any = None


def options_in(element: Element) -> Iterator[Element]:
    """Every option of a menu or list, groups opened."""
    yield from element.get("options") or ()
    for group in element.get("option_groups") or ():
        yield from group["options"]


def label_of(element: Element) -> tuple[str, ...]:
    """By what a person knows an element: its text, its options, or the placeholder."""
    kind = element["type"]
    if kind == "feedback_buttons":
        return element["positive_button"]["text"]["text"], element["negative_button"]["text"]["text"]
    if "text" in element:
        return (str(element["text"]["text"]),)
    options = tuple(option["text"]["text"] for option in options_in(element))
    return options or (str(element.get("placeholder", {}).get("text", kind)),)


def chosen_value(
    workspace: Workspace, element: Element, label: str, option: str | None = None
) -> Chosen | None:
    """What choosing this label in this element sends; None when the element has no such label."""
    kind = element["type"]
    if kind == "feedback_buttons":
        for name in ("positive_button", "negative_button"):
            if element[name]["text"]["text"] == label:
                return Chosen(element[name]["value"])
        return None
    if kind in {"button", "icon_button"}:
        return Chosen() if element["text"]["text"] == label and option is None else None
    wanted = option or label
    if option is not None and label not in {option, element.get("placeholder", {}).get("text")}:
        return None
    for candidate in options_in(element):
        if candidate["text"]["text"] == wanted:
            is_many = value_field(kind) == "selected_options"
            return Chosen([dict(candidate)] if is_many else dict(candidate))
    return _looked_up(workspace, kind, wanted)


def _looked_up(workspace: Workspace, kind: str, wanted: str) -> Chosen | None:
    """A person or channel by name, for the selects that list those."""
    name = wanted.lstrip("@#")
    found: str | None = None
    if "users_select" in kind:
        by_name = {person.name: person.id for person in workspace.people.values()}
        found = by_name.get(name) or workspace.handles.get(name.lower())
    elif "channels_select" in kind or "conversations_select" in kind:
        found = workspace.channel_names.get(name)
    if found is None:
        return None
    return Chosen([found] if kind.startswith("multi_") else found)


def written_value(
    installation: Installation, shelf: FileShelf, element: Element, value: Any, user: str
) -> Any:
    """What somebody enters into an input of a modal, in the form in which Slack reports it."""
    kind = element["type"]
    if value is None:
        return None
    if kind == "file_input":
        stored = [shelf.store(name, content, user) for name, content in _listed(value)]
        return [file_json(installation, each) for each in stored]
    if kind == "datetimepicker" and isinstance(value, datetime):
        return int(value.timestamp())
    if kind == "rich_text_input":
        section = {"type": "rich_text_section", "elements": [{"type": "text", "text": value}]}
        return {"type": "rich_text", "elements": [section]}
    if value_field(kind) == "value" or kind in {"datepicker", "timepicker", "datetimepicker"}:
        return str(value) if kind != "datetimepicker" else value
    return _chosen(installation.workspace, element, value)


def _chosen(workspace: Workspace, element: Element, value: Any) -> Any:
    is_many = value_field(element["type"]).endswith("s")
    entries = []
    for wanted in _listed(value):
        chosen = chosen_value(workspace, element, wanted)
        if chosen is None:
            raise AssertionError(f'There is no "{wanted}" to choose, but: {", ".join(label_of(element))}')
        entries.append(chosen.value[0] if is_many else chosen.value)
    return entries if is_many else entries[0]


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
