"""Socket Mode from Slack's side: https://docs.slack.dev/apis/events-api/using-socket-mode."""

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from bot.playground.delivery import Acknowledgement, Envelope
from bot.playground.rules import Limits

Json = dict[str, Any]


class SocketMode:
    """Hands out tickets, keeps the app's connections, and brings each payload to one of them."""

    def __init__(self, app_id: str, limits: Limits, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._app_id, self._limits, self._monotonic = app_id, limits, monotonic
        self._tickets: dict[str, float] = {}
        self._open: list[web.WebSocketResponse] = []
        self._turn = 0
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._arrival = asyncio.Event()
        self._is_disabled = False

    @property
    def count(self) -> int:
        """How many connections the app holds."""
        return len(self._open)

    def ticket(self) -> str:
        """A ticket for one connection, to be used soon."""
        ticket = secrets.token_hex(16)
        self._tickets[ticket] = self._monotonic() + self._limits.ticket_seconds
        return ticket

    async def connected(self, count: int = 1) -> None:
        """Wait until the app holds so many connections."""
        while len(self._open) < count:
            self._arrival.clear()
            await self._arrival.wait()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """The handler behind the address from apps.connections.open."""
        if self._tickets.pop(request.query.get("ticket", ""), 0.0) < self._monotonic():
            return web.Response(status=401, text="invalid ticket")
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        if len(self._open) >= self._limits.connections:
            await self._say_goodbye(socket, "too_many_websockets")
            await socket.close()
            return socket
        self._open.append(socket)
        await socket.send_json(self._hello())
        self._arrival.set()
        try:
            await self._listen(socket)
        finally:
            self._forget(socket)
        return socket

    async def deliver(self, envelope: Envelope, within_seconds: float) -> Acknowledgement:
        """Send to one connection, in turn; the acknowledgement may come over any of them."""
        if not self._open:
            return Acknowledgement(is_given=False, reason="no_open_connection")
        self._turn += 1
        socket = self._open[self._turn % len(self._open)]
        envelope_id = str(secrets.token_hex(16))
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            async with asyncio.timeout(within_seconds):
                await socket.send_json(_frame(envelope, envelope_id))
                return Acknowledgement(is_given=True, body=await answer)
        except (TimeoutError, ConnectionError):
            return Acknowledgement(is_given=False, reason="timeout")
        finally:
            del self._waiting[envelope_id]

    # -- what Slack does to connections now and then

    async def warn(self) -> None:
        """Announce on every connection that it will close in about ten seconds; it stays open."""
        await self._announce("warning")

    async def refresh(self) -> None:
        """Ask every connection to be replaced; the old ones stay open until the app closes them."""
        await self._announce("refresh_requested")

    async def disable_link(self) -> None:
        """Switch Socket Mode off for the app, as an admin can: every connection ends, no ticket is given."""
        self._is_disabled = True
        await self._announce("link_disabled")
        for socket in tuple(self._open):
            await socket.close()

    def enable_link(self) -> None:
        """Switch Socket Mode on again."""
        self._is_disabled = False

    @property
    def is_disabled(self) -> bool:
        """Whether somebody has switched Socket Mode off."""
        return self._is_disabled

    def cut(self) -> None:
        """Break every connection without a word, as a network does."""
        for socket in tuple(self._open):
            transport = socket._req.transport if socket._req else None
            if transport:
                transport.abort()
            self._forget(socket)

    async def close(self) -> None:
        """End all connections, for the workspace closes."""
        for socket in tuple(self._open):
            await socket.close()

    async def _announce(self, reason: str) -> None:
        for socket in tuple(self._open):
            with suppress(ConnectionError):  # Whoever has just died need not be told.
                await self._say_goodbye(socket, reason)

    async def _say_goodbye(self, socket: web.WebSocketResponse, reason: str) -> None:
        await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "localhost"}})

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._acknowledge(message.json())

    def _acknowledge(self, frame: Json) -> None:
        waiting = self._waiting.get(str(frame.get("envelope_id", "")))
        if waiting and not waiting.done():
            waiting.set_result(frame.get("payload"))

    def _forget(self, socket: web.WebSocketResponse) -> None:
        if socket in self._open:
            self._open.remove(socket)

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._open),
            "connection_info": {"app_id": self._app_id},
            "debug_info": {"host": "localhost", "build_number": 1, "approximate_connection_time": 18060},
        }


def _frame(envelope: Envelope, envelope_id: str) -> Json:
    frame: Json = {
        "type": envelope.kind,
        "envelope_id": envelope_id,
        "payload": envelope.payload,
        "accepts_response_payload": envelope.accepts_response_payload,
    }
    if envelope.kind == "events_api":
        frame |= {"retry_attempt": envelope.retry_attempt, "retry_reason": envelope.retry_reason}
    return frame
