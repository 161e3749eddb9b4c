import base64
from collections.abc import Sequence
from typing import Any, TypeVar

from bot.playground.rules import RefusedError
from bot.playground.webapi import whole_number

Item = TypeVar("Item")


def paged(
    items: Sequence[Item], args: dict[str, Any], *, default: int, most: int
) -> tuple[Sequence[Item], dict[str, str]]:
    """One page of a listing and its `response_metadata`; https://docs.slack.dev/apis/web-api/pagination."""
    limit = whole_number(args.get("limit"), default)
    if not 0 < limit <= most:
        raise RefusedError("invalid_limit")
    start = _start(str(args.get("cursor") or ""))
    end = start + limit
    cursor = base64.b64encode(f"next:{end}".encode()).decode() if end < len(items) else ""
    return items[start:end], {"next_cursor": cursor}


def _start(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, position = base64.b64decode(cursor, validate=True).decode().partition(":")
        if kind == "next":
            return int(position)
    except ValueError:
        pass
    raise RefusedError("invalid_cursor")
