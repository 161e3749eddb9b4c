"""What Slack brings, by kinds of which there are few: every other event is `other`."""

from bot.slack.reading import Payload

EVENTS = frozenset(
    {
        "app_home_opened",
        "app_mention",
        "app_uninstalled",
        "member_joined_channel",
        "message",
        "tokens_revoked",
    }
)
INTERACTIONS = {
    "block_actions": "press",
    "view_submission": "form",
    "message_action": "shortcut",
    "shortcut": "shortcut",
}
OTHER = "other"


def kind_of_payload(body: Payload) -> str:
    """Return the kind of a payload: an event's type, `command`, `press`, `form`, `shortcut` or `other`."""
    if body.get("type") == "event_callback":
        event = body.get("event")
        kind = event.get("type") if isinstance(event, dict) else None
        return kind if isinstance(kind, str) and kind in EVENTS else OTHER
    if body.get("command"):
        return "command"
    return INTERACTIONS.get(str(body.get("type")), OTHER)
