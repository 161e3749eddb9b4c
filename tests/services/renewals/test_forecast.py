"""The dry run says what the ticks will do."""

from datetime import date, timedelta

import pytest

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.vat import VatTable
from bot.services.renewals.forecast import Forecast, forecast
from bot.storage.database import Database
from tests.renewals import DUE, VAT, World, nine


@pytest.fixture
def world(database: Database) -> World:
    world = World(database).found()
    world.practice("Praxis Fern")
    world.package("L-1")
    world.package("L-2", "Praxis Fern", due_on=date(2027, 5, 3))
    world.package("L-3", "Praxis Dr. Sommer", stages="-10 5")
    return world


def look(world: World, vat: VatTable = VAT, biller_id: int | None = None, days: int = 400) -> Forecast:
    with world.database.transaction() as session:
        now = world.clock.now()
        return forecast(session, vat, now, now + timedelta(days=days), biller_id)


def test_what_it_foretells_is_what_happens(world: World) -> None:
    foretold = {(one.at, one.to.recipient, one.record.package, one.stage) for one in look(world).expected}
    while coming := world.due():
        world.go(min(at for _, at in coming.values()))
    with world.database.transaction() as session:
        from bot.services.renewals.records import records

        names = {one.period_id: one.package for one in records(session, VAT, range(1, 10))}
    happened = {
        (row.dealt_at, row.recipient, names[row.period_id], row.stage)
        for row in world.ledger()
        if row.outcome != "superseded"
    }
    assert foretold == happened
    assert len(foretold) == 2 * 7 + 2 * 7 + 2 * 2


def test_it_sends_and_changes_nothing(world: World) -> None:
    before = world.due()
    look(world)
    assert (world.outbox(), world.ledger(), world.due()) == ([], [], before)


def test_it_names_who_is_out_of_reach_what_lacks_vat_and_what_is_overdue(world: World) -> None:
    world.clock.instant = nine(DUE + timedelta(days=1))
    ahead = look(world, VatTable({}, {}))
    assert [party.name for party in ahead.unreachable] == ["Praxis Fern"]
    assert {record.package for record in ahead.without_vat} == {"L-1", "L-2", "L-3"}
    assert [record.package for record in ahead.overdue] == ["L-2", "L-1", "L-3"]
    assert look(world).without_vat == ()


def test_it_can_be_for_one_biller_and_for_fewer_days(world: World) -> None:
    assert {one.record.package for one in look(world, biller_id=1).expected} == {"L-3"}
    assert look(world, biller_id=1, days=10).expected == ()


def test_what_a_practice_claimed_is_marked_as_held(world: World) -> None:
    world.record(3, EntryKind.CLAIMED, reference="PO 1")
    held = {one.to.recipient for one in look(world, biller_id=1).expected if one.is_held}
    assert held == {"practice:2"}
