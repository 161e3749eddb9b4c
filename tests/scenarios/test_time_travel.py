"""The bot of a trial lives by the workspace's clock, which can be moved."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.app.trial import open_trial
from bot.playground.clock import WorkspaceClock
from tests.fakes import running_from
from tests.scenarios.conftest import serving

SUPPORT = "#support"
"""Not the conversation with the bot, where reminders arrive on Monday too."""
QUESTION = "the second PC cannot find the database server"
SATURDAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


async def test_whether_somebody_can_be_reached_follows_the_workspaces_clock(tmp_path: Path) -> None:
    clock = running_from(SATURDAY)
    async with open_trial(tmp_path, clock=clock) as trial, serving(trial):
        anna = trial.slack.person("anna")
        closed = await anna.sees_answer(await anna.says(QUESTION, in_=SUPPORT))
        assert "closed now, opens" in closed.text
        clock.advance_to(datetime(2026, 11, 23, 8, tzinfo=UTC))
        opened = await anna.sees_answer(await anna.says(QUESTION, in_=SUPPORT))
        assert "open now" in opened.text


async def test_the_next_opening_is_offered_as_a_move_and_anew_after_it(tmp_path: Path) -> None:
    clock = WorkspaceClock(lambda: SATURDAY)
    async with open_trial(tmp_path, clock=clock) as trial:
        instant = dict(trial.slack.moves)["Alpine Ortho opens"]
        assert datetime.fromisoformat(instant) == datetime(2026, 11, 23, 6, 30, tzinfo=UTC)
        clock.advance(timedelta(days=3))
        assert ("Alpine Ortho opens", instant) not in trial.slack.moves
