"""The same app behind either transport, for tests that must not depend on which one carries them."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Literal

from aiohttp import web
from msgspec.structs import replace
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request

from bot.playground import LocalSlack
from bot.playground.rules import Limits
from tests.playground.small_app import MANIFEST, SEED, AppUnderTest, running

QUICK = Limits(redelivery_delays_seconds=(0.0, 0.05, 0.05))
"""Slack's own order of things, come again in a fraction of its time."""
HASTY = replace(QUICK, acknowledge_within_seconds=0.5)
"""For what is never acknowledged: a busy machine must not make an app late that does answer."""


@asynccontextmanager
async def listening(slack: LocalSlack, under_test: AppUnderTest) -> AsyncIterator[AppUnderTest]:
    """The app, reached over HTTP."""

    async def events(request: web.Request) -> web.Response:
        bolt_request = await to_bolt_request(request)
        return await to_aiohttp_response(await under_test.bolt.async_dispatch(bolt_request))

    application = web.Application()
    application.router.add_post("/slack/events", events)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield under_test
    finally:
        await runner.cleanup()


def reached(
    slack: LocalSlack, transport: str, under_test: AppUnderTest
) -> AbstractAsyncContextManager[AppUnderTest]:
    """The app, reached over the named transport."""
    return running(slack, under_test) if transport == "socket" else listening(slack, under_test)


@asynccontextmanager
async def workspace(
    transport: Literal["socket", "http"], limits: Limits = QUICK, manifest: dict[str, Any] = MANIFEST
) -> AsyncIterator[LocalSlack]:
    async with LocalSlack(SEED, manifest=manifest, transport=transport, limits=limits) as slack:
        yield slack
