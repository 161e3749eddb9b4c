"""Whom somebody means who wants to know, or to have forgotten, what is kept of a person."""

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.services.editors import known_as
from bot.storage.queries import directory as stored
from bot.storage.tables import PersonRow


class SomebodyError(Exception):
    """It cannot be said who is meant, or they cannot be forgotten now; the sentence says what helps."""


class Somebody(Struct, frozen=True):
    """One human being: their rows, one for each workspace, and all by which other rows know them.

    `email` is lower case, empty where it is not known. There may be no row at all, while a contact or a log
    still names the address.
    """

    rows: tuple[PersonRow, ...]
    email: str

    @property
    def ids(self) -> tuple[int, ...]:
        """The keys of their rows."""
        return tuple(row.id or 0 for row in self.rows)

    @property
    def user_ids(self) -> frozenset[str]:
        """Their ids in Slack."""
        return frozenset(row.user_id for row in self.rows if row.user_id)

    @property
    def keys(self) -> frozenset[str]:
        """How records name whoever did something: by address, else by Slack id, with or without workspace."""
        return frozenset({self.email, *self.user_ids, *(known_as(row) for row in self.rows)} - {""})

    @property
    def words(self) -> frozenset[str]:
        """Whatever stands in a cell for nobody but them."""
        told = {word for row in self.rows for word in (row.name, row.phone)}
        return frozenset((self.keys | told) - {""})


def find_somebody(session: Session, who: str) -> Somebody:
    """Return whom an e-mail address, a Slack id, or workspace/Slack id names.

    An address names one person in all workspaces. Raises `SomebodyError` when a Slack id is nobody's, or that
    of people in several workspaces.
    """
    key = who.strip()
    if "@" in key:
        email = key.lower()
        rows = session.exec(
            select(PersonRow).where(PersonRow.email == email).order_by(col(PersonRow.id))
        ).all()
        return Somebody(tuple(rows), email)
    workspace_id, _, user_id = key.rpartition("/")
    found = stored.people_known_as(session, frozenset({user_id})) if user_id else []
    rows = [row for row in found if not workspace_id or row.workspace_id == workspace_id]
    if not rows:
        raise SomebodyError(
            f"{who}: nobody is known by this; give an e-mail address, or a Slack id as T…/U…."
        )
    if len(rows) > 1:
        several = ", ".join(sorted(f"{row.workspace_id}/{row.user_id}" for row in rows))
        raise SomebodyError(f"{who}: several people are known by this: name the workspace too ({several}).")
    return Somebody(tuple(rows), rows[0].email)
