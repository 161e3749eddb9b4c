"""HTTP: Slack calls us and signs what it sends."""

import json
import time
from typing import Any, Protocol
from urllib.parse import parse_qs

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from bot.services.watching import NOBODY, Watch
from bot.slack.kinds import kind_of_payload
from bot.slack.paths import EVENTS_PATH

log = structlog.get_logger()

MAX_BODY_BYTES = 2 * 1024 * 1024
FINISH_SECONDS = 3.0
"""Slack waits no longer for an answer."""
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
RETRY = "x-slack-retry-"


class Pages(Protocol):
    """Pages that the same address shows to people."""

    def add_to(self, application: web.Application) -> None:
        """Put them there."""
        ...


class HttpDoor:
    """A door at an address of ours. Port 0 takes a free one."""

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: str,
        host: str,
        port: int,
        *,
        pages: Pages | None = None,
        watch: Watch = NOBODY,
    ) -> None:
        """Prepare; `ValueError` for an empty secret, without which anybody could pose as Slack."""
        if not signing_secret.strip():
            raise ValueError("The signing secret is empty.")
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._host, self._port = host, port
        self._pages = pages
        self._watch = watch
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None

    async def open(self) -> str:
        """Listen, and return the address of the events. Raises `OSError` where somebody else listens."""
        application = web.Application(client_max_size=MAX_BODY_BYTES)
        application.router.add_post(EVENTS_PATH, self._take)
        if self._pages is not None:
            self._pages.add_to(application)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=FINISH_SECONDS)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, self._host, self._port)
        await self._site.start()
        return f"http://{self._host}:{self._runner.addresses[0][1]}{EVENTS_PATH}"

    async def close(self) -> None:
        """Take no new connections, finish what came, and stop listening."""
        if self._runner is None:
            return
        site, self._site = self._site, None
        if site is not None:
            await site.stop()
        await self._runner.cleanup()

    async def fault(self) -> str:
        """Say whether we listen; whether Slack reaches us only Slack knows."""
        return "" if self._site is not None else "does not listen"

    async def _take(self, request: web.Request) -> web.Response:
        start = time.perf_counter()
        body = await request.read()
        if not self._is_from_slack(body, request):
            log.warning("signature_refused", remote=request.remote)
            return web.Response(status=401, text="The signature is not Slack's.")
        payload = read_signed(request.content_type, body)
        asked = _bolt_request(request, payload) if payload is not None else None
        if payload is None or asked is None:
            log.warning("payload_refused", content_type=request.content_type, bytes=len(body))
            return web.Response(status=400, text="This is no payload of Slack's.")
        answer = await self._app.async_dispatch(asked)
        response = await to_aiohttp_response(answer)
        seconds = time.perf_counter() - start
        self._watch.acknowledged(kind_of_payload(payload), seconds, is_taken=answer.status == 200)
        return response

    def _is_from_slack(self, body: bytes, request: web.Request) -> bool:
        try:
            return self._verifier.is_valid_request(body, dict(request.headers))
        except (ValueError, TypeError, OverflowError):  # No number, not ASCII, or beyond all time.
            return False


def read_signed(content_type: str, body: bytes) -> dict[str, Any] | None:
    """Read what Slack sends: JSON, or a form that may carry JSON as `payload`; `None` for anything else.

    https://docs.slack.dev/interactivity/handling-user-interaction
    """
    try:
        text = body.decode("utf-8")
        if content_type == JSON:
            read = json.loads(text)
        elif content_type == FORM:
            form = {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}
            read = json.loads(form["payload"]) if "payload" in form else form
        else:
            return None
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) and _is_of_slack(read) else None


def _is_of_slack(payload: dict[str, Any]) -> bool:
    if payload.get("type") == "event_callback":
        return isinstance(payload.get("event"), dict)
    return isinstance(payload.get("type"), str) or bool({"command", "ssl_check"} & payload.keys())


def _bolt_request(request: web.Request, payload: dict[str, Any]) -> AsyncBoltRequest | None:
    """Hand what was read on as it is, which is what Bolt's other mode does; `None` where it is no payload.

    Bolt reads bodies too, but takes a command in whose text the word "payload" stands for an empty one.
    """
    headers = {name: value for name, value in request.headers.items() if name.lower().startswith(RETRY)}
    try:
        return AsyncBoltRequest(mode="socket_mode", body=payload, headers=dict(headers))
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
