"""The modal in which people say which practice is theirs. A trigger lasts 3 s, so it opens here, at once."""

from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.domain.arrival import Pressed
from bot.domain.saying import Step
from bot.services import introducing
from bot.services.people import OwnWords, UnknownPracticeError
from bot.slack.blocks.parts import ACTION
from bot.slack.blocks.practice import CALLBACK, NAME_BLOCK, PracticeForm, practice_view
from bot.slack.intake import Intake
from bot.slack.reading import read_introduction, read_say_practice, write_origin
from bot.wording import say


def register(app: AsyncApp, intake: Intake) -> None:
    """Open the modal and take what is submitted."""

    async def on_open(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        origin = read_say_practice(body)
        language, vendors = await intake.transactions.run(
            lambda session: introducing.form_for(session, intake.bot, origin.user, origin.question_id)
        )
        form = PracticeForm(language, vendors, write_origin(language, origin))
        await client.views_open(trigger_id=body["trigger_id"], view=practice_view(form))

    async def on_submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        language, origin, words = read_introduction(body)
        if not words.practice_name.strip() and not words.vendor_slug:
            await ack(response_action="errors", errors={NAME_BLOCK: say(language, "practice.nothing")})
            return
        try:
            await intake.transactions.run(partial(_introduce, intake, words, origin))
        except UnknownPracticeError:
            await ack(response_action="errors", errors={NAME_BLOCK: say(language, "practice.unknown_name")})
            return
        await ack()
        intake.spoken()

    app.action(f"{ACTION}{Step.SAY_PRACTICE}")(on_open)
    app.view(CALLBACK)(on_submit)


def _introduce(intake: Intake, words: OwnWords, origin: Pressed, session: Session) -> None:
    introducing.introduce(session, intake.bot, words, origin)
