"""The manifest against the code: what the bot uses is declared, and what is declared is used."""

import ast
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import bot
from bot.app.manifest import manifest_text, read_manifest, wanted_scopes
from bot.services.bot import Bot
from bot.services.library import Library
from bot.services.renewals.command import Word
from bot.settings import Settings
from bot.slack.intake import Intake
from bot.slack.listeners import register
from tests.builders import ScriptedMatcher, scheme

CODE = Path(bot.__file__).parent
CONVERSATIONS = ("channels", "groups", "im", "mpim")

# What each event needs, and under which names it is subscribed to: https://docs.slack.dev/reference/events
EVENTS: dict[str, dict[str, str]] = {
    "app_home_opened": {"app_home_opened": ""},
    "message": {
        "message.channels": "channels:history",
        "message.groups": "groups:history",
        "message.im": "im:history",
        "message.mpim": "mpim:history",
    },
    "app_mention": {"app_mention": "app_mentions:read"},
    "member_joined_channel": {"member_joined_channel": "channels:read"},
    "app_uninstalled": {"app_uninstalled": ""},
    "tokens_revoked": {"tokens_revoked": ""},
}

# What each method needs: https://docs.slack.dev/reference/methods
SCOPES: dict[str, set[str]] = {
    "apps.connections.open": set(),  # with the app token
    "auth.test": set(),
    "chat.getPermalink": set(),
    "chat.postEphemeral": {"chat:write"},
    "chat.postMessage": {"chat:write", "im:write"},  # to a person whose direct messages are not open yet
    "conversations.open": {"im:write"},  # with one person
    "files.upload": {"files:write"},  # our name for what the next one does in three calls
    "files.upload.v2": {"files:write"},
    "chat.update": {"chat:write"},
    "conversations.history": {f"{kind}:history" for kind in CONVERSATIONS},
    "conversations.info": {f"{kind}:read" for kind in CONVERSATIONS},
    "conversations.list": {"channels:read", "groups:read"},
    "conversations.replies": {f"{kind}:history" for kind in CONVERSATIONS},
    "reactions.add": {"reactions:write"},
    "users.conversations": {"channels:read", "groups:read"},
    "users.info": {"users:read", "users:read.email"},
    "users.lookupByEmail": {"users:read.email"},
    "views.open": set(),
    "views.update": set(),
    "views.publish": set(),
}


class Recorder:
    """Takes listeners as Bolt's app does and keeps what they are for, except what catches all."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.commands: list[str] = []
        self.shortcuts: list[str] = []

    def event(self, name: str | re.Pattern[str]) -> Callable[..., None]:
        if isinstance(name, str):
            self.events.append(name)
        return lambda _listener: None

    def command(self, name: str | re.Pattern[str]) -> Callable[..., None]:
        if isinstance(name, str):
            self.commands.append(name)
        return lambda _listener: None

    def shortcut(self, callback_id: str | re.Pattern[str]) -> Callable[..., None]:
        if isinstance(callback_id, str):
            self.shortcuts.append(callback_id)
        return lambda _listener: None

    def action(self, _constraint: Any) -> Callable[..., None]:
        return lambda _listener: None

    view = error = middleware = use = action


def listeners(
    command: str = "/support", renewals: str = "/renewals", escalate: str = "/escalate"
) -> Recorder:
    recorder = Recorder()
    unused: Any = None
    speaking = Bot(
        scheme(),
        ScriptedMatcher(),
        render=unused,
        command=command,
        renewals_command=renewals,
        escalate_command=escalate,
    )
    intake = Intake(Library(speaking), unused, unused, unused, unused)
    register(cast(AsyncApp, recorder), intake)
    return recorder


def methods_used() -> set[str]:
    """Find the Web API methods that the code calls, by client method or by name."""
    known = {name for name in dir(AsyncWebClient) if "_" in name.strip("_") and not name.startswith("_")}
    known -= {"api_call", "create_slack_signature"}
    found: set[str] = set()
    for room in ("slack", "app", "services", "cli"):
        for path in (CODE / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                found |= set(_methods_in(node, known))
    return found


def _methods_in(node: ast.AST, known: set[str]) -> Iterator[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in known:
        yield node.func.attr.replace("_", ".")
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        name = node.value
        if re.fullmatch(r"(chat|reactions|conversations|users|views|auth|apps|files|pins)\.[a-zA-Z.]+", name):
            yield name


def declared(**changes: Any) -> dict[str, Any]:
    return read_manifest(Settings(_env_file=None, **changes))


def test_the_methods_that_the_code_uses_are_all_known_here() -> None:
    assert methods_used() == set(SCOPES)


def test_every_event_with_a_listener_is_subscribed_to_and_no_other() -> None:
    subscribed = declared()["settings"]["event_subscriptions"]["bot_events"]
    heard = {name for event in listeners().events for name in EVENTS[event]}
    assert sorted(subscribed) == sorted(heard)


def test_every_scope_that_is_needed_is_asked_for_and_no_other() -> None:
    by_methods = set().union(*(SCOPES[method] for method in methods_used()))
    by_events = {scope for event in listeners().events for scope in EVENTS[event].values() if scope}
    by_commands = {"commands"} if listeners().commands else set()
    asked_for = declared()["oauth_config"]["scopes"]["bot"]
    assert sorted(asked_for) == sorted(by_methods | by_events | by_commands)
    assert wanted_scopes(Settings(_env_file=None)) == set(asked_for)


@pytest.mark.parametrize(
    ("command", "renewals", "escalate"),
    [("/support", "/renewals", "/escalate"), ("/wer-hilft", "/softwarepflege", "/eskalieren")],
)
def test_the_commands_are_declared_under_the_names_that_are_set(
    command: str, renewals: str, escalate: str
) -> None:
    shown = declared(support_command=command, renewals_command=renewals, escalate_command=escalate)
    names = [one["command"] for one in shown["features"]["slash_commands"]]
    assert names == [command, renewals, escalate]
    assert sorted(names) == sorted(listeners(command, renewals, escalate).commands)


def test_every_shortcut_has_a_listener_and_a_name_that_slack_takes() -> None:
    declared_ones = declared()["features"]["shortcuts"]
    assert [one["callback_id"] for one in declared_ones] == listeners().shortcuts
    for one in declared_ones:
        assert len(one["name"]) <= 24
        assert len(one["description"]) <= 150
        assert one["type"] == "message"


def test_with_a_public_address_slack_calls_us_there_and_sends_browsers_back() -> None:
    manifest = declared(public_url="https://signpost.example")
    events = "https://signpost.example/slack/events"
    assert {one["url"] for one in manifest["features"]["slash_commands"]} == {events}
    assert manifest["settings"]["event_subscriptions"]["request_url"] == events
    assert manifest["settings"]["interactivity"]["request_url"] == events
    assert manifest["settings"]["socket_mode_enabled"] is False
    assert manifest["oauth_config"]["redirect_urls"] == ["https://signpost.example/slack/oauth_redirect"]
    assert "redirect_urls" not in declared()["oauth_config"]


def test_mentions_in_a_command_arrive_as_ids() -> None:
    assert all(one["should_escape"] for one in declared()["features"]["slash_commands"])


def test_the_words_after_the_commands_are_in_their_hints() -> None:
    support, renewals, escalate = (one["usage_hint"] for one in declared()["features"]["slash_commands"])
    assert all(word in support for word in ("topics", "practice", "channel", "help"))
    assert all(word in renewals for word in Word if word)
    assert "help" in escalate


def test_buttons_and_direct_messages_are_switched_on_and_a_home_that_nobody_fills_is_not() -> None:
    manifest = declared()
    assert manifest["settings"]["interactivity"]["is_enabled"]
    assert manifest["settings"]["socket_mode_enabled"]
    home = manifest["features"]["app_home"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]
    assert home["home_tab_enabled"] == ("app_home_opened" in listeners().events)


def test_its_texts_are_as_long_as_slack_takes_them() -> None:
    shown, features = declared()["display_information"], declared()["features"]
    assert len(shown["name"]) <= 35
    assert len(shown["description"]) <= 140
    assert 175 <= len(shown["long_description"]) <= 4000
    assert re.fullmatch("#[0-9a-f]{6}", shown["background_color"])
    assert len(features["bot_user"]["display_name"]) <= 80
    for command in features["slash_commands"]:
        assert len(command["description"]) <= 2000
        assert len(command["usage_hint"]) <= 1000


def test_what_is_pasted_into_slack_is_the_manifest() -> None:
    settings = Settings(_env_file=None, support_command="/wer")
    text = manifest_text(settings)
    assert json.loads(text) == read_manifest(settings)
    assert text.endswith("}\n")
    assert "/support" not in text
