"""The bot in its workspaces: connect, work, and leave nothing half done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from bot.app.house import House, bolt_app, door_of, furnish
from bot.app.keeping import keep_of
from bot.app.parts import has_directory, open_database
from bot.app.readiness import Running, checks_of
from bot.app.tokens import Identity, identify, require_secrets, secret
from bot.domain.clock import Clock, SystemClock
from bot.jobs import schedule
from bot.settings import Settings, SettingsError
from bot.slack.calls import make_client
from bot.slack.delivery import Delivery
from bot.slack.intake import Intake
from bot.slack.listeners import register
from bot.slack.worker import Worker

log = structlog.get_logger()

DRAIN_SECONDS = 8
"""How long a stop waits for what is under way; the rest is stored and goes on after the next start."""


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
    `SettingsError` without tokens, when Slack refuses them, or when an address is taken, and `KnowledgeError`
    for bad knowledge.
    """
    require_secrets(settings, http=http_port is not None)
    home = await _identity(settings, stop)
    if stop.is_set():
        return
    database = await asyncio.to_thread(open_database, settings)
    try:
        house = await furnish(settings, database, clock or SystemClock(), home)
        try:
            if not await house.transactions.run(has_directory):
                log.warning("directory_empty", remedy="signpost import companies FILE")
            await _work(house, http_port, stop, ready)
        finally:
            house.transactions.close()
    finally:
        database.close()


async def _identity(settings: Settings, stop: asyncio.Event) -> Identity | None:
    """Return who we are with the bot token; `None` without one, where workspaces join by themselves."""
    if settings.slack_bot_token is None:
        return None
    return await identify(make_client(settings.slack_api_url, secret(settings.slack_bot_token)), stop)


async def _work(
    house: House, http_port: int | None, stop: asyncio.Event, ready: Callable[[str], None]
) -> None:
    library, transactions, client_for = house.library, house.transactions, house.workspaces.client_for
    delivery = Delivery(transactions, library.bot.system_clock, client_for, house.watch)
    worker = Worker(transactions, library, client_for, delivery.wake, house.watch)
    app = bolt_app(house)
    register(app, Intake(library, worker, transactions, delivery.wake, house.gone))
    keep = keep_of(house.settings)
    scheduler = schedule(transactions, library, house.reader, keep, delivery.wake, house.watch)
    running = Running(door_of(house, app, http_port), ticks=lambda: bool(scheduler.running))
    async with _telling(house, running):
        running.tasks = {
            "worker": asyncio.create_task(worker.run()),
            "delivery": asyncio.create_task(delivery.run()),
        }
        try:
            address = await _opened(running.door.open(), "--http", str(http_port))
            running.is_open = True
            scheduler.start()
            log.info("ready", address=address)
            ready(address)
            house.matcher.begin()  # Not before: what comes can be acknowledged without one.
            await stop.wait()
        finally:
            log.info("stopping")
            running.is_stopping = True
            await running.door.close()
            if scheduler.running:
                scheduler.shutdown(wait=False)
            worker.stop()
            await _finish(running.tasks["worker"])
            delivery.stop()
            await _finish(running.tasks["delivery"])
            log.info("stopped")


@asynccontextmanager
async def _telling(house: House, running: Running) -> AsyncIterator[None]:
    """Answer machines that ask how it goes, from before the bot is ready until after it stopped."""
    wanted = house.settings.status_address
    if house.metrics is None:
        yield
        return
    from bot.status.door import StatusDoor  # noqa: PLC0415 - only where machines may ask

    host, _, port = wanted.rpartition(":")
    checks = checks_of(running, house.transactions)
    door = StatusDoor(host.strip("[]"), int(port), checks, house.metrics)
    address = await _opened(door.open(), "STATUS_ADDRESS", wanted)
    log.info("telling", address=address)
    try:
        yield
    finally:
        await door.close()


async def _opened(opening: Awaitable[str], setting: str, wanted: str) -> str:
    try:
        return await opening
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SettingsError(
            [f"{setting} = {wanted}: nobody can listen there ({reason}): choose another one."]
        ) from None


async def _finish(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task], timeout=DRAIN_SECONDS)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
