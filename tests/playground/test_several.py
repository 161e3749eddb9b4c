"""Several workspaces of one app: whose token it is decides which one answers."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import LocalSlack, Seed, SeedPerson, SeveralSlacks

MANIFEST = {
    "oauth_config": {"scopes": {"bot": ["chat:write", "users:read", "im:history"]}},
    "settings": {"event_subscriptions": {"bot_events": ["app_uninstalled", "tokens_revoked", "message.im"]}},
}
REDIRECT = "http://127.0.0.1:9/slack/oauth_redirect"


@pytest.fixture
async def several() -> AsyncIterator[SeveralSlacks]:
    seeds = [Seed((SeedPerson(name, name.title()),), (), team_name=name) for name in ("anna", "tom")]
    async with SeveralSlacks(seeds, manifest=MANIFEST) as opened:
        yield opened


async def refused(client: AsyncWebClient) -> str:
    with pytest.raises(SlackApiError) as error:
        await client.auth_test()
    return str(error.value.response["error"])


def client_of(several: SeveralSlacks, token: str | None) -> AsyncWebClient:
    return AsyncWebClient(token=token, base_url=several.api_url, retry_handlers=[])


async def test_each_token_is_answered_by_its_own_workspace(several: SeveralSlacks) -> None:
    for slack in several.slacks:
        answer = await client_of(several, slack.install()["access_token"]).auth_test()
        assert answer["team_id"] == slack.team_id
    assert await refused(client_of(several, "xoxb-unknown")) == "invalid_auth"
    assert await refused(client_of(several, None)) == "not_authed"


async def test_a_token_is_worth_nothing_after_the_app_was_taken_away(several: SeveralSlacks) -> None:
    slack = several.slacks[0]
    client = client_of(several, slack.install()["access_token"])
    slack.uninstall()
    assert await refused(client) == "account_inactive"
    told = [sent["event"]["type"] for sent in slack.sent_events]
    assert told[:2] == ["tokens_revoked", "app_uninstalled"]
    again = client_of(several, slack.install()["access_token"])
    assert (await again.auth_test())["team_id"] == slack.team_id
    assert await refused(client) == "account_inactive"


async def says_hello(slack: LocalSlack, handle: str) -> int:
    await slack.person(handle).says("hello", in_="@Signpost")
    return len(slack.sent_events)


async def test_the_app_hears_only_of_workspaces_that_installed_it(several: SeveralSlacks) -> None:
    slack = several.slacks[0]
    assert await says_hello(slack, "anna") == 0
    slack.install()
    assert await says_hello(slack, "anna") == 1


async def test_a_code_is_exchanged_once_and_for_the_app_s_own_secret(several: SeveralSlacks) -> None:
    registration, client = several.registration, client_of(several, None)
    several._codes["code"] = (several.slacks[1], REDIRECT)

    async def exchange(secret: str, redirect: str = REDIRECT) -> str:
        try:
            answer = await client.oauth_v2_access(
                client_id=registration.client_id, client_secret=secret, code="code", redirect_uri=redirect
            )
        except SlackApiError as error:
            return str(error.response["error"])
        return str(answer["team"]["name"])

    assert await exchange("wrong") == "bad_client_secret"
    assert await exchange(registration.client_secret) == "tom"
    assert await exchange(registration.client_secret) == "invalid_code"
    several._codes["code"] = (several.slacks[1], REDIRECT)
    assert await exchange(registration.client_secret, "http://elsewhere/") == "bad_redirect_uri"
