"""What Slack may tell us, and who takes it. A listener reads the payload and hands it on."""

from slack_bolt.app.async_app import AsyncApp

from bot.slack.intake import Intake
from bot.slack.listeners import (
    editing,
    escalate,
    escalation_list,
    escalation_work,
    events,
    home,
    interactions,
    parting,
    practice,
    renewals,
    threads,
    trouble,
    workspace,
)


def register(app: AsyncApp, intake: Intake) -> None:
    """Connect all listeners. The first that fits is taken, so what catches all comes last of its kind.

    Bolt asks one after the other, so messages, of which there are most, come first.
    """
    trouble.check_first(app)
    workspace.register(app)
    events.register(app, intake)
    home.register(app, intake)
    parting.register(app, intake)
    events.register_rest(app)
    escalate.register(app, intake)
    renewals.register(app, intake)
    escalation_work.register(app, intake)
    threads.register(app, intake)
    escalation_list.register(app, intake)
    editing.register(app, intake)
    interactions.register(app, intake)
    practice.register(app, intake)
    trouble.register(app)
