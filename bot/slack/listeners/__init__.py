"""What Slack may tell us, and who takes it. A listener reads the payload and hands it on."""

from slack_bolt.app.async_app import AsyncApp

from bot.slack.intake import Intake
from bot.slack.listeners import editing, events, home, interactions, practice, renewals, trouble


def register(app: AsyncApp, intake: Intake) -> None:
    """Connect all listeners. The first that fits is taken: what catches all comes after the others."""
    renewals.register(app, intake)
    editing.register(app, intake)
    interactions.register(app, intake)
    practice.register(app, intake)
    home.register(app, intake)
    events.register(app, intake)
    trouble.register(app)
