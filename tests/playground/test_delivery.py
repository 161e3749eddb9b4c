"""Delivery and redelivery, over both transports."""

import asyncio
from datetime import timedelta
from typing import Any, Literal

import pytest
from aiohttp import ClientSession, WSMsgType
from slack_bolt.async_app import AsyncAck

from bot.playground import LocalSlack
from bot.playground.people import NotAcknowledgedError
from tests.playground.small_app import AppUnderTest, actions, build, button, modal, text_input
from tests.playground.transports import HASTY, listening, reached, workspace

Transport = Literal["socket", "http"]
BOTH = pytest.mark.parametrize("transport", ["socket", "http"])


def first_listener(under_test: AppUnderTest, event: str, listener: Any) -> None:
    """Register a listener for an event in place of the silent ones."""
    under_test.bolt._async_listeners.clear()
    under_test.bolt.event(event)(listener)


@BOTH
async def test_an_acknowledged_event_comes_once(transport: Transport) -> None:
    async with workspace(transport) as slack, reached(slack, transport, build(slack)) as app:
        await slack.person("anna").says("hello", in_="#support")
        await slack.settled()
        assert len(app.events("message")) == 1
        assert slack.courier.failures == []


@BOTH
async def test_an_event_whose_listener_fails_comes_again_three_times_under_the_same_id(
    transport: Transport,
) -> None:
    async with workspace(transport, HASTY) as slack:
        under_test = build(slack)
        attempts: list[Any] = []
        done = asyncio.Event()

        async def failing(body: dict[str, Any], request: Any) -> None:
            attempts.append((body["event_id"], request.headers.get("x-slack-retry-num", [None])[0]))
            if len(attempts) == 4:
                done.set()
            raise RuntimeError("not today")

        first_listener(under_test, "message", failing)
        async with reached(slack, transport, under_test):
            await slack.person("anna").says("hello", in_="#support")
            await asyncio.wait_for(done.wait(), 5)
        assert len({event_id for event_id, _ in attempts}) == 1
        first = ["0", None]
        assert attempts[0][1] in first
        assert [number for _, number in attempts[1:]] == ["1", "2", "3"]


@BOTH
async def test_a_slow_listener_makes_slack_come_again_and_say_why(transport: Transport) -> None:
    async with workspace(transport, HASTY) as slack:
        under_test = build(slack)
        calls = 0
        second = asyncio.Event()

        async def slow_once() -> None:
            nonlocal calls
            calls += 1
            if calls == 1:
                await asyncio.sleep(0.8)
            else:
                second.set()

        first_listener(under_test, "message", slow_once)
        async with reached(slack, transport, under_test):
            await slack.person("anna").says("hello", in_="#support")
            await asyncio.wait_for(second.wait(), 5)
            again = slack.courier.delivered[1]
        assert (again.retry_attempt, again.retry_reason) == (
            1,
            {"socket": "timeout", "http": "http_timeout"}[transport],
        )


@BOTH
async def test_a_click_without_acknowledgement_is_told_to_the_person_and_not_repeated(
    transport: Transport,
) -> None:
    async with workspace(transport, HASTY) as slack, reached(slack, transport, build(slack)) as app:
        anna = slack.person("anna")
        await app.client.chat_postMessage(
            channel=slack.channel_id("support"), text="x", blocks=[actions(button("Go", "unhandled"))]
        )
        shown = await anna.sees("Go", in_="#support")
        with pytest.raises(NotAcknowledgedError):
            await anna.clicks("Go", on=shown)
        assert len(app.payloads("block_actions")) == 1


@BOTH
async def test_a_whole_conversation_passes_over_either_transport(transport: Transport) -> None:
    async with workspace(transport) as slack:
        under_test = build(slack)
        bolt = under_test.bolt

        async def command(ack: AsyncAck, body: dict[str, Any], client: Any) -> None:
            await ack()
            await client.views_open(
                trigger_id=body["trigger_id"], view=modal("Ask", text_input("Words", "w"), callback_id="ask")
            )

        async def submitted(ack: AsyncAck, view: dict[str, Any], body: dict[str, Any], client: Any) -> None:
            said = view["state"]["values"]["w"]["value"]["value"]
            if said == "no":
                await ack(response_action="errors", errors={"w": "Say more."})
                return
            await ack()
            await client.chat_postMessage(channel=body["user"]["id"], text=f"You said {said}")

        bolt.command("/support")(command)
        bolt.view("ask")(submitted)
        async with reached(slack, transport, under_test):
            anna = slack.person("anna")
            await anna.runs("/support", in_="#support")
            await anna.sees_modal("Ask")
            assert await anna.fills({"Words": "no"}) == {"Words": "Say more."}
            assert await anna.fills({"Words": "yes & <more>"}) is None
            await anna.sees("You said yes", in_="@Signpost")


@BOTH
async def test_a_command_nobody_answers_is_told_to_the_person(transport: Transport) -> None:
    async with workspace(transport, HASTY) as slack, reached(slack, transport, build(slack)):
        anna = slack.person("anna")
        await anna.runs("/support", in_="#support")
        shown = await anna.sees("did not respond", in_="#support")
        assert shown.is_ephemeral


async def test_http_deliveries_carry_a_signature_that_bolt_checks() -> None:
    async with workspace("http") as slack, listening(slack, build(slack)) as app:
        assert await slack.callbacks.verify()
        slack.callbacks._secret = "another"
        await slack.person("anna").says("forged", in_="#support")
        await slack.settled()
        assert app.heard == []
        assert slack.courier.failures[0][1].reason == "http_error"


async def test_signatures_stay_on_the_machines_time_when_the_workspace_travels() -> None:
    async with workspace("http") as slack, listening(slack, build(slack)) as app:
        slack.clock.advance(timedelta(days=400))
        await slack.person("anna").says("from the future", in_="#support")
        await slack.settled()
        assert app.events("message")[0]["text"] == "from the future"


async def test_http_redelivery_stops_when_the_app_forbids_it() -> None:
    from aiohttp import web

    async with workspace("http") as slack:
        seen: list[str] = []

        async def refuse(request: web.Request) -> web.Response:
            seen.append(await request.text())
            return web.Response(status=500, headers={"X-Slack-No-Retry": "1"})

        application = web.Application()
        application.router.add_post("/", refuse)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        slack.request_url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
        await slack.person("anna").says("hello", in_="#support")
        await slack.settled()
        await asyncio.sleep(0)
        await runner.cleanup()
        assert len(seen) == 1


# -- Socket Mode by itself


async def opened(slack: LocalSlack, session: ClientSession) -> str:
    headers = {"Authorization": f"Bearer {slack.app_token}"}
    async with session.post(f"{slack.api_url}apps.connections.open", headers=headers) as response:
        return str((await response.json()).get("url", ""))


async def test_each_payload_goes_to_one_of_several_connections() -> None:
    async with workspace("socket") as slack:
        one, other = build(slack), build(slack)
        async with reached(slack, "socket", one), reached(slack, "socket", other):
            await slack.connected(2)
            for number in range(6):
                await slack.person("anna").says(str(number), in_="#support")
            await slack.settled()
        assert sorted(event["text"] for app in (one, other) for event in app.events("message")) == [*"012345"]
        assert one.heard
        assert other.heard


async def test_a_socket_begins_with_hello_and_a_ticket_is_used_once() -> None:
    async with workspace("socket") as slack, ClientSession() as session:
        url = await opened(slack, session)
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            assert hello["connection_info"]["app_id"] == slack.installation.app_id
        async with session.get(url) as response:
            assert response.status == 401


async def test_the_eleventh_connection_is_one_too_many() -> None:
    async with workspace("socket") as slack, ClientSession() as session:
        sockets = [await session.ws_connect(await opened(slack, session)) for _ in range(10)]
        assert [(await socket.receive_json())["type"] for socket in sockets] == ["hello"] * 10
        url = f"{slack.installation.base_url}/link/?ticket={slack.sockets.ticket()}"
        extra = await session.ws_connect(url)
        assert (await extra.receive_json())["reason"] == "too_many_websockets"
        for socket in [*sockets, extra]:
            await socket.close()


async def test_after_a_refresh_the_app_is_back_on_a_new_socket_and_nothing_is_lost() -> None:
    async with workspace("socket") as slack, reached(slack, "socket", build(slack)) as app:
        await slack.sockets.warn()
        await slack.sockets.refresh()
        await slack.person("anna").says("in between", in_="#support")
        await slack.called("apps.connections.open", 2)
        await slack.connected()
        await slack.person("anna").says("afterwards", in_="#support")
        await app.hears("in between", "afterwards")


async def test_a_connection_that_has_just_broken_keeps_no_other_from_hearing_of_a_refresh() -> None:
    async with workspace("socket") as slack, ClientSession() as session:
        _dead, alive = [await session.ws_connect(await opened(slack, session)) for _ in range(2)]
        await alive.receive_json()
        request = slack.sockets._open[0]._req
        assert request is not None
        assert request.transport is not None
        request.transport.abort()
        await slack.sockets.refresh()
        assert (await alive.receive_json())["reason"] == "refresh_requested"
        await alive.close()


async def test_when_the_link_is_disabled_the_app_gets_no_new_socket() -> None:
    async with workspace("socket") as slack, ClientSession() as session:
        socket = await session.ws_connect(await opened(slack, session))
        await socket.receive_json()
        await slack.sockets.disable_link()
        assert (await socket.receive_json())["reason"] == "link_disabled"
        assert await opened(slack, session) == ""
        await socket.close()
        slack.sockets.enable_link()
        assert await opened(slack, session) != ""


async def test_a_cut_line_closes_without_a_word() -> None:
    async with workspace("socket") as slack, ClientSession() as session:
        socket = await session.ws_connect(await opened(slack, session))
        await socket.receive_json()
        slack.sockets.cut()
        assert (await socket.receive()).type in {WSMsgType.CLOSED, WSMsgType.CLOSE, WSMsgType.ERROR}
        assert slack.sockets.count == 0
        await socket.close()


async def test_what_is_said_while_the_app_is_cut_off_comes_when_it_is_back() -> None:
    async with workspace("socket") as slack:
        slack.sockets.cut()
        await slack.person("anna").says("anybody there?", in_="#support")
        await slack.settled()
        assert slack.courier.failures[0][1].reason == "no_open_connection"
        async with reached(slack, "socket", build(slack)) as app:
            slack.redeliver()
            await app.hears("anybody there?")
