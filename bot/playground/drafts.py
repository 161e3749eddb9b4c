"""From what the app sends to what the workspace keeps: checked, and with the ids Slack adds."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from bot.playground.blocks import check_message, check_view
from bot.playground.rules import Limits, RefusedError

_TEXT_KINDS = ("plain_text", "mrkdwn")
_EVENT_TYPE = re.compile(r"[\w.:/-]{1,100}")


def checked_blocks(given: Any) -> tuple[Mapping[str, Any], ...]:
    """A message's blocks, refused or filled in; nothing given is no blocks."""
    if given in (None, "", []):
        return ()
    if not isinstance(given, list) or not all(isinstance(block, dict) for block in given):
        raise RefusedError("invalid_blocks_format")
    check_message(given)
    return tuple(with_ids(block) for block in given)


def checked_text(text: Any, blocks: Sequence[Any], limits: Limits) -> str:
    """A message's text; longer than Slack keeps is cut, and neither text nor blocks is refused."""
    if not text and not blocks:
        raise RefusedError("no_text")
    return str(text or "")[: limits.text_characters]


def checked_view(given: Any, limits: Limits) -> Mapping[str, Any]:
    """A view as views.open takes it, refused or filled in."""
    if not isinstance(given, dict):
        raise RefusedError("invalid_arguments", response_metadata={"messages": ["[ERROR] missing view"]})
    if len(json.dumps(given)) > limits.view_bytes:
        raise RefusedError("view_too_large")
    check_view(given)
    return dict(given) | {"blocks": [with_ids(block) for block in given["blocks"]]}


def checked_metadata(given: Any, limits: Limits) -> Mapping[str, Any] | None:
    """A message's metadata, https://docs.slack.dev/messaging/message-metadata; an empty object is none."""
    if not given:
        return None
    if not isinstance(given, dict) or not isinstance(given.get("event_payload"), dict):
        raise RefusedError("invalid_metadata_format")
    if not _EVENT_TYPE.fullmatch(str(given.get("event_type", ""))):
        raise RefusedError("invalid_metadata_format")
    if len(json.dumps(given)) > limits.metadata_bytes:
        raise RefusedError("metadata_too_large")
    return {"event_type": given["event_type"], "event_payload": given["event_payload"]}


def with_ids(block: Mapping[str, Any]) -> dict[str, Any]:
    """The block with the block_id and action_ids that Slack makes up where the app gave none."""
    filled = {name: _filled(value) for name, value in block.items()}
    return filled | {"block_id": block.get("block_id") or secrets.token_urlsafe(4)[:5]}


_INTERACTIVE = re.compile(r".*(select|picker|input|button|buttons|checkboxes|overflow)")


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    filled = {name: _filled(entry) for name, entry in value.items()}
    kind = str(value.get("type", ""))
    if kind in _TEXT_KINDS:
        filled |= {"emoji": True} if kind == "plain_text" and "emoji" not in value else {}
        filled |= {"verbatim": False} if kind == "mrkdwn" and "verbatim" not in value else {}
    elif _INTERACTIVE.fullmatch(kind) and not value.get("action_id"):
        filled["action_id"] = secrets.token_urlsafe(4)[:5]
    return filled
