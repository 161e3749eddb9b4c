"""The secrets that a way to Slack needs, and who we are with them."""

import asyncio

from msgspec import Struct
from pydantic import SecretStr
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.storable import storable
from bot.settings import Settings, SettingsError, keys_in
from bot.slack.outage import outlast

NO_BOT_TOKEN = "SLACK_BOT_TOKEN is not set: copy it from OAuth & Permissions of your Slack app (xoxb-…)."  # noqa: S105 - no token
NO_APP_TOKEN = (
    "SLACK_APP_TOKEN is not set: create it under Basic Information, App-Level Tokens, "  # noqa: S105 - no token
    "with the scope connections:write (xapp-…)."
)
NO_SIGNING_SECRET = (
    "SLACK_SIGNING_SECRET is not set: copy it from Basic Information. "  # noqa: S105 - no secret
    "Without it anybody could pose as Slack."
)
HALF_OF_OAUTH = (
    "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together: copy both from Basic Information, "
    "or leave both out for one workspace."
)
NO_KEYS = (
    "TOKEN_KEYS is not set, and tokens of other workspaces are never stored unsealed: "
    "signpost workspaces new-key makes one. Keep it apart from the database."
)


class Identity(Struct, frozen=True):
    """Who we are in the workspace whose token stands in the settings."""

    workspace_id: str
    workspace_name: str
    bot_user_id: str
    bot_id: str


def secret(value: SecretStr | None) -> str:
    """Return what a setting holds, empty for none."""
    return value.get_secret_value() if value else ""


def joins_several(settings: Settings) -> bool:
    """Say whether workspaces may install the app themselves."""
    return bool(settings.slack_client_id)


def require_secrets(settings: Settings, *, http: bool) -> None:
    """Make sure that what the transport needs is set; `SettingsError` says where to get what is missing."""
    faults = list(oauth_faults(settings))
    if settings.slack_bot_token is None and not joins_several(settings):
        faults.append(NO_BOT_TOKEN)
    if not http and settings.slack_app_token is None:
        faults.append(NO_APP_TOKEN)
    if http and not secret(settings.slack_signing_secret).strip():
        faults.append(NO_SIGNING_SECRET)
    if faults:
        raise SettingsError(faults)


def oauth_faults(settings: Settings) -> list[str]:
    """Say what is missing for several workspaces; nothing where there is only one."""
    if joins_several(settings) != bool(secret(settings.slack_client_secret)):
        return [HALF_OF_OAUTH]
    return [NO_KEYS] if joins_several(settings) and not keys_in(settings.token_keys) else []


async def identify(client: AsyncWebClient, stop: asyncio.Event) -> Identity | None:
    """Ask Slack who we are, until it says so or `stop` is set. Raises `SettingsError` when it refuses."""
    try:
        answer = await outlast(client.auth_test, stop)
    except SlackApiError as error:
        raise SettingsError(
            [f"SLACK_BOT_TOKEN: Slack refuses it ({error.response['error']}): reinstall the app."]
        ) from None
    if answer is None:
        return None
    return Identity(
        answer["team_id"], storable(answer.get("team") or ""), answer["user_id"], answer.get("bot_id") or ""
    )
