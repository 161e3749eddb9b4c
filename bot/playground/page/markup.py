"""Slack's texts as HTML for one reader."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from bot.playground.mrkdwn import Piece, Reader, parse, rich_piece, told_date
from bot.playground.page.emoji import emoji

_TAGS = {"bold": "strong", "italic": "em", "strike": "s", "quote": "blockquote"}
_SAFE_LINK = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)


def mrkdwn_html(text: str, reader: Reader) -> Markup:
    """Slack's own markup as HTML."""
    return pieces_html(parse(text), reader)


def plain_html(text: str) -> Markup:
    """Plain text with its emoji names and line breaks drawn."""
    drawn = re.sub(r":([a-z0-9_+'-]+):", lambda match: emoji(match[1]), text)
    return _broken(drawn)


def pieces_html(pieces: Iterable[Piece], reader: Reader) -> Markup:
    """Pieces of text as HTML."""
    return Markup("").join(_piece(piece, reader) for piece in pieces)


def _piece(piece: Piece, reader: Reader) -> Markup:
    if piece.kind in _TAGS:
        tag = _TAGS[piece.kind]
        return Markup(f"<{tag}>%s</{tag}>") % pieces_html(piece.pieces, reader)  # noqa: S704 - a tag of our own
    drawn: Mapping[str, Callable[[], Markup]] = {
        "text": lambda: _broken(piece.text),
        "code": lambda: Markup("<code>%s</code>") % piece.text,
        "pre": lambda: Markup("<pre>%s</pre>") % piece.text,
        "emoji": lambda: emoji_html(piece.target),
        "user": lambda: _mention("@" + reader.user_name(piece.target)),
        "channel": lambda: _mention("#" + (piece.text or reader.channel_name(piece.target))),
        "broadcast": lambda: _mention("@" + piece.target),
        "date": lambda: Markup("<time>%s</time>") % told_date(piece, reader),
        "link": lambda: _link(piece.target, piece.text),
    }
    return drawn[piece.kind]()


def emoji_html(name: str) -> Markup:
    """An emoji with its name for those who hear it."""
    return Markup('<span class="emoji" role="img" aria-label="%s">%s</span>') % (
        name.replace("_", " "),
        emoji(name),
    )


def rich_text_html(block: Mapping[str, Any], reader: Reader) -> Markup:
    """A rich_text block as HTML."""
    return Markup("").join(_rich_part(part, reader) for part in block.get("elements", ()))


def _rich_part(part: Mapping[str, Any], reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        tag = "ol" if part.get("style") == "ordered" else "ul"
        items = Markup("").join(Markup("<li>%s</li>") % _rich_part(i, reader) for i in part["elements"])
        return Markup(f"<{tag}>%s</{tag}>") % items  # noqa: S704 - a tag of our own
    inner = pieces_html((rich_piece(element) for element in part.get("elements", ())), reader)
    wrappers = {"rich_text_quote": "<blockquote>%s</blockquote>", "rich_text_preformatted": "<pre>%s</pre>"}
    return Markup(wrappers.get(str(kind), "<span>%s</span>")) % inner  # noqa: S704 - tags of our own


def markdown_html(text: str, reader: Reader) -> Markup:
    """A markdown block: headings, emphasis, links, lists and code, which is what Slack draws of it."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"\[([^\]\n]+)\]\(([^)\s]+)\)", r"<\2|\1>", text)
    text = re.sub(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])", r"_\1_", text)
    text = re.sub(r"\*\*([^*\n]+)\*\*", r"*\1*", text)
    text = re.sub(r"^#{1,6} +(.+)$", r"*\1*", text, flags=re.MULTILINE)
    text = re.sub(r"^( *)[-*] +", r"\1• ", text, flags=re.MULTILINE)
    return mrkdwn_html(text, reader)


def _mention(text: str) -> Markup:
    return Markup('<span class="mention">%s</span>') % text


def _link(target: str, text: str) -> Markup:
    if not _SAFE_LINK.match(target):
        return escape(text)
    return Markup('<a href="%s" target="_blank" rel="noreferrer">%s</a>') % (target, text)


def _broken(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))
