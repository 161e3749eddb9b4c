"""Slack's payloads about working an escalation, read into values. What they carry is checked elsewhere."""

import json
from typing import Any

from bot.domain.escalation.life import Move
from bot.domain.escalation.note import Details
from bot.domain.escalation.work import FORMS, WorkForm, WorkPress
from bot.domain.network import SlackUser
from bot.slack.blocks.escalation_buttons import MORE, PRESS
from bot.slack.blocks.escalation_forms import LONGEST, NO, YES, block_id
from bot.slack.reading import MAX_DIGITS, Payload, read_place
from bot.slack.shapes import Id, Key, Shape, UnreadableError, carried


def read_work_press(body: Payload) -> WorkPress | None:
    """Read a pressed button or a chosen menu entry; `None` where it is not one that we gave out."""
    action, place = body["actions"][0], read_place(body)
    value = str((action.get("selected_option") or action).get("value") or "")
    key, _, name = value.partition(" ")
    if action["action_id"] != MORE:
        name = str(action["action_id"]).removeprefix(PRESS)
    number = _number(key)
    if number is None or name not in set(Move):
        return None
    where = f"{place['workspace_id']}:{place['channel_id']}:{place['message_ts']}"
    return WorkPress(
        escalation_id=number,
        move=Move(name),
        workspace_id=place["workspace_id"],
        user=place["user"],
        channel_id=place["channel_id"],
        key=f"press {where} {place['user'].user_id} {action.get('action_ts') or ''}",
    )


def write_work(form: WorkForm, press: WorkPress) -> str:
    """Write which move of which escalation a form is for, to be carried through it."""
    return json.dumps(
        {"id": form.escalation_id, "move": form.move, "seen": form.seen, "channel": press.channel_id}
    )


class _Carried(Shape):
    """Which move of which escalation a form is for, as `write_work` writes it."""

    id: Key
    move: Move
    seen: Key
    channel: Id


def read_work(body: Payload) -> tuple[WorkPress, Details] | None:
    """Read a submitted form; `None` where it carries what we never wrote, as after a refusal.

    Who submits is taken from the payload, never from what the form carried.
    """
    view, workspace_id = body["view"], body["team"]["id"]
    try:
        about = carried(_Carried, view.get("private_metadata") or "")
    except UnreadableError:
        return None
    if about.move not in FORMS:
        return None
    press = WorkPress(
        escalation_id=about.id,
        move=about.move,
        workspace_id=workspace_id,
        user=SlackUser(body["user"].get("team_id") or workspace_id, body["user"]["id"]),
        channel_id=about.channel,
        key=f"form {workspace_id} {view['id']}",
        seen=about.seen,
    )
    return press, _details((view.get("state") or {}).get("values") or {})


def _details(values: Payload) -> Details:
    return Details(
        text=_text(values, "text"),
        error_text=_text(values, "error_text"),
        version=_text(values, "version"),
        has_consent={YES: True, NO: False}.get(_chosen(values, "has_consent")),
        to_person=_number(_chosen(values, "to_person")),
        to_company=_number(_chosen(values, "to_company")),
    )


def _of(values: Payload, field: str) -> dict[str, Any]:
    found = values.get(block_id(field), {}).get(block_id(field), {})
    return found if isinstance(found, dict) else {}


def _text(values: Payload, field: str) -> str:
    return str(_of(values, field).get("value") or "").strip()[:LONGEST]


def _chosen(values: Payload, field: str) -> str:
    return str((_of(values, field).get("selected_option") or {}).get("value") or "")


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else None
