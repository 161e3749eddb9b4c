"""Slack's payload of the button that asks for a timeline, read into values."""

from bot.domain.network import SlackUser
from bot.slack.reading import MAX_DIGITS, Payload, read_place


def read_timeline(body: Payload) -> tuple[SlackUser, int]:
    """Read who pressed, and the escalation's key; 0, which is nobody's, where it is not one we gave out."""
    value = str(body["actions"][0].get("value") or "")
    key = int(value) if value.isdecimal() and len(value) <= MAX_DIGITS else 0
    return read_place(body)["user"], key
