"""The buttons with which an escalation is worked, and their forms, which open here, at once."""

import re
from collections.abc import Iterable
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.domain.escalation.note import Details
from bot.domain.escalation.work import AT_ONCE, FORMS, Gaps, WorkPress, WorkRefused
from bot.services.escalations import working
from bot.slack.blocks.escalation_buttons import MORE, PRESS
from bot.slack.blocks.escalation_forms import CALLBACK, gap_errors, work_refused_view, work_view
from bot.slack.intake import Intake
from bot.slack.reading_work import read_work, read_work_press, write_work
from bot.slack.strangers import profile_of_stranger


def register(app: AsyncApp, intake: Intake) -> None:
    """Take the presses and the submitted forms."""

    async def on_do(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        press = read_work_press(body)
        if press is not None:
            profile = await profile_of_stranger(intake, client, press.user)
            await intake.transactions.run(lambda session: working.do(session, intake.bot, press, profile))
            intake.spoken()
        await ack()

    async def on_open(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        press = read_work_press(body)
        if press is None or press.move not in FORMS:
            return
        profile = await profile_of_stranger(intake, client, press.user)
        form = await intake.transactions.run(
            lambda session: working.open_form(session, intake.bot, press, profile)
        )
        if form is None:
            intake.spoken()
            return
        view = work_view(form, write_work(form, press))
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    async def on_submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        read = read_work(body)
        outcome = await intake.transactions.run(partial(_submit, intake, *read)) if read else None
        match outcome:
            case Gaps():
                await ack(response_action="errors", errors=gap_errors(outcome))
            case WorkRefused():
                await ack(response_action="update", view=work_refused_view(outcome))
            case None:
                await ack()
                intake.spoken()

    app.action(_one_of(AT_ONCE))(on_do)
    app.action(_one_of(FORMS))(on_open)
    app.action(MORE)(on_open)
    app.view(CALLBACK)(on_submit)


def _submit(
    intake: Intake, press: WorkPress, details: Details, session: Session
) -> WorkRefused | Gaps | None:
    return working.submit(session, intake.bot, press, details)


def _one_of(moves: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"^{re.escape(PRESS)}({'|'.join(sorted(moves))})$")
