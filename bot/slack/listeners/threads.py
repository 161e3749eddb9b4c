"""The buttons of files that were sent on the other side of an escalation."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck

from bot.slack.blocks.escalation_thread import FILE_ACTION
from bot.slack.intake import Intake
from bot.slack.reading_threads import read_file_wanted


def register(app: AsyncApp, intake: Intake) -> None:
    """Take the press that follows the confirmation; it is acknowledged once it is stored."""

    async def on_file(ack: AsyncAck, body: dict[str, Any]) -> None:
        wanted = read_file_wanted(body)
        if wanted is not None:
            await intake.worker.receive(wanted)
        await ack()

    app.action(re.compile(rf"^{re.escape(FILE_ACTION)}\.\d+$"))(on_file)
