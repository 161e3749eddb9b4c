"""The page as it comes from the server; what a browser makes of it is tested beside this."""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aiohttp import ClientSession, FormData
from slack_bolt.async_app import AsyncAck

from bot.playground import LocalSlack
from bot.playground.workspace import Message
from tests.playground import showcase
from tests.playground.small_app import AppUnderTest, actions, button, modal, section, text_input
from tests.playground.transports import workspace


class Visitor:
    """A browser without eyes: fetches and posts as somebody in #support."""

    def __init__(self, slack: LocalSlack, session: ClientSession, handle: str = "anna") -> None:
        self.session = session
        self.here = f"{slack.installation.base_url}/as/{handle}/{slack.channel_id('support')}"

    async def sees(self, path: str = "") -> str:
        async with self.session.get(self.here + path) as response:
            assert response.status == 200
            return await response.text()

    async def does(self, name: str, /, **fields: str) -> dict[str, Any]:
        async with self.session.post(f"{self.here}/{name}", data=fields) as response:
            return {"status": response.status, "toast": response.headers.get("HX-Trigger", "")} | {
                "text": await response.text()
            }


@pytest.fixture
async def visitor(slack: LocalSlack) -> AsyncIterator[Visitor]:
    async with ClientSession() as session:
        yield Visitor(slack, session)


async def test_the_front_door_leads_to_the_first_persons_first_channel(
    slack: LocalSlack, visitor: Visitor
) -> None:
    async with visitor.session.get(slack.page_url) as response:
        assert str(response.url) == visitor.here
        page = await response.text()
    assert "Anna Berg" in page
    assert "Bert Kool" in page
    assert 'aria-live="polite"' in page


async def test_what_is_typed_is_said_and_drawn_safely(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    assert (await visitor.does("say", text="<script>alert(1)</script> *hi* @Signpost"))["status"] == 204
    await slack.settled()
    assert len(app.events("app_mention")) == 1
    drawn = await visitor.sees("/part/timeline")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in drawn
    assert "<strong>hi</strong>" in drawn
    assert '<span class="mention">@Signpost</span>' in drawn


async def test_ephemeral_messages_are_drawn_for_their_reader_only(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    await app.client.chat_postEphemeral(
        channel=slack.channel_id("support"), user=slack.user_id("anna"), text="for you"
    )
    assert "Only visible to you" in await visitor.sees("/part/timeline")
    assert "for you" not in await Visitor(slack, visitor.session, "bert").sees("/part/timeline")


async def test_buttons_and_menus_reach_the_app(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    async def pressed(ack: AsyncAck) -> None:
        await ack()

    app.bolt.action("go")(pressed)
    app.bolt.action("menu")(pressed)
    options = [
        {"text": {"type": "plain_text", "text": label}, "value": label.lower()}
        for label in ("Backup", "Restore")
    ]
    menu = {"type": "static_select", "action_id": "menu", "options": options}
    posted = await app.client.chat_postMessage(
        channel=slack.channel_id("support"), text="x", blocks=[actions(button("Go", "go"), menu)]
    )
    ids = {"ts": posted["ts"], "block": "choices"}
    assert (await visitor.does("act", **ids, action="go"))["status"] == 204
    await visitor.does("act", **ids, action="menu", **{"v:choices:menu": "1"})
    assert [p["actions"][0]["action_id"] for p in app.payloads("block_actions")] == ["go", "menu"]
    assert app.payloads("block_actions")[1]["actions"][0]["selected_option"]["value"] == "restore"
    assert '<option value="1" selected>' in await visitor.sees("/part/timeline")
    assert "no element" in (await visitor.does("act", **ids, action="gone"))["toast"]


async def test_an_external_select_offers_what_the_app_finds(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    async def offer(ack: AsyncAck, payload: dict[str, Any]) -> None:
        await ack(options=showcase.options(f"{payload['value']} Dental"))

    async def chosen(ack: AsyncAck) -> None:
        await ack()

    app.bolt.options("find")(offer)
    app.bolt.action("find")(chosen)
    find = {"type": "external_select", "action_id": "find"}
    posted = await app.client.chat_postMessage(
        channel=slack.channel_id("support"), text="x", blocks=[actions(find)]
    )
    ids = {"ts": posted["ts"], "block": "choices", "action": "find"}
    offered = await visitor.sees(f"/options?{urlencode(ids | {'typed': 'Nord'})}")
    assert "Nord Dental" in offered
    assert f"{visitor.here.partition('/as/')[2]}/act" in offered
    await visitor.does("act", **ids, value=json.dumps(showcase.options("Nord Dental")[0]))
    (payload,) = app.payloads("block_actions")
    assert payload["actions"][0]["selected_option"]["value"] == "nord dental"
    assert '<span class="pick">Nord Dental</span>' in await visitor.sees("/part/timeline")


async def test_a_modals_external_select_keeps_the_choice_and_not_what_is_typed(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    view = slack.views.open(slack.triggers.issue(slack.user_id("anna")), showcase.MODAL)
    ids = {"view": view.id, "block": "Practice", "action": "a-external_select"}
    option = showcase.options("Nord Dental")[0]
    await visitor.does("fill", **ids, value=json.dumps(option))
    await visitor.does("fill", **ids, typed="Süd")
    assert '<span class="pick">Nord Dental</span>' in await visitor.sees("/part/modal")
    (current,) = slack.workspace.modals[view.user]
    assert current.values["Practice"]["a-external_select"]["selected_option"] == option


async def test_lists_and_feedback_report_what_was_pressed(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    async def pressed(ack: AsyncAck) -> None:
        await ack()

    for action in ("a-checkboxes", "a-feedback_buttons"):
        app.bolt.action(action)(pressed)
    rows = [actions(*showcase.LISTS), showcase.MESSAGE[-1] | {"block_id": "feedback"}]
    posted = await app.client.chat_postMessage(channel=slack.channel_id("support"), text="x", blocks=rows)
    boxes = {"ts": posted["ts"], "block": "choices", "action": "a-checkboxes"}
    await visitor.does("act", **boxes, **{"v:choices:a-checkboxes": "0"})
    feedback = {"ts": posted["ts"], "block": "feedback", "action": "a-feedback_buttons"}
    await visitor.does("act", **feedback, value="good")
    first, second = (payload["actions"][0] for payload in app.payloads("block_actions"))
    assert [option["value"] for option in first["selected_options"]] == ["server"]
    assert second["value"] == "good"


async def test_a_click_that_the_app_does_not_answer_is_told_in_a_toast() -> None:
    async with workspace("socket") as slack, ClientSession() as session:
        posted = slack.workspace.post(
            Message(
                channel=slack.channel_id("support"),
                ts="",
                user=slack.bot_user_id,
                text="x",
                blocks=(actions(button("Go", "go")),),
            )
        )
        answer = await Visitor(slack, session).does("act", ts=posted.ts, block="choices", action="go")
        assert "did not respond" in answer["toast"]


async def test_a_command_in_a_thread_is_refused_as_slack_does(slack: LocalSlack, visitor: Visitor) -> None:
    sent = await slack.person("anna").says("hello", in_="#support")
    answer = await visitor.does("say", text="/support topics", thread=sent.ts)
    assert "cannot be used in threads" in answer["toast"]


async def test_a_modal_is_drawn_filled_and_corrected(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    async def opened(ack: AsyncAck, body: dict[str, Any], client: Any) -> None:
        await ack()
        view = modal("Escalate", text_input("What happened", "w"), callback_id="e")
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def submitted(ack: AsyncAck, view: dict[str, Any]) -> None:
        if view["state"]["values"]["w"]["value"]["value"] == "x":
            await ack(response_action="errors", errors={"w": "Say more, please."})
        else:
            await ack()

    app.bolt.command("/support")(opened)
    app.bolt.view("e")(submitted)
    await visitor.does("say", text="/support")
    view = (await slack.person("anna").sees_modal("Escalate")).view
    drawn = await visitor.sees("/part/modal")
    assert 'role="dialog"' in drawn
    assert "What happened" in drawn
    answer = await visitor.does("submit", view=view.id, **{"v:w:value": "x"})
    assert "Say more, please." in answer["text"]
    assert 'value="x"' in answer["text"]
    answer = await visitor.does("submit", view=view.id, **{"v:w:value": "everything"})
    assert "dialog" not in answer["text"]


async def test_every_block_and_element_is_drawn(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    await app.client.chat_postMessage(channel=slack.channel_id("support"), text="x", blocks=showcase.MESSAGE)
    drawn = await visitor.sees("/part/timeline")
    for part in (
        "<h3>Everything 🎉</h3>",
        "<strong>Bold</strong> <em>soft</em> <s>gone</s> <code>code</code>",
        "<blockquote>quoted</blockquote>",
        'alt="A beside-picture"',
        'alt="A large picture"',
        'hx-confirm="Sure?',
        'href="https://link.example"',
        '<optgroup label="Level 1">',
        'placeholder="Find a practice"',
        'value="2026-05-01"',
        'value="08:30"',
        'value="2026-05-28T22:26"',
        'aria-label="More options"',
        "<ol><li>",
        "<pre>as it is</pre>",
        '<div class="notice warning" role="note">Mind <strong>this</strong>',
        "<th scope=col>Topic</th>",
        'aria-label="Good answer"',
        'aria-label="Remove"',
    ):
        assert part in drawn, part
    assert "stands here" not in drawn


async def test_every_kind_of_input_is_drawn_with_its_label(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    slack.views.open(slack.triggers.issue(slack.user_id("anna")), showcase.MODAL)
    drawn = await visitor.sees("/part/modal")
    for block in showcase.MODAL["blocks"]:
        assert f"Hint for {block['label']['text']}" in drawn
    for kind in (
        "number",
        "email",
        "url",
        "search",
        "radio",
        "checkbox",
        "date",
        "time",
        "datetime-local",
        "file",
    ):
        assert f'type="{kind}"' in drawn, kind
    assert ">first line</textarea>" in drawn
    assert 'min="1" max="9"' in drawn


async def test_a_file_is_handed_in_with_a_modal(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    async def submitted(ack: AsyncAck) -> None:
        await ack()

    app.bolt.view("files")(submitted)
    element = {"type": "file_input", "action_id": "f"}
    words = {"type": "plain_text", "text": "The log"}
    wanted = {"type": "input", "block_id": "log", "label": words, "element": element}
    view = slack.views.open(
        slack.triggers.issue(slack.user_id("anna")), modal("Files", wanted, callback_id="files")
    )
    form = FormData({"view": view.id})
    form.add_field("v:log:f", b"it broke", filename="server.log")
    async with visitor.session.post(f"{visitor.here}/submit", data=form) as response:
        assert response.status == 200
    (payload,) = app.payloads("view_submission")
    (handed_in,) = payload["view"]["state"]["values"]["log"]["f"]["files"]
    assert handed_in["name"] == "server.log"
    assert handed_in["url_private_download"].startswith(slack.page_url)
    assert slack.workspace.files[handed_in["id"]].content == b"it broke"


async def test_files_come_with_a_message_and_go_out_of_it(slack: LocalSlack, visitor: Visitor) -> None:
    form = FormData()
    form.add_field("text", "see the log")
    form.add_field("files", b"it broke", filename="server.log")
    async with visitor.session.post(f"{visitor.here}/say", data=form) as response:
        assert response.status == 204
    assert "server.log" in await visitor.sees("/part/timeline")


async def test_a_file_keeps_its_awkward_name(slack: LocalSlack, visitor: Visitor) -> None:
    name = 'Röntgen "1" #2?.txt'
    sent = await slack.person("anna").says("", in_="#support", files=[(name, b"x")])
    stored = sent.message.files[0]
    address = f"{slack.page_url}files-pri/{slack.team_id}-{stored.id}/{quote(name)}"
    async with visitor.session.get(address, headers={"Sec-Fetch-Site": "same-origin"}) as response:
        assert await response.read() == b"x"
        assert quote(name) in response.headers["Content-Disposition"]
    assert quote(name) in await visitor.sees("/part/timeline")


async def test_the_latest_two_hundred_messages_are_drawn_first(slack: LocalSlack, visitor: Visitor) -> None:
    for number in range(201):
        await slack.person("anna").says(f"number {number}.", in_="#support")
    latest = await visitor.sees("/part/timeline")
    assert "number 0." not in latest
    assert "number 200." in latest
    assert "Show older messages" in latest
    assert "number 0." in await visitor.sees("?all=1")


async def test_unread_marks_come_and_go(slack: LocalSlack, visitor: Visitor) -> None:
    await visitor.sees()
    await slack.person("bert").says("one", in_="#support")
    await slack.person("bert").says("two", in_="#support")
    elsewhere = f"/../{slack.channel_id('quiet')}/part/sidebar"
    assert 'aria-label="2 unread"' in await visitor.sees(elsewhere)
    assert ">New<" in await visitor.sees()
    assert "unread" not in await visitor.sees(elsewhere)


async def test_a_person_edits_reacts_and_deletes(slack: LocalSlack, visitor: Visitor) -> None:
    sent = await slack.person("anna").says("frist", in_="#support")
    await visitor.does("say", text="first", editing=sent.ts)
    await visitor.does("react", ts=sent.ts, name="eyes")
    drawn = await visitor.sees("/part/timeline")
    assert "(edited)" in drawn
    assert "Anna Berg reacted with eyes" in drawn
    await visitor.does("react", ts=sent.ts, name="eyes")
    assert "reacted with eyes" not in await visitor.sees("/part/timeline")
    await visitor.does("delete", ts=sent.ts)
    assert "first" not in await visitor.sees("/part/timeline")
    theirs = await slack.person("bert").says("mine", in_="#support")
    assert "Only its author" in (await visitor.does("delete", ts=theirs.ts))["toast"]


async def test_a_public_channel_can_be_read_and_joined(slack: LocalSlack, visitor: Visitor) -> None:
    shared = f"/../../bert/{slack.channel_id('shared')}"
    await slack.person("anna").says("news", in_="#shared")
    assert "Join channel" in await visitor.sees(shared)
    await visitor.does(f"{shared[1:]}/join")
    assert slack.user_id("bert") in slack.workspace.channels[slack.channel_id("shared")].members
    joined = await visitor.sees(shared)
    assert "Join channel" not in joined
    assert "has joined the channel" in joined


async def test_two_people_write_to_each_other(slack: LocalSlack, visitor: Visitor) -> None:
    assert 'href="/as/anna/with/bert"' in await visitor.sees()
    async with visitor.session.get(f"{slack.page_url}as/anna/with/bert") as response:
        assert str(response.url).endswith(
            slack.workspace.direct_id(slack.user_id("anna"), slack.user_id("bert"))
        )
    await slack.person("bert").says("hello", in_="@anna")
    assert 'aria-label="1 unread"' in await visitor.sees("/part/sidebar")


async def test_somebody_elses_conversations_stay_closed(slack: LocalSlack, visitor: Visitor) -> None:
    for place in (slack.channel_id("private"), slack.direct_id("anna")):
        async with visitor.session.get(f"{slack.page_url}as/bert/{place}") as response:
            assert response.status == 403
    async with visitor.session.get(f"{slack.page_url}as/nobody/{place}") as response:
        assert response.status == 404


async def test_other_sites_and_other_names_are_turned_away(slack: LocalSlack, visitor: Visitor) -> None:
    forged = {"Origin": "https://evil.example"}
    async with visitor.session.post(f"{visitor.here}/say", data={"text": "x"}, headers=forged) as response:
        assert response.status == 403
    renamed = {"Host": "evil.example"}
    async with visitor.session.get(visitor.here, headers=renamed) as response:
        assert response.status == 421


async def test_home_is_shown_after_the_app_has_heard_of_the_visit(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    async def publish(event: dict[str, Any], client: Any) -> None:
        await client.views_publish(
            user_id=event["user"], view={"type": "home", "blocks": [section("Welcome")]}
        )

    app.bolt.event("app_home_opened")(publish)
    home = f"/../{slack.direct_id('anna')}"
    assert "no Home for you yet" in await visitor.sees(f"{home}/home")
    await slack.person("anna").sees_home("Welcome")
    assert "Welcome" in await visitor.sees(f"{home}/part/home")


async def test_dates_are_told_in_the_readers_zone(
    slack: LocalSlack, visitor: Visitor, app: AppUnderTest
) -> None:
    text = "Due <!date^1780000000^{date_num} {time}|soon>"
    await app.client.chat_postMessage(channel=slack.channel_id("support"), text=text)
    assert "2026-05-28 22:26" in await visitor.sees("/part/timeline")


async def test_the_stream_names_what_changed(slack: LocalSlack, visitor: Visitor) -> None:
    async with visitor.session.get(f"{visitor.here}/events") as stream:

        async def event() -> str:
            return (await stream.content.readuntil(b"\n\n")).decode().split("\n")[0].removeprefix("event: ")

        assert [await event() for _ in range(5)] == ["sidebar", "timeline", "thread", "modal", "home"]
        await slack.person("bert").says("hello", in_="#support")
        assert [await event() for _ in range(3)] == ["sidebar", "timeline", "thread"]
        slack.clock.advance(timedelta(hours=1))
        assert await event() == "sidebar"
        slack.workspace.set_modals(slack.user_id("bert"), ())
        slack.workspace.set_modals(slack.user_id("anna"), ())
        assert await event() == "modal"


async def test_a_permalink_opens_the_conversation(slack: LocalSlack, visitor: Visitor) -> None:
    sent = await slack.person("anna").says("here", in_="#support")
    address = f"{slack.page_url}archives/{sent.channel}/p{sent.ts.replace('.', '')}"
    async with visitor.session.get(address, allow_redirects=False) as response:
        assert response.headers["Location"] == f"/as/anna/{sent.channel}#m-{sent.ts}"
