"""The commands by which PostgreSQL itself backs up and restores a database."""

import shlex
from pathlib import Path

from msgspec import Struct
from sqlalchemy import URL

SECRET_PARAMETERS = ("password", "sslpassword", "passfile")


class DumpCommands(Struct, frozen=True):
    """Lines for a shell. They hold no password: `PGPASSWORD` or `~/.pgpass` gives it."""

    back_up: str
    restore: str


def dump_commands(url: URL, file: Path) -> DumpCommands:
    """Return the commands for this database and this file."""
    database = shlex.quote(without_password(url))
    dump = shlex.quote(str(file))
    return DumpCommands(
        f"pg_dump --format=custom --no-owner --file={dump} --dbname={database}",
        "pg_restore --clean --if-exists --no-owner --single-transaction --exit-on-error "
        f"--dbname={database} {dump}",
    )


def without_password(url: URL) -> str:
    """Return a database's address as PostgreSQL's programs take it, without what is secret in it."""
    plain = URL.create("postgresql", url.username, None, url.host, url.port, url.database, _harmless(url))
    return plain.render_as_string(hide_password=False)


def _harmless(url: URL) -> dict[str, tuple[str, ...] | str]:
    return {name: value for name, value in url.query.items() if name not in SECRET_PARAMETERS}
