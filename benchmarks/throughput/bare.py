"""A bare Bolt app that posts a constant text: `python -m benchmarks.throughput.bare [PORT]`."""

import asyncio
import os
import sys
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

ANSWER = "Nord Dental helps with that: +49 371 555 0100. Have the name of your practice ready."


def make_app(**options: Any) -> AsyncApp:
    """Return an app that talks to the Slack of the environment."""
    token, url = os.environ["SLACK_BOT_TOKEN"], os.environ["SLACK_API_URL"]
    client = AsyncWebClient(token, url, retry_handlers=[])
    return AsyncApp(client=client, signing_secret=os.environ["SLACK_SIGNING_SECRET"], **options)


def run(app: AsyncApp, port: int | None) -> None:
    """Run until the process is ended: over HTTP on `port`, else over Socket Mode."""
    if port is not None:
        app.start(port, path="/slack/events")
        return

    async def connect() -> None:
        handler = AsyncSocketModeHandler(app, os.environ["SLACK_APP_TOKEN"])
        await handler.start_async()  # type: ignore[no-untyped-call]

    asyncio.run(connect())


def port_wanted() -> int | None:
    """Return the port of the command line, `None` for Socket Mode."""
    return int(sys.argv[1]) if len(sys.argv) > 1 else None


async def on_message(event: dict[str, Any], client: AsyncWebClient) -> None:
    """Answer in the thread."""
    await client.chat_postMessage(channel=event["channel"], thread_ts=event["ts"], text=ANSWER)


if __name__ == "__main__":
    bare = make_app()
    bare.event("message")(on_message)
    run(bare, port_wanted())
