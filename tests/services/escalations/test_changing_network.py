"""The network changes while an escalation is open: who has it and who may see it stays as it was."""

import pytest

from bot.domain.escalation.life import Move, State
from bot.domain.escalation.listing import NoEscalation, Shelf, Timeline
from bot.domain.network import SlackUser
from bot.services.escalations import listing
from bot.services.escalations.moving import Forbidden, Moved
from bot.storage.database import Database
from bot.storage.tables import MembershipRow, PersonRow, PracticeRow
from tests.builders import MORNING
from tests.escalations import NOTE, TEAM, World


@pytest.fixture
def world(database: Database) -> World:
    return World(database).found()


def shown(world: World, key: int, name: str) -> object:
    user = SlackUser(TEAM, f"U{name.upper()}")
    return world.database.run(lambda session: listing.answer_button(session, world.bot, user, key))


def shelves(world: World, name: str) -> dict[Shelf, list[str]]:
    with world.database.transaction() as session:
        person = session.get_one(PersonRow, world.people[name])
        part = listing.part_of(session, world.bot, person)
        return {one.shelf: [line.summary.practice for line in one.lines] for one in part.shelves}


def test_a_practice_that_changes_its_vendor_is_served_to_the_end_by_whoever_has_it(world: World) -> None:
    key = world.open()
    with world.database.transaction() as session:
        berg = session.get_one(PracticeRow, world.practices["Praxis Dr. Berg"])
        berg.vendor_id = world.companies["alpine"]
    assert isinstance(shown(world, key, "tom"), Timeline)
    assert isinstance(shown(world, key, "lena"), NoEscalation)
    assert world.move(key, Move.TAKE, "lena") == Forbidden()
    assert Shelf.INFORMED not in shelves(world, "lena")
    assert isinstance(world.move(key, Move.HAND_OVER, "tom", NOTE), Moved)
    assert isinstance(world.move(key, Move.SEND_BACK, "karl"), Moved)
    assert world.row(key).company_id == world.companies["nord"]
    assert isinstance(world.move(key, Move.RESOLVE, "tina"), Moved)
    assert isinstance(world.move(key, Move.CONFIRM, "anna"), Moved)
    later = world.row(world.open())
    assert later.company_id == world.companies["alpine"]


def test_somebody_of_two_practices_sees_both_and_each_goes_its_own_way(world: World) -> None:
    tal = world.practices["Praxis Dr. Tal"]
    with world.database.transaction() as session:
        anna = {"person_id": world.people["anna"], "practice_id": tal}
        session.add(MembershipRow(**anna, confirmed_at=MORNING))
    first, second = world.open(), world.open(practice_id=tal)
    owners = [world.row(key).company_id for key in (first, second)]
    assert owners == [world.companies["nord"], world.companies["alpine"]]
    assert sorted(shelves(world, "anna")[Shelf.MINE]) == ["Praxis Dr. Berg", "Praxis Dr. Tal"]
    assert shelves(world, "arzt")[Shelf.MINE] == ["Praxis Dr. Berg"]
    assert shelves(world, "tilo")[Shelf.MINE] == ["Praxis Dr. Tal"]
    assert isinstance(shown(world, second, "tom"), NoEscalation)
    world.move(second, Move.RESOLVE, "lena")
    assert world.move(second, Move.CONFIRM, "arzt") == Forbidden()
    assert isinstance(world.move(second, Move.CONFIRM, "tilo"), Moved)


def test_somebody_who_leaves_a_practice_loses_what_its_colleagues_asked(world: World) -> None:
    key = world.open("arzt")
    own = world.open("anna")
    with world.database.transaction() as session:
        berg = world.practices["Praxis Dr. Berg"]
        session.delete(session.get_one(MembershipRow, (world.people["anna"], berg)))
    assert isinstance(shown(world, key, "anna"), NoEscalation)
    assert isinstance(shown(world, own, "anna"), Timeline)


def test_the_owner_who_changes_company_works_on_it_no_more_and_the_company_does(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tina")
    with world.database.transaction() as session:
        session.get_one(PersonRow, world.people["tina"]).company_id = world.companies["alpine"]
    assert world.move(key, Move.RESOLVE, "tina") == Forbidden()
    assert isinstance(shown(world, key, "tina"), NoEscalation)
    swept = world.sweep()
    assert swept.repaired == (world.row(key).reference,)
    assert (world.row(key).state, world.row(key).owner_id) == (State.NEW, None)
    assert isinstance(world.move(key, Move.TAKE, "tom"), Moved)
