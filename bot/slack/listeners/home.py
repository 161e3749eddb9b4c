"""The App Home and the command `/renewals`: both show somebody what is due."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.intake import Intake
from bot.slack.reading import read_home_opened, read_renewals


def register(app: AsyncApp, intake: Intake) -> None:
    """Take the look at the Home, and the command; both are acknowledged once they are stored."""

    async def on_open(body: dict[str, Any]) -> None:
        opened = read_home_opened(body)
        if opened is not None:
            await intake.worker.receive(opened)

    async def on_renewals(ack: AsyncAck, body: dict[str, Any]) -> None:
        await intake.worker.receive(read_renewals(body))
        await ack()

    app.event("app_home_opened")(on_open)
    app.command(intake.bot.renewals_command)(on_renewals)
