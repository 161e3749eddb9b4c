"""Bolt's OAuth over our database: who may speak in a workspace, and how a workspace gets the app."""

import logging

import aiohttp
import structlog
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackClientError
from slack_sdk.oauth.installation_store import Installation as SlackInstallation
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from bot.domain.clock import Clock
from bot.domain.installation import Installation
from bot.domain.storable import storable
from bot.services import installations
from bot.services.installations import Sealing
from bot.slack.workspaces import SeveralWorkspaces
from bot.storage.threads import Transactions

log = structlog.get_logger()


def quiet_logger() -> logging.Logger:
    """Return Bolt's logger, errors only: its warnings print whole payloads, with what people wrote."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger


class Authorising(AsyncAuthorize):
    """Says with which token a payload is answered. It asks the database; Bolt's own asks Slack each time."""

    def __init__(self, workspaces: SeveralWorkspaces) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._workspaces = workspaces

    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        user_id: str | None,
        actor_enterprise_id: str | None = None,
        actor_team_id: str | None = None,
        actor_user_id: str | None = None,
    ) -> AuthorizeResult | None:
        """Return the workspace's token, `None` where the app is not installed (any more)."""
        workspace = storable(team_id or "")
        found = await self._workspaces.installation_of(workspace)
        if found is None:
            log.warning("workspace_unknown", workspace=workspace)
            return None
        return AuthorizeResult(
            enterprise_id=enterprise_id,
            team_id=found.workspace_id,
            bot_user_id=found.bot_user_id,
            bot_id=found.bot_id,
            bot_token=found.token,
            bot_scopes=found.scopes,
            user_id=user_id,
        )


class InstallationStore(AsyncInstallationStore):
    """Keeps what Slack gives when the app is installed."""

    def __init__(
        self, transactions: Transactions, seal: Sealing, clock: Clock, workspaces: SeveralWorkspaces
    ) -> None:
        self._transactions, self._seal, self._clock = transactions, seal, clock
        self._workspaces = workspaces

    @property
    def logger(self) -> logging.Logger:
        """Return where Bolt would log."""
        return quiet_logger()

    async def async_save(self, installation: SlackInstallation) -> None:
        """Store an installation, in one transaction. `BoltError` when it cannot be used."""
        new, seal, now = _ours(installation), self._seal, self._clock.now()
        await self._transactions.run(lambda session: installations.join(session, seal, new, now))
        self._workspaces.forget(new.workspace_id)
        log.info("workspace_joined", workspace=new.workspace_id, by=new.installed_by)


class StateStore(AsyncOAuthStateStore):
    """Keeps installations under way in the database, so that any replica can finish them."""

    def __init__(self, transactions: Transactions, clock: Clock) -> None:
        self._transactions, self._clock = transactions, clock

    @property
    def logger(self) -> logging.Logger:
        """Return where Bolt would log."""
        return quiet_logger()

    async def async_issue(self, *_args: object, **_kwargs: object) -> str:
        """Return a new state."""
        now = self._clock.now()
        return await self._transactions.run(lambda session: installations.begin(session, now))

    async def async_consume(self, state: str) -> bool:
        """Use a state up; return whether it was good."""
        now = self._clock.now()
        return await self._transactions.run(lambda session: installations.finish(session, state, now))


class Flow(AsyncOAuthFlow):
    """Bolt's flow, for which a Slack that does not answer is one that refuses."""

    async def run_installation(self, code: str) -> SlackInstallation | None:
        """Exchange the code for a token; `None` where Slack does not give one."""
        try:
            return await super().run_installation(code)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("installation_failed", error=type(error).__name__)
            return None

    async def store_installation(self, request: AsyncBoltRequest, installation: SlackInstallation) -> None:
        """Store an installation. `BoltError` where that fails, so that people see a page."""
        try:
            await super().store_installation(request, installation)
        except BoltError:
            raise
        except Exception as error:
            log.exception("installation_not_stored", workspace=installation.team_id)
            raise BoltError(type(error).__name__) from None


class WholeOrganisationError(BoltError):
    """Installed for all workspaces of an organisation at once, which we do not ask for."""


def _ours(given: SlackInstallation) -> Installation:
    if given.is_enterprise_install or not given.team_id:
        raise WholeOrganisationError("installed for a whole organisation")
    if not given.bot_token or not given.bot_user_id:
        raise BoltError("Slack gave no token for the bot")
    return Installation(
        workspace_id=given.team_id,
        workspace_name=given.team_name or given.team_id,
        token=given.bot_token,
        bot_user_id=given.bot_user_id,
        bot_id=given.bot_id or "",
        scopes=",".join(given.bot_scopes or ()),
        installed_by=given.user_id or "",
    )
