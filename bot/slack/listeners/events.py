"""Messages, mentions and invitations. An event is acknowledged when its listener returns."""

import re
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext

from bot.slack.intake import Intake
from bot.slack.reading import read_invitation, read_message
from bot.slack.reading_threads import is_below_ours, read_thread_message


def register(app: AsyncApp, intake: Intake) -> None:
    """Take messages and mentions as one, and invitations."""

    async def on_message(body: dict[str, Any], context: AsyncBoltContext) -> None:
        me = context.bot_user_id or ""
        said = read_thread_message(body, me)
        if said is not None:
            below = is_below_ours(body, me)
            if await intake.worker.receive_in_thread(said, is_below_ours=below):
                return
        asked = read_message(body, me)
        if asked is not None:
            await intake.worker.receive(asked)

    async def on_join(body: dict[str, Any], context: AsyncBoltContext) -> None:
        invited = read_invitation(body, context.bot_user_id or "")
        if invited is not None:
            await intake.worker.receive(invited)

    app.event("message")(on_message)
    app.event("app_mention")(on_message)
    app.event("member_joined_channel")(on_join)


def register_rest(app: AsyncApp) -> None:
    """Acknowledge the events that no other listener takes."""

    async def on_anything() -> None:
        """Without it Slack would send the event again and again."""

    app.event(re.compile(".*"))(on_anything)
