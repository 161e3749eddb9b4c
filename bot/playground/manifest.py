from collections.abc import Mapping
from typing import Any

from msgspec import Struct


class SlashCommand(Struct, frozen=True):
    """A command as the manifest declares it; `name` begins with a slash."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool


class Shortcut(Struct, frozen=True):
    """A message or global shortcut as the manifest declares it."""

    name: str
    callback_id: str
    is_for_messages: bool


class AppManifest(Struct, frozen=True):
    """What the app may do in the workspace: Slack grants nothing that is not declared."""

    name: str
    scopes: frozenset[str]
    events: frozenset[str]
    commands: tuple[SlashCommand, ...]
    shortcuts: tuple[Shortcut, ...]
    is_interactive: bool
    has_home: bool
    has_messages: bool

    def command(self, name: str) -> SlashCommand | None:
        """The declared command of this name, or None."""
        return next((command for command in self.commands if command.name == name), None)


def read_manifest(document: Mapping[str, Any]) -> AppManifest:
    """Read an app manifest (https://docs.slack.dev/reference/app-manifest); what is absent is not allowed."""
    features, settings = document.get("features", {}), document.get("settings", {})
    home = features.get("app_home", {})
    return AppManifest(
        name=document.get("display_information", {}).get("name", "App"),
        scopes=frozenset(document.get("oauth_config", {}).get("scopes", {}).get("bot", ())),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", ())),
        commands=tuple(_command(entry) for entry in features.get("slash_commands", ())),
        shortcuts=tuple(_shortcut(entry) for entry in features.get("shortcuts", ())),
        is_interactive=bool(settings.get("interactivity", {}).get("is_enabled", False)),
        has_home=bool(home.get("home_tab_enabled", False)),
        has_messages=bool(home.get("messages_tab_enabled", True))
        and not home.get("messages_tab_read_only_enabled", False),
    )


def _command(entry: Mapping[str, Any]) -> SlashCommand:
    return SlashCommand(
        name=entry["command"],
        description=entry.get("description", ""),
        usage_hint=entry.get("usage_hint", ""),
        should_escape=bool(entry.get("should_escape", False)),
    )


def _shortcut(entry: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        name=entry["name"], callback_id=entry["callback_id"], is_for_messages=entry.get("type") == "message"
    )
