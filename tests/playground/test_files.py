import pytest
from aiohttp import ClientSession
from slack_sdk.errors import SlackApiError

from bot.playground import LocalSlack
from tests.playground.small_app import AppUnderTest


async def test_the_bot_shares_a_file_that_people_can_open(slack: LocalSlack, app: AppUnderTest) -> None:
    anna = slack.person("anna")
    await app.client.files_upload_v2(
        channel=slack.channel_id("support"),
        filename="plan.csv",
        content="a;b\n1;2\n",
        title="The plan",
        initial_comment="Here it is",
    )
    shown = await anna.sees("Here it is", in_="#support")
    assert "The plan" in shown.text
    assert shown.message.files[0].content == b"a;b\n1;2\n"
    await slack.settled()
    assert slack.sent_events[-1]["event"]["subtype"] == "file_share"


async def test_the_bot_reads_what_somebody_uploaded_with_its_token_only(
    slack: LocalSlack, app: AppUnderTest
) -> None:
    await slack.person("anna").says("log", in_="#support", files=[("server.log", b"it broke")])
    await slack.settled()
    address = app.events("message")[0]["files"][0]["url_private_download"]
    async with ClientSession() as session:
        headers = {"Authorization": f"Bearer {slack.bot_token}"}
        async with session.get(address, headers=headers) as response:
            assert await response.read() == b"it broke"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        async with session.get(address) as response:
            assert response.content_type == "text/html"
            assert b"it broke" not in await response.read()


async def test_an_upload_must_be_as_long_as_announced(slack: LocalSlack, app: AppUnderTest) -> None:
    begun = await app.client.files_getUploadURLExternal(filename="a.txt", length=3)
    async with ClientSession() as session:
        async with session.post(begun["upload_url"], data=b"toolong") as response:
            assert response.status == 400
        with pytest.raises(SlackApiError, match="file_not_found"):
            await app.client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])
        async with session.post(begun["upload_url"], data=b"abc") as response:
            assert response.status == 200
    await app.client.files_completeUploadExternal(files=[{"id": begun["file_id"]}])


async def test_a_file_goes_into_a_thread(slack: LocalSlack, app: AppUnderTest) -> None:
    asked = await slack.person("anna").says("the plan?", in_="#support")
    await app.client.files_upload_v2(
        channel=asked.channel, thread_ts=asked.ts, filename="plan.txt", content="x", initial_comment="There"
    )
    shown = await slack.person("anna").sees("There", in_="#support", thread=asked)
    assert shown.thread_ts == asked.ts
