"""Two replicas send from one outbox: whoever is slow leaves a parcel to the other."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session, select

from bot.services.watching import Nobody
from bot.slack import delivery
from bot.slack.delivery import Delivery
from bot.slack.workspaces import OneWorkspace
from bot.storage.database import Database
from bot.storage.queries import outbox
from bot.storage.tables import OutboxRow
from bot.storage.threads import Transactions
from tests.builders import TEAM
from tests.fakes import HandClock

Result = TypeVar("Result")


class SlowToTell(Transactions):
    """Tells what was taken only when nobody may send it any more, as on a machine that is overloaded."""

    async def claim(self, use_case: Callable[[Session], Result], **options: Any) -> Result:
        taken = await super().claim(use_case, **options)
        await asyncio.sleep(2 * delivery.SEND_SECONDS)
        return taken


class Hearer(Nobody):
    """Hears that something became of a parcel."""

    def __init__(self) -> None:
        self.heard = asyncio.Event()

    def delivered(self, method: str, outcome: str, waited_seconds: float) -> None:
        self.heard.set()


@pytest.fixture
async def posts() -> AsyncIterator[tuple[AsyncWebClient, list[str]]]:
    called: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        called.append(request.path)
        return web.json_response({"ok": True, "ts": "1.1"})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(application) as server:
        yield AsyncWebClient(token="xoxb-x", base_url=str(server.make_url("/api/"))), called


async def test_what_was_taken_too_long_ago_is_not_sent_any_more(
    database: Database, monkeypatch: pytest.MonkeyPatch, posts: tuple[AsyncWebClient, list[str]]
) -> None:
    monkeypatch.setattr(delivery, "SEND_SECONDS", 0.05)
    client, called = posts
    clock, transactions = HandClock(), SlowToTell(database)
    queued: dict[str, Any] = {"key": "k", "workspace_id": TEAM, "lane": "C1", "method": "chat.postMessage"}
    content = {"channel": "C1", "text": "x"}
    await transactions.run(lambda session: outbox.add(session, **queued, content=content, now=clock.now()))
    told = Hearer()
    slow = Delivery(transactions, clock, OneWorkspace(client).client_for, told)
    sending = asyncio.create_task(slow.run())
    async with asyncio.timeout(10):
        await told.heard.wait()
    slow.stop()
    await sending
    row = await transactions.run(lambda session: session.exec(select(OutboxRow)).one())
    transactions.close()
    assert called == []
    assert (row.state, row.error) == ("sending", "TimeoutError")
