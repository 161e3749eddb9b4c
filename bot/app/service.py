"""The bot in a workspace: connect, work, and leave nothing half done."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from pydantic import SecretStr
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.app.library import open_library
from bot.app.parts import has_directory, open_database
from bot.domain.clock import Clock, SystemClock
from bot.jobs import schedule
from bot.services.library import Library, Reader
from bot.settings import Settings, SettingsError
from bot.slack.authorising import authorising
from bot.slack.delivery import Delivery
from bot.slack.doors import Door, HttpDoor, SocketDoor
from bot.slack.intake import Intake
from bot.slack.listeners import register
from bot.slack.outage import outlast
from bot.slack.worker import Worker
from bot.storage.threads import Transactions

log = structlog.get_logger()

CALL_SECONDS = 10
DRAIN_SECONDS = 8
"""How long a stop waits for what is under way; the rest is stored and goes on after the next start."""


@dataclass(frozen=True)
class Identity:
    """Who we are in the workspace."""

    workspace_id: str
    bot_user_id: str
    bot_id: str


def make_client(settings: Settings) -> AsyncWebClient:
    """Make the client. It never retries by itself: a post repeated blindly may double."""
    token = settings.slack_bot_token
    return AsyncWebClient(
        token=token.get_secret_value() if token else None,
        base_url=settings.slack_api_url,
        timeout=CALL_SECONDS,
        retry_handlers=[],
    )


def require_secrets(settings: Settings, *, http: bool) -> None:
    """Make sure that what the transport needs is set; `SettingsError` says where to get what is missing."""
    faults = []
    if settings.slack_bot_token is None:
        faults.append(
            "SLACK_BOT_TOKEN is not set: copy it from OAuth & Permissions of your Slack app (xoxb-…)."
        )
    if not http and settings.slack_app_token is None:
        faults.append(
            "SLACK_APP_TOKEN is not set: create it under Basic Information, App-Level Tokens, "
            "with the scope connections:write (xapp-…)."
        )
    if http and not _secret(settings.slack_signing_secret).strip():
        faults.append(
            "SLACK_SIGNING_SECRET is not set: copy it from Basic Information. "
            "Without it anybody could pose as Slack."
        )
    if faults:
        raise SettingsError(faults)


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""


@dataclass(frozen=True)
class House:
    """Everything that is open while the bot works."""

    settings: Settings
    library: Library
    reader: Reader
    client: AsyncWebClient
    transactions: Transactions
    identity: Identity
    http_port: int | None


async def serve(
    settings: Settings,
    stop: asyncio.Event,
    *,
    clock: Clock | None = None,
    http_port: int | None = None,
    ready: Callable[[str], None] = lambda _address: None,
) -> None:
    """Run until `stop` is set: over Socket Mode, or over HTTP on `http_port` of this machine.

    `ready` is called once payloads can come, with the address for Slack (empty for Socket Mode). Raises
    `SettingsError` without tokens or when Slack refuses them, `KnowledgeError` for bad knowledge.
    """
    require_secrets(settings, http=http_port is not None)
    client = make_client(settings)
    identity = await identify(client, stop)
    if identity is None:
        return
    database = await asyncio.to_thread(open_database, settings)
    transactions = Transactions(database)
    try:
        library, reader = await asyncio.to_thread(
            open_library, settings, transactions, clock or SystemClock()
        )
        if not await transactions.run(has_directory):
            log.warning("directory_empty", remedy="signpost import companies FILE")
        await _work(House(settings, library, reader, client, transactions, identity, http_port), stop, ready)
    finally:
        transactions.close()
        database.close()


async def identify(client: AsyncWebClient, stop: asyncio.Event) -> Identity | None:
    """Ask Slack who we are, until it says so or `stop` is set. Raises `SettingsError` when it refuses."""
    try:
        answer = await outlast(client.auth_test, stop)
    except SlackApiError as error:
        raise SettingsError(
            [f"SLACK_BOT_TOKEN: Slack refuses it ({error.response['error']}): reinstall the app."]
        ) from None
    return Identity(answer["team_id"], answer["user_id"], answer.get("bot_id") or "") if answer else None


async def _work(house: House, stop: asyncio.Event, ready: Callable[[str], None]) -> None:
    library, client, transactions = house.library, house.client, house.transactions
    bot = library.bot
    delivery = Delivery(transactions, bot.system_clock, lambda _workspace: client)
    worker = Worker(transactions, library, lambda _workspace: client, delivery.wake)
    identity, token = house.identity, _secret(house.settings.slack_bot_token)
    # The HTTP door checks signatures itself, since Bolt answers 500 to some that are malformed.
    app = AsyncApp(
        client=client,
        authorize=authorising(identity.workspace_id, identity.bot_user_id, identity.bot_id, token),
        process_before_response=True,
        request_verification_enabled=False,
        logger=_quiet_logger(),
    )
    register(app, Intake(library, worker, transactions, identity.bot_user_id, delivery.wake))
    door = _door(house, app)
    scheduler = schedule(transactions, library, house.reader, house.settings.keep_text_days, delivery.wake)
    tasks = [asyncio.create_task(worker.run()), asyncio.create_task(delivery.run())]
    try:
        address = await door.open()
        scheduler.start()
        log.info("ready", workspace=house.identity.workspace_id, address=address)
        ready(address)
        await stop.wait()
    finally:
        log.info("stopping")
        await door.close()
        if scheduler.running:
            scheduler.shutdown(wait=False)
        worker.stop()
        await _finish(tasks[:1])
        delivery.stop()
        await _finish(tasks[1:])
        log.info("stopped")


def _door(house: House, app: AsyncApp) -> Door:
    settings = house.settings
    if house.http_port is None:
        return SocketDoor(app, _secret(settings.slack_app_token))
    return HttpDoor(app, _secret(settings.slack_signing_secret), settings.http_host, house.http_port)


def _quiet_logger() -> logging.Logger:
    """Return Bolt's logger, errors only: its warnings print whole payloads, with what people wrote."""
    logger = logging.getLogger("slack_bolt")
    logger.setLevel(logging.ERROR)
    return logger


async def _finish(tasks: list[asyncio.Task[None]]) -> None:
    _, pending = await asyncio.wait(tasks, timeout=DRAIN_SECONDS)
    for task in pending:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
