"""Several workspaces: their sealed tokens, and Bolt's OAuth, put together."""

from urllib.parse import urljoin

from slack_sdk.web.async_client import AsyncWebClient

from bot.app.manifest import wanted_scopes
from bot.app.tokens import Identity, secret
from bot.domain.clock import Clock
from bot.domain.installation import Installation
from bot.services import installations
from bot.services.watching import Watch
from bot.settings import Settings, SettingsError, keys_in
from bot.slack.calls import make_client
from bot.slack.install_pages import PagedFlow, make_flow
from bot.slack.installing import InstallationStore, StateStore
from bot.slack.paths import REDIRECT_PATH
from bot.slack.workspaces import SeveralWorkspaces
from bot.storage.seal import Seal, SealBrokenError
from bot.storage.threads import Transactions


def open_seal(settings: Settings) -> Seal:
    """Return the seal of `TOKEN_KEYS`, which must be set."""
    return Seal(keys_in(settings.token_keys))


async def require_keys(transactions: Transactions, seal: Seal) -> None:
    """Make sure that every stored token can be opened. Raises `SettingsError` that names the workspaces."""
    names = await transactions.run(lambda session: installations.unreadable(session, seal, SealBrokenError))
    if names:
        raise SettingsError([cannot_open(names)])


def cannot_open(names: tuple[str, ...]) -> str:
    """Say which workspaces' tokens no key opens, and what helps."""
    return (
        f"TOKEN_KEYS opens no token of {', '.join(names)}: put the key that sealed it behind the new one, "
        "with a comma between. If it is lost: signpost workspaces remove ID, and install there again."
    )


def several_workspaces(
    settings: Settings,
    transactions: Transactions,
    seal: Seal,
    watch: Watch,
    home: Identity | None,
) -> SeveralWorkspaces:
    """Return the workspaces in the database, and the one of the bot token if it is set."""

    async def find(workspace_id: str) -> Installation | None:
        return await transactions.run(lambda session: installations.find(session, seal, workspace_id))

    def make(token: str | None) -> AsyncWebClient:
        return make_client(settings.slack_api_url, token, watch)

    return SeveralWorkspaces(find, make, _at_home(settings, home) if home is not None else None)


def _at_home(settings: Settings, home: Identity) -> Installation:
    return Installation(
        workspace_id=home.workspace_id,
        workspace_name=home.workspace_name,
        token=secret(settings.slack_bot_token),
        bot_user_id=home.bot_user_id,
        bot_id=home.bot_id,
    )


def oauth_flow(
    settings: Settings,
    transactions: Transactions,
    seal: Seal,
    clock: Clock,
    workspaces: SeveralWorkspaces,
) -> PagedFlow:
    """Return the flow by which workspaces install the app."""
    return make_flow(
        make_client(settings.slack_api_url, None),
        credentials=(settings.slack_client_id, secret(settings.slack_client_secret)),
        scopes=sorted(wanted_scopes(settings)),
        redirect_uri=redirect_url(settings),
        authorization_url=urljoin(settings.slack_api_url, "../oauth/v2/authorize"),
        stores=(
            InstallationStore(transactions, seal, clock, workspaces),
            StateStore(transactions, clock),
        ),
    )


def redirect_url(settings: Settings) -> str:
    """Return where Slack sends browsers back to; empty where no public address is set."""
    return f"{settings.public_url}{REDIRECT_PATH}" if settings.public_url else ""
