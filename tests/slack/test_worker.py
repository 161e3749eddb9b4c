"""The worker beside an edit of the knowledge that comes at the worst moment."""

import asyncio
import threading
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from msgspec.structs import replace
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import select

from bot.domain.arrival import RenewalsAsked
from bot.domain.matching.match import Match
from bot.domain.matching.place import CHANNEL, Place
from bot.domain.network import SlackUser
from bot.services import inbox
from bot.services.bot import Bot
from bot.services.library import Library
from bot.services.people import ChannelFacts, Profile
from bot.services.renewals import command, plotting
from bot.slack.blocks import render
from bot.slack.worker import Worker, look_up_channel, look_up_person
from bot.slack.workspaces import OneWorkspace
from bot.storage.database import Database
from bot.storage.tables import OutboxRow
from bot.storage.threads import Transactions
from tests.builders import TEAM, ScriptedMatcher, asked, scheme
from tests.fakes import HandClock, Notebook

NOBODY = AsyncWebClient(base_url="http://127.0.0.1:9/", retry_handlers=[])


async def test_what_slack_says_of_people_and_channels_can_be_stored() -> None:
    said: dict[str, Any] = {
        "/api/users.info": {"user": {"profile": {"real_name": "An\0na"}, "tz": "Eu\ud800rope"}},
        "/api/conversations.info": {"channel": {"name": "he\udfffl\0p"}},
    }

    async def answer(request: web.Request) -> web.Response:
        return web.json_response({"ok": True, **said[request.path]})

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(application) as server:
        client = AsyncWebClient(token="xoxb-x", base_url=str(server.make_url("/api/")))
        assert await look_up_person(client, "U0ANNA") == Profile("An\ufffdna", time_zone="Eu\ufffdrope")
        assert await look_up_channel(client, "C0HELP") == ChannelFacts("he\ufffdl\ufffdp", is_shared=False)


class EditedWhileMatching(ScriptedMatcher):
    """Finds the backup in the knowledge it belongs to, while another one without topics is taken up."""

    library: Library

    def match(self, text: str, place: Place = CHANNEL) -> Match:
        self.library.take_up(replace(scheme(), topics=()), ScriptedMatcher())
        return super().match(text, place)


async def test_a_question_is_answered_with_the_knowledge_it_was_matched_with(database: Database) -> None:
    matcher = EditedWhileMatching()
    matcher.library = Library(Bot(scheme(), matcher, render))
    transactions, spoken = Transactions(database), asyncio.Event()
    worker = Worker(transactions, matcher.library, OneWorkspace(NOBODY).client_for, spoken.set)
    await worker.receive(asked())
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        await spoken.wait()
    worker.stop()
    await working
    (answer,) = await transactions.run(lambda session: session.exec(select(OutboxRow)).all())
    transactions.close()
    assert "Database backup" in answer.content["text"]
    assert matcher.library.bot.scheme.topics == ()


class ThoughtfulOnOne(ScriptedMatcher):
    """Ponders one message until another one has been matched."""

    def __init__(self) -> None:
        super().__init__()
        self.other_matched = threading.Event()

    def match(self, text: str, place: Place = CHANNEL) -> Match:
        if text == "hard":
            assert self.other_matched.wait(10)
        else:
            self.other_matched.set()
        return super().match(text, place)


async def test_a_message_that_needs_thought_makes_no_other_wait(database: Database) -> None:
    library = Library(Bot(scheme(), ThoughtfulOnOne(), render))
    transactions, spoken = Transactions(database), asyncio.Event()
    worker = Worker(transactions, library, OneWorkspace(NOBODY).client_for, spoken.set)
    await worker.receive(asked("hard"))
    await worker.receive(asked("easy", user=SlackUser(TEAM, "U0BEN"), channel_id="D0BEN"))
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        await spoken.wait()
    worker.stop()
    await working
    replies = await transactions.run(lambda session: session.exec(select(OutboxRow)).all())
    transactions.close()
    assert len(replies) == 2


async def test_what_is_decided_and_done_is_told_and_what_is_set_aside(sqlite_database: Database) -> None:
    matcher, told, clock = ScriptedMatcher(), Notebook(), HandClock()
    matcher.broken.add("hard")
    library = Library(Bot(scheme(), matcher, render, system_clock=clock))
    transactions, spoken = Transactions(sqlite_database), asyncio.Event()
    worker = Worker(transactions, library, OneWorkspace(NOBODY).client_for, spoken.set, told)
    await worker.receive(asked("easy"))
    await worker.receive(asked("hard", message_ts="1700000009.000100"))
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        while not (told.effects and told.aside):
            spoken.clear()
            await spoken.wait()
            clock.advance(minutes=5)
            worker._arrived.set()
    worker.stop()
    await working
    transactions.close()
    assert (told.effects, told.aside) == (["asked"], ["asked"])
    assert [decision.topic for decision in told.decisions] == ["database-backup"]


async def test_what_came_back_is_answered_without_the_picture_that_may_have_killed_its_holder(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []

    def draw(plot: str) -> bytes:
        drawn.append(plot)
        return b"PNG"

    monkeypatch.setattr(plotting, "can_draw", lambda: True)
    monkeypatch.setattr(plotting, "draw", draw)
    monkeypatch.setattr(command, "wanted_plot", lambda _session, _bot, asked: asked.trigger_id)
    told, clock = Notebook(), HandClock()
    library = Library(Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock))
    transactions, spoken = Transactions(sqlite_database), asyncio.Event()
    worker = Worker(transactions, library, OneWorkspace(NOBODY).client_for, spoken.set, told)
    await worker.receive(renewals_asked("by one who dies"))
    await transactions.run(lambda session: inbox.take(session, library.bot, 1))
    clock.advance(seconds=inbox.LEASE.total_seconds() + 1)
    await worker.receive(renewals_asked("by one who lives"))
    working = asyncio.create_task(worker.run())
    async with asyncio.timeout(20):
        while len(told.effects) < 2:
            await spoken.wait()
            spoken.clear()
    worker.stop()
    await working
    transactions.close()
    assert drawn == ["by one who lives"]


def renewals_asked(trigger_id: str) -> RenewalsAsked:
    return RenewalsAsked(
        TEAM, SlackUser(TEAM, "U0ANNA"), "C0HELP", trigger_id, "all", "https://slack.example/x"
    )
