"""The buttons of reminders and of what follows. A trigger lasts 3 s, so forms open here, at once."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.domain.maintenance.answers import AnswerStep, Filled, FormFaultsError, Origin, RenewalForm
from bot.domain.maintenance.reminder import ReminderStep
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals import answering, confirming, rerouting
from bot.services.renewals.actors import AnsweredBeforeError, RefusedError
from bot.slack.blocks.parts import ACTION
from bot.slack.blocks.renewal_forms import CALLBACK, field_errors, refused_view, renewal_view
from bot.slack.intake import Intake
from bot.slack.reading_renewals import read_answer, read_filled, write_carried
from bot.slack.shapes import UnreadableError
from bot.slack.strangers import profile_of_stranger

Opened = tuple[RenewalForm, Origin] | None
OPENING: dict[str, Callable[[Session, Bot, Origin, Profile | None], Opened]] = {
    **dict.fromkeys(ReminderStep, answering.open_form),
    AnswerStep.CONFIRM: confirming.open_form,
    AnswerStep.NOT_RECEIVED: confirming.open_form,
}
TAKING: dict[str, Callable[[Session, Bot, Origin, Filled], None]] = {
    ReminderStep.RENEWED: answering.renewed,
    ReminderStep.REMIND_ON: answering.postpone,
    ReminderStep.NOT_RENEWING: answering.not_renewing,
    ReminderStep.WRONG_CONTACT: rerouting.wrong_contact,
    AnswerStep.CONFIRM: confirming.confirm,
    AnswerStep.NOT_RECEIVED: confirming.not_received,
}
DOING: dict[str, Callable[[Session, Bot, Origin, Profile | None], None]] = {
    AnswerStep.STILL_RENEWING: confirming.still_renewing,
    AnswerStep.FIX_DONE: rerouting.close_fix,
}


def register(app: AsyncApp, intake: Intake) -> None:
    """Take the presses and the submitted forms."""

    async def on_open(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        origin = read_answer(body)
        profile = await profile_of_stranger(intake, client, origin.user)
        opened = await intake.transactions.run(
            lambda session: OPENING[origin.step](session, intake.bot, origin, profile)
        )
        if opened is None:
            intake.spoken()
            return
        form, origin = opened
        view = renewal_view(form, write_carried(form, origin))
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def on_do(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        origin = read_answer(body)
        profile = await profile_of_stranger(intake, client, origin.user)
        await intake.transactions.run(
            lambda session: DOING[origin.step](session, intake.bot, origin, profile)
        )
        await ack()
        intake.spoken()

    async def on_submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        language, origin, filled = read_filled(body)
        if origin.step not in TAKING:
            raise UnreadableError("step")
        try:
            await intake.transactions.run(partial(_take, intake, origin, filled))
        except FormFaultsError as error:
            await ack(response_action="errors", errors=field_errors(language, error.faults))
        except AnsweredBeforeError as error:
            await ack(response_action="update", view=refused_view(error.before))
        except RefusedError as error:
            await ack(response_action="update", view=refused_view(error.refused))
        else:
            await ack()
            intake.spoken()

    app.action(_one_of(OPENING))(on_open)
    app.action(_one_of(DOING))(on_do)
    app.view(CALLBACK)(on_submit)


def _take(intake: Intake, origin: Origin, filled: Filled, session: Session) -> None:
    TAKING[origin.step](session, intake.bot, origin, filled)


def _one_of(steps: dict[str, Any]) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(ACTION)}({'|'.join(re.escape(step) for step in steps)})$")
