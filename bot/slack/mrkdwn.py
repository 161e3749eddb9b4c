"""Slack's markup: out to Slack escaped, in from Slack as plain words."""

import html
import re
from datetime import datetime

from bot.domain.network import SlackChannel, SlackUser


def escape(text: str) -> str:
    """Escape what Slack would read as markup, so that no text can mention, notify or link.

    https://docs.slack.dev/messaging/formatting-message-text#escaping
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bold(text: str) -> str:
    """Set an escaped text in bold; asterisks within would end it early."""
    return f"*{text.replace('*', '∗')}*" if text else ""


def link(url: str, label: str) -> str:
    """Link a trusted address; the label is escaped here."""
    return f"<{url}|{escape(label)}>"


def who(slack: SlackUser | SlackChannel) -> str:
    """Link a person or a channel. A person is not mentioned, since every answer would then notify them.

    https://docs.slack.dev/interactivity/deep-linking#open_a_direct_message
    """
    if isinstance(slack, SlackUser):
        return link(f"slack://user?team={slack.workspace_id}&id={slack.user_id}", "Slack")
    return f"<#{slack.channel_id}>"


def date(instant: datetime, fallback: str) -> str:
    """Show an instant in each reader's own zone. The fallback must carry no markup."""
    safe = escape(fallback).replace("|", "/")
    return f"<!date^{int(instant.timestamp())}^{{date_short_pretty}}, {{time}}|{safe}>"


_TOKEN = re.compile(r"<([^<>]*)>")
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


def _words(token: re.Match[str]) -> str:
    target, _, label = token.group(1).partition("|")
    if target.startswith(("@", "!")):
        return " "
    if target.startswith("#"):
        return f"#{label}" if label else " "
    return label or target
