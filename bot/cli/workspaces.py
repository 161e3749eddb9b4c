"""Several workspaces: `signpost workspaces`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.storage.database import Database

workspaces = typer.Typer(
    help="The workspaces that installed the app. None is believed anything before you admit it.",
    no_args_is_help=True,
)

IdArgument = Annotated[
    str, typer.Argument(help="The workspace's id, as `signpost workspaces list` shows it.")
]


@workspaces.command("list")
def list_() -> None:
    """Show every workspace with the app in it: who installed it, when, and whether it is admitted."""
    from bot.services import installations

    with _house() as (_, database):
        for one in database.run(installations.joined):
            state = f"admitted {one.admitted_at:%Y-%m-%d}" if one.admitted_at else "waits to be admitted"
            by = f"installed {one.installed_at:%Y-%m-%d} by {one.installed_by}"
            typer.echo(f"{one.workspace_id}  {one.workspace_name}: {by}, {state}")


@workspaces.command()
def admit(workspace: IdArgument) -> None:
    """Take a workspace into the network: its people are known by their e-mail addresses from now on."""
    from bot.cli.house import stop
    from bot.domain.clock import SystemClock
    from bot.services import installations

    now = SystemClock().now()
    with _house() as (_, database):
        if not database.run(lambda session: installations.admit(session, workspace, now)):
            stop(f"{workspace}: the app is not installed there: signpost workspaces list.")
    typer.echo(f"{workspace} is admitted: its people are recognised when they write next.")


@workspaces.command()
def remove(workspace: IdArgument) -> None:
    """Forget a workspace's token. Take the app away in Slack too, or it stays there without an answer."""
    from bot.cli.house import stop
    from bot.services import installations

    with _house() as (_, database):
        if not database.run(lambda session: installations.leave(session, workspace)):
            stop(f"{workspace}: the app is not installed there: signpost workspaces list.")
    typer.echo(f"The token of {workspace} is forgotten.")


@workspaces.command("new-key")
def new_key() -> None:
    """Make a key for TOKEN_KEYS. Keep it apart from the database and its backups."""
    from bot.storage.seal import new_key as make

    typer.echo(make())


@workspaces.command()
def reseal() -> None:
    """Seal every token with the first key of TOKEN_KEYS, so that the others can go."""
    from bot.app.several import cannot_open, open_seal
    from bot.app.tokens import NO_KEYS
    from bot.services import installations
    from bot.settings import SettingsError, keys_in
    from bot.storage.seal import SealBrokenError

    with _house() as (settings, database):
        if not keys_in(settings.token_keys):
            raise SettingsError([NO_KEYS])
        seal = open_seal(settings)
        lost = database.run(lambda session: installations.unreadable(session, seal, SealBrokenError))
        if lost:
            raise SettingsError([cannot_open(lost)])
        count = database.run(lambda session: installations.seal_again(session, seal))
    typer.echo(f"{count} sealed with the first key. The other keys are not needed any more.")


@contextmanager
def _house() -> Iterator[tuple["Settings", "Database"]]:
    from bot.app import open_database
    from bot.settings import load_settings

    settings = load_settings()
    database = open_database(settings)
    try:
        yield settings, database
    finally:
        database.close()
