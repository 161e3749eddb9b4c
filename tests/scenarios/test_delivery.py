"""What the bot says arrives once, whatever befalls it on the way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from bot.app.trial import Trial, open_trial
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.place import Place
from bot.playground import LocalSlack
from bot.services import asking
from bot.storage.database import Database
from bot.storage.tables import InboxRow, OutboxRow
from tests.scenarios.conftest import serving

BOT = "@Signpost"
SUPPORT = "#support"
QUESTION = "the second PC cannot find the database server"


def posts(slack: LocalSlack, part: str = "Server-client connection") -> int:
    """Count the messages that people really see."""
    return sum(part in shown.text for shown in slack.person("anna").all_she_sees())


async def test_too_many_requests_are_waited_out(slack: LocalSlack) -> None:
    slack.faults.storm(times=2, retry_after_seconds=1)
    anna = slack.person("anna")
    sent = await anna.says(QUESTION, in_=BOT)
    await anna.sees_answer(sent, within=8)
    assert posts(slack) == 1


@pytest.mark.parametrize("fault", ["stores_then_hangs_up", "stores_then_breaks"])
async def test_a_post_that_arrived_unnoticed_is_found_and_not_repeated(slack: LocalSlack, fault: str) -> None:
    getattr(slack.faults, fault)()
    anna = slack.person("anna")
    await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    second = await anna.says("thank you so much!", in_=BOT)
    await anna.sees_reaction("blush", on=second)
    await _until(lambda: any(call.method == "conversations.replies" for call in slack.calls))
    assert posts(slack) == 1


@pytest.mark.parametrize("fault", ["breaks", "hangs_up"])
async def test_a_post_that_did_not_arrive_is_repeated(slack: LocalSlack, fault: str) -> None:
    getattr(slack.faults, fault)("chat.postMessage")
    anna = slack.person("anna")
    await anna.sees_answer(await anna.says(QUESTION, in_=BOT), within=8)
    assert posts(slack) == 1


async def test_somebody_whom_slack_does_not_describe_is_answered_all_the_same(slack: LocalSlack) -> None:
    slack.faults.breaks("users.info", times=5)
    anna = slack.person("anna")
    assert await anna.sees_answer(await anna.says(QUESTION, in_=BOT))


async def test_one_whom_slack_is_slow_about_keeps_nobody_else_waiting(slack: LocalSlack) -> None:
    anna, mira = slack.person("anna"), slack.person("mira")
    await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    slack.faults.slow(2.0, "users.info")
    waits = await mira.says(QUESTION, in_=BOT)
    goes_on = await anna.says("how do I set up the backup of the database?", in_=BOT)
    assert (await anna.sees_answer(goes_on, within=1.8)).ts
    assert not any(shown.thread_ts == waits.ts for shown in mira.all_she_sees())
    await mira.sees_answer(waits, within=5)


async def test_what_was_taken_in_before_a_stop_is_answered_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_trial(tmp_path) as trial:
        anna = trial.slack.person("anna")
        with monkeypatch.context() as broken:
            broken.setattr(asking, "settle", _always_fails)
            async with serving(trial):
                sent = await anna.says(QUESTION, in_=BOT)
                await _until(lambda: _waiting(trial) == 1)
        async with serving(trial):
            assert await anna.sees_answer(sent, within=10)
        assert posts(trial.slack) == 1


async def test_a_message_that_keeps_failing_is_set_aside_with_a_reference_and_the_others_go_on(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.services.inbox.MAX_ATTEMPTS", 1)
    match = Matcher.match

    def fails_on_one(self: Matcher, text: str, place: Place) -> object:
        if "poison" in text:
            raise RuntimeError("this text cannot be read")
        return match(self, text, place)

    monkeypatch.setattr(Matcher, "match", fails_on_one)
    anna, tom = trial.slack.person("anna"), trial.slack.person("tom")
    poisoned = await anna.says("poison", in_=BOT)
    sent = await tom.says(QUESTION, in_=BOT)
    assert await tom.sees_answer(sent)
    told = await anna.sees_answer(poisoned)
    assert "something went wrong on my side" in told.text
    assert "IN-" in told.text


async def test_nothing_is_left_of_the_words_once_they_are_delivered(trial: Trial) -> None:
    anna = trial.slack.person("anna")
    await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    await _until(lambda: not _read(trial, select(OutboxRow).where(OutboxRow.state != "sent")))
    assert [row.content for row in _read(trial, select(InboxRow))] == [{}]
    assert [row.content for row in _read(trial, select(OutboxRow))] == [{}]


def _always_fails(*_: object) -> None:
    raise RuntimeError("the power is out")


def _waiting(trial: Trial) -> int:
    return len(_read(trial, select(InboxRow).where(InboxRow.state == "waiting", InboxRow.attempts > 0)))


def _read(trial: Trial, query: Any) -> list[Any]:
    database = Database(trial.settings.database_url)
    try:
        with database.transaction() as session:
            assert isinstance(session, Session)
            return list(session.exec(query).all())
    finally:
        database.close()


async def _until(holds: object, seconds: float = 5.0) -> None:
    assert callable(holds)
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - a database tells nobody that it changed
            await asyncio.sleep(0.02)
