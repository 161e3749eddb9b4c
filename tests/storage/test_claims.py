"""What is kept does not slow the search for what is to be done."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlmodel import Session

from bot.storage.database import Database
from bot.storage.queries import digest_refusals, escalation_refusals, inbox, outbox

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
    queries: list[tuple[str, tuple[object, ...]]] = []
    event.listen(
        sqlite_database.engine, "before_cursor_execute", lambda *call: queries.append((call[2], call[3]))
    )
    sqlite_database.run(search)
    statement, values = next(query for query in queries if query[0].startswith("SELECT"))
    with sqlite_database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    assert index in str(plan)
