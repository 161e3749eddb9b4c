"""Several workspaces of one app behind one address, as Slack has them, and how they install it."""

import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import urlencode

from aiohttp import web

from bot.playground.clock import WorkspaceClock
from bot.playground.doors import only_this_machine
from bot.playground.registration import new_registration
from bot.playground.rules import Limits, RefusedError
from bot.playground.seed import Seed
from bot.playground.server import LocalSlack
from bot.playground.webapi import arguments, token_of

Json = dict[str, Any]


class SeveralSlacks:
    """Opens a workspace for each seed; used with `async with`. At first the app is in none of them.

    The Web API at `api_url` serves whichever workspace the token is of.
    """

    def __init__(
        self,
        seeds: Sequence[Seed],
        *,
        manifest: Mapping[str, Any],
        transport: Literal["socket", "http"] = "http",
        limits: Limits | None = None,
        clock: WorkspaceClock | None = None,
    ) -> None:
        self.clock = clock or WorkspaceClock()
        self.registration = new_registration("A0SEVERAL", limits or Limits())
        self.slacks = tuple(
            LocalSlack(
                seed,
                manifest=manifest,
                transport=transport,
                limits=limits,
                clock=self.clock,
                registration=self.registration,
            )
            for seed in seeds
        )
        for slack in self.slacks:
            slack.installation.is_installed = False
        self._codes: dict[str, tuple[LocalSlack, str]] = {}
        self._open = AsyncExitStack()
        self._runner: web.AppRunner | None = None
        self.base_url = ""

    async def __aenter__(self) -> Self:
        for slack in self.slacks:
            await self._open.enter_async_context(slack)
        application = web.Application(client_max_size=100 * 1024 * 1024, middlewares=[only_this_machine])
        application.router.add_route("*", "/api/{method}", self._call)
        application.router.add_get("/oauth/v2/authorize", self._authorize)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner:
            await self._runner.cleanup()
        await self._open.aclose()

    @property
    def api_url(self) -> str:
        """The address of the Web API, with the slash at its end."""
        return f"{self.base_url}/api/"

    def deliver_to(self, address: str) -> None:
        """Bring the payloads of all workspaces to this address of the app."""
        for slack in self.slacks:
            slack.request_url = address

    async def _call(self, request: web.Request) -> web.StreamResponse:
        try:
            args = await arguments(request)
            if request.match_info["method"] == "oauth.v2.access":
                return web.json_response({"ok": True} | self._exchange(request, args))
            token = token_of(request, args)
            return await self._of(token).web_api.take(request, args, token)
        except RefusedError as refused:
            return web.json_response({"ok": False, "error": refused.error})

    def _of(self, token: str) -> LocalSlack:
        if not token:
            raise RefusedError("not_authed")
        for slack in self.slacks:
            if slack.installation.knows(token):
                return slack
        raise RefusedError("invalid_auth")

    async def _authorize(self, request: web.Request) -> web.Response:
        """Slack's own page, on which somebody agrees: https://docs.slack.dev/authentication/installing-with-oauth.

        `team` chooses the workspace; `decline=1` is somebody who does not agree.
        """
        query = request.query
        if query.get("client_id") != self.registration.client_id or not query.get("redirect_uri"):
            return web.Response(status=400, text="bad_client_id or bad_redirect_uri")
        slack = next((one for one in self.slacks if one.team_id == query.get("team")), self.slacks[0])
        answer = {"state": query.get("state", "")}
        if query.get("decline"):
            answer["error"] = "access_denied"
        else:
            code = secrets.token_hex(8)
            self._codes[code] = (slack, query["redirect_uri"])
            answer["code"] = code
        raise web.HTTPFound(f"{query['redirect_uri']}?{urlencode(answer)}")

    def _exchange(self, request: web.Request, args: Json) -> Json:
        """https://docs.slack.dev/reference/methods/oauth.v2.access: a code is good once."""
        credentials = f"{self.registration.client_id}:{self.registration.client_secret}".encode()
        if request.headers.get("Authorization") != f"Basic {b64encode(credentials).decode()}":
            raise RefusedError("bad_client_secret")
        slack, redirect_uri = self._codes.pop(str(args.get("code") or ""), (None, ""))
        if slack is None:
            raise RefusedError("invalid_code")
        if args.get("redirect_uri", redirect_uri) != redirect_uri:
            raise RefusedError("bad_redirect_uri")
        return slack.install()
