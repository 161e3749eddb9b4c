"""The address on which machines ask how the bot is doing; it is never the one that Slack calls."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from aiohttp import web

from bot.status.metrics import Metrics

log = structlog.get_logger()

Check = Callable[[], Awaitable[str]]
"""Says what is wrong with a part in a few words, and nothing where it is fine. It must end soon."""
FINE = "ok"


class StatusDoor:
    """Answers `/healthz`, `/readyz` and `/metrics`. Port 0 takes a free one."""

    def __init__(self, host: str, port: int, checks: Mapping[str, Check], metrics: Metrics) -> None:
        self._host, self._port = host, port
        self._checks = checks
        self._metrics = metrics
        self._runner: web.AppRunner | None = None

    async def open(self) -> str:
        """Listen, and return the address. Raises `OSError` where somebody else listens there."""
        application = web.Application()
        application.router.add_get("/healthz", self._healthz)
        application.router.add_get("/readyz", self._readyz)
        application.router.add_get("/metrics", self._tell)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()
        return f"http://{self._host}:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        """The process lives, and its event loop gets round to answering."""
        return web.json_response({"alive": True})

    async def _readyz(self, _request: web.Request) -> web.Response:
        found = {part: await _outcome(part, check) for part, check in self._checks.items()}
        is_ready = all(words == FINE for words in found.values())
        body: dict[str, Any] = {"ready": is_ready, **found}
        return web.json_response(text=json.dumps(body) + "\n", status=200 if is_ready else 503)

    async def _tell(self, _request: web.Request) -> web.Response:
        content, content_type = await self._metrics.written()
        return web.Response(body=content, headers={"Content-Type": content_type})


async def _outcome(part: str, check: Check) -> str:
    try:
        return await check() or FINE
    except Exception as error:
        log.warning("check_failed", part=part, error=type(error).__name__)
        return type(error).__name__
