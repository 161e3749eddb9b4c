"""Socket Mode: we connect, so no address of ours has to be reachable."""

import asyncio
import time

import structlog
from slack_bolt.adapter.socket_mode.async_internals import run_async_bolt_app, send_async_response
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest

from bot.services.watching import NOBODY, Watch
from bot.slack.kinds import kind_of_payload
from bot.slack.socket_client import LastingHandler

log = structlog.get_logger()

FINISH_SECONDS = 3.0
"""Slack waits no longer for an acknowledgement."""


class SocketDoor:
    """A door that we open towards Slack. It is in order once Slack said hello, while pongs come."""

    def __init__(self, app: AsyncApp, app_token: str, watch: Watch = NOBODY) -> None:
        self._handler = _Handler(app, app_token, watch)
        self._greeted = ""
        self._handler.client.message_listeners.append(self._on_message)

    async def open(self) -> str:
        """Connect."""
        await self._handler.connect_async()  # type: ignore[no-untyped-call]
        return ""

    async def close(self) -> None:
        """Finish what came, leave what comes now to be sent again, and disconnect."""
        self._handler.is_closing = True
        await self._handler.under_way.finished(FINISH_SECONDS)
        await self._handler.close_async()  # type: ignore[no-untyped-call]

    async def fault(self) -> str:
        """Say what is wrong with the connection."""
        client = self._handler.client
        if not await client.is_connected():
            return "not connected"
        return "" if self._greeted == await client.session_id() else "no hello yet"

    async def _on_message(
        self, client: AsyncBaseSocketModeClient, message: dict[str, object], _raw: str | None
    ) -> None:
        if message.get("type") == "hello":
            self._greeted = await client.session_id()


class _Handler(LastingHandler):
    """Bolt's handler, which also says how long each answer took."""

    client: SocketModeClient

    def __init__(self, app: AsyncApp, app_token: str, watch: Watch) -> None:
        super().__init__(app, app_token)
        self.under_way = _UnderWay()
        self.is_closing = False
        self._watch = watch

    async def handle(self, client: SocketModeClient, req: SocketModeRequest) -> None:  # type: ignore[override] # as Bolt's own does
        """Take a payload. While the door closes none is taken: without an answer Slack sends events again."""
        if self.is_closing:
            return
        start = time.perf_counter()
        with self.under_way:
            answer = await run_async_bolt_app(self.app, req)
            await send_async_response(client, req, answer, time.time())
        seconds = time.perf_counter() - start
        self._watch.acknowledged(kind_of_payload(req.payload), seconds, is_taken=answer.status == 200)


class _UnderWay:
    """Counts what is being taken, so that a door closes after the last of it."""

    def __init__(self) -> None:
        self._count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __enter__(self) -> None:
        self._count += 1
        self._idle.clear()

    def __exit__(self, *_error: object) -> None:
        self._count -= 1
        if not self._count:
            self._idle.set()

    async def finished(self, within_seconds: float) -> None:
        """Wait until nothing is under way, but no longer than so many seconds."""
        try:
            async with asyncio.timeout(within_seconds):
                await self._idle.wait()
        except TimeoutError:
            pass
