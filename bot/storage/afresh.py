"""A session for several use cases in turn."""

from sqlmodel import Session


def start_afresh(session: Session) -> None:
    """Write what a use case left in the session, and leave it to the next as if it were new."""
    session.flush()
    session.expunge_all()
