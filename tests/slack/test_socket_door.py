"""The door towards Slack: in order from its hello on, and closed only after what it took."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.app.manifest import read_manifest
from bot.app.trial import trial_seed
from bot.playground import LocalSlack
from bot.services.watching import NOBODY, Watch
from bot.settings import load_settings
from bot.slack.calls import make_client
from bot.slack.socket_door import SocketDoor
from tests.fakes import Notebook

SUPPORT = "#support"


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(trial_seed(), manifest=read_manifest(load_settings())) as opened:
        yield opened


def make_app(slack: LocalSlack) -> AsyncApp:
    return AsyncApp(
        client=make_client(slack.api_url, slack.bot_token),
        name="test",
        process_before_response=True,
        request_verification_enabled=False,
    )


@asynccontextmanager
async def opened(app: AsyncApp, slack: LocalSlack, watch: Watch = NOBODY) -> AsyncIterator[SocketDoor]:
    """Give a door that Slack has said hello to, and close it in the end."""
    door = SocketDoor(app, slack.app_token, watch)
    try:
        await door.open()
        await becomes(door, "")
        yield door
    finally:
        await door.close()


async def becomes(door: SocketDoor, fault: str) -> None:
    async with asyncio.timeout(10):
        while await door.fault() != fault:  # noqa: ASYNC110 - a door tells nobody of changes
            await asyncio.sleep(0.01)


async def test_it_is_in_order_once_slack_said_hello_and_until_the_connection_breaks(
    slack: LocalSlack,
) -> None:
    async with opened(make_app(slack), slack) as door:
        slack.sockets.cut()
        await becomes(door, "not connected")
    assert await door.fault() == "not connected"


async def test_before_it_is_open_it_is_not_connected(slack: LocalSlack) -> None:
    door = SocketDoor(make_app(slack), slack.app_token)
    assert await door.fault() == "not connected"
    await door.close()


async def test_it_is_not_in_order_while_pongs_do_not_come(slack: LocalSlack) -> None:
    async with opened(make_app(slack), slack) as door:
        door._handler.client.last_ping_pong_time = 0.0
        assert await door.fault() == "not connected"


async def test_a_new_connection_waits_for_its_own_hello(slack: LocalSlack) -> None:
    async with opened(make_app(slack), slack) as door:
        door._greeted = "s_of_the_one_before"
        assert await door.fault() == "no hello yet"


async def test_what_came_before_it_closes_is_acknowledged_and_what_comes_then_is_left_to_come_again(
    slack: LocalSlack,
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def on_command(ack: AsyncAck) -> None:
        begun.set()
        await go_on.wait()
        await ack("here you are")

    async def on_message() -> None:
        raise AssertionError("taken while the door closes")

    app, told = make_app(slack), Notebook()
    app.command("/support")(on_command)
    app.event("message")(on_message)
    async with opened(app, slack, told) as door:
        anna = slack.person("anna")
        asking = asyncio.create_task(anna.runs("/support", in_=SUPPORT))
        await begun.wait()
        closing = asyncio.create_task(door.close())
        await asyncio.sleep(0)
        await anna.says("hello?", in_=SUPPORT)
        assert not closing.done()
        go_on.set()
        await asking
        await closing
    await anna.sees("here you are", in_=SUPPORT)
    assert told.acknowledgements == [("command", True)]
