from typing import Any

import pytest

from bot.slack.kinds import kind_of_payload


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"type": "event_callback", "event": {"type": "app_mention"}}, "app_mention"),
        ({"type": "event_callback", "event": {"type": "never_heard_of"}}, "other"),
        ({"type": "event_callback", "event": {"type": ["a", "list"]}}, "other"),
        ({"type": "event_callback", "event": "nothing"}, "other"),
        ({"type": "event_callback"}, "other"),
        ({"command": "/support", "text": "x"}, "command"),
        ({"type": "block_actions"}, "press"),
        ({"type": "view_submission"}, "form"),
        ({"type": "message_action"}, "shortcut"),
        ({"type": {"un": "hashable"}}, "other"),
        ({}, "other"),
    ],
)
def test_every_payload_is_of_one_of_a_few_kinds(body: dict[str, Any], kind: str) -> None:
    assert kind_of_payload(body) == kind
