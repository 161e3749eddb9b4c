"""The part of Slack that a question needs, as light as it can be, so that it is not what is measured.

The local workspace (`bot/playground`) knows Slack's rules and costs more for an event than bare Bolt does.
This one knows no rules: it hands out events over Socket Mode or HTTP, takes every call, and notes when.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import urlencode

from aiohttp import ClientSession, WSMsgType, web
from msgspec import Struct, field

from benchmarks.throughput.contestant import Transport

Json = dict[str, Any]

TEAM, BOT_USER = "T0BENCH", "U0BOT"
BOT_TOKEN, APP_TOKEN, SECRET = "xoxb-bench", "xapp-1-bench", "0123456789abcdef"
EPOCH = 1_700_000_000


class Sent(Struct, eq=False):
    """Something that a person wrote or typed, and when the app did what; instants of the monotonic clock."""

    ts: str
    sent_at: float
    acknowledged_at: float = 0.0
    answered_at: float = 0.0
    answers: int = 0


class Ledger(Struct):
    """All that was sent, by its timestamp, and who wants to hear about answers."""

    sent: dict[str, Sent] = field(default_factory=dict)
    on_answer: Callable[[Sent], None] = lambda _sent: None
    calls: int = 0

    def answered(self, ts: str) -> None:
        """Note that the app posted in the thread under `ts`."""
        sent = self.sent.get(ts)
        if sent is None:
            return
        sent.answers += 1
        if sent.answers == 1:
            sent.answered_at = time.monotonic()
            self.on_answer(sent)


class LeanSlack:
    """Answers on 127.0.0.1; used with `async with`. Each call takes `latency_seconds`."""

    tokens = (BOT_TOKEN, APP_TOKEN, SECRET)

    def __init__(self, transport: Transport, latency_seconds: float = 0.0) -> None:
        self.transport = transport
        self.latency_seconds = latency_seconds
        self.request_url = ""
        self.ledger = Ledger()
        self._numbers = itertools.count(1)
        self._posts = itertools.count(1)
        self._socket: web.WebSocketResponse | None = None
        self._connected = asyncio.Event()
        self._waiting: dict[str, Sent] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: ClientSession | None = None

    async def __aenter__(self) -> Self:
        application = web.Application()
        application.router.add_post("/api/{method}", self._serve)
        application.router.add_get("/link", self._link)
        application.router.add_post("/response/{ts}", self._respond)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.address = f"127.0.0.1:{self._runner.addresses[0][1]}"
        self.api_url = f"http://{self.address}/api/"
        self._session = ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._session is not None
        await self._session.close()
        if self._socket is not None:
            await self._socket.close()
        await self._runner.cleanup()

    async def connected(self) -> None:
        """Wait until the app took its socket; nothing to wait for over HTTP."""
        if self.transport == "socket":
            await self._connected.wait()

    def ask(self, person: int, text: str) -> Sent:
        """Let a person write to the app directly; return at once."""
        number = next(self._numbers)
        ts = f"{EPOCH + number}.{number % 1_000_000:06d}"
        return self._start(ts, "events_api", message(person, ts, text))

    def command(self, person: int, text: str) -> Sent:
        """Let a person type the app's command; return at once."""
        ts = f"trigger.{next(self._numbers)}"
        payload = {
            "command": "/support",
            "text": text,
            "team_id": TEAM,
            "user_id": user_id(person),
            "channel_id": direct_id(person),
            "trigger_id": ts,
            "response_url": f"http://{self.address}/response/{ts}",
        }
        return self._start(ts, "slash_commands", payload)

    def _start(self, ts: str, kind: str, payload: Json) -> Sent:
        sent = Sent(ts, time.monotonic())
        self.ledger.sent[ts] = sent
        deliver = self._over_socket if self.transport == "socket" else self._over_http
        task = asyncio.create_task(deliver(sent, kind, payload))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return sent

    async def _over_socket(self, sent: Sent, kind: str, payload: Json) -> None:
        assert self._socket is not None
        self._waiting[sent.ts] = sent
        frame = {"type": kind, "envelope_id": sent.ts, "payload": payload, "accepts_response_payload": False}
        await self._socket.send_str(json.dumps(frame))

    async def _over_http(self, sent: Sent, kind: str, payload: Json) -> None:
        assert self._session is not None
        is_event = kind == "events_api"
        body = json.dumps(payload) if is_event else urlencode(payload)
        headers = signed(body) | {
            "Content-Type": "application/json" if is_event else "application/x-www-form-urlencoded"
        }
        async with self._session.post(self.request_url, data=body, headers=headers) as response:
            await response.read()
            assert response.status == 200, response.status
            sent.acknowledged_at = time.monotonic()

    async def _link(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1, "connection_info": {"app_id": "A0"}})
        self._socket = socket
        self._connected.set()
        async for incoming in socket:
            if incoming.type is WSMsgType.TEXT:
                sent = self._waiting.pop(json.loads(incoming.data).get("envelope_id", ""), None)
                if sent is not None:
                    sent.acknowledged_at = time.monotonic()
        return socket

    async def _serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        body = await request.read()
        self.ledger.calls += 1
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
        answer: Json = {"ok": True}
        match method:
            case "auth.test":
                answer |= {"team_id": TEAM, "user_id": BOT_USER, "bot_id": "B0BOT", "url": "", "team": ""}
            case "apps.connections.open":
                answer |= {"url": f"ws://{self.address}/link"}
            case "users.info":
                answer |= {"user": {"id": "U0", "name": "somebody", "locale": "en-GB", "profile": {}}}
            case "chat.postMessage":
                content = json.loads(body)
                number = next(self._posts)
                answer |= {"ts": f"{EPOCH - number}.000000", "channel": content["channel"]}
                self.ledger.answered(content.get("thread_ts") or "")
        return web.json_response(answer)

    async def _respond(self, request: web.Request) -> web.Response:
        await request.read()
        if self.latency_seconds:
            await asyncio.sleep(self.latency_seconds)
        self.ledger.answered(request.match_info["ts"])
        return web.Response(text="ok")


def user_id(person: int) -> str:
    """Return the Slack id of a person."""
    return f"U{person:07d}"


def direct_id(person: int) -> str:
    """Return the id of a person's conversation with the app."""
    return f"D{person:07d}"


def message(person: int, ts: str, text: str) -> Json:
    """Return the payload of a direct message, with all that Slack puts into one."""
    user = user_id(person)
    words = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": direct_id(person),
        "user": user,
        "team": TEAM,
        "ts": ts,
        "event_ts": ts,
        "text": text,
        "client_msg_id": ts,
        "blocks": [{"type": "rich_text", "block_id": "b1", "elements": [words]}],
    }
    authorization = {"team_id": TEAM, "user_id": BOT_USER, "is_bot": True, "is_enterprise_install": False}
    return {
        "token": "unused",
        "team_id": TEAM,
        "api_app_id": "A0",
        "event": event,
        "type": "event_callback",
        "event_id": f"Ev{ts}",
        "event_time": EPOCH,
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
    }


def signed(body: str) -> dict[str, str]:
    """Return the headers by which the app knows that a request is Slack's."""
    timestamp = str(int(time.time()))
    base = f"v0:{timestamp}:{body}".encode()
    signature = "v0=" + hmac.new(SECRET.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
