"""Every address of the local Slack, and who may knock."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from aiohttp import web

from bot.playground.rules import RefusedError

if TYPE_CHECKING:
    from bot.playground.server import LocalSlack

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_LOCAL_NAMES = {"127.0.0.1", "localhost"}


def add_doors(application: web.Application, slack: "LocalSlack") -> None:
    """Open the doors of the Web API, Socket Mode, response addresses, files and the clock."""
    application.middlewares.append(only_this_machine)
    doors = Doors(slack)
    application.add_routes(
        [
            web.route("*", "/api/{method}", slack.web_api.serve),
            web.get("/link/", slack.sockets.serve),
            web.post("/actions/{team}/{key}", doors.respond),
            web.post("/upload/v1/{key}", doors.upload),
            web.get("/files-pri/{team_and_file}/{tail:.*}", doors.file),
            web.get("/clock", doors.clock),
            web.get("/clock/stream", doors.clock_stream),
            web.put("/clock/moves", doors.offer_moves),
        ]
    )


class Doors:
    """The handlers that belong neither to the Web API nor to the page."""

    def __init__(self, slack: "LocalSlack") -> None:
        self._slack = slack

    async def respond(self, request: web.Request) -> web.Response:
        """A response_url: JSON in, the word "ok" out."""
        try:
            body = json.loads(await request.text())
            if not isinstance(body, dict):
                raise RefusedError("invalid_payload")
            address = self._slack.response_urls.use(request.match_info["key"])
            self._slack.answers.respond(address, body)
        except ValueError:
            return web.json_response({"ok": False, "error": "invalid_payload"}, status=400)
        except RefusedError as refused:
            is_gone = refused.error in {"used_url", "expired_url", "invalid_url"}
            body = {"ok": False, "error": refused.error} | refused.extra
            return web.json_response(body, status=404 if is_gone else 400)
        return web.Response(text="ok")

    async def upload(self, request: web.Request) -> web.Response:
        """The address from files.getUploadURLExternal: raw bytes or one file of a form."""
        if request.content_type == "multipart/form-data":
            form = await request.post()
            parts = [part.file.read() for part in form.values() if isinstance(part, web.FileField)]
            content = parts[0] if parts else b""
        else:
            content = await request.read()
        if not self._slack.shelf.receive(request.match_info["key"], content):
            return web.Response(status=400, text="not the file that was announced")
        return web.Response(text=f"OK - {len(content)}")

    async def file(self, request: web.Request) -> web.Response:
        """A file's private address: for the app's token, or for the page on this machine."""
        installation = self._slack.installation
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        file_id = request.match_info["team_and_file"].rpartition("-")[2]
        stored = self._slack.workspace.files.get(file_id)
        is_app = token == installation.bot_token and installation.may("files:read")
        is_page = "Sec-Fetch-Site" in request.headers and not token
        if stored is None or not (is_app or is_page):
            # Slack shows its sign-in page instead, which is a plain 200 in HTML.
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        kind = "attachment" if "/download/" in request.path else "inline"
        headers = {
            "Content-Disposition": f"{kind}; filename*=UTF-8''{quote(stored.name, safe='')}",
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=stored.content, content_type=stored.mimetype, headers=headers)

    async def clock(self, request: web.Request) -> web.Response:
        """The workspace's time, and how far it is ahead of the machine's."""
        return web.json_response(self._time())

    async def clock_stream(self, request: web.Request) -> web.StreamResponse:
        """The same as server-sent events: once at the start, and after every move."""
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        moved = asyncio.Event()
        end = self._slack.clock.on_move(moved.set)
        self._slack.pages.add(moved)
        try:
            while not self._slack.closing.is_set():
                moved.clear()
                await response.write(f"data: {json.dumps(self._time())}\n\n".encode())
                await moved.wait()
        except ConnectionResetError:
            pass
        finally:
            end()
            self._slack.pages.discard(moved)
        return response

    async def offer_moves(self, request: web.Request) -> web.Response:
        """Take from the bot what the page offers as moves: [{"label": "To the next reminder", "at": ISO}]."""
        try:
            given = [
                (str(entry["label"]), datetime.fromisoformat(entry["at"]).isoformat())
                for entry in json.loads(await request.text())
            ]
        except (KeyError, TypeError, ValueError):
            return web.Response(status=400, text='a list of {"label": …, "at": ISO time with zone}')
        self._slack.offer_moves(given)
        return web.Response(status=204)

    def _time(self) -> dict[str, object]:
        clock = self._slack.clock
        return {"now": clock.now().isoformat(), "ahead_seconds": clock.ahead.total_seconds()}


@web.middleware
async def only_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that merely point here, and forms that other sites send."""
    if request.url.host not in _LOCAL_NAMES:
        return web.Response(status=421, text="This workspace answers on 127.0.0.1 only.")
    origin = request.headers.get("Origin")
    if origin and origin != f"{request.scheme}://{request.host}":
        return web.Response(status=403, text="This workspace takes no requests from other pages.")
    return await handler(request)
