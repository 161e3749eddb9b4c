"""What a database keeps of a person: each kind of trace, how it is found, and what forgetting does to it."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from sqlmodel import Session

from bot.services.forgetting.somebody import Somebody
from bot.storage.tables import Table

Rows = Sequence[Table]


class Trace(Struct, frozen=True):
    """Rows of one kind that tell of somebody.

    `columns` are what is personal in them. `erase` takes it out; without it the rows stay, and `stays` says
    why. Where both are there, `stays` says what is left for a while.
    """

    name: str
    columns: tuple[str, ...]
    find: Callable[[Session, Somebody], Rows]
    erase: Callable[[Session, Somebody, Any], None] | None = None
    stays: str = ""


def nothing_else(_session: Session, _who: Somebody, _rows: Any) -> None:
    """Do nothing: the rows go with the person's own."""


def remove_rows(session: Session, _who: Somebody, rows: Rows) -> None:
    """Remove rows that tell of nobody else."""
    for row in rows:
        session.delete(row)
    session.flush()
