"""Every call of the Web API is told of, by method and outcome, also those of listeners."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.app.manifest import read_manifest
from bot.app.trial import trial_seed
from bot.playground import LocalSlack
from bot.settings import load_settings
from bot.slack.calls import make_client, method_of
from bot.slack.verdicts import UNAUTHORISED_WAIT, Again, judge
from tests.fakes import Notebook


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(trial_seed(), manifest=read_manifest(load_settings())) as opened:
        yield opened


async def test_each_outcome_has_its_word(slack: LocalSlack) -> None:
    told = Notebook()
    client = make_client(slack.api_url, slack.bot_token, told)
    await client.auth_test()
    with pytest.raises(SlackApiError):
        await client.users_info(user="U0NOBODY")
    slack.faults.storm("auth.test", times=1)
    with pytest.raises(SlackApiError):
        await client.auth_test()
    slack.faults.breaks("auth.test")
    with pytest.raises(SlackClientError):
        await client.auth_test()
    slack.faults.hangs_up("auth.test")
    with pytest.raises(aiohttp.ClientError, match="disconnected"):
        await client.auth_test()
    assert told.calls == [
        ("auth.test", "ok"),
        ("users.info", "refused"),
        ("auth.test", "ratelimited"),
        ("auth.test", "broken"),
        ("auth.test", "no_answer"),
    ]
    assert len(slack.calls_of("auth.test")) == 4  # nothing was tried again


async def test_the_client_that_bolt_gives_a_listener_tells_too(slack: LocalSlack) -> None:
    told = Notebook()
    app = AsyncApp(
        client=make_client(slack.api_url, slack.bot_token, told),
        name="test",
        process_before_response=True,
        request_verification_enabled=False,
    )

    async def on_message(client: AsyncWebClient) -> None:
        await client.users_info(user=slack.user_id("anna"))

    app.event("message")(on_message)
    body: dict[str, Any] = {
        "type": "event_callback",
        "team_id": slack.team_id,
        "event": {"type": "message", "user": slack.user_id("anna"), "channel": "D1", "ts": "1.1"},
    }
    await app.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=body))
    assert ("users.info", "ok") in told.calls


async def test_a_client_without_a_token_is_refused_as_after_one_was_revoked(slack: LocalSlack) -> None:
    with pytest.raises(SlackApiError) as refused:
        await make_client(slack.api_url, None).chat_postMessage(channel="C1", text="hello")
    verdict = judge(refused.value, attempts=1)
    assert verdict == Again(UNAUTHORISED_WAIT, is_uncertain=False, error="not_authed")


def test_addresses_of_uploads_are_one_method_since_each_is_different() -> None:
    assert method_of("https://slack.com/api/chat.postMessage") == "chat.postMessage"
    assert method_of("https://files.slack.com/upload/v1/CwABAAAAXAoAAVnX") == "upload"
    assert method_of("http://127.0.0.1:80/api/views.open?x=1") == "views.open"
