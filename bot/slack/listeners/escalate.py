"""Opening an escalation: command, button, shortcut. A trigger lasts 3 s, so the form opens here, at once."""

import asyncio
import secrets
from functools import partial
from typing import Any

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.errors import SlackClientError
from slack_sdk.models.views import View
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.domain.escalation.form import Carried, FilledForm, FormFaults, FormOrigin, FormRefusal, FormRefused
from bot.domain.escalation.route import VendorFirst
from bot.domain.manners import Address, place_of
from bot.domain.network import SlackUser
from bot.domain.saying import Step
from bot.domain.scheme import Language
from bot.services.escalations import form, submitting
from bot.services.escalations.opening import Opened
from bot.services.escalations.submitting import Submitted
from bot.services.people import Profile
from bot.services.renewals.actors import is_stranger
from bot.slack.blocks.escalate_form import CALLBACK, escalate_view, field_errors, receipt_view, refused_view
from bot.slack.blocks.parts import ACTION
from bot.slack.intake import Intake
from bot.slack.reading_escalate import (
    read_escalate_command,
    read_escalate_press,
    read_escalate_shortcut,
    read_form,
    write_form,
)
from bot.slack.worker import look_up_person

log = structlog.get_logger()

LOOKUP_SECONDS = 1.0
USAGE = frozenset({"help", "hilfe", "?"})


def register(app: AsyncApp, intake: Intake) -> None:
    """Take what opens the form, and what it comes back with."""

    async def on_command(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        origin = read_escalate_command(body)
        if origin.text.casefold() in USAGE:
            await _explain(intake, ack, origin)
            return
        await _open(intake, client, body["trigger_id"], origin)
        await ack()

    async def on_shortcut(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await _open(intake, client, body["trigger_id"], read_escalate_shortcut(body))
        await ack()

    async def on_press(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        await _open(intake, client, body["trigger_id"], read_escalate_press(body))
        await ack()

    async def on_submit(ack: AsyncAck, body: dict[str, Any], client: AsyncWebClient) -> None:
        user, carried, filled = read_form(body)
        if carried is None:
            await _show(ack, refused_view(FormRefused(Language.EN, FormRefusal.NOT_YOURS)))
            return
        await _answer(intake, ack, client, user, carried, filled)

    app.command(intake.bot.escalate_command)(on_command)
    app.shortcut(CALLBACK)(on_shortcut)
    app.action(f"{ACTION}{Step.ESCALATE}")(on_press)
    app.view(CALLBACK)(on_submit)


# ---- opening the form ------------------------------------------------------------------------------


async def _open(intake: Intake, client: AsyncWebClient, trigger_id: str, origin: FormOrigin) -> None:
    bot, nonce = intake.bot, secrets.token_hex(8)
    profile = await _profile(intake, client, origin)
    found = None
    if origin.text:
        found = await asyncio.to_thread(bot.matcher.match, origin.text, place_of(Address.COMMAND))
    prepared = await intake.transactions.run(
        lambda session: form.prepare(session, bot, origin, profile, found, nonce)
    )
    if isinstance(prepared, FormRefused):
        view = refused_view(prepared)
    elif isinstance(prepared, Opened):
        url = await _thread_url(intake, client, origin.user, prepared)
        view = receipt_view(prepared.receipt, url, is_new=False)
    else:
        shown, carried = prepared
        view = escalate_view(shown, write_form(carried))
    await client.views_open(trigger_id=trigger_id, view=view)


async def _explain(intake: Intake, ack: AsyncAck, origin: FormOrigin) -> None:
    notice = await intake.transactions.run(lambda session: form.usage(session, intake.bot, origin, None))
    message = intake.bot.render(notice)
    await ack(text=message.text, blocks=list(message.blocks))


async def _profile(intake: Intake, client: AsyncWebClient, origin: FormOrigin) -> Profile | None:
    """Ask Slack who this is, where that was never asked; not for long, since the trigger runs out."""
    if not await intake.transactions.run(lambda session: is_stranger(session, origin.user)):
        return None
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            return await look_up_person(client, origin.user.user_id)
    except TimeoutError:
        return None


# ---- taking it back --------------------------------------------------------------------------------


async def _answer(
    intake: Intake,
    ack: AsyncAck,
    client: AsyncWebClient,
    user: SlackUser,
    carried: Carried,
    filled: FilledForm,
) -> None:
    link = await _permalink(client, carried.channel_id, carried.message_ts)
    done = await intake.transactions.run(partial(_submit, intake, user, carried, filled, link))
    match done:
        case Opened():
            intake.spoken()
            url = await _thread_url(intake, client, user, done)
            await _show(ack, receipt_view(done.receipt, url, is_new=done.is_new))
        case FormRefused():
            await _show(ack, refused_view(done))
        case FormFaults() | VendorFirst():
            await ack(response_action="errors", errors=field_errors(carried.language, done))


def _submit(
    intake: Intake, user: SlackUser, carried: Carried, filled: FilledForm, link: str, session: Session
) -> Submitted:
    return submitting.submit(session, intake.bot, user, carried, filled, link)


async def _show(ack: AsyncAck, view: View) -> None:
    await ack(response_action="update", view=view)


# ---- links -----------------------------------------------------------------------------------------


async def _thread_url(intake: Intake, client: AsyncWebClient, user: SlackUser, opened: Opened) -> str:
    """Return where the requester's thread is: the question's own, else the conversation with the bot."""
    channel_id, message_ts = await intake.transactions.run(
        lambda session: submitting.thread_at(session, opened.escalation_id, user.workspace_id)
    )
    if message_ts:
        return await _permalink(client, channel_id, message_ts)
    return await _conversation(client, user.user_id) if channel_id == user.user_id else ""


async def _permalink(client: AsyncWebClient, channel_id: str, message_ts: str) -> str:
    """Return the address of a message; empty where Slack does not say, which must keep nobody waiting."""
    if not channel_id or not message_ts:
        return ""
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            answer = await client.chat_getPermalink(channel=channel_id, message_ts=message_ts)
    except (SlackClientError, TimeoutError, OSError) as error:
        log.warning("no_permalink", channel=channel_id, error=type(error).__name__)
        return ""
    return str(answer["permalink"])


async def _conversation(client: AsyncWebClient, user_id: str) -> str:
    """Return the address of somebody's conversation with the bot; empty where Slack does not say."""
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            opened = await client.conversations_open(users=user_id)
    except (SlackClientError, TimeoutError, OSError) as error:
        log.warning("no_conversation", user=user_id, error=type(error).__name__)
        return ""
    return f"https://slack.com/app_redirect?channel={opened['channel']['id']}"
