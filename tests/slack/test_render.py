"""Every kind of thing the bot says has a shape in Slack."""

from typing import get_args

from bot.domain.saying import Saying
from bot.slack import blocks


def test_everything_that_can_be_said_can_be_shown() -> None:
    assert set(get_args(Saying)) == set(blocks._RENDERERS)
