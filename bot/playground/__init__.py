"""A local Slack workspace in one process, for an unmodified Bolt app and slack-sdk with a `base_url`."""

from bot.playground.seed import Seed, SeedChannel, SeedPerson
from bot.playground.server import LocalSlack
from bot.playground.several import SeveralSlacks

__all__ = ["LocalSlack", "Seed", "SeedChannel", "SeedPerson", "SeveralSlacks"]
