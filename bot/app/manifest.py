"""The Slack app's manifest, for the command names that are set."""

import json
from typing import Any

from bot.paths import shipped
from bot.settings import Settings


def read_manifest(settings: Settings) -> dict[str, Any]:
    """Return the manifest with the configured command names."""
    manifest: dict[str, Any] = json.loads(shipped("manifest.json").read_text(encoding="utf-8"))
    names = {
        "/support": settings.support_command,
        "/renewals": settings.renewals_command,
        "/escalate": settings.escalate_command,
    }
    for command in manifest["features"]["slash_commands"]:
        command["command"] = names[command["command"]]
    return manifest


def manifest_text(settings: Settings) -> str:
    """Return the manifest as one pastes it into Slack."""
    return json.dumps(read_manifest(settings), indent=2, ensure_ascii=False) + "\n"


def wanted_scopes(settings: Settings) -> frozenset[str]:
    """Return the scopes that the bot token must have."""
    return frozenset(read_manifest(settings)["oauth_config"]["scopes"]["bot"])
