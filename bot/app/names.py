"""The workspaces that an import asks for people and channels."""

from collections.abc import Iterator

from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient
from sqlmodel import Session

from bot.app.several import open_seal
from bot.app.tokens import joins_several, oauth_faults, secret
from bot.services import installations
from bot.services.imports.names import SlackNames
from bot.settings import Settings
from bot.slack.names import FirstOf, SlackWebNames
from bot.storage.database import Database
from bot.storage.seal import Seal, SealBrokenError

CALL_SECONDS = 30
RATE_LIMIT_RETRIES = 10


def open_slack_names(settings: Settings, database: Database | None = None) -> SlackNames | None:
    """Return the bot token's workspace, and those in the database that were admitted; `None` without any.

    They only read, so they may retry.
    """
    tokens = [token for token in (secret(settings.slack_bot_token), *_admitted(settings, database)) if token]
    found = [_names(settings, token) for token in dict.fromkeys(tokens)]
    return FirstOf(found) if found else None


def _admitted(settings: Settings, database: Database | None) -> Iterator[str]:
    if database is None or not joins_several(settings) or oauth_faults(settings):
        return
    seal = open_seal(settings)
    yield from database.run(lambda session: list(_tokens(session, seal)))


def _tokens(session: Session, seal: Seal) -> Iterator[str]:
    for one in installations.joined(session):
        try:
            found = installations.find(session, seal, one.workspace_id)
        except SealBrokenError:
            continue  # `signpost check` says so; an import does without.
        if found is not None and one.admitted_at is not None:
            yield found.token


def _names(settings: Settings, token: str) -> SlackWebNames:
    client = AsyncWebClient(
        token=token,
        base_url=settings.slack_api_url,
        timeout=CALL_SECONDS,
        retry_handlers=[
            AsyncConnectionErrorRetryHandler(),
            AsyncRateLimitErrorRetryHandler(max_retry_count=RATE_LIMIT_RETRIES),
        ],
    )
    return SlackWebNames(client)
