"""Slack's payloads about editing the directory, read into values."""

import json
from collections.abc import Mapping
from typing import Any

from bot.domain.editing import (
    FIELDS,
    EditForm,
    EditPress,
    EditStep,
    Field,
    Listing,
    ListKind,
    Page,
    Sheet,
    Submitted,
    mark,
)
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.slack.blocks.edit_forms import NONE, SEARCH_BLOCK, block_id
from bot.slack.blocks.parts import ACTION
from bot.slack.reading import MAX_DIGITS, Payload, read_place
from bot.slack.shapes import Key, Shape, Text, carried

MAX_WORDS = 3


def read_edit(body: Payload) -> EditPress:
    """Read a pressed button; without numbers where its value is not one that we gave out."""
    action, user = body["actions"][0], read_place(body)["user"]
    words = str(action.get("value") or "").split()[:MAX_WORDS]
    numbers = tuple(int(word) for word in words if word.isdecimal() and len(word) <= MAX_DIGITS)
    step = EditStep(str(action["action_id"]).removeprefix(ACTION))
    is_stamped = step in (EditStep.DROP_CONTACT, EditStep.DROP_ABSENCE) and len(words) > 1
    return EditPress(
        step=step,
        user=user,
        key=f"press:{user.workspace_id}:{user.user_id}:{action.get('action_ts') or ''}",
        keys=numbers[:1] if is_stamped else numbers,
        stamp=words[1] if is_stamped else "",
    )


def open_modal(body: Payload) -> str:
    """Return the id of the modal in which was pressed, empty elsewhere."""
    view = body.get("view") or {}
    return str(view["id"]) if view.get("type") == "modal" else ""


def write_carried(page: Page) -> str:
    """Write what a page is about, and of a form what it was opened with, to be carried through it."""
    match page:
        case EditForm():
            seen = {name: mark(value) for name, value in page.values.items()}
            about = {"sheet": page.sheet, "key": page.key, "company": page.company_id, "seen": seen}
            return json.dumps({"language": page.language, **about})
        case Listing():
            return json.dumps({"language": page.language, "list": page.kind, "company": page.company_id})
        case _:
            return ""


class _CarriedForm(Shape):
    """What a form is about, and what it was opened with."""

    language: Language
    sheet: Sheet
    key: Key
    company: Key
    seen: dict[Field, Text]


class _CarriedList(Shape):
    """What a list shows."""

    list: ListKind
    company: Key


def read_filled(body: Payload) -> tuple[Language, Submitted]:
    """Read a submitted form. Who submits is taken from the payload, never from what the form carried.

    Raises `UnreadableError`.
    """
    view = body["view"]
    about, values = carried(_CarriedForm, view["private_metadata"]), view["state"]["values"]
    fields = FIELDS[about.sheet]
    return about.language, Submitted(
        user=_user(body),
        cause=f"form:{body['team']['id']}:{view['id']}",
        sheet=about.sheet,
        key=about.key,
        company_id=about.company,
        seen=about.seen,
        filled={name: _text(values[block_id(name)]) for name in fields if block_id(name) in values},
    )


def read_search(body: Payload) -> tuple[SlackUser, ListKind, int, str]:
    """Read what somebody searches for: who, in which list, of which company, and the words.

    Raises `UnreadableError`.
    """
    about = carried(_CarriedList, body["view"]["private_metadata"])
    words = _text(body["view"]["state"]["values"].get(SEARCH_BLOCK, {}))
    return _user(body), about.list, about.company, words


def _user(body: Payload) -> SlackUser:
    return SlackUser(body["user"].get("team_id") or body["team"]["id"], body["user"]["id"])


def _text(block: Mapping[str, Any]) -> str:
    """Return what a field holds, in one line."""
    element: Mapping[str, Any] = next(iter(block.values()), {})
    chosen = (element.get("selected_option") or {}).get("value") or ""
    written = element.get("value") or element.get("selected_date") or ""
    return "" if chosen == NONE else " ".join(str(chosen or written).split())
