"""Payloads of Slack's, first whole and then damaged: fields missing, of other types, null, huge, nested."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.forging import form_payload, forms, press_payload, presses
from tests.fuzz.registered import action_ids, callback_ids
from tests.fuzz.texts import HOSTILE
from tests.fuzz.world import World

Json = dict[str, Any]
Sent = tuple[str, Json]
DEEP: Any = {"a": [{}]}
for _ in range(60):
    DEEP = {"a": [DEEP], "text": "x"}

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from(
        [0, -1, 1.5, 2**31, 2**63, 2**64, -(2**70), 1e308, [], {}, [[]], [None], {"id": None}, DEEP]
    ),
    HOSTILE,
    HOSTILE.map(lambda text: [text]),
    HOSTILE.map(lambda text: {"id": text, "value": text}),
)


def sent(world: World, handle: str = "mira") -> st.SearchStrategy[Sent]:
    """Give damaged payloads of every kind; somebody sends them who has no rights."""
    makers: list[Callable[[], Sent]] = [
        lambda: ("events_api", _message(world, handle)),
        lambda: ("events_api", _message(world, handle, type="app_mention")),
        lambda: (
            "events_api",
            _message(world, handle, thread_ts=world.answer_ts, subtype="file_share", files=_FILES),
        ),
        lambda: ("events_api", _edit(world, handle)),
        lambda: ("events_api", _message(world, handle, subtype="message_deleted", deleted_ts="1.1")),
        lambda: ("events_api", _joined(world, handle)),
        lambda: ("events_api", _home(world, handle)),
        lambda: ("interactive", _shortcut(world, handle)),
        *(_maker(_command, world, handle, name) for name in ("/support", "/renewals", "/escalate")),
        *(_maker(_press, world, handle, name) for name in action_ids()),
        *(_maker(_form, world, handle, name) for name in callback_ids()),
    ]
    damages = st.lists(st.tuples(st.integers(0, 10_000), VALUES, st.booleans()), max_size=3)
    return st.builds(lambda make, harm: _damaged(make(), harm), st.sampled_from(makers), damages)


def _maker(make: Callable[..., Sent], *given: Any) -> Callable[[], Sent]:
    return lambda: make(*given)


def _damaged(whole: Sent, damages: list[tuple[int, Any, bool]]) -> Sent:
    kind, payload = whole[0], copy.deepcopy(whole[1])
    for number, value, is_removed in damages:
        places = list(_places(payload))
        if not places:
            break
        within, key = places[number % len(places)]
        if is_removed and isinstance(within, dict):
            del within[key]
        else:
            within[key] = copy.deepcopy(value)
    return kind, payload


def _places(within: Any) -> list[tuple[Any, Any]]:
    """Return every place in a payload, but for what Slack's own transport needs."""
    found = []
    for key in list(within) if isinstance(within, dict) else range(len(within)):
        if key in ("token", "api_app_id", "trigger_id"):
            continue
        found.append((within, key))
        if isinstance(within[key], dict | list):
            found += _places(within[key])
    return found


# ---- whole payloads --------------------------------------------------------------------------------

_FILES = [
    {"id": "F1", "name": "x.png", "title": "x", "mimetype": "image/png", "permalink": "https://f.example/x"}
]


def _event(world: World, event: Json) -> Json:
    team = world.slack.team_id
    return {
        "type": "event_callback",
        "team_id": team,
        "api_app_id": "A1",
        "event_id": f"Ev{world.next()}",
        "event": event,
    }


def _message(world: World, handle: str, **changes: Any) -> Json:
    slack, ts = world.slack, f"1795422700.{world.next()}"
    event = {
        "type": "message",
        "user": slack.user_id(handle),
        "team": slack.team_id,
        "ts": ts,
        "event_ts": ts,
    }
    place = {"channel": slack.channel_id("support"), "channel_type": "channel"}
    return _event(world, {**event, **place, "text": "the second PC cannot find the server", **changes})


def _edit(world: World, handle: str) -> Json:
    before = _message(world, handle, thread_ts=world.answer_ts)["event"]
    after = {**before, "text": "changed", "edited": {"ts": "1.2", "user": before["user"]}}
    return _message(
        world, handle, subtype="message_changed", message=after, previous_message=before, hidden=True
    )


def _joined(world: World, handle: str) -> Json:
    slack = world.slack
    who = {"user": slack.bot_user_id, "inviter": slack.user_id(handle), "team": slack.team_id}
    place = {"channel": slack.channel_id("support"), "event_ts": world.next()}
    return _event(world, {"type": "member_joined_channel", **who, **place})


def _home(world: World, handle: str) -> Json:
    event = {"type": "app_home_opened", "user": world.slack.user_id(handle), "channel": "D1", "tab": "home"}
    return _event(world, {**event, "event_ts": world.next()})


def _command(world: World, handle: str, name: str) -> Sent:
    slack = world.slack
    return "slash_commands", {
        "team_id": slack.team_id,
        "channel_id": slack.channel_id("support"),
        "user_id": slack.user_id(handle),
        "command": name,
        "text": "help",
        "response_url": f"{slack.page_url}actions/T/none",
        "trigger_id": slack.triggers.issue(slack.user_id(handle)),
    }


def _press(world: World, handle: str, action_id: str) -> Sent:
    return "interactive", press_payload(world, handle, next(presses(action_id, world)))


def _form(world: World, handle: str, callback_id: str) -> Sent:
    return "interactive", form_payload(world, handle, next(forms(callback_id, world)))


def _shortcut(world: World, handle: str) -> Json:
    pressed = press_payload(world, handle, {"action_id": "x"})
    message = _message(world, handle)["event"]
    del pressed["actions"]
    return {
        **pressed,
        "type": "message_action",
        "callback_id": "signpost.escalate",
        "message": message,
        "message_ts": "1.1",
    }
