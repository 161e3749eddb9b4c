"""Editing the directory in the Home. A trigger lasts 3 s, so what is pressed opens here, at once."""

import re
from functools import partial
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.domain.editing import EditPress, EditStep, FlawsError, Listing, NotEditedError, Submitted
from bot.services.editing import pages, saving
from bot.slack.blocks.edit_forms import (
    CALLBACK,
    SEARCH_CALLBACK,
    edit_view,
    field_errors,
    not_edited_view,
)
from bot.slack.blocks.parts import ACTION
from bot.slack.intake import Intake
from bot.slack.reading_editing import open_modal, read_edit, read_filled, read_search, write_carried

PRESSES = re.compile(rf"^{re.escape(ACTION)}({'|'.join(EditStep)})$")


def register(app: AsyncApp, intake: Intake) -> None:
    """Take the presses and the submitted forms."""
    _register_presses(app, intake)

    async def on_submit(ack: AsyncAck, body: dict[str, Any]) -> None:
        language, submitted = read_filled(body)
        try:
            await intake.transactions.run(partial(_save, intake, submitted))
        except FlawsError as error:
            await ack(response_action="errors", errors=field_errors(language, error.flaws))
        except NotEditedError as error:
            await ack(response_action="update", view=not_edited_view(error.language, error.no))
        else:
            await ack()
            intake.spoken()

    async def on_search(ack: AsyncAck, body: dict[str, Any]) -> None:
        try:
            found = await intake.transactions.run(partial(_search, intake, body))
        except NotEditedError as error:
            await ack(response_action="update", view=not_edited_view(error.language, error.no))
        else:
            await ack(response_action="update", view=edit_view(found, write_carried(found)))

    app.view(CALLBACK)(on_submit)
    app.view(SEARCH_CALLBACK)(on_search)


def _register_presses(app: AsyncApp, intake: Intake) -> None:
    async def on_press(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await ack()
        view = await intake.transactions.run(partial(_pressed, intake, read_edit(body)))
        intake.spoken()
        if view is None:
            return
        if modal := open_modal(body):
            await client.views_update(view_id=modal, view=view)
        else:
            await client.views_open(trigger_id=body["trigger_id"], view=view)

    app.action(PRESSES)(on_press)


def _pressed(intake: Intake, press: EditPress, session: Session) -> View | None:
    try:
        with session.begin_nested():
            page = pages.press(session, intake.bot, press)
    except NotEditedError as error:
        return not_edited_view(error.language, error.no)
    return None if page is None else edit_view(page, write_carried(page))


def _save(intake: Intake, submitted: Submitted, session: Session) -> None:
    saving.save(session, intake.bot, submitted)


def _search(intake: Intake, body: dict[str, Any], session: Session) -> Listing:
    user, kind, company_id, words = read_search(body)
    return pages.listing(session, intake.bot, user, kind, company_id, words)
