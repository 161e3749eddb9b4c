"""How much waits, on both engines."""

from datetime import timedelta

import pytest

from bot.services.figures import Figures, figures
from bot.storage.database import Database
from bot.storage.queries import inbox, outbox
from bot.storage.queries.inbox import Arrived
from bot.storage.tables import EscalationRow, InboxRow, OutboxRow
from tests.escalations import World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(database: Database) -> World:
    return World(database).found()


def read(world: World) -> Figures:
    return world.database.run(lambda session: figures(session, world.bot))


def test_an_empty_house_has_nothing_waiting_and_names_every_state(world: World) -> None:
    found = read(world)
    assert (found.inbox.waiting, found.inbox.oldest_seconds) == (0, 0.0)
    assert found.escalations == {"new": 0, "taken": 0, "waiting": 0, "resolved": 0}
    assert found.overdue == {"response": 0, "solution": 0}


def test_what_waits_is_counted_with_the_age_of_the_oldest_and_what_is_done_is_not(world: World) -> None:
    now = world.bot.system_clock.now()
    with world.database.transaction() as session:
        for number, minutes in enumerate((5, 2, 9)):
            at = now - minutes * MINUTE
            key = str(number)
            inbox.add(session, [Arrived(key, "asked", "T", {})], at)
            outbox.add(
                session, key=key, workspace_id="T", lane="C", method="chat.postMessage", content={}, now=at
            )
        session.get_one(InboxRow, 3).state = "failed"
        session.get_one(OutboxRow, 3).state = "sent"
        session.get_one(OutboxRow, 1).state = "sending"
    found = read(world)
    assert (found.inbox.waiting, found.outbox.waiting) == (2, 2)
    assert found.inbox.oldest_seconds == pytest.approx(300, abs=30)
    assert found.outbox.oldest_seconds == pytest.approx(300, abs=30)


def test_open_escalations_are_counted_by_state_and_broken_promises_beside_them(world: World) -> None:
    first = world.open()
    with world.database.transaction() as session:
        row = session.get_one(EscalationRow, first)
        row.response_due_at = row.solution_due_at = world.clock.now()
    assert read(world).overdue == {"response": 0, "solution": 0}
    world.clock.advance(minutes=1)
    assert read(world).escalations["new"] == 1
    assert read(world).overdue == {"response": 1, "solution": 1}
    with world.database.transaction() as session:
        session.get_one(EscalationRow, first).responded_at = world.clock.now()
    assert read(world).overdue == {"response": 0, "solution": 1}
    with world.database.transaction() as session:
        session.get_one(EscalationRow, first).state = "closed"
    assert read(world).overdue == {"response": 0, "solution": 0}
    assert set(read(world).escalations.values()) == {0}
