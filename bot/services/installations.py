"""Workspaces join the network, are admitted, and leave; their tokens are sealed where they are stored."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Protocol

from sqlmodel import Session

from bot.domain.installation import Installation, Joined
from bot.storage.queries import installations as stored
from bot.storage.tables import InstallationRow

STATE_LASTS = timedelta(minutes=10)


class Sealing(Protocol):
    """Seals secrets and opens them (`bot.storage.seal.Seal`)."""

    def close(self, secret: str) -> str:
        """Seal a secret."""
        ...

    def open(self, sealed: str) -> str:
        """Return what was sealed; raises where none of the keys opens it."""
        ...


def join(session: Session, seal: Sealing, new: Installation, now: datetime) -> None:
    """Keep an installation in the place of an earlier one; whether it is admitted does not change."""
    row = session.get(InstallationRow, new.workspace_id)
    admitted_at = row.admitted_at if row is not None else None
    session.merge(
        InstallationRow(
            workspace_id=new.workspace_id,
            workspace_name=new.workspace_name,
            sealed_token=seal.close(new.token),
            bot_user_id=new.bot_user_id,
            bot_id=new.bot_id,
            scopes=new.scopes,
            installed_by=new.installed_by,
            installed_at=now,
            admitted_at=admitted_at,
        )
    )


def find(session: Session, seal: Sealing, workspace_id: str) -> Installation | None:
    """Return a workspace's installation, with its token; `None` where the app is not installed."""
    row = session.get(InstallationRow, workspace_id)
    if row is None:
        return None
    return Installation(
        workspace_id=row.workspace_id,
        workspace_name=row.workspace_name,
        token=seal.open(row.sealed_token),
        bot_user_id=row.bot_user_id,
        bot_id=row.bot_id,
        scopes=row.scopes,
        installed_by=row.installed_by,
    )


def leave(session: Session, workspace_id: str, at: datetime | None = None) -> bool:
    """Forget an installation and its token; return whether there was one.

    `at` is when it ended: what was installed after that stays, since Slack may tell late.
    """
    row = session.get(InstallationRow, workspace_id)
    if row is None or (at is not None and row.installed_at > at + timedelta(seconds=1)):
        return False
    session.delete(row)
    return True


def admit(session: Session, workspace_id: str, now: datetime) -> bool:
    """Take a workspace into the network, so that its people are known by their e-mail addresses.

    Return `False` where the app is not installed.
    """
    row = session.get(InstallationRow, workspace_id)
    if row is None:
        return False
    if row.admitted_at is None:
        row.admitted_at = now
        stored.ask_again(session, workspace_id)
    return True


def joined(session: Session) -> tuple[Joined, ...]:
    """Return every workspace with the app in it, the first one first."""
    return tuple(
        Joined(row.workspace_id, row.workspace_name, row.installed_by, row.installed_at, row.admitted_at)
        for row in stored.all_of_them(session)
    )


def unreadable(session: Session, seal: Sealing, broken: type[Exception]) -> tuple[str, ...]:
    """Return the names of the workspaces whose tokens no key opens; `broken` is what `seal` raises then."""
    return tuple(
        row.workspace_name
        for row in stored.all_of_them(session)
        if not _opens(seal, row.sealed_token, broken)
    )


def seal_again(session: Session, seal: Sealing) -> int:
    """Seal every token with the newest key, so that older ones can go; return how many there are."""
    rows = stored.all_of_them(session)
    for row in rows:
        row.sealed_token = seal.close(seal.open(row.sealed_token))
    return len(rows)


def begin(session: Session, now: datetime) -> str:
    """Return the state of a new installation, with which alone it can be finished, once and soon."""
    stored.drop_expired_states(session, now)
    state = secrets.token_urlsafe(32)
    stored.add_state(session, _digest(state), now + STATE_LASTS)
    return state


def finish(session: Session, state: str, now: datetime) -> bool:
    """Use a state up; return whether it was good."""
    return stored.take_state(session, _digest(state), now)


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()


def _opens(seal: Sealing, sealed: str, broken: type[Exception]) -> bool:
    try:
        seal.open(sealed)
    except broken:
        return False
    return True
