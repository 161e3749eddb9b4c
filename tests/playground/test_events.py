"""Which events come, and in which shape."""

from bot.playground import LocalSlack
from tests.playground.small_app import MANIFEST, SEED, AppUnderTest, running


async def test_a_direct_message_is_a_message_and_no_mention(slack: LocalSlack, app: AppUnderTest) -> None:
    await slack.person("anna").says("@Signpost hello", in_="@Signpost")
    await slack.settled()
    (event,) = [body["event"] for body in app.heard]
    assert (event["type"], event["channel_type"]) == ("message", "im")
    assert event["channel"].startswith("D")


async def test_a_private_channel_speaks_of_a_group(slack: LocalSlack, app: AppUnderTest) -> None:
    await slack.person("anna").says("hello", in_="#private")
    await slack.settled()
    assert app.events("message")[0]["channel_type"] == "group"


async def test_nothing_comes_from_a_channel_that_the_bot_is_not_in(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    anna = slack.person("anna")
    await anna.mentions("hello", in_="#quiet")
    await slack.settled()
    assert app.heard == []
    await anna.sees("Signpost is not in #quiet", in_="#quiet")
    await anna.runs("/invite @Signpost", in_="#quiet")
    await slack.settled()
    (joined,) = app.events("member_joined_channel")
    assert (joined["user"], joined["inviter"]) == (slack.bot_user_id, anna.user_id)


async def test_an_event_that_the_manifest_does_not_subscribe_to_does_not_come() -> None:
    quiet = MANIFEST | {"settings": {"event_subscriptions": {"bot_events": ["app_mention"]}}}
    async with LocalSlack(SEED, manifest=quiet) as slack, running(slack) as app:
        await slack.person("anna").mentions("hello", in_="#support")
        await slack.settled()
        assert [body["event"]["type"] for body in app.heard] == ["app_mention"]


async def test_what_the_bot_posts_comes_back_with_its_bot_id(slack: LocalSlack, app: AppUnderTest) -> None:
    await app.client.chat_postMessage(channel=slack.channel_id("support"), text="mine")
    await slack.settled()
    sent = slack.sent_events[-1]["event"]
    assert (sent["user"], sent["bot_id"]) == (slack.bot_user_id, slack.installation.bot_id)
    assert sent["bot_profile"]["app_id"] == sent["app_id"]


async def test_an_edit_comes_hidden_with_both_versions(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    sent = await anna.says("first", in_="#support")
    await anna.edits(sent, "second")
    await slack.settled()
    changed = next(event for event in app.events("message") if event.get("subtype"))
    assert (changed["subtype"], changed["hidden"]) == ("message_changed", True)
    assert changed["message"]["text"] == "second"
    assert changed["message"]["edited"]["user"] == anna.user_id
    assert changed["previous_message"]["text"] == "first"
    assert changed["ts"] > sent.ts


async def test_a_mention_that_an_edit_brings_in_is_a_mention(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    sent = await anna.says("hello", in_="#support")
    await anna.edits(sent, "@Signpost hello")
    await slack.settled()
    (mention,) = app.events("app_mention")
    assert mention["ts"] == sent.ts
    assert "edited" in mention


async def test_a_deleted_message_is_told(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    sent = await anna.says("oops", in_="#support")
    await anna.deletes(sent)
    await slack.settled()
    deleted = next(event for event in app.events("message") if event.get("subtype"))
    assert (deleted["subtype"], deleted["deleted_ts"]) == ("message_deleted", sent.ts)


async def test_a_message_with_a_file_is_a_file_share(slack: LocalSlack, app: AppUnderTest) -> None:
    await slack.person("anna").says("see here", in_="#support", files=[("log.txt", b"all is lost")])
    await slack.settled()
    (event,) = app.events("message")
    assert event["subtype"] == "file_share"
    assert (event["files"][0]["name"], event["files"][0]["size"]) == ("log.txt", 11)
    assert event["text"] == "see here"


async def test_a_reply_names_its_thread_and_whoever_began_it(slack: LocalSlack, app: AppUnderTest) -> None:
    anna, bert = slack.person("anna"), slack.person("bert")
    asked = await anna.says("why?", in_="#support")
    await bert.says("because", in_="#support", thread=asked)
    await bert.says("for all", in_="#support", thread=asked, is_broadcast=True)
    await slack.settled()
    reply, broadcast = sorted(app.events("message"), key=lambda event: event["ts"])[1:]
    assert (reply["thread_ts"], reply["parent_user_id"]) == (asked.ts, anna.user_id)
    assert broadcast["subtype"] == "thread_broadcast"


async def test_an_outsider_writes_from_another_team(slack: LocalSlack, app: AppUnderTest) -> None:
    await slack.person("eve").says("hello from outside", in_="#shared")
    await slack.settled()
    (body,) = app.heard
    assert body["team_id"] == slack.team_id
    assert body["is_ext_shared_channel"]
    assert body["event"]["user_team"] == body["event"]["team"] != slack.team_id


async def test_an_outsider_has_no_commands(slack: LocalSlack, app: AppUnderTest) -> None:
    eve = slack.person("eve")
    await eve.runs("/support", in_="#shared")
    await eve.sees("is not a valid command", in_="#shared")
    assert app.heard == []


async def test_another_bot_is_known_by_its_bot_id(slack: LocalSlack, app: AppUnderTest) -> None:
    slack.bot_says("build failed", in_="#support", name="Builder")
    await slack.settled()
    event = next(event for event in app.events("message") if event["text"] == "build failed")
    assert event["bot_id"] != slack.installation.bot_id


async def test_whoever_comes_in_leaves_a_line(slack: LocalSlack, app: AppUnderTest) -> None:
    await slack.person("bert").joins("#shared")
    await slack.settled()
    assert app.events("member_joined_channel")[0]["user"] == slack.user_id("bert")
    assert app.events("message")[0]["subtype"] == "channel_join"


async def test_a_reaction_is_told_with_what_it_is_on(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    sent = await anna.says("nice", in_="#support")
    await anna.reacts("tada", to=sent)
    await slack.settled()
    (event,) = app.events("reaction_added")
    assert (event["reaction"], event["item"]["ts"]) == ("tada", sent.ts)


async def test_timestamps_grow_even_within_one_instant(slack: LocalSlack) -> None:
    stamps = [slack.workspace.next_ts() for _ in range(500)]
    assert stamps == sorted(set(stamps))


async def test_an_event_can_be_delivered_once_more_and_one_of_ones_own_be_made(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    await slack.person("anna").says("hello", in_="#support")
    await slack.settled()
    slack.redeliver()
    slack.deliver_raw({"type": "reaction_added", "reaction": "x"}, in_="#support")
    await slack.settled()
    first, second, third = app.heard
    assert first["event_id"] == second["event_id"] != third["event_id"]
    assert slack.courier.delivered[1].retry_attempt == 1
