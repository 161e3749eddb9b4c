"""Triggers, response addresses, modals, menus and Home."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_bolt.async_app import AsyncAck
from slack_sdk.errors import SlackApiError

from bot.playground import LocalSlack
from bot.playground.people import PersonInTests
from bot.playground.rules import RefusedError
from bot.playground.triggers import Triggers
from tests.playground.small_app import (
    AppUnderTest,
    actions,
    button,
    modal,
    section,
    text_input,
)


async def acknowledge(ack: AsyncAck) -> None:
    await ack()


async def clicked(slack: LocalSlack, app: AppUnderTest, person: PersonInTests) -> dict[str, Any]:
    """The payload of a click on a button of the app in #support."""
    app.bolt.action("go")(acknowledge)
    channel = slack.channel_id("support")
    await app.client.chat_postMessage(channel=channel, text="Here", blocks=[actions(button("Go", "go"))])
    await person.clicks("Go", on=await person.sees("Go", in_="#support"))
    return app.payloads("block_actions")[-1]


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as refusal:
        await call
    return str(refusal.value.response["error"])


async def test_a_trigger_opens_one_modal_within_three_seconds(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    trigger = (await clicked(slack, app, anna))["trigger_id"]
    opened = await app.client.views_open(trigger_id=trigger, view=modal("One", section("x")))
    assert opened["view"]["title"]["text"] == "One"
    again = app.client.views_open(trigger_id=trigger, view=modal("Two", section("x")))
    assert await error_of(again) == "exchanged_trigger_id"
    unknown = app.client.views_open(trigger_id="1.2.x", view=modal("Two", section("x")))
    assert await error_of(unknown) == "invalid_trigger_id"


async def test_a_trigger_expires_after_three_seconds(slack: LocalSlack) -> None:
    class Still:
        seconds = 0.0

        def now(self) -> Any:
            from datetime import UTC, datetime

            return datetime.fromtimestamp(self.seconds, UTC)

    clock: Any = Still()
    triggers = Triggers(clock, slack.limits)
    early, late = triggers.issue("U1"), triggers.issue("U1")
    clock.seconds = 3.0
    assert triggers.exchange(early).user == "U1"
    clock.seconds = 3.001
    with pytest.raises(RefusedError, match="expired_trigger_id"):
        triggers.exchange(late)


async def test_a_faulty_view_is_refused_with_its_path(slack: LocalSlack, app: AppUnderTest) -> None:
    trigger = (await clicked(slack, app, slack.person("anna")))["trigger_id"]
    with pytest.raises(SlackApiError) as refusal:
        await app.client.views_open(trigger_id=trigger, view=modal("x" * 25, section("x")))
    assert refusal.value.response["error"] == "invalid_arguments"
    (message,) = refusal.value.response["response_metadata"]["messages"]
    assert message.endswith("[json-pointer:/view/title/text]")


async def post(url: str, body: dict[str, Any]) -> tuple[int, str]:
    async with ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


async def test_a_response_address_is_good_for_five_uses(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    url = (await clicked(slack, app, anna))["response_url"]
    for number in range(5):
        assert await post(url, {"text": f"answer {number}"}) == (200, "ok")
    status, text = await post(url, {"text": "one too many"})
    assert (status, "used_url" in text) == (404, True)
    shown = await anna.sees("answer 4", in_="#support")
    assert shown.is_ephemeral
    assert not [s for s in slack.person("bert").all_she_sees("#support") if "answer" in s.text]


async def test_a_response_address_ends_after_thirty_minutes(slack: LocalSlack, app: AppUnderTest) -> None:
    url = (await clicked(slack, app, slack.person("anna")))["response_url"]
    slack.clock.advance(timedelta(minutes=29))
    assert (await post(url, {"text": "in time"}))[0] == 200
    slack.clock.advance(timedelta(minutes=1, seconds=1))
    status, text = await post(url, {"text": "too late"})
    assert (status, "expired_url" in text) == (404, True)


async def test_a_response_can_replace_delete_or_be_for_all(slack: LocalSlack, app: AppUnderTest) -> None:
    anna, bert = slack.person("anna"), slack.person("bert")
    url = (await clicked(slack, app, anna))["response_url"]
    await post(url, {"text": "Replaced", "replace_original": True})
    await bert.sees("Replaced", in_="#support")
    await post(url, {"text": "For everybody", "response_type": "in_channel"})
    await bert.sees("For everybody", in_="#support")
    await post(url, {"delete_original": True})
    assert "Replaced" not in [shown.text for shown in bert.all_she_sees("#support")]
    faulty = await post(url, {"text": "x", "blocks": [section("x" * 3001)]})
    assert (faulty[0], "invalid_blocks" in faulty[1]) == (400, True)


async def test_a_click_works_only_on_what_one_can_see(slack: LocalSlack, app: AppUnderTest) -> None:
    anna, bert = slack.person("anna"), slack.person("bert")
    await app.client.chat_postEphemeral(
        channel=slack.channel_id("support"),
        user=anna.user_id,
        text="x",
        blocks=[actions(button("Only you", "go"))],
    )
    shown = await anna.sees("Only you", in_="#support")
    app.bolt.action("go")(acknowledge)
    await anna.clicks("Only you", on=shown)
    with pytest.raises(AssertionError, match="cannot see"):
        await bert.clicks("Only you", on=shown)
    with pytest.raises(AssertionError, match='no "Elsewhere" to press'):
        await anna.clicks("Elsewhere", on=shown)
    assert app.payloads("block_actions")[0]["container"]["is_ephemeral"]


def choice(label: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": label}, "value": label.lower()}


async def test_menus_report_what_was_chosen(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    blocks = [
        actions(
            {"type": "static_select", "action_id": "menu", "options": [choice("Backup"), choice("Restore")]},
            {"type": "overflow", "action_id": "more", "options": [choice("Why?")]},
            {"type": "users_select", "action_id": "who"},
        )
    ]
    for action in ("menu", "more", "who"):
        app.bolt.action(action)(acknowledge)
    await app.client.chat_postMessage(channel=slack.channel_id("support"), text="Choose", blocks=blocks)
    shown = await anna.sees("Restore", in_="#support")
    await anna.picks("Restore", on=shown)
    await anna.clicks("Why?", on=shown)
    await anna.picks("Bert Kool", on=shown)
    chosen, more, who = (payload["actions"][0] for payload in app.payloads("block_actions"))
    assert chosen["selected_option"]["value"] == "restore"
    assert more["selected_option"]["value"] == "why?"
    assert who["selected_user"] == slack.user_id("bert")
    state = app.payloads("block_actions")[2]["state"]["values"]["choices"]
    assert state["menu"]["selected_option"]["value"] == "restore"


async def test_an_external_select_asks_the_app(slack: LocalSlack, app: AppUnderTest) -> None:
    async def offer(ack: AsyncAck, payload: dict[str, Any]) -> None:
        await ack(options=[choice(name) for name in ("Nord", "Süd") if name.startswith(payload["value"])])

    app.bolt.options("find")(offer)
    app.bolt.action("find")(acknowledge)
    anna = slack.person("anna")
    find = {"type": "external_select", "action_id": "find", "min_query_length": 2}
    await app.client.chat_postMessage(
        channel=slack.channel_id("support"), text="Which?", blocks=[actions(find)]
    )
    shown = anna.all_she_sees("#support")[-1]
    await anna.picks("Süd", on=shown)
    assert app.payloads("block_suggestion")[0]["value"] == "Süd"
    assert app.payloads("block_actions")[0]["actions"][0]["selected_option"]["value"] == "süd"
    with pytest.raises(AssertionError, match="to press"):
        await anna.picks("West", on=shown)


async def open_modal(slack: LocalSlack, app: AppUnderTest, view: dict[str, Any]) -> PersonInTests:
    anna = slack.person("anna")
    trigger = (await clicked(slack, app, anna))["trigger_id"]
    await app.client.views_open(trigger_id=trigger, view=view)
    return anna


async def test_every_kind_of_input_reports_what_was_filled_in(slack: LocalSlack, app: AppUnderTest) -> None:
    def entry(label: str, kind: str, **more: Any) -> dict[str, Any]:
        words = {"type": "plain_text", "text": label}
        element = {"type": kind, "action_id": "v", **more}
        return {"type": "input", "block_id": label, "label": words, "element": element, "optional": True}

    options = {"options": [choice("Backup"), choice("Restore"), choice("Other")]}
    view = modal(
        "All kinds",
        entry("Text", "plain_text_input"),
        entry("Number", "number_input", is_decimal_allowed=False),
        entry("Mail", "email_text_input"),
        entry("Link", "url_text_input"),
        entry("Select", "static_select", **options),
        entry("Several", "multi_static_select", **options),
        entry("Radio", "radio_buttons", **options),
        entry("Boxes", "checkboxes", **options),
        entry("Day", "datepicker"),
        entry("Time", "timepicker"),
        entry("Person", "users_select"),
        entry("People", "multi_users_select"),
        entry("Channel", "channels_select"),
        entry("Place", "conversations_select"),
        entry("Rich", "rich_text_input"),
        entry("File", "file_input"),
        entry("Untouched", "plain_text_input"),
        callback_id="all",
    )
    app.bolt.view("all")(acknowledge)
    anna = await open_modal(slack, app, view)
    await anna.fills(
        {
            "Text": "words",
            "Number": 7,
            "Mail": "a@b.example",
            "Link": "https://b.example",
            "Select": "Restore",
            "Several": ["Backup", "Other"],
            "Radio": "Backup",
            "Boxes": ["Restore"],
            "Day": "2026-05-01",
            "Time": "08:30",
            "Person": "Bert Kool",
            "People": ["Bert Kool", "Anna Berg"],
            "Channel": "support",
            "Place": "#private",
            "Rich": "more words",
            "File": [("log.txt", b"x")],
        }
    )
    (payload,) = app.payloads("view_submission")
    values = {label: entry["v"] for label, entry in payload["view"]["state"]["values"].items()}
    assert values["Text"]["value"] == "words"
    assert values["Number"]["value"] == "7"
    assert values["Select"]["selected_option"]["value"] == "restore"
    assert [o["value"] for o in values["Several"]["selected_options"]] == ["backup", "other"]
    assert values["Radio"]["selected_option"]["value"] == "backup"
    assert [o["value"] for o in values["Boxes"]["selected_options"]] == ["restore"]
    assert (values["Day"]["selected_date"], values["Time"]["selected_time"]) == ("2026-05-01", "08:30")
    assert values["Person"]["selected_user"] == slack.user_id("bert")
    assert values["People"]["selected_users"] == [slack.user_id("bert"), slack.user_id("anna")]
    assert values["Channel"]["selected_channel"] == slack.channel_id("support")
    assert values["Place"]["selected_conversation"] == slack.channel_id("private")
    assert values["Rich"]["rich_text_value"]["type"] == "rich_text"
    assert values["File"]["files"][0]["name"] == "log.txt"
    assert values["Untouched"]["value"] is None


async def test_a_required_input_must_be_filled_before_the_app_hears_of_it(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    anna = await open_modal(slack, app, modal("Form", text_input("Name", "n"), callback_id="f"))
    assert await anna.submits() == {"Name": "Please complete this required field."}
    assert app.payloads("view_submission") == []


@pytest.mark.parametrize(
    ("kind", "more", "good", "bad"),
    [
        ("plain_text_input", {"min_length": 3}, "abc", "ab"),
        ("plain_text_input", {"max_length": 3}, "abc", "abcd"),
        ("number_input", {"is_decimal_allowed": False}, "-7", "7.5"),
        ("number_input", {"is_decimal_allowed": True}, "7.5", "seven"),
        ("number_input", {"is_decimal_allowed": False, "min_value": "2"}, "2", "1"),
        ("number_input", {"is_decimal_allowed": False, "max_value": "2"}, "2", "3"),
        ("email_text_input", {}, "a@b.example", "a@b"),
        ("url_text_input", {}, "https://b.example", "b.example"),
    ],
)
async def test_an_entry_must_fit_before_the_app_hears_of_it(
    slack: LocalSlack, app: AppUnderTest, kind: str, more: dict[str, Any], good: str, bad: str
) -> None:
    app.bolt.view("f")(acknowledge)
    entry = text_input("Entry", "e") | {"element": {"type": kind, "action_id": "v", **more}}
    anna = await open_modal(slack, app, modal("Form", entry, callback_id="f"))
    assert "Entry" in (await anna.fills({"Entry": bad}) or {})
    assert app.payloads("view_submission") == []
    assert await anna.fills({"Entry": good}) is None


async def test_a_submission_can_push_update_and_clear(slack: LocalSlack, app: AppUnderTest) -> None:
    async def step(ack: AsyncAck, view: dict[str, Any]) -> None:
        answers: dict[str, dict[str, Any]] = {
            "one": {"response_action": "push", "view": modal("Two", section("x"), callback_id="two")},
            "two": {"response_action": "update", "view": modal("Three", section("x"), callback_id="three")},
            "three": {"response_action": "clear"},
        }
        await ack(answers[view["callback_id"]])

    for name in ("one", "two", "three"):
        app.bolt.view(name)(step)
    anna = await open_modal(slack, app, modal("One", section("x"), callback_id="one"))
    await anna.submits()
    await anna.sees_modal("Two")
    await anna.submits()
    await anna.sees_modal("Three")
    assert len(slack.workspace.modals[anna.user_id]) == 2
    await anna.submits()
    await anna.sees_no_modal()


async def test_at_most_three_modals_lie_on_one_another(slack: LocalSlack, app: AppUnderTest) -> None:
    app.bolt.action("deeper")(acknowledge)
    deeper = actions(button("Deeper", "deeper"))
    anna = await open_modal(slack, app, modal("1", deeper))
    for title in ("2", "3"):
        await anna.clicks("Deeper", on=await anna.sees_modal())
        trigger = app.payloads("block_actions")[-1]["trigger_id"]
        await app.client.views_push(trigger_id=trigger, view=modal(title, deeper))
    await anna.clicks("Deeper", on=await anna.sees_modal("3"))
    trigger = app.payloads("block_actions")[-1]["trigger_id"]
    fourth = app.client.views_push(trigger_id=trigger, view=modal("4", deeper))
    assert await error_of(fourth) == "push_limit_reached"
    await anna.closes_modal()
    await anna.sees_modal("2")


async def test_an_update_keeps_what_was_filled_in_and_minds_the_hash(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    form = modal("Form", text_input("Name", "n"), external_id="mine")
    anna = await open_modal(slack, app, form)
    await anna.fills({"Name": "Anna"}, submit=False)
    first = (await anna.sees_modal()).view
    updated = await app.client.views_update(
        external_id="mine", hash=first.hash, view=form | {"title": {"type": "plain_text", "text": "Again"}}
    )
    assert updated["view"]["state"]["values"]["n"]["value"]["value"] == "Anna"
    stale = app.client.views_update(view_id=first.id, hash=first.hash, view=form)
    assert await error_of(stale) == "hash_conflict"
    unknown = app.client.views_update(view_id="V0", view=form)
    assert await error_of(unknown) == "not_found"


async def test_closing_is_told_where_the_app_asked_for_it(slack: LocalSlack, app: AppUnderTest) -> None:
    app.bolt.view_closed("f")(acknowledge)
    anna = await open_modal(slack, app, modal("Form", section("x"), callback_id="f", notify_on_close=True))
    await anna.closes_modal()
    (payload,) = app.payloads("view_closed")
    assert not payload["is_cleared"]


async def test_home_is_published_to_one_person(slack: LocalSlack, app: AppUnderTest) -> None:
    async def publish(event: dict[str, Any], client: Any) -> None:
        if event["tab"] == "home":
            await client.views_publish(
                user_id=event["user"],
                view={"type": "home", "blocks": [section("Welcome"), actions(button("Go", "go"))]},
            )

    app.bolt.event("app_home_opened")(publish)
    app.bolt.action("go")(acknowledge)
    anna = slack.person("anna")
    await anna.opens_home()
    home = await anna.sees_home("Welcome")
    await anna.clicks("Go", on=home)
    payload = app.payloads("block_actions")[-1]
    assert payload["container"] == {"type": "view", "view_id": home.view.id}
    assert slack.user_id("bert") not in slack.workspace.homes


async def test_shortcuts_carry_the_message(slack: LocalSlack, app: AppUnderTest) -> None:
    app.bolt.shortcut("ask_this")(acknowledge)
    app.bolt.shortcut("open_form")(acknowledge)
    anna = slack.person("anna")
    sent = await slack.person("bert").says("the server is down", in_="#support")
    await anna.uses("Ask for this", on=sent)
    await anna.uses("Open the form")
    (payload,) = app.payloads("message_action")
    assert (payload["message"]["text"], payload["message_ts"]) == ("the server is down", sent.ts)
    assert payload["user"]["id"] == anna.user_id
    assert app.payloads("shortcut")[0]["callback_id"] == "open_form"
    with pytest.raises(AssertionError, match="no shortcut"):
        await anna.uses("Open the form", on=sent)


async def test_a_command_gets_its_words_escaped_as_the_manifest_asks(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    app.bolt.command("/support")(acknowledge)
    app.bolt.command("/plain")(acknowledge)
    anna = slack.person("anna")
    await anna.runs("/support ask @bert & more", in_="#support")
    await anna.runs("/plain ask @bert & more", in_="#support")
    escaped, plain = (body["text"] for body in app.heard)
    assert escaped == f"ask <@{slack.user_id('bert')}> &amp; more"
    assert plain == "ask @bert &amp; more"
    assert app.heard[0]["channel_name"] == "support"
