"""The workspaces that have the app, and the states of installations under way."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, literal, update
from sqlmodel import Session, col, select

from bot.storage.tables import InstallationRow, OAuthStateRow, PersonRow


def all_of_them(session: Session) -> Sequence[InstallationRow]:
    """Return every workspace, the first one first."""
    query = select(InstallationRow).order_by(
        col(InstallationRow.installed_at), col(InstallationRow.workspace_id)
    )
    return session.exec(query).all()


def is_on_trial(session: Session, workspace_id: str) -> bool:
    """Say whether a workspace installed the app by itself and was not admitted yet."""
    query = select(InstallationRow.workspace_id).where(
        InstallationRow.workspace_id == workspace_id, col(InstallationRow.admitted_at).is_(None)
    )
    return session.exec(query).first() is not None


def ask_again(session: Session, workspace_id: str) -> None:
    """Let Slack be asked anew about all people of a workspace."""
    session.execute(
        update(PersonRow).where(col(PersonRow.workspace_id) == workspace_id).values(looked_up_at=None)
    )


def add_state(session: Session, digest: str, expires_at: datetime) -> None:
    """Remember a state."""
    session.add(OAuthStateRow(digest=digest, expires_at=expires_at))


def take_state(session: Session, digest: str, now: datetime) -> bool:
    """Use a state up; return whether it was there and has not expired. Of two who try at once one has it."""
    statement = delete(OAuthStateRow).where(
        col(OAuthStateRow.digest) == digest, col(OAuthStateRow.expires_at) > now
    )
    return session.execute(statement.returning(literal(1))).first() is not None


def drop_expired_states(session: Session, now: datetime) -> None:
    """Forget states that nobody came back with."""
    session.execute(delete(OAuthStateRow).where(col(OAuthStateRow.expires_at) <= now))
