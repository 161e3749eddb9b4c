"""What Slack's composer makes of the words a person types."""

import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(
    r"(?P<url>https?://[^\s<>\"]*[^\s<>\".,;:!?)\]'])"
    # From its first character on, or a long word would be searched for an @ from each of its letters.
    r"|(?<![\w.+-])(?P<email>[\w.+-]+@[\w-]+\.[\w.-]*\w)"
    r"|@(?P<at>[\w.-]*\w)"
    r"|#(?P<channel>[\w-]+)"
    r"|:(?P<emoji>[a-z0-9_+'-]+):"
    r"|`(?P<code>[^`\n]+)`"
    r"|(?<![\w*])\*(?P<bold>[^\s*<>@#`](?:[^*\n<>@#`]*[^\s*<>@#`])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_<>@#`](?:[^_\n<>@#`]*[^\s_<>@#`])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~<>@#`](?:[^~\n<>@#`]*[^\s~<>@#`])?)~(?![\w~])"
)
_MARKS = {"code": "`", "bold": "*", "italic": "_", "strike": "~"}
_BROADCASTS = ("channel", "here", "everyone")


def escaped(text: str) -> str:
    """The three characters that Slack escapes in text, https://docs.slack.dev/messaging/formatting-message-text."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def compose(
    typed: str, people: Mapping[str, str], channels: Mapping[str, str]
) -> tuple[str, list[dict[str, Any]]]:
    """Turn what was typed into a message's text and the elements of its rich_text section.

    `people` maps lower-case handles (the bot's name too) to user ids, `channels` names to channel ids.
    An @ or # that names nobody stays as it is.
    """
    words: list[str] = []
    elements: list[dict[str, Any]] = []
    position = 0
    for match in _TOKEN.finditer(typed):
        found = _token(match, people, channels)
        if found is None:
            continue
        _plain(typed[position : match.start()], words, elements)
        words.append(found[0])
        elements.append(found[1])
        position = match.end()
    _plain(typed[position:], words, elements)
    return "".join(words), elements


def rich_text(elements: list[dict[str, Any]], block_id: str) -> dict[str, Any]:
    """The block in which Slack carries a person's words."""
    section = {"type": "rich_text_section", "elements": elements}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _plain(text: str, words: list[str], elements: list[dict[str, Any]]) -> None:
    if text:
        words.append(escaped(text))
        elements.append({"type": "text", "text": text})


def _token(
    match: re.Match[str], people: Mapping[str, str], channels: Mapping[str, str]
) -> tuple[str, dict[str, Any]] | None:
    kind, text = match.lastgroup, match[match.lastgroup or 0]
    if kind == "url":
        return f"<{escaped(text)}>", {"type": "link", "url": text}
    if kind == "email":
        return f"<mailto:{text}|{text}>", {"type": "link", "url": f"mailto:{text}", "text": text}
    if kind == "emoji":
        return f":{text}:", {"type": "emoji", "name": text}
    if kind in _MARKS:
        mark = _MARKS[kind]
        return f"{mark}{escaped(text)}{mark}", {"type": "text", "text": text, "style": {kind: True}}
    if kind == "channel":
        return _channel(text, channels)
    return _mention(text, people)


def _channel(name: str, channels: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    if name not in channels:
        return None
    return f"<#{channels[name]}|{name}>", {"type": "channel", "channel_id": channels[name]}


def _mention(handle: str, people: Mapping[str, str]) -> tuple[str, dict[str, Any]] | None:
    if handle in _BROADCASTS:
        return f"<!{handle}>", {"type": "broadcast", "range": handle}
    user = people.get(handle.lower())
    return None if user is None else (f"<@{user}>", {"type": "user", "user_id": user})
