"""Whatever arrives over the wire is acknowledged, breaks nothing, and makes the bot mention nobody."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.playground.blocks import message_faults
from bot.playground.delivery import Acknowledgement
from tests.fuzz.payloads import sent
from tests.fuzz.texts import is_notifying
from tests.fuzz.world import World

EXAMPLES = 25
PLACES = frozenset(
    {"user", "user_id", "channel", "ts", "thread_ts", "response_url", "private_metadata", "value"}
)
"""Where something is said, and what buttons and forms carry: nobody reads that."""


@pytest.mark.parametrize("name", ["world", "world_over_http"])
def test_a_damaged_payload_is_acknowledged_and_breaks_nothing(
    name: str, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(name)

    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(sent(world))
    def holds(what: tuple[str, dict[str, Any]]) -> None:
        check(world, *what)

    holds()


@pytest.mark.parametrize("place", ["team_id", "user_id", "channel_id"])
def test_an_id_that_no_database_holds_is_acknowledged(world: World, place: str) -> None:
    check(world, "events_api", message_of_one_with_half_a_pair(world, place))


def message_of_one_with_half_a_pair(world: World, place: str) -> dict[str, Any]:
    """Return a direct message in which one id is half of a surrogate pair."""
    ids = {"team_id": "T0", "user_id": "U0", "channel_id": "D0", place: "\ud800"}
    event = {
        "type": "message",
        "user": ids["user_id"],
        "channel": ids["channel_id"],
        "channel_type": "im",
        "ts": "1795422700.014350",
        "text": "the second PC cannot find the server",
    }
    return {"type": "event_callback", "team_id": ids["team_id"], "event_id": f"Ev{place}", "event": event}


def check(world: World, kind: str, payload: dict[str, Any]) -> None:
    """Send a payload and look at all that came of it."""
    if not is_readable_to_bolt(payload):
        return
    world.trouble.clear()
    row = world.last_said()
    try:
        answer = world.send(kind, payload)
    except UnicodeEncodeError:  # A form cannot carry half of a surrogate pair.
        return
    assert answer.is_given, f"{answer.reason}: {kind} {payload}"
    assert not world.trouble, world.trouble
    contents = [content for _, content in world.said_since(row)]
    for said in words_of(answer, contents):
        assert not is_notifying(said)
    for content in contents:
        assert not message_faults(content.get("blocks") or [])


def is_readable_to_bolt(payload: dict[str, Any]) -> bool:
    """Say whether Bolt can take a payload in; of others we never hear, or the door refuses them."""
    has_kind = isinstance(payload.get("type"), str) or "command" in payload
    if not has_kind or not isinstance(payload.get("event", {}), dict):
        return False
    try:
        AsyncBoltRequest(mode="socket_mode", body=copy.deepcopy(payload))
    except (TypeError, KeyError, AttributeError, ValueError, IndexError):
        return False
    return True


def words_of(answer: Acknowledgement, contents: list[Any]) -> list[str]:
    """Return every text in what is said."""
    found: list[str] = []
    waiting = [answer.body, *contents]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.append(one)
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            waiting += [value for key, value in one.items() if key not in PLACES]
    return found
