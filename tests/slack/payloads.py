"""Slack's payloads as they were recorded, each to be changed in what a test is about.

Shapes: https://docs.slack.dev/reference/events/message and
https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
"""

from typing import Any

Payload = dict[str, Any]

TEAM, BOT, ANNA, BERT = "T0SIGN", "U0BOT", "U0ANNA", "U0BERT"


def message_body(text: str = "how do I back up the database?", **event: Any) -> Payload:
    """Return a message in a public channel, as Socket Mode and HTTP both carry it."""
    return {
        "token": "one-long-verification-token",
        "team_id": TEAM,
        "context_team_id": TEAM,
        "api_app_id": "A0SIGN",
        "type": "event_callback",
        "event_id": "Ev0MSG",
        "event_time": 1700000000,
        "is_ext_shared_channel": False,
        "authorizations": [{"enterprise_id": None, "team_id": TEAM, "user_id": BOT, "is_bot": True}],
        "event": {
            "type": "message",
            "client_msg_id": "d7d4f5a0-0000-4000-8000-000000000001",
            "user": ANNA,
            "team": TEAM,
            "channel": "C0HELP",
            "channel_type": "channel",
            "text": text,
            "blocks": [{"type": "rich_text", "block_id": "b1", "elements": []}],
            "ts": "1700000000.000100",
            "event_ts": "1700000000.000100",
            **event,
        },
    }


def command_body(text: str = "how do I back up?", **changes: Any) -> Payload:
    """Return a slash command, as the form fields decode."""
    return {
        "token": "one-long-verification-token",
        "team_id": TEAM,
        "team_domain": "signpost",
        "channel_id": "C0HELP",
        "channel_name": "help",
        "user_id": ANNA,
        "user_name": "anna",
        "command": "/support",
        "text": text,
        "api_app_id": "A0SIGN",
        "is_enterprise_install": "false",
        "response_url": "https://hooks.slack.com/commands/T0SIGN/1/abc",
        "trigger_id": "13345224609.738474920.8088930838d88f008e0",
        **changes,
    }


def press_body(action: Payload | None = None, **changes: Any) -> Payload:
    """Return a pressed button under a message in a channel."""
    button = {
        "type": "button",
        "action_id": "signpost.solved",
        "block_id": "b2",
        "text": {"type": "plain_text", "text": "Solved", "emoji": True},
        "value": "7",
        "style": "primary",
        "action_ts": "1700000009.123456",
    }
    return {
        "type": "block_actions",
        "user": {"id": ANNA, "username": "anna", "name": "anna", "team_id": TEAM},
        "api_app_id": "A0SIGN",
        "token": "one-long-verification-token",
        "container": {
            "type": "message",
            "message_ts": "1700000001.000200",
            "channel_id": "C0HELP",
            "is_ephemeral": False,
            "thread_ts": "1700000000.000100",
        },
        "trigger_id": "13345224609.738474920.8088930838d88f008e1",
        "team": {"id": TEAM, "domain": "signpost"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": "C0HELP", "name": "help"},
        "message": {"type": "message", "user": BOT, "bot_id": "B0SIGN", "ts": "1700000001.000200"},
        "state": {"values": {}},
        "response_url": "https://hooks.slack.com/actions/T0SIGN/2/def",
        "actions": [{**button, **(action or {})}],
        **changes,
    }


def pick_body(value: str = "7 database-restore") -> Payload:
    """Return an option chosen in the menu of topics."""
    picked = {
        "type": "static_select",
        "action_id": "signpost.topic",
        "block_id": "b2",
        "selected_option": {"text": {"type": "plain_text", "text": "Database restore"}, "value": value},
        "placeholder": {"type": "plain_text", "text": "Choose a topic"},
        "action_ts": "1700000009.123456",
    }
    return press_body() | {"actions": [picked]}


def join_body(user: str = BOT, **event: Any) -> Payload:
    """Return that somebody came into a channel."""
    joined = {
        "type": "member_joined_channel",
        "user": user,
        "channel": "C0HELP",
        "channel_type": "C",
        "team": TEAM,
        "inviter": ANNA,
        "event_ts": "1700000003.000300",
    }
    return message_body() | {"event_id": "Ev0JOIN", "event": {**joined, **event}}
