"""A tiny real Bolt app, unmodified, for the tests of the local Slack."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct, field
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import LocalSlack, Seed, SeedChannel, SeedPerson

SEED = Seed(
    people=(
        SeedPerson("anna", "Anna Berg", "anna@praxis-berg.example", "Receptionist", locale="de-DE"),
        SeedPerson(
            "bert", "Bert Kool", "bert@dental-noord.example", "Technician", time_zone="Europe/Amsterdam"
        ),
        SeedPerson("eve", "Eve Outside", "eve@elsewhere.example", is_external=True),
    ),
    channels=(
        SeedChannel("support", ("anna", "bert"), topic="Ask here"),
        SeedChannel("private", ("anna",), is_private=True),
        SeedChannel("quiet", ("anna", "bert"), bot_is_member=False),
        SeedChannel("shared", ("anna", "eve"), is_shared=True),
    ),
)

SCOPES = [
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "mpim:history",
    "mpim:read",
    "mpim:write",
    "reactions:read",
    "reactions:write",
    "team:read",
    "users:read",
    "users:read.email",
]

EVENTS = [
    "app_home_opened",
    "app_mention",
    "member_joined_channel",
    "member_left_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "message.mpim",
    "reaction_added",
]

MANIFEST: dict[str, Any] = {
    "display_information": {"name": "Signpost"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Signpost"},
        "slash_commands": [
            {
                "command": "/support",
                "description": "Who helps",
                "usage_hint": "[topics]",
                "should_escape": True,
            },
            {"command": "/plain", "description": "Takes words as they are"},
        ],
        "shortcuts": [
            {"name": "Ask for this", "type": "message", "callback_id": "ask_this", "description": "Ask"},
            {"name": "Open the form", "type": "global", "callback_id": "open_form", "description": "Form"},
        ],
    },
    "oauth_config": {"scopes": {"bot": SCOPES}},
    "settings": {
        "event_subscriptions": {"bot_events": EVENTS},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}


def without_scope(*scopes: str) -> dict[str, Any]:
    """The manifest without some scopes."""
    return MANIFEST | {"oauth_config": {"scopes": {"bot": [s for s in SCOPES if s not in scopes]}}}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(label: str, action_id: str, **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, "action_id": action_id, **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "block_id": "choices", "elements": list(elements)}


def modal(title: str, *blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    words = {"type": "plain_text", "text": title}
    submit = {"type": "plain_text", "text": "Send"}
    return {"type": "modal", "title": words, "submit": submit, "blocks": list(blocks), **more}


def text_input(label: str, block_id: str, **more: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "value"}
    words = {"type": "plain_text", "text": label}
    return {"type": "input", "block_id": block_id, "label": words, "element": element, **more}


class AppUnderTest(Struct):
    """The running app, and what it heard."""

    bolt: AsyncApp
    client: AsyncWebClient
    heard: list[dict[str, Any]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    async def hears(self, *texts: str) -> None:
        """Wait until messages with these texts have come."""
        async with asyncio.timeout(5):
            while {*texts} - {event.get("text") for event in self.events("message")}:
                self.arrived.clear()
                await self.arrived.wait()

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [body["event"] for body in self.heard if body.get("event", {}).get("type") == kind]

    def payloads(self, kind: str) -> list[dict[str, Any]]:
        return [body for body in self.heard if body.get("type") == kind]


Next = Callable[[], Awaitable[None]]


def build(slack: LocalSlack) -> AppUnderTest:
    """The app, not yet connected; every body it hears is kept, and every message acknowledged."""
    logger = logging.getLogger("small_app")
    logger.setLevel(logging.CRITICAL)
    client = AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])
    bolt = AsyncApp(
        client=client,
        name="small_app",
        signing_secret=slack.signing_secret,
        logger=logger,
        process_before_response=True,
    )
    under_test = AppUnderTest(bolt, client)

    @bolt.middleware
    async def keep(body: dict[str, Any], next: Next) -> None:  # noqa: A002 - Bolt's name
        under_test.heard.append(body)
        under_test.arrived.set()
        await next()

    for event in ("app_mention", "message", "member_joined_channel", "member_left_channel", "reaction_added"):
        bolt.event(event)(_nothing)
    return under_test


async def _nothing() -> None:
    return


@asynccontextmanager
async def running(slack: LocalSlack, under_test: AppUnderTest | None = None) -> AsyncIterator[AppUnderTest]:
    """The app, connected over Socket Mode."""
    under_test = under_test or build(slack)
    handler = AsyncSocketModeHandler(under_test.bolt, slack.app_token, logger=under_test.bolt.logger)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await slack.connected()
    try:
        yield under_test
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
