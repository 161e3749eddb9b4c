"""Whom an import asks: the workspace of the bot token, and those that were admitted."""

from pathlib import Path

from pydantic import SecretStr

from bot.app.names import open_slack_names
from bot.app.parts import open_database
from bot.playground import Seed, SeedPerson, SeveralSlacks
from bot.services import installations
from bot.settings import load_settings
from tests.app.test_checking import join, with_several
from tests.builders import MORNING

MANIFEST = {"oauth_config": {"scopes": {"bot": ["users:read.email", "users:read"]}}}


def seed(name: str, handle: str) -> Seed:
    return Seed(
        people=(SeedPerson(handle, handle.title(), f"{handle}@{name}.example"),), channels=(), team_name=name
    )


def test_without_any_token_nobody_is_asked() -> None:
    assert open_slack_names(load_settings(slack_bot_token=None)) is None


async def test_only_admitted_workspaces_are_asked_beside_that_of_the_bot_token(tmp_path: Path) -> None:
    seeds = [seed("home", "anna"), seed("admitted", "tom"), seed("waiting", "eve")]
    async with SeveralSlacks(seeds, manifest=MANIFEST) as several:
        home, admitted, waiting = several.slacks
        settings = with_several(tmp_path, several.api_url, slack_bot_token=SecretStr(home.bot_token))
        database = open_database(settings)
        for slack in (admitted, waiting):
            join(settings, workspace_id=slack.team_id, token=slack.bot_token)
        database.run(lambda session: installations.admit(session, admitted.team_id, MORNING))
        names = open_slack_names(settings, database)
        database.close()
        assert names is not None
        assert await names.workspace_id() == home.team_id
        for slack, handle, is_found in ((home, "anna", 1), (admitted, "tom", 1), (waiting, "eve", 0)):
            found = await names.user_by_email(f"{handle}@{slack.workspace.team_name}.example")
            assert (found.user_id if found else None) == (slack.user_id(handle) if is_found else None)
