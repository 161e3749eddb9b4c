"""Slack's markup: out to Slack escaped, in from Slack as plain words."""

import html
import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from bot.domain.network import SlackChannel, SlackUser

WORD_JOINER = "\u2060"
"""An invisible sign, after which a word that begins with @ is no longer anybody's name."""
_AT_WORD = re.compile(r"(?<![^\W_])@(?=\w)")


def escape(text: str) -> str:
    """Escape what Slack would read as markup, so that no text can mention, notify or link.

    A plain `@here` is kept from being one as well: Slack looks for those in blocks by itself.
    https://docs.slack.dev/messaging/formatting-message-text#escaping and
    https://docs.slack.dev/reference/block-kit/composition-objects/text-object (`verbatim`)
    """
    escaped = html.escape(text, quote=False)
    return _AT_WORD.sub(f"@{WORD_JOINER}", escaped) if "@" in escaped else escaped


def bold(text: str) -> str:
    """Set an escaped text in bold; asterisks within would end it early."""
    return f"*{text.replace('*', '∗')}*" if text else ""


_SCHEME = re.compile(r"[a-z]+:", re.IGNORECASE)
_ENDS_ADDRESS = re.compile(r"[\s<>|\x00-\x1f\x7f]")


def link(url: str, label: str) -> str:
    """Link an address; both are escaped here, and nothing in the address can end it and begin a label.

    The label should be the bot's own words, or say where the address leads. What is no address, such as
    `@here`, which would be a mention, is not linked.
    """
    if not _SCHEME.match(url):
        return escape(label)
    address = _ENDS_ADDRESS.sub(lambda sign: quote(sign[0], safe=""), url)
    return f"<{address.replace('&', '&amp;')}|{escape(label)}>"


def who(slack: SlackUser | SlackChannel) -> str:
    """Link a person or a channel. A person is not mentioned, since every answer would then notify them.

    https://docs.slack.dev/interactivity/deep-linking#open_a_direct_message
    """
    if isinstance(slack, SlackUser):
        return f"<slack://user?team={slack.workspace_id}&id={slack.user_id}|Slack>"
    return f"<#{slack.channel_id}>"


def date(instant: datetime, fallback: str) -> str:
    """Show an instant in each reader's own zone. The fallback must carry no markup."""
    safe = escape(fallback).replace("|", "/")
    return f"<!date^{int(instant.timestamp())}^{{date_short_pretty}}, {{time}}|{safe}>"


_TOKEN = re.compile(r"<([^<>]*)>")
_ADDRESSES = ("http://", "https://", "mailto:", "tel:")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")


def mentions(text: str) -> list[str]:
    """Return the ids of the people mentioned, in order."""
    return _MENTION.findall(text)


def plain(text: str, *, without: str = "") -> str:
    """Return an incoming text as plain words; mentions of the user id `without` vanish.

    Links become their label or address, channels their name, people and groups nothing.
    """
    text = re.sub(rf"<@{re.escape(without)}(?:\|[^<>]*)?>", " ", text) if without else text
    return html.unescape(_TOKEN.sub(_words, text)).strip()


_BROKEN_END = re.compile(r"(<[^<>]*|&[a-z]*)$")


def without_broken_end(text: str) -> str:
    """Return mrkdwn that was cut without the link or escaped sign at its end of which a part is missing."""
    return _BROKEN_END.sub("", text)


def cut(text: str, room: int) -> str:
    """Cut mrkdwn to `room` signs with a mark at its end, never within a link or an escaped sign."""
    return text if len(text) <= room else f"{without_broken_end(text[: room - 1])}…"


def neutral(text: str, names: Mapping[str, str]) -> str:
    """Return an incoming text as mrkdwn that notifies nobody; emphasis and addresses stay what they are.

    People mentioned become their name, by user id in `names`; a link shows where it leads.
    """
    parts, end = [], 0
    for token in _TOKEN.finditer(text):
        parts += [_escaped_again(text[end : token.start()]), _neutral_token(token.group(1), names)]
        end = token.end()
    return "".join([*parts, _escaped_again(text[end:])]).strip()


def _neutral_token(token: str, names: Mapping[str, str]) -> str:
    target, _, label = token.partition("|")
    kind, rest = target[:1], target[1:]
    if kind == "@":
        return escape(f"@{names.get(rest) or html.unescape(label) or '…'}")
    if kind == "#":
        return f"#{_escaped_again(label or '…')}"
    if kind == "!":
        words = label or rest.partition("^")[0]
        return _escaped_again(f"@{words.removeprefix('@')}" if not rest.startswith("date") else words)
    if not target.startswith(_ADDRESSES):
        return _escaped_again(label or target)
    address = target.replace(" ", "%20")
    is_same = label.strip().rstrip("/") in ("", target.partition(":")[2].strip("/"), target.rstrip("/"))
    shown = f"|{_escaped_again(label)}" if label and is_same else ""
    return f"<{address}{shown}>" if is_same else f"{_escaped_again(label)} (<{address}>)"


def _escaped_again(text: str) -> str:
    return escape(html.unescape(text))


def _words(token: re.Match[str]) -> str:
    target, _, label = token.group(1).partition("|")
    if target.startswith(("@", "!")):
        return " "
    if target.startswith("#"):
        return f"#{label}" if label else " "
    return label or target
