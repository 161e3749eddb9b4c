"""The Web API: one door for all methods, where Slack's general rules are kept."""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import uuid4

from aiohttp import web
from msgspec import Struct, field

from bot.playground.faults import FaultsOnDemand
from bot.playground.files import FileShelf
from bot.playground.installation import Installation
from bot.playground.pacing import Pacer
from bot.playground.rules import RefusedError, TooFastError
from bot.playground.sockets import SocketMode
from bot.playground.views import Views

Json = dict[str, Any]

# Arguments that travel as JSON inside a form.
_JSON_ARGUMENTS = ("blocks", "metadata", "view", "files", "attachments")


class Services(Struct):
    """What the methods work on."""

    installation: Installation
    views: Views
    sockets: SocketMode
    shelf: FileShelf
    pacer: Pacer


class Call(Struct):
    """One call as it came in, and how it ended: `error` is None when it was answered with ok."""

    method: str
    args: Json
    at: float
    error: str | None = None
    status: int = 200
    extra: Json = field(default_factory=dict)


class Method(Struct, frozen=True):
    """One method of the Web API; `per_minute` is its tier, 0 for none."""

    answer: Callable[[Services, Json], Awaitable[Json]]
    per_minute: int
    scopes: tuple[str, ...] = ()
    needs_app_token: bool = False


class WebApi:
    """Serves `/api/{method}`."""

    def __init__(self, services: Services, methods: Mapping[str, Method], faults: FaultsOnDemand) -> None:
        self._services, self._methods, self._faults = services, methods, faults
        self.calls: list[Call] = []
        self._on_call: list[Callable[[Call], None]] = []

    def on_call(self, listener: Callable[[Call], None]) -> Callable[[], None]:
        """Call `listener` after every answer; the returned function ends that."""
        self._on_call.append(listener)
        return lambda: self._on_call.remove(listener)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer one call."""
        try:
            args = await arguments(request)
        except RefusedError as refused:
            return web.json_response({"ok": False, "error": refused.error})
        return await self.take(request, args, token_of(request, args))

    async def take(self, request: web.Request, args: Json, token: str) -> web.StreamResponse:
        """Answer a call that was read; the faults on demand may come before or after its effect."""
        call = Call(request.match_info["method"], args, time.monotonic())
        self.calls.append(call)
        try:
            response = await self._faults.before(call.method)
            if response is None:
                response = await self._answer(call, token)
                response = await self._faults.after(call.method) or response
        except ConnectionAbortedError:
            call.error, call.status = "connection_aborted", 0
            if request.transport:
                request.transport.abort()
            return web.Response(status=500)
        call.status = response.status
        for listener in tuple(self._on_call):
            listener(call)
        return response

    async def _answer(self, call: Call, token: str) -> web.Response:
        method = self._methods.get(call.method)
        try:
            if method is None:
                raise RefusedError("unknown_method", req_method=call.method)
            self._admit(call.method, method, token)
            body: Json = {"ok": True} | await method.answer(self._services, call.args)
        except RefusedError as refused:
            call.error, call.extra = refused.error, refused.extra
            body = {"ok": False, "error": refused.error} | refused.extra
        except TooFastError as fast:
            call.error = "ratelimited"
            headers = {"Retry-After": str(fast.retry_after_seconds)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        return web.json_response(body, headers=self._headers(method))

    def _admit(self, name: str, method: Method, token: str) -> None:
        installation = self._services.installation
        if not token:
            raise RefusedError("not_authed")
        if token in installation.revoked:
            raise RefusedError("account_inactive")
        if not installation.knows(token):
            raise RefusedError("invalid_auth")
        if (token == installation.app_token) is not method.needs_app_token:
            raise RefusedError("not_allowed_token_type")
        installation.need(*method.scopes)
        if method.per_minute:
            self._services.pacer.admit(name, most=method.per_minute, within_seconds=60.0)

    def _headers(self, method: Method | None) -> dict[str, str]:
        return {
            "x-oauth-scopes": self._services.installation.provided,
            "x-accepted-oauth-scopes": ",".join(method.scopes) if method else "",
            "x-slack-req-id": uuid4().hex,
        }


async def arguments(request: web.Request) -> Json:
    """The arguments of a call, from the query and a JSON or form body; JSON inside forms is read."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        args |= _read_body(await request.text())
    elif request.can_read_body:
        args |= dict(await request.post())
    return {name: _read(name, value) for name, value in args.items()}


def _read_body(text: str) -> Json:
    try:
        body = json.loads(text or "{}")
    except ValueError:
        raise RefusedError("invalid_json") from None
    if not isinstance(body, dict):
        raise RefusedError("json_not_object")
    return body


def _read(name: str, value: Any) -> Any:
    if name in _JSON_ARGUMENTS and isinstance(value, str) and value:
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def token_of(request: web.Request, args: Json) -> str:
    """The token of a call, which is taken out of the arguments."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    inline = args.pop("token", "")
    return token if scheme.lower() == "bearer" else str(inline or "")


def is_true(value: Any) -> bool:
    """Whether a flag is set, as JSON or as a form has it."""
    return value is True or str(value).lower() in {"true", "1"}


def whole_number(value: Any, default: int) -> int:
    """A number as JSON or as a form has it; anything else is refused."""
    if value in (None, ""):
        return default
    try:
        return int(value)
    except (TypeError, ValueError):
        raise RefusedError("invalid_arguments") from None
