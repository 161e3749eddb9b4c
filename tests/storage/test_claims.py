"""What is kept does not slow the search for what is to be done."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session

from bot.domain.network import SlackUser
from bot.storage.database import Database
from bot.storage.queries import acquaintance, digest_refusals, directory, escalation_refusals, inbox, outbox

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SOON = NOW + timedelta(minutes=1)


def claim_arrivals(session: Session) -> object:
    return inbox.claim(session, now=NOW, until=SOON, limit=5)


def claim_messages(session: Session) -> object:
    return outbox.claim(session, now=NOW, until=SOON, limit=5)


def wait_for_older(session: Session) -> object:
    return inbox.waiting_before(session, "thread:", 5)


def look_for_refused_cards(session: Session) -> object:
    return escalation_refusals.failed(session, 5)


@pytest.mark.parametrize(
    ("search", "index"),
    [
        (claim_arrivals, "ix_inbox_waiting"),
        (wait_for_older, "ix_inbox_waiting"),
        (claim_messages, "ix_outbox_open"),
        (look_for_refused_cards, "ix_outbox_failed"),
        (digest_refusals.failed, "ix_outbox_failed"),
    ],
)
def test_only_what_is_open_is_looked_through(
    sqlite_database: Database, search: Callable[[Session], object], index: str
) -> None:
    assert index in plan_of(sqlite_database, search)


@pytest.mark.parametrize("search", [acquaintance.acquaintances, directory.looked_up_at])
def test_people_are_found_by_their_ids_however_many_there_are(
    sqlite_database: Database, search: Callable[[Session, Sequence[SlackUser]], object]
) -> None:
    several = [SlackUser("T1", "U1"), SlackUser("T1", "U2"), SlackUser("T2", "U1")]
    plan = plan_of(sqlite_database, lambda session: search(session, several))
    assert "(workspace_id=? AND user_id=?)" in plan


def plan_of(database: Database, search: Callable[[Session], object]) -> str:
    """Return how SQLite goes about the first thing that a search selects."""
    queries: list[tuple[str, tuple[object, ...]]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: queries.append((call[2], call[3])))
    database.run(search)
    statement, values = next(query for query in queries if query[0].startswith("SELECT"))
    with database.engine.connect() as connection:
        return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all())
