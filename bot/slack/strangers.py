"""Asking Slack who presses, where that was never asked."""

import asyncio

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.network import SlackUser
from bot.services.people import Profile
from bot.services.renewals import actors
from bot.slack.intake import Intake
from bot.slack.worker import look_up_person

LOOKUP_SECONDS = 1.0


async def profile_of_stranger(intake: Intake, client: AsyncWebClient, user: SlackUser) -> Profile | None:
    """Return what Slack says of somebody it was never asked about; not for long, since a trigger runs out."""
    if not await intake.transactions.run(lambda session: actors.is_stranger(session, user)):
        return None
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            return await look_up_person(client, user.user_id)
    except TimeoutError:
        return None
