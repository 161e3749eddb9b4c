"""How Slack's payloads reach the app: over a socket that we open, or over HTTP that Slack calls."""

from typing import Protocol

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from bot.slack.socket_client import LastingHandler

log = structlog.get_logger()

EVENTS_PATH = "/slack/events"
MAX_BODY_BYTES = 2 * 1024 * 1024


class Door(Protocol):
    """A way in for payloads."""

    async def open(self) -> str:
        """Begin to take payloads; return the address to give to Slack, empty where it needs none."""
        ...

    async def close(self) -> None:
        """Take no more payloads; what is being taken is finished."""
        ...


class SocketDoor:
    """Socket Mode: we connect, so no address of ours has to be reachable."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._handler = LastingHandler(app, app_token)

    async def open(self) -> str:
        """Connect."""
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        return ""

    async def close(self) -> None:
        """Disconnect."""
        await self._handler.close_async()  # type: ignore[no-untyped-call]


class HttpDoor:
    """HTTP: Slack calls us and signs what it sends. Port 0 takes a free one."""

    def __init__(self, app: AsyncApp, signing_secret: str, host: str, port: int) -> None:
        """Prepare; `ValueError` for an empty secret, without which anybody could pose as Slack."""
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._host, self._port = host, port
        self._runner: web.AppRunner | None = None

    async def open(self) -> str:
        """Listen, and return the address of the events."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_post(EVENTS_PATH, self._take)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        port = self._runner.addresses[0][1]
        return f"http://{self._host}:{port}{EVENTS_PATH}"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        if not self._is_from_slack(await request.read(), request):
            log.warning("signature_refused", remote=request.remote)
            return web.Response(status=401, text="The signature is not Slack's.")
        try:
            payload = await to_bolt_request(request)
        except ValueError:
            return web.Response(status=400, text="This is no payload of Slack's.")
        return await to_aiohttp_response(await self._app.async_dispatch(payload))

    def _is_from_slack(self, body: bytes, request: web.Request) -> bool:
        try:
            return self._verifier.is_valid_request(body, dict(request.headers))
        except (ValueError, TypeError, OverflowError):  # No number, not ASCII, or beyond all time.
            return False
