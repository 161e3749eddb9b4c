import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, WSServerHandshakeError
from msgspec.structs import replace
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import LocalSlack
from bot.playground.drafts import checked_view
from bot.playground.methods import METHODS
from bot.playground.rules import Limits, RefusedError
from tests.playground.small_app import MANIFEST, SEED, modal, section, without_scope

Calling = Callable[[AsyncWebClient, LocalSlack], Coroutine[Any, Any, Any]]


def client_of(slack: LocalSlack, token: str = "") -> AsyncWebClient:
    return AsyncWebClient(token=token or slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
def client(slack: LocalSlack) -> AsyncWebClient:
    return client_of(slack)


class SteppedTime:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@asynccontextmanager
async def stepped(**more: Any) -> AsyncIterator[tuple[LocalSlack, AsyncWebClient, SteppedTime]]:
    time = SteppedTime()
    async with LocalSlack(SEED, manifest=MANIFEST, monotonic=time, **more) as slack:
        yield slack, client_of(slack), time


async def refused(call: Coroutine[Any, Any, Any]) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return {"status": refusal.value.response.status_code, "headers": refusal.value.response.headers} | dict(
        refusal.value.response.data
    )


# -- who may call at all


async def test_auth_test_names_the_bot_and_its_scopes(slack: LocalSlack, client: AsyncWebClient) -> None:
    answer = await client.auth_test()
    assert answer["user_id"] == slack.bot_user_id
    assert answer["team_id"] == slack.team_id
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("token", "error"), [("xoxb-wrong", "invalid_auth"), ("app", "not_allowed_token_type")]
)
async def test_a_wrong_token_is_refused(slack: LocalSlack, token: str, error: str) -> None:
    client = client_of(slack, slack.app_token if token == "app" else token)
    assert (await refused(client.auth_test()))["error"] == error


async def test_no_token_is_refused(slack: LocalSlack) -> None:
    client = AsyncWebClient(base_url=slack.api_url)
    assert (await refused(client.auth_test()))["error"] == "not_authed"


async def test_a_method_that_the_bot_does_not_use_is_refused_by_name(client: AsyncWebClient) -> None:
    answer = await refused(client.pins_add(channel="C1"))
    assert (answer["error"], answer["req_method"]) == ("unknown_method", "pins.add")


@pytest.mark.parametrize(
    ("scope", "call"),
    [
        ("chat:write", lambda c, s: c.chat_postMessage(channel=s.channel_id("support"), text="x")),
        ("channels:history", lambda c, s: c.conversations_history(channel=s.channel_id("support"))),
        ("channels:read", lambda c, s: c.conversations_info(channel=s.channel_id("support"))),
        ("im:write", lambda c, s: c.conversations_open(users=[s.user_id("anna")])),
        ("users:read", lambda c, s: c.users_info(user=s.user_id("anna"))),
        ("users:read.email", lambda c, s: c.users_lookupByEmail(email="anna@praxis-berg.example")),
        (
            "reactions:write",
            lambda c, s: c.reactions_add(channel=s.channel_id("support"), timestamp="1", name="x"),
        ),
        ("files:write", lambda c, s: c.files_getUploadURLExternal(filename="a.txt", length=1)),
    ],
)
async def test_a_scope_that_the_manifest_does_not_ask_for_is_missing(scope: str, call: Calling) -> None:
    async with LocalSlack(SEED, manifest=without_scope(scope)) as slack:
        answer = await refused(call(client_of(slack), slack))
    assert answer["error"] == "missing_scope"
    assert scope in answer["needed"].split(",")
    assert scope not in answer["provided"].split(",")


async def test_every_method_served_is_spelled_as_the_sdk_spells_it() -> None:
    for name in METHODS:
        spelled = name.replace(".", "_")
        assert hasattr(AsyncWebClient, spelled), name


# -- posting


async def test_a_message_keeps_its_metadata_and_history_shows_it_on_demand(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel_id("support")
    metadata = {"event_type": "signpost_row", "event_payload": {"key": "q-7"}}
    await client.chat_postMessage(channel=channel, text="x", metadata=metadata)
    assert "metadata" not in (await client.conversations_history(channel=channel))["messages"][0]
    shown = await client.conversations_history(channel=channel, include_all_metadata=True)
    assert shown["messages"][0]["metadata"] == metadata


@pytest.mark.parametrize(
    ("channel", "error"),
    [("quiet", "not_in_channel"), ("nowhere", "channel_not_found"), ("archived", "is_archived")],
)
async def test_where_the_bot_may_not_post(
    slack: LocalSlack, client: AsyncWebClient, channel: str, error: str
) -> None:
    place = {"nowhere": "C0000000000"}.get(channel) or slack.channel_id("quiet")
    if channel == "archived":
        slack.invite_bot("quiet", by="anna")
        slack.archive("quiet")
    assert (await refused(client.chat_postMessage(channel=place, text="x")))["error"] == error


async def test_a_private_channel_without_the_bot_does_not_exist_for_it() -> None:
    private = replace(SEED.channels[1], bot_is_member=False)
    seed = replace(SEED, channels=(private,))
    async with LocalSlack(seed, manifest=MANIFEST) as slack:
        answer = await refused(
            client_of(slack).chat_postMessage(channel=slack.channel_id("private"), text="x")
        )
    assert answer["error"] == "channel_not_found"


async def test_a_message_without_words_or_blocks_is_refused(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    empty = {"channel": slack.channel_id("support"), "text": ""}
    answer = await refused(client.api_call("chat.postMessage", json=empty))
    assert answer["error"] == "no_text"


async def test_markdown_text_becomes_a_block_and_stands_alone(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel_id("support")
    posted = await client.chat_postMessage(channel=channel, markdown_text="**strong**")
    assert posted["message"]["blocks"][0]["type"] == "markdown"
    both = client.chat_postMessage(channel=channel, markdown_text="**strong**", text="x")
    assert (await refused(both))["error"] == "markdown_text_conflict"


@pytest.mark.parametrize(("body", "error"), [("{", "invalid_json"), ("[]", "json_not_object")])
async def test_a_body_that_is_no_json_object_is_refused(slack: LocalSlack, body: str, error: str) -> None:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {slack.bot_token}"}
    async with (
        ClientSession() as session,
        session.post(f"{slack.api_url}auth.test", data=body, headers=headers) as response,
    ):
        assert (await response.json())["error"] == error


async def test_faulty_blocks_are_refused_with_their_path(slack: LocalSlack, client: AsyncWebClient) -> None:
    call = client.chat_postMessage(
        channel=slack.channel_id("support"), text="x", blocks=[section("x" * 3001)]
    )
    answer = await refused(call)
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_a_long_text_is_cut_when_posted_and_refused_when_updated(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    channel = slack.channel_id("support")
    posted = await client.chat_postMessage(channel=channel, text="x" * 40_001)
    assert len(posted["message"]["text"]) == 40_000
    await client.chat_update(channel=channel, ts=posted["ts"], text="x" * 4000)
    answer = await refused(client.chat_update(channel=channel, ts=posted["ts"], text="x" * 4001))
    assert answer["error"] == "msg_too_long"


async def test_one_message_a_second_in_a_channel_is_what_slack_takes() -> None:
    async with stepped() as (slack, client, time):
        support, shared = slack.channel_id("support"), slack.channel_id("shared")
        await client.chat_postMessage(channel=support, text="one")
        answer = await refused(client.chat_postMessage(channel=support, text="two"))
        assert (answer["status"], answer["error"], answer["headers"]["Retry-After"]) == (
            429,
            "ratelimited",
            "1",
        )
        await client.chat_postMessage(channel=shared, text="elsewhere")
        time.seconds += 0.999
        await refused(client.chat_postMessage(channel=support, text="two"))
        time.seconds += 0.001
        await client.chat_postMessage(channel=support, text="two")
        assert [m.text for m in slack.workspace.public(support)] == ["one", "two"]


async def test_a_burst_can_be_allowed() -> None:
    async with stepped(limits=Limits(post_burst=3)) as (slack, client, _):
        for text in "abc":
            await client.chat_postMessage(channel=slack.channel_id("support"), text=text)
        await refused(client.chat_postMessage(channel=slack.channel_id("support"), text="d"))


@pytest.mark.parametrize(
    ("calls", "call"),
    [
        (20, lambda c, s: c.users_list()),
        (50, lambda c, s: c.conversations_info(channel=s.channel_id("support"))),
        (100, lambda c, s: c.users_info(user=s.user_id("anna"))),
    ],
)
async def test_each_tier_ends_at_its_calls_a_minute(calls: int, call: Calling) -> None:
    async with stepped() as (slack, client, time):
        for _ in range(calls):
            await call(client, slack)
        time.seconds += 30
        answer = await refused(call(client, slack))
        assert (answer["status"], answer["headers"]["Retry-After"]) == (429, "30")
        time.seconds += 30
        await call(client, slack)


async def test_a_reply_goes_to_its_thread_and_an_unknown_thread_is_refused(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    anna, channel = slack.person("anna"), slack.channel_id("support")
    asked = await anna.says("hello?", in_="#support")
    await client.chat_postMessage(channel=channel, text="yes", thread_ts=asked.ts)
    replies = await client.conversations_replies(channel=channel, ts=asked.ts)
    assert [message["text"] for message in replies["messages"]] == ["hello?", "yes"]
    assert replies["messages"][0]["reply_count"] == 1
    history = await client.conversations_history(channel=channel)
    assert [message["text"] for message in history["messages"]] == ["hello?"]
    call = client.chat_postMessage(channel=slack.direct_id("anna"), text="x", thread_ts=asked.ts)
    assert (await refused(call))["error"] == "thread_not_found"


async def test_an_ephemeral_message_is_for_one_person_and_cannot_be_found_again(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    channel, anna = slack.channel_id("support"), slack.person("anna")
    answer = await client.chat_postEphemeral(channel=channel, user=anna.user_id, text="psst")
    assert (await anna.sees("psst", in_="#support")).is_ephemeral
    assert slack.person("bert").all_she_sees("#support") == ()
    assert (await client.conversations_history(channel=channel))["messages"] == []
    update = client.chat_update(channel=channel, ts=answer["message_ts"], text="x")
    assert (await refused(update))["error"] == "message_not_found"
    stranger = client.chat_postEphemeral(channel=channel, user=slack.user_id("eve"), text="psst")
    assert (await refused(stranger))["error"] == "user_not_in_channel"


async def test_the_bot_changes_and_deletes_only_what_is_its_own(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    channel, anna = slack.channel_id("support"), slack.person("anna")
    sent = await anna.says("mine", in_="#support")
    assert (await refused(client.chat_update(channel=channel, ts=sent.ts, text="x")))["error"] == (
        "cant_update_message"
    )
    assert (await refused(client.chat_delete(channel=channel, ts=sent.ts)))["error"] == "cant_delete_message"
    own = await client.chat_postMessage(channel=channel, text="first", blocks=[section("first")])
    await client.chat_update(channel=channel, ts=own["ts"], text="second")
    assert (await anna.sees("second", in_="#support")).blocks == ()
    await client.chat_delete(channel=channel, ts=own["ts"])
    assert [shown.text for shown in anna.all_she_sees("#support")] == ["mine"]


async def test_a_reaction_is_added_once(slack: LocalSlack, client: AsyncWebClient) -> None:
    sent = await slack.person("anna").says("thanks", in_="#support")
    await client.reactions_add(channel=sent.channel, timestamp=sent.ts, name="pray")
    await slack.person("anna").sees_reaction("pray", on=sent)
    again = client.reactions_add(channel=sent.channel, timestamp=sent.ts, name="pray")
    assert (await refused(again))["error"] == "already_reacted"


async def test_a_permalink_leads_to_the_message(slack: LocalSlack, client: AsyncWebClient) -> None:
    sent = await slack.person("anna").says("here", in_="#support")
    link = (await client.chat_getPermalink(channel=sent.channel, message_ts=sent.ts))["permalink"]
    assert link == f"{slack.page_url}archives/{sent.channel}/p{sent.ts.replace('.', '')}"


async def test_metadata_has_a_size_and_a_form(slack: LocalSlack, client: AsyncWebClient) -> None:
    def sized(characters: int) -> dict[str, Any]:
        return {"event_type": "row", "event_payload": {"key": "x" * characters}}

    empty = len(json.dumps(sized(0)))
    channel = slack.direct_id("anna")
    await client.chat_postMessage(channel=channel, text="x", metadata=sized(16_000 - empty))
    too_large = client.chat_postMessage(channel=channel, text="x", metadata=sized(16_001 - empty))
    assert (await refused(too_large))["error"] == "metadata_too_large"
    shapeless = client.chat_postMessage(channel=channel, text="x", metadata={"key": "x"})
    assert (await refused(shapeless))["error"] == "invalid_metadata_format"


@pytest.mark.parametrize(("limit", "error"), [(0, "invalid_limit"), (999, None), (1000, "invalid_limit")])
async def test_a_page_of_history_has_at_most_999_messages(
    slack: LocalSlack, client: AsyncWebClient, limit: int, error: str | None
) -> None:
    call = client.conversations_history(channel=slack.channel_id("support"), limit=limit)
    if error:
        assert (await refused(call))["error"] == error
    else:
        await call


# -- listing


async def test_history_comes_newest_first_in_pages(slack: LocalSlack, client: AsyncWebClient) -> None:
    anna, channel = slack.person("anna"), slack.channel_id("support")
    for number in range(5):
        await anna.says(str(number), in_="#support")
    first = await client.conversations_history(channel=channel, limit=2)
    assert [m["text"] for m in first["messages"]] == ["4", "3"]
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    rest = await client.conversations_history(channel=channel, limit=3, cursor=cursor)
    assert [m["text"] for m in rest["messages"]] == ["2", "1", "0"]
    assert not rest["has_more"]
    wrong = client.conversations_history(channel=channel, cursor="nonsense")
    assert (await refused(wrong))["error"] == "invalid_cursor"


async def test_oldest_and_latest_count_only_inclusively(slack: LocalSlack, client: AsyncWebClient) -> None:
    anna, channel = slack.person("anna"), slack.channel_id("support")
    sent = [await anna.says(str(number), in_="#support") for number in range(3)]
    between: dict[str, Any] = {"channel": channel, "oldest": sent[0].ts, "latest": sent[2].ts}
    outside = await client.conversations_history(**between)
    assert [m["text"] for m in outside["messages"]] == ["1"]
    within = await client.conversations_history(**between, inclusive=True)
    assert [m["text"] for m in within["messages"]] == ["2", "1", "0"]


async def test_the_bot_sees_public_channels_and_private_ones_that_it_is_in(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert {channel["name"] for channel in listed["channels"]} == {"support", "private", "quiet", "shared"}
    own = await client.users_conversations(types="public_channel")
    assert {channel["name"] for channel in own["channels"]} == {"support", "shared"}
    info = await client.conversations_info(channel=slack.channel_id("shared"))
    assert info["channel"]["is_ext_shared"]
    members = await client.conversations_members(channel=slack.channel_id("support"))
    assert set(members["members"]) == {slack.user_id("anna"), slack.user_id("bert"), slack.bot_user_id}


async def test_people_are_found_by_id_and_by_address_and_outsiders_keep_theirs(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    anna = (await client.users_info(user=slack.user_id("anna"), include_locale=True))["user"]
    assert (anna["locale"], anna["tz"]) == ("de-DE", "Europe/Berlin")
    assert anna["profile"]["email"] == "anna@praxis-berg.example"
    found = await client.users_lookupByEmail(email="Anna@Praxis-Berg.example")
    assert found["user"]["id"] == anna["id"]
    eve = (await client.users_info(user=slack.user_id("eve")))["user"]
    assert "email" not in eve["profile"]
    assert eve["team_id"] != slack.team_id
    assert (await refused(client.users_info(user="U0000000000")))["error"] == "user_not_found"
    assert (await refused(client.users_lookupByEmail(email="no@body.example")))["error"] == "users_not_found"


async def test_writing_to_a_person_opens_the_direct_conversation(
    slack: LocalSlack, client: AsyncWebClient
) -> None:
    opened = await client.conversations_open(users=[slack.user_id("bert")])
    posted = await client.chat_postMessage(channel=slack.user_id("bert"), text="hello")
    assert posted["channel"] == opened["channel"]["id"] == slack.direct_id("bert")
    await slack.person("bert").sees("hello", in_="@Signpost")


async def test_every_call_is_kept_for_the_test_to_look_at(slack: LocalSlack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel=slack.channel_id("support"), text="x")
    await refused(client.chat_postMessage(channel=slack.channel_id("quiet"), text="y"))
    assert [(call.method, call.args["text"], call.error) for call in slack.calls] == [
        ("chat.postMessage", "x", None),
        ("chat.postMessage", "y", "not_in_channel"),
    ]
    assert "token" not in slack.calls[0].args


async def test_a_ticket_waits_thirty_seconds_for_its_socket() -> None:
    async with stepped() as (slack, _, time), ClientSession() as session:
        address = f"{slack.installation.base_url}/link/?ticket="
        early, late = slack.sockets.ticket(), slack.sockets.ticket()
        time.seconds += 29.9
        await (await session.ws_connect(address + early)).close()
        time.seconds += 0.2
        with pytest.raises(WSServerHandshakeError, match="401"):
            await session.ws_connect(address + late)


def test_a_view_may_have_250_kilobytes_and_no_more() -> None:
    limits = Limits()

    def view_of(size: int) -> dict[str, Any]:
        view = modal("T", *[section("x" * 2700)] * 90, section(""))
        view["blocks"][-1]["text"]["text"] = "x" * (size - len(json.dumps(view)))
        return view

    assert checked_view(view_of(limits.view_bytes), limits)
    with pytest.raises(RefusedError, match="view_too_large"):
        checked_view(view_of(limits.view_bytes + 1), limits)
