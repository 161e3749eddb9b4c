"""Only Slack gets in over HTTP, and whoever does not is told 401, whatever was wrong."""

import asyncio
import io
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.http_door import MAX_BODY_BYTES, HttpDoor
from bot.slack.paths import EVENTS_PATH
from tests.fakes import Notebook

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
CHALLENGE = json.dumps({"type": "url_verification", "challenge": "is it me?"})


def signed(body: str, *, secret: str = SECRET, age_seconds: int = 0) -> dict[str, str]:
    timestamp = str(int(time.time()) - age_seconds)
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    assert signature is not None
    return {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature,
    }


async def authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-unused", bot_user_id="U0BOT")


def make_app() -> AsyncApp:
    """Make an app that asks Slack nothing."""
    return AsyncApp(
        client=AsyncWebClient(base_url="http://127.0.0.1:9/"),
        authorize=authorize,
        name="test",
        process_before_response=True,
        request_verification_enabled=False,
    )


@pytest.fixture
async def address() -> AsyncIterator[str]:
    door = HttpDoor(make_app(), SECRET, "127.0.0.1", 0)
    yield await door.open()
    await door.close()


async def knock(address: str, body: str, headers: dict[str, str], method: str = "POST") -> tuple[int, str]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, address, data=io.BytesIO(body.encode()), headers=headers) as answer,
    ):
        return answer.status, await answer.text()


async def test_what_slack_signed_gets_in(address: str) -> None:
    status, answer = await knock(address, CHALLENGE, signed(CHALLENGE))
    assert status == 200
    assert "is it me?" in answer


@pytest.mark.parametrize(
    "change",
    [
        {"X-Slack-Signature": "v0=0000"},
        {"X-Slack-Signature": ""},
        {"X-Slack-Signature": "v0=ümläut"},
        {"X-Slack-Signature": "v1=" + "0" * 64},
        {"X-Slack-Signature": "v0"},
        {"X-Slack-Signature": "v0=" + "0" * 4000},
        {"X-Slack-Signature": None},
        {"X-Slack-Request-Timestamp": None},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "-5"},
        {"X-Slack-Request-Timestamp": "१७००००००००"},
        {"X-Slack-Request-Timestamp": "nan"},
    ],
)
async def test_a_wrong_missing_or_malformed_signature_is_refused(
    address: str, change: dict[str, Any]
) -> None:
    headers = {name: value for name, value in {**signed(CHALLENGE), **change}.items() if value is not None}
    assert (await knock(address, CHALLENGE, headers))[0] == 401


async def test_a_signature_of_another_secret_is_refused(address: str) -> None:
    assert (await knock(address, CHALLENGE, signed(CHALLENGE, secret="another")))[0] == 401


async def test_a_signature_over_another_body_is_refused(address: str) -> None:
    assert (await knock(address, CHALLENGE + " ", signed(CHALLENGE)))[0] == 401


@pytest.mark.parametrize(("age_seconds", "status"), [(290, 200), (310, 401), (-310, 401)])
async def test_a_timestamp_is_good_for_five_minutes(address: str, age_seconds: int, status: int) -> None:
    assert (await knock(address, CHALLENGE, signed(CHALLENGE, age_seconds=age_seconds)))[0] == status


JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, "{not json"),
        (JSON, ""),
        (JSON, "[]"),
        (JSON, "null"),
        (JSON, "{}"),
        (JSON, '{"type": "event_callback"}'),
        (JSON, '{"type": "event_callback", "event": "message"}'),
        (JSON, '{"type": 5}'),
        (JSON, '{"a":' * 20_000),
        (FORM, ""),
        (FORM, "payload={not json"),
        (FORM, "payload=[1]"),
        (FORM, "nothing=of+ours"),
        ("text/plain", CHALLENGE),
        ("multipart/form-data", CHALLENGE),
        ("", CHALLENGE),
    ],
)
async def test_what_slack_signed_but_is_no_payload_is_refused_as_such(
    address: str, content_type: str, body: str
) -> None:
    headers = {**signed(body), "Content-Type": content_type}
    assert (await knock(address, body, headers))[0] == 400


async def test_bytes_that_are_no_text_are_refused_and_break_nothing(address: str) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=b'{"type": "\xff\xfe"}', headers=signed("")) as answer,
    ):
        assert answer.status == 401


async def test_a_command_may_say_the_word_payload() -> None:
    """Bolt takes a form in whose text that word stands for an empty one."""
    heard: list[str] = []

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        heard.append(body["text"])
        await ack()

    app, told = make_app(), Notebook()
    app.command("/support")(on_command)
    door = HttpDoor(app, SECRET, "127.0.0.1", 0, watch=told)
    body = urlencode({"command": "/support", "text": "the payload is too large", "team_id": "T1"})
    assert (await knock(await door.open(), body, {**signed(body), "Content-Type": FORM}))[0] == 200
    await door.close()
    assert heard == ["the payload is too large"]
    assert told.acknowledgements == [("command", True)]


async def test_what_came_before_the_door_closes_gets_its_answer_and_nothing_after() -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def on_command(ack: AsyncAck) -> None:
        begun.set()
        await go_on.wait()
        await ack("here you are")

    app = make_app()
    app.command("/support")(on_command)
    door = HttpDoor(app, SECRET, "127.0.0.1", 0)
    address = await door.open()
    assert await door.fault() == ""
    body = urlencode({"command": "/support", "team_id": "T1"})
    asking = asyncio.create_task(knock(address, body, {**signed(body), "Content-Type": FORM}))
    await begun.wait()
    closing = asyncio.create_task(door.close())
    while not await door.fault():  # noqa: ASYNC110 - a door tells nobody when it closes
        await asyncio.sleep(0)
    with pytest.raises(aiohttp.ClientConnectionError):
        await knock(address, body, {**signed(body), "Content-Type": FORM})
    assert not closing.done()
    go_on.set()
    assert await asking == (200, "here you are")
    await closing


async def test_an_event_whose_listener_fails_is_not_acknowledged_and_told_so() -> None:
    async def on_message() -> None:
        raise RuntimeError

    app, told = make_app(), Notebook()
    app.event("message")(on_message)
    door = HttpDoor(app, SECRET, "127.0.0.1", 0, watch=told)
    event = {"type": "message", "user": "U1", "channel": "C1", "ts": "1.1"}
    body = json.dumps({"type": "event_callback", "team_id": "T1", "event": event})
    assert (await knock(await door.open(), body, signed(body)))[0] == 500
    await door.close()
    assert told.acknowledgements == [("message", False)]


async def test_a_body_that_is_far_too_large_is_refused(address: str) -> None:
    body = "x" * (MAX_BODY_BYTES + 1)
    assert (await knock(address, body, signed(body)))[0] == 413


async def test_other_methods_and_paths_are_not_there(address: str) -> None:
    assert (await knock(address, "", {}, method="GET"))[0] == 405
    assert (await knock(address.removesuffix(EVENTS_PATH) + "/admin", "", {}))[0] == 404


def test_without_a_secret_the_door_is_not_even_made() -> None:
    with pytest.raises(ValueError, match="empty"):
        HttpDoor(AsyncApp(token="xoxb-unused", request_verification_enabled=False), " ", "127.0.0.1", 0)
