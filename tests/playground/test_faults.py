"""Every fault that can be ordered, and that it ends."""

import asyncio
import time

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import LocalSlack
from tests.playground.small_app import AppUnderTest


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


def said(slack: LocalSlack) -> list[str]:
    return [message.text for message in slack.workspace.public(slack.channel_id("support"))]


async def test_a_storm_of_429_ends_after_its_times(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.storm(times=2, retry_after_seconds=7)
    channel = slack.channel_id("support")
    for _ in range(2):
        with pytest.raises(SlackApiError) as refusal:
            await client.chat_postMessage(channel=channel, text="x")
        assert refusal.value.response.status_code == 429
        assert refusal.value.response.headers["Retry-After"] == "7"
    await client.chat_postMessage(channel=channel, text="through")
    assert said(slack) == ["through"]


async def test_a_broken_call_has_no_effect_unless_it_breaks_afterwards(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel_id("support")
    slack.faults.breaks("chat.postMessage")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=channel, text="lost")
    slack.faults.stores_then_breaks()
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel=channel, text="kept")
    assert said(slack) == ["kept"]


async def test_a_connection_can_end_before_and_after_the_post(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel_id("support")
    slack.faults.hangs_up("chat.postMessage")
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel=channel, text="lost")
    slack.faults.stores_then_hangs_up(hang_seconds=0.05)
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel=channel, text="kept")
    assert said(slack) == ["kept"]
    assert [call.error for call in slack.calls] == ["connection_aborted", "connection_aborted"]


async def test_only_the_named_method_suffers(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.breaks("chat.update")
    await client.chat_postMessage(channel=slack.channel_id("support"), text="fine")
    slack.faults.clear()
    await client.auth_test()


async def test_a_slow_web_api_takes_its_time(slack: LocalSlack, client: AsyncWebClient) -> None:
    slack.faults.slow(0.1)
    started = time.monotonic()
    await client.auth_test()
    assert time.monotonic() - started >= 0.1
    slack.faults.slow(0)
    started = time.monotonic()
    await client.auth_test()
    assert time.monotonic() - started < 0.1


async def test_events_can_come_twice(slack: LocalSlack, app: AppUnderTest) -> None:
    slack.faults.duplicate()
    anna = slack.person("anna")
    await anna.says("one", in_="#support")
    await anna.says("two", in_="#support")
    await slack.settled()
    assert sorted(event["text"] for event in app.events("message")) == ["one", "one", "two"]
    assert len({body["event_id"] for body in app.heard}) == 2


async def test_events_can_come_in_another_order(slack: LocalSlack, app: AppUnderTest) -> None:
    slack.faults.reorder(2)
    anna = slack.person("anna")
    await anna.says("one", in_="#support")
    await asyncio.sleep(0)
    assert slack.sent_events == []
    await anna.says("two", in_="#support")
    await slack.settled()
    assert [payload["event"]["text"] for payload in slack.sent_events] == ["two", "one"]


async def test_an_event_can_be_lost_on_its_way_and_comes_again(slack: LocalSlack, app: AppUnderTest) -> None:
    slack.faults.lose()
    await slack.person("anna").says("one", in_="#support")
    await app.hears("one")
    assert [envelope.retry_attempt for envelope in slack.courier.delivered] == [0, 1]
    assert len(app.events("message")) == 1


async def test_an_acknowledgement_can_be_lost_and_the_event_comes_again(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    slack.faults.lose_acknowledgements()
    await slack.person("anna").says("one", in_="#support")
    async with asyncio.timeout(5):
        while len(app.events("message")) < 2:
            app.arrived.clear()
            await app.arrived.wait()
    assert [answer.reason for _, answer in slack.courier.failures] == ["timeout"]
