from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from bot.playground import LocalSlack
from tests.playground.small_app import AppUnderTest, actions, button, modal, section, text_input


async def test_a_message_in_a_channel_reaches_the_app_as_slack_sends_it(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    anna = slack.person("anna")
    sent = await anna.says("hello & <all> @bert see #support", in_="#support")
    await slack.settled()
    (body,) = app.heard
    event = body["event"]
    assert body["team_id"] == slack.team_id
    assert body["event_id"].startswith("Ev")
    assert body["authorizations"][0]["user_id"] == slack.bot_user_id
    assert event["type"] == "message"
    assert event["channel_type"] == "channel"
    assert event["ts"] == sent.ts == event["event_ts"]
    assert event["client_msg_id"]
    bert, support = slack.user_id("bert"), slack.channel_id("support")
    assert event["text"] == f"hello &amp; &lt;all&gt; <@{bert}> see <#{support}|support>"
    assert event["blocks"][0]["type"] == "rich_text"
    assert sent.text == "hello & <all> @Bert Kool see #support"


async def test_a_mention_arrives_twice_with_different_event_ids(slack: LocalSlack, app: AppUnderTest) -> None:
    await slack.person("anna").mentions("who helps?", in_="#support")
    await slack.settled()
    kinds = [body["event"]["type"] for body in app.heard]
    assert sorted(kinds) == ["app_mention", "message"]
    assert len({body["event_id"] for body in app.heard}) == 2
    assert len({body["event"]["ts"] for body in app.heard}) == 1


async def test_the_app_answers_in_the_thread_and_only_members_see_it(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    async def answer(event: dict[str, Any], say: AsyncSay) -> None:
        await say("*Database restore* is level 1", thread_ts=event["ts"])

    app.bolt.event("app_mention")(answer)
    app.bolt._async_listeners.insert(0, app.bolt._async_listeners.pop())
    anna = slack.person("anna")
    asked = await anna.mentions("restore?", in_="#support")
    shown = await anna.sees("Database restore is level 1", in_="#support")
    assert shown.thread_ts == asked.ts
    assert shown.fallback == "*Database restore* is level 1"
    await slack.person("bert").sees("Database restore", in_="#support")
    assert slack.person("eve").all_she_sees() == ()


async def test_a_click_opens_a_modal_whose_submission_answers(slack: LocalSlack, app: AppUnderTest) -> None:
    async def on_click(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(
            trigger_id=body["trigger_id"],
            view=modal("Escalate", text_input("What happened", "what"), callback_id="escalate"),
        )

    async def on_submit(ack: AsyncAck, view: dict[str, Any]) -> None:
        said = view["state"]["values"]["what"]["value"]["value"]
        if len(said) < 5:
            await ack(response_action="errors", errors={"what": "A little more, please."})
        else:
            await ack()

    app.bolt.action("escalate")(on_click)
    app.bolt.view("escalate")(on_submit)
    anna = slack.person("anna")
    await app.client.chat_postMessage(
        channel=slack.channel_id("support"),
        text="Shall I?",
        blocks=[section("Shall I?"), actions(button("Escalate", "escalate", value="7"))],
    )
    shown = await anna.sees("Shall I?", in_="#support")
    assert shown.labels == ("Escalate",)
    await anna.clicks("Escalate", on=shown)
    await anna.sees_modal("Escalate")
    assert await anna.fills({"What happened": "x"}) == {"What happened": "A little more, please."}
    assert await anna.fills({"What happened": "The server is gone."}) is None
    await anna.sees_no_modal()
    (action,) = app.payloads("block_actions")
    assert action["actions"][0]["value"] == "7"
    assert action["message"]["text"] == "Shall I?"
    assert action["container"]["channel_id"] == slack.channel_id("support")


async def test_a_command_is_answered_for_the_person_alone(slack: LocalSlack, app: AppUnderTest) -> None:
    async def on_command(ack: AsyncAck, command: dict[str, Any], respond: Any) -> None:
        await ack(f"You asked: {command['text']}")
        await respond("And more later.")

    app.bolt.command("/support")(on_command)
    anna, bert = slack.person("anna"), slack.person("bert")
    await anna.runs("/support topics @bert", in_="#support")
    shown = await anna.sees("You asked: topics @Bert Kool", in_="#support")
    assert shown.is_ephemeral
    await anna.sees("And more later.", in_="#support")
    assert bert.all_she_sees("#support") == ()
