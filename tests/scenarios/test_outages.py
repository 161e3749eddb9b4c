"""Slack, the clock and the database have their bad moments; the bot has them behind it afterwards."""

from pathlib import Path

from bot.app.trial import open_trial
from bot.playground import LocalSlack
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
