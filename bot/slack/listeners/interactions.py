"""Commands, buttons and menus. They are acknowledged as soon as they are stored."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.domain.saying import Step
from bot.slack.blocks.parts import ACTION
from bot.slack.intake import Intake
from bot.slack.reading import read_command, read_press

PRESSES = re.compile(rf"^{re.escape(ACTION)}({Step.NOT_THIS}|{Step.SOLVED}|topic(\..*)?)$")


def register(app: AsyncApp, intake: Intake) -> None:
    """Take the command and the presses under our messages."""

    async def on_command(ack: AsyncAck, body: dict[str, Any]) -> None:
        await intake.worker.receive(read_command(body))
        await ack()

    async def on_press(ack: AsyncAck, body: dict[str, Any]) -> None:
        pressed = read_press(body)
        if pressed is not None:
            await intake.worker.receive(pressed)
        await ack()

    async def on_other(ack: AsyncAck) -> None:
        """Acknowledge links and buttons of messages from earlier versions."""
        await ack()

    app.command(intake.bot.command)(on_command)
    app.action(PRESSES)(on_press)
    app.action(re.compile(rf"^(?!{re.escape(ACTION)}{Step.SAY_PRACTICE})"))(on_other)
