"""The Slack app's manifest, for the command names and the public address that are set."""

import json
from typing import Any

from bot.paths import shipped
from bot.settings import Settings
from bot.slack.paths import EVENTS_PATH, REDIRECT_PATH


def read_manifest(settings: Settings) -> dict[str, Any]:
    """Return the manifest with the configured command names, and with our address where it is public."""
    manifest: dict[str, Any] = json.loads(shipped("manifest.json").read_text(encoding="utf-8"))
    names = {
        "/support": settings.support_command,
        "/renewals": settings.renewals_command,
        "/escalate": settings.escalate_command,
    }
    for command in manifest["features"]["slash_commands"]:
        command["command"] = names[command["command"]]
    if settings.public_url:
        _address(manifest, f"{settings.public_url}{EVENTS_PATH}")
        manifest["oauth_config"]["redirect_urls"] = [f"{settings.public_url}{REDIRECT_PATH}"]
    return manifest


def _address(manifest: dict[str, Any], url: str) -> None:
    """Let Slack call us: https://docs.slack.dev/reference/app-manifest."""
    for command in manifest["features"]["slash_commands"]:
        command["url"] = url
    settings = manifest["settings"]
    settings["event_subscriptions"]["request_url"] = url
    settings["interactivity"]["request_url"] = url
    settings["socket_mode_enabled"] = False


def manifest_text(settings: Settings) -> str:
    """Return the manifest as one pastes it into Slack."""
    return json.dumps(read_manifest(settings), indent=2, ensure_ascii=False) + "\n"


def wanted_scopes(settings: Settings) -> frozenset[str]:
    """Return the scopes that the bot token must have."""
    return frozenset(read_manifest(settings)["oauth_config"]["scopes"]["bot"])
