"""Only Slack gets in over HTTP, and whoever does not is told 401, whatever was wrong."""

import io
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.doors import EVENTS_PATH, MAX_BODY_BYTES, HttpDoor

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


@pytest.fixture
async def address() -> AsyncIterator[str]:
    app = AsyncApp(
        client=AsyncWebClient(token="xoxb-unused", base_url="http://127.0.0.1:9/"),
        name="test",
        process_before_response=True,
        request_verification_enabled=False,
    )
    door = HttpDoor(app, SECRET, "127.0.0.1", 0)
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
        {"X-Slack-Signature": None},
        {"X-Slack-Request-Timestamp": None},
        {"X-Slack-Request-Timestamp": ""},
        {"X-Slack-Request-Timestamp": "yesterday"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": "1e9"},
        {"X-Slack-Request-Timestamp": "-5"},
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


async def test_a_body_that_is_no_json_is_no_fault_of_ours(address: str) -> None:
    status, _ = await knock(address, "{not json", signed("{not json"))
    assert status < 500


async def test_a_body_that_is_far_too_large_is_refused(address: str) -> None:
    body = "x" * (MAX_BODY_BYTES + 1)
    assert (await knock(address, body, signed(body)))[0] == 413


async def test_other_methods_and_paths_are_not_there(address: str) -> None:
    assert (await knock(address, "", {}, method="GET"))[0] == 405
    assert (await knock(address.removesuffix(EVENTS_PATH) + "/admin", "", {}))[0] == 404


def test_without_a_secret_the_door_is_not_even_made() -> None:
    with pytest.raises(ValueError, match="empty"):
        HttpDoor(AsyncApp(token="xoxb-unused", request_verification_enabled=False), " ", "127.0.0.1", 0)
