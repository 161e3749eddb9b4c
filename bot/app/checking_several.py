"""Looking at the set-up for several workspaces: keys, tokens, and who waits to be admitted."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import closing

from slack_sdk.errors import SlackApiError, SlackClientError
from sqlalchemy.exc import SQLAlchemyError

from bot.app.finding import Finding, fault, good, hint
from bot.app.manifest import wanted_scopes
from bot.app.parts import open_database
from bot.app.several import cannot_open, open_seal
from bot.app.tokens import joins_several, oauth_faults
from bot.domain.installation import Installation, Joined
from bot.services import installations
from bot.settings import Settings
from bot.slack.calls import make_client
from bot.storage.database import Database
from bot.storage.schema import SchemaTooNew
from bot.storage.seal import Seal, SealBrokenError

PART = "Workspaces"


def check_several_here(settings: Settings) -> Iterator[Finding]:
    """Say whether tokens can be sealed and opened, and who waits; nothing where there is one workspace."""
    faults = oauth_faults(settings)
    if faults or not joins_several(settings):
        yield from (fault(PART, words, "See .env.example.") for words in faults)
        return
    if not settings.public_url:
        remedy = "Set PUBLIC_URL to the https address of signpost serve --http, and paste the manifest again."
        yield hint(PART, "No further workspace can install the app.", remedy)
    try:
        with closing(open_database(settings)) as database:
            joined = database.run(installations.joined)
            seal = open_seal(settings)
            lost = database.run(lambda session: installations.unreadable(session, seal, SealBrokenError))
    except (SQLAlchemyError, SchemaTooNew, OSError):
        return  # What is wrong there was said already.
    yield from (_waiting(one) for one in joined if one.admitted_at is None)
    if lost:
        yield fault(PART, cannot_open(lost), "signpost workspaces list")
    else:
        yield good(PART, f"{len(joined)} installed the app; their tokens can be opened.")


async def check_several_slack(settings: Settings) -> AsyncIterator[Finding]:
    """Try each workspace's token, where the database and the keys give one."""
    if oauth_faults(settings) or not joins_several(settings):
        return
    for one in await asyncio.to_thread(_installed, settings):
        yield await _try(settings, one)


def _waiting(one: Joined) -> Finding:
    remedy = f"signpost workspaces admit {one.workspace_id}, if it belongs to your network."
    return hint(PART, f"{one.workspace_name} waits to be admitted.", remedy)


def _installed(settings: Settings) -> list[Installation]:
    seal = open_seal(settings)
    try:
        with closing(open_database(settings)) as database:
            known = [one.workspace_id for one in database.run(installations.joined)]
            found = [_find(database, seal, key) for key in known]
    except (SQLAlchemyError, SchemaTooNew, OSError):
        return []
    return [one for one in found if one is not None]


def _find(database: Database, seal: Seal, workspace_id: str) -> Installation | None:
    try:
        return database.run(lambda session: installations.find(session, seal, workspace_id))
    except SealBrokenError:
        return None


async def _try(settings: Settings, one: Installation) -> Finding:
    part = f"Workspace {one.workspace_name}"
    try:
        answer = await make_client(settings.slack_api_url, one.token).auth_test()
    except SlackApiError as error:
        remedy = f"Install the app there again, or: signpost workspaces remove {one.workspace_id}"
        return fault(part, f"Slack refuses its token: {error.response['error']}.", remedy)
    except (SlackClientError, OSError, TimeoutError) as error:
        return fault(part, f"could not be tried ({type(error).__name__}).", "Check the network.")
    granted = frozenset(str(answer.headers.get("x-oauth-scopes", "")).replace(" ", "").split(","))
    missing = sorted(wanted_scopes(settings) - granted)
    if missing:
        return fault(part, f"scopes are missing: {', '.join(missing)}.", "Let it install the app again.")
    return good(part, f"its token works, as {answer['user']}.")
