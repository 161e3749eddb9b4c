"""The button that shows what happened to an escalation. A trigger lasts 3 s, so it opens here, at once."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.services.escalations import listing
from bot.slack.blocks.escalation_list import TIMELINE, timeline_view
from bot.slack.intake import Intake
from bot.slack.reading_escalation_list import read_timeline


def register(app: AsyncApp, intake: Intake) -> None:
    """Open the timeline in a modal, which only whoever pressed sees."""

    async def on_timeline(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        user, escalation_id = read_timeline(body)
        saying = await intake.transactions.run(
            lambda session: listing.answer_button(session, intake.bot, user, escalation_id)
        )
        await client.views_open(trigger_id=body["trigger_id"], view=timeline_view(saying))

    app.action(TIMELINE)(on_timeline)
