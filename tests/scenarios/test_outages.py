"""Slack, the clock and the database have their bad moments; the bot has them behind it afterwards."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from bot.app.trial import Trial, open_trial
from bot.playground import LocalSlack
from bot.storage.database import Database
from bot.storage.queries import outbox
from tests.scenarios.conftest import serving

BOT = "@Signpost"
QUESTION = "the second PC cannot find the database server"


async def test_a_question_is_answered_while_slack_cannot_say_who_we_are(slack: LocalSlack) -> None:
    slack.faults.breaks("auth.test", times=9)
    anna = slack.person("anna")
    assert await anna.sees_answer(await anna.says(QUESTION, in_=BOT))


async def test_a_bot_that_starts_during_an_outage_waits_for_its_end(tmp_path: Path) -> None:
    async with open_trial(tmp_path) as trial:
        trial.slack.faults.hangs_up("auth.test")
        async with serving(trial):
            assert trial.slack.sockets.count == 1


async def test_what_may_have_arrived_is_not_posted_while_slack_cannot_say_whether_it_did(
    slack: LocalSlack,
) -> None:
    slack.faults.stores_then_breaks()
    slack.faults.breaks("conversations.replies")
    anna = slack.person("anna")
    await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    await slack.called("conversations.replies", 2, within=10)
    await anna.sees_answer(await anna.says("how do I back up the database?", in_=BOT))
    assert _posts(slack, "Server-client connection") == 1


async def test_a_clock_that_jumps_while_a_post_is_under_way_doubles_nothing(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    with time_machine.travel(datetime.now(UTC), tick=True) as traveller:
        slack.faults.slow(0.8, "chat.postMessage")
        sent = await anna.says(QUESTION, in_=BOT)
        await _until(lambda: any(call.method == "chat.postMessage" for call in slack.calls))
        traveller.shift(timedelta(hours=1))
        await anna.sees_answer(sent)
        await anna.sees_answer(await anna.says("how do I back up the database?", in_=BOT), within=20)
    assert _posts(slack, "Server-client connection") == 1


async def test_an_answer_whose_link_ran_out_arrives_directly_and_once(
    trial: Trial, slack: LocalSlack
) -> None:
    slack.faults.stores_then_hangs_up("chat.postMessage")
    anna = slack.person("anna")
    link = f"{slack.installation.base_url}/actions/{slack.team_id}/gone"
    content = {"response_url": link, "user": anna.user_id, "text": "Here you are."}
    await asyncio.to_thread(_queue, trial, content)
    await anna.sees("Here you are.", in_=BOT)
    await slack.called("conversations.history", within=10)
    await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    assert _posts(slack, "Here you are.") == 1


async def test_an_address_that_leads_nowhere_is_not_tried_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.slack.socket_client.PING_SECONDS", 0.2)
    monkeypatch.setattr("bot.slack.socket_client.ADDRESS_SECONDS", 0.1)
    async with open_trial(tmp_path) as trial, serving(trial):
        sockets = trial.slack.sockets
        with monkeypatch.context() as broken:
            broken.setattr(sockets, "ticket", lambda: "expired")
            sockets.cut()
            await trial.slack.called("apps.connections.open", 2)
        await asyncio.wait_for(trial.slack.connected(), 5)


def _queue(trial: Trial, content: dict[str, str]) -> None:
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        outbox.add(
            session,
            key="late",
            workspace_id=trial.slack.team_id,
            lane=content["user"],
            method="response_url",
            content=content,
            now=trial.slack.clock.now(),
        )
    database.close()


def _posts(slack: LocalSlack, part: str) -> int:
    return sum(part in shown.text for shown in slack.person("anna").all_she_sees())


async def _until(holds: object) -> None:
    assert callable(holds)
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - the list of calls tells nobody that it grew
            await asyncio.sleep(0.01)
