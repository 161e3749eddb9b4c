"""What queries keep from one transaction to the next, for each database."""

from typing import Any

from sqlmodel import Session

Memory = dict[type, Any]
"""By the type of what is kept. Whoever keeps something must notice by itself when it is out of date."""


def memory_of(session: Session) -> Memory:
    """Return the memory of the session's database; an empty one where it has none."""
    memory: Memory = session.info.setdefault("memory", {})
    return memory
