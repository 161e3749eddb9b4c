"""The two pages that whoever installs the app sees in the browser, in plain words."""

from collections.abc import Sequence

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.scheme import Language
from bot.slack.installing import Flow, InstallationStore, WholeOrganisationError, quiet_logger
from bot.slack.pages import Failure, done_page, failed_page, install_page
from bot.slack.paths import INSTALL_PATH, REDIRECT_PATH

log = structlog.get_logger()

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # The address carries Slack's code.
    "X-Content-Type-Options": "nosniff",
}
Headers = dict[str, str | Sequence[str]]
HTML: Headers = {"Content-Type": "text/html; charset=utf-8"}
WHY = {
    "invalid_browser": Failure.AGAIN,
    "invalid_state": Failure.AGAIN,
    "missing_code": Failure.AGAIN,
    "invalid_code": Failure.REFUSED,
    "storage_error": Failure.TROUBLE,
}
"""Bolt's reasons; any other word comes from Slack, because somebody did not agree."""


class InstallPages:
    """Serves the pages of a flow."""

    def __init__(self, flow: "PagedFlow") -> None:
        self._flow = flow

    def add_to(self, application: web.Application) -> None:
        """Put the pages at their paths."""
        # Nobody looks at the head of these alone, and each look begins an installation.
        application.router.add_get(INSTALL_PATH, self._install, allow_head=False)
        application.router.add_get(REDIRECT_PATH, self._come_back, allow_head=False)

    async def _install(self, request: web.Request) -> web.Response:
        return await self._show(await self._flow.handle_installation(await to_bolt_request(request)))

    async def _come_back(self, request: web.Request) -> web.Response:
        return await self._show(await self._flow.handle_callback(await to_bolt_request(request)))

    async def _show(self, answer: BoltResponse) -> web.Response:
        response = await to_aiohttp_response(answer)
        response.headers.update(HEADERS)
        return response


class PagedFlow(Flow):
    """The flow with our words on its first page."""

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:
        """Return the page that leads to Slack."""
        return install_page(language_of(request), url)


def make_flow(
    client: AsyncWebClient,
    *,
    credentials: tuple[str, str],
    scopes: Sequence[str],
    redirect_uri: str,
    authorization_url: str,
    stores: tuple[InstallationStore, AsyncOAuthStateStore],
) -> PagedFlow:
    """Make Bolt's flow. `credentials` are the app's client id and secret, `redirect_uri` may be empty."""
    installation_store, state_store = stores
    settings = AsyncOAuthSettings(
        client_id=credentials[0],
        client_secret=credentials[1],
        scopes=scopes,
        user_scopes=[],
        redirect_uri=redirect_uri or None,
        install_path=INSTALL_PATH,
        redirect_uri_path=REDIRECT_PATH,
        callback_options=AsyncCallbackOptions(success=_done, failure=_failed),
        authorization_url=authorization_url,
        installation_store=installation_store,
        state_store=state_store,
        logger=quiet_logger(),
    )
    return PagedFlow(client=client, logger=quiet_logger(), settings=settings)


async def _done(args: AsyncSuccessArgs) -> BoltResponse:
    body = done_page(language_of(args.request), args.installation.team_name or "")
    headers: Headers = {**HTML, "Set-Cookie": args.settings.state_utils.build_set_cookie_for_deletion()}
    return BoltResponse(status=200, body=body, headers=headers)


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    is_whole = isinstance(args.error, WholeOrganisationError)
    why = Failure.ORGANISATION if is_whole else WHY.get(args.reason, Failure.DECLINED)
    log.warning("not_installed", why=why)
    body = failed_page(language_of(args.request), why, INSTALL_PATH)
    return BoltResponse(status=args.suggested_status_code, body=body, headers=HTML)


def language_of(request: AsyncBoltRequest) -> Language:
    """Return the language that the browser asks for first; English unless it is German."""
    wanted = ",".join(request.headers.get("accept-language", ())).lower()
    known = (tag.strip()[:2] for tag in wanted.split(","))
    return next((Language(tag) for tag in known if tag in tuple(Language)), Language.EN)
