"""Slack's own markup, read into pieces: https://docs.slack.dev/messaging/formatting-message-text."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct


class Piece(Struct, frozen=True):
    """A stretch of text of one kind.

    `kind` is text, bold, italic, strike, code, pre, quote, link, user, channel, broadcast, date or emoji;
    `target` is the address, id or name behind it.
    """

    kind: str
    text: str = ""
    target: str = ""
    pieces: tuple["Piece", ...] = ()


class Reader(Struct, frozen=True):
    """Whose eyes the text is for: how ids are spoken, and in which zone dates are told."""

    user_name: Callable[[str], str]
    channel_name: Callable[[str], str]
    time_zone: str = "UTC"
    now: Callable[[], datetime] | None = None


_PRE = re.compile(r"```\n?(.*?)\n?```", re.DOTALL)
_INLINE = re.compile(
    r"`(?P<code>[^`\n]+)`"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|(?<![\w*])\*(?P<bold>[^\s*](?:[^*\n]*[^\s*])?)\*(?![\w*])"
    r"|(?<![\w_])_(?P<italic>[^\s_](?:[^_\n]*[^\s_])?)_(?![\w_])"
    r"|(?<![\w~])~(?P<strike>[^\s~](?:[^~\n]*[^\s~])?)~(?![\w~])"
    r"|(?<![\w:]):(?P<emoji>[a-z0-9_+'-]+):(?![\w:])"
)


def parse(text: str) -> tuple[Piece, ...]:
    """Read mrkdwn; the pieces' texts have &amp; &lt; &gt; resolved."""
    pieces: list[Piece] = []
    position = 0
    for match in _PRE.finditer(text):
        pieces += _lines(text[position : match.start()])
        pieces.append(Piece("pre", unescape(match[1])))
        position = match.end()
    return (*pieces, *_lines(text[position:]))


def _lines(text: str) -> list[Piece]:
    if not text:
        return []
    pieces: list[Piece] = []
    quoted: list[str] = []
    plain: list[str] = []

    def flush() -> None:
        if quoted:
            pieces.append(Piece("quote", pieces=tuple(_inline("\n".join(quoted)))))
            quoted.clear()
        if plain:
            pieces.extend(_inline("\n".join(plain)))
            plain.clear()

    for line in text.split("\n"):
        mark = re.match(r"(?:&gt;|>) ?", line)
        if bool(mark) != bool(quoted):
            flush()
        (quoted if mark else plain).append(line[mark.end() :] if mark else line)
    flush()
    return pieces


def _inline(text: str) -> Iterable[Piece]:
    position = 0
    for match in _INLINE.finditer(text):
        if match.start() > position:
            yield Piece("text", unescape(text[position : match.start()]))
        yield _marked(match)
        position = match.end()
    if position < len(text):
        yield Piece("text", unescape(text[position:]))


def _marked(match: re.Match[str]) -> Piece:
    kind = match.lastgroup or ""
    inner = match[kind]
    if kind == "code":
        return Piece("code", unescape(inner))
    if kind == "emoji":
        return Piece("emoji", target=inner)
    if kind == "entity":
        return _entity(inner)
    return Piece(kind, pieces=tuple(_inline(inner)))


def _entity(inner: str) -> Piece:
    target, _, label = inner.partition("|")
    label = unescape(label)
    if target.startswith("@"):
        return Piece("user", label, target[1:])
    if target.startswith("#"):
        return Piece("channel", label, target[1:])
    if target.startswith("!date^"):
        return Piece("date", label, target.removeprefix("!date^"))
    if target.startswith("!"):
        return Piece("broadcast", label, target[1:].split("^")[0])
    return Piece("link", label or unescape(target).removeprefix("mailto:"), unescape(target))


def spoken(pieces: Iterable[Piece], reader: Reader) -> str:
    """The pieces as a person reads them, without any markup."""
    return "".join(_speak(piece, reader) for piece in pieces)


def _speak(piece: Piece, reader: Reader) -> str:
    by_kind: Mapping[str, Callable[[], str]] = {
        "user": lambda: "@" + reader.user_name(piece.target),
        "channel": lambda: "#" + (piece.text or reader.channel_name(piece.target)),
        "broadcast": lambda: "@" + piece.target,
        "emoji": lambda: f":{piece.target}:",
        "date": lambda: told_date(piece, reader),
    }
    if piece.kind in by_kind:
        return by_kind[piece.kind]()
    return piece.text + "".join(_speak(inner, reader) for inner in piece.pieces)


def told_date(piece: Piece, reader: Reader) -> str:
    """A date piece in the reader's zone; the fallback where the form is not understood."""
    seconds, _, form = piece.target.partition("^")
    form = form.split("^")[0]
    if not seconds.isdigit():
        return piece.text
    local = datetime.fromtimestamp(int(seconds), ZoneInfo(reader.time_zone))
    today = (reader.now() if reader.now else local).astimezone(local.tzinfo)
    told = re.sub(r"\{(\w+)\}", lambda token: _date_token(token[1], local, today), form)
    return piece.text if "{" in told else told


def _date_token(token: str, local: datetime, today: datetime) -> str:
    if token.endswith("_pretty"):
        near = _near_day(local, today)
        return near or _date_token(token.removesuffix("_pretty"), local, today)
    known = {
        "date": f"{local:%B} {local.day}, {local.year}",
        "date_num": f"{local:%Y-%m-%d}",
        "date_short": f"{local:%b} {local.day}, {local.year}",
        "date_long": f"{local:%A}, {local:%B} {local.day}, {local.year}",
        "time": f"{local:%H:%M}",
        "time_secs": f"{local:%H:%M:%S}",
        "ago": _ago(local, today),
    }
    return known.get(token, "{" + token + "}")


def _near_day(local: datetime, today: datetime) -> str:
    names = {0: "today", 1: "tomorrow", -1: "yesterday"}
    return names.get((local.date() - today.date()).days, "")


def _ago(local: datetime, today: datetime) -> str:
    distance = today - local
    if abs(distance) < timedelta(minutes=1):
        return "now"
    steps = (("day", 86_400), ("hour", 3_600), ("minute", 60))
    unit, count = next(
        (name, int(abs(distance).total_seconds() // size))
        for name, size in steps
        if abs(distance).total_seconds() >= size
    )
    words = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{words} ago" if distance > timedelta() else f"in {words}"


def spoken_blocks(blocks: Iterable[Mapping[str, Any]], reader: Reader) -> str:
    """Every word that a person reads in these blocks, labels of buttons included, a line for each part."""
    return "\n".join(line for block in blocks for line in _block_lines(block, reader) if line)


def text_spoken(text: Mapping[str, Any], reader: Reader) -> str:
    """A text object, plain or mrkdwn, as it is read."""
    if text.get("type") == "mrkdwn":
        return spoken(parse(text["text"]), reader)
    return str(text.get("text", ""))


def _block_lines(block: Mapping[str, Any], reader: Reader) -> Iterable[str]:
    kind = block.get("type")
    if kind == "rich_text":
        yield rich_text_spoken(block, reader)
    elif kind == "markdown":
        yield str(block["text"])
    elif kind == "table":
        for row in block["rows"]:
            yield " | ".join("".join(_part_lines(cell, reader)) for cell in row)
    else:
        yield from _part_lines(block, reader)


def _part_lines(part: Any, reader: Reader) -> Iterable[str]:
    """Walk the parts that carry words, in the order in which they are drawn."""
    if not isinstance(part, Mapping):
        return
    if part.get("type") == "rich_text":
        yield rich_text_spoken(part, reader)
        return
    if isinstance(part.get("text"), str):
        yield text_spoken(part, reader)
    for name in ("title", "label", "text", "placeholder", "hint", "accessory", "element"):
        if isinstance(part.get(name), Mapping):
            yield from _part_lines(part[name], reader)
    if part.get("type") == "image":
        yield str(part.get("alt_text", ""))
    for name in ("fields", "elements", "options", "option_groups"):
        for entry in part.get(name) or ():
            yield from _part_lines(entry, reader)


def rich_text_spoken(block: Mapping[str, Any], reader: Reader) -> str:
    """A rich_text block as it is read."""
    return "\n".join(_rich_part(part, reader) for part in block.get("elements", ()))


def _rich_part(part: Mapping[str, Any], reader: Reader) -> str:
    if part.get("type") == "rich_text_list":
        return "\n".join("• " + _rich_part(item, reader) for item in part["elements"])
    return "".join(_speak(rich_piece(element), reader) for element in part.get("elements", ()))


def rich_piece(element: Mapping[str, Any]) -> Piece:
    """An element of rich text as a piece."""
    kind = element.get("type", "text")
    builders: Mapping[str, Callable[[], Piece]] = {
        "link": lambda: Piece("link", element.get("text") or element["url"], element["url"]),
        "user": lambda: Piece("user", target=element["user_id"]),
        "channel": lambda: Piece("channel", target=element["channel_id"]),
        "broadcast": lambda: Piece("broadcast", target=element["range"]),
        "emoji": lambda: Piece("emoji", target=element["name"]),
        "date": lambda: Piece(
            "date", element.get("fallback", ""), f"{element['timestamp']}^{element.get('format', '')}"
        ),
    }
    if kind in builders:
        return builders[kind]()
    piece = Piece("text", str(element.get("text", "")))
    for name in ("code", "strike", "italic", "bold"):
        if element.get("style", {}).get(name):
            piece = Piece("code", piece.text) if name == "code" else Piece(name, pieces=(piece,))
    return piece
