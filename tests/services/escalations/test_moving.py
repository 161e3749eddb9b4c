from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.domain.escalation.bonds import ACTION_OF
from bot.domain.escalation.life import Move, State
from bot.domain.escalation.note import Details
from bot.services.escalations import actors
from bot.services.escalations.moving import Forbidden, Gone, Incomplete, Moved, NotNow, Outcome, Taken
from bot.storage.database import Database
from bot.storage.tables import EscalationRow, PersonRow
from tests.escalations import LEVEL_1, NOTE, World


def done(outcome: Outcome) -> Moved:
    assert isinstance(outcome, Moved), outcome
    return outcome


# ---- taking ----------------------------------------------------------------------------------------


def test_of_two_who_take_it_one_wins_and_the_other_hears_who(world: World) -> None:
    key = world.open()
    assert done(world.move(key, Move.TAKE, "tom")).owner == "Tom"
    assert world.move(key, Move.TAKE, "tina") == Taken("ESC-2026-0001", "Tom")
    assert world.kinds(key) == ["open", "take"]


def test_whoever_takes_it_twice_has_it_once(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    assert not done(world.move(key, Move.TAKE, "tom")).is_new
    assert world.kinds(key) == ["open", "take"]


def test_the_requester_sees_who_took_it(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    assert world.texts("UANNA")[-1] == "Tom has taken ESC-2026-0001."
    head = world.said("UANNA", updates=True)[1]
    assert (head.method, head.content["update_of"]) == ("chat.update", "escalation ESC-2026-0001 requester")
    assert "Tom at Nord Dental works on it." in head.content["text"]


def test_reassigning_goes_to_people_of_the_company_only(world: World) -> None:
    key = world.open()
    refused = world.move(key, Move.REASSIGN, "tom", Details(to_person=world.people["karl"]))
    assert refused == Incomplete("ESC-2026-0001", ("to_person",))
    assert (
        done(world.move(key, Move.REASSIGN, "tom", Details(to_person=world.people["tina"]))).owner == "Tina"
    )


# ---- the level above -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("note", "missing"),
    [
        (Details(), ("text", "error_text", "version", "has_consent")),
        (replace(NOTE, text="  "), ("text",)),
        (replace(NOTE, error_text=""), ("error_text",)),
        (replace(NOTE, version=""), ("version",)),
        (replace(NOTE, has_consent=None), ("has_consent",)),
    ],
)
def test_handing_over_wants_the_whole_note(world: World, note: Details, missing: tuple[str, ...]) -> None:
    key = world.open()
    assert world.move(key, Move.HAND_OVER, "tom", note) == Incomplete("ESC-2026-0001", missing)
    assert world.row(key).company_id == world.companies["nord"]


def test_handing_over_shows_level_1_all_of_the_note(world: World) -> None:
    key = world.open()
    moved = done(world.move(key, Move.HAND_OVER, "tom", replace(NOTE, has_consent=False)))
    assert (moved.state, moved.company, moved.owner) == (State.NEW, "Image Instruments", "")
    (card,) = world.texts("CIMAGE")
    for words in ("restarted the server", "3.2.180", "Handed over by: Nord Dental"):
        assert words in card
    assert world.events(key)[-1].facts["has_consent"] is False
    assert world.row(key).keeper == "karl@image.example"


def test_the_requester_does_not_read_what_companies_write_to_each_other(world: World) -> None:
    key = world.open()
    world.move(key, Move.HAND_OVER, "tom")
    world.move(key, Move.SEND_BACK, "karl", Details(text="please read the manual"))
    assert not any("manual" in text or "restarted" in text for text in world.texts("UANNA"))
    assert any("please read the manual" in text for text in world.texts("CNORD"))


def test_sending_back_wants_a_reason(world: World) -> None:
    key = world.open()
    world.move(key, Move.HAND_OVER, "tom")
    assert world.move(key, Move.SEND_BACK, "karl", Details()) == Incomplete("ESC-2026-0001", ("text",))


def test_what_goes_round_in_circles_goes_to_the_lead_and_not_to_nobody(world: World) -> None:
    key = world.open()
    for _ in range(2):
        world.move(key, Move.HAND_OVER, "tina")
        world.move(key, Move.SEND_BACK, "kim")
    row = world.row(key)
    assert (row.bounces, row.state, row.owner_id) == (2, State.TAKEN, world.people["tom"])
    assert any("went back and forth" in text for text in world.texts("UTOM"))
    world.move(key, Move.HAND_OVER, "tom")
    assert world.row(key).owner_id == world.people["karl"]


def test_the_manufacturer_as_vendor_has_nobody_above(world: World) -> None:
    key = world.open("dora", practice_id=world.practices["Praxis Direkt"])
    assert isinstance(world.move(key, Move.HAND_OVER, "karl"), NotNow)
    assert isinstance(world.move(key, Move.GIVE_UP, "karl"), NotNow)
    world.move(key, Move.RESOLVE, "karl")
    assert isinstance(world.move(key, Move.TAKE_UP, "dora"), NotNow)


# ---- the requester's own way -----------------------------------------------------------------------


def test_level_0_cannot_be_passed_over_while_it_works(world: World) -> None:
    key = world.open()
    assert isinstance(world.move(key, Move.TAKE_UP, "anna"), NotNow)
    world.move(key, Move.TAKE, "tom")
    assert isinstance(world.move(key, Move.TAKE_UP, "anna"), NotNow)


@pytest.mark.parametrize("failing", [[Move.RESOLVE], [Move.GIVE_UP]])
@pytest.mark.parametrize("then", [[], [Move.REOPEN]])
def test_what_level_0_did_not_solve_the_requester_takes_up(
    world: World, failing: list[Move], then: list[Move]
) -> None:
    key = world.open()
    for move in failing:
        done(world.move(key, move, "tom"))
    for move in then:
        done(world.move(key, move, "anna"))
    moved = done(world.move(key, Move.TAKE_UP, "anna"))
    assert (moved.company, moved.state) == ("Image Instruments", State.NEW)
    assert world.texts("CNORD")[-1] == "Anna has taken ESC-2026-0001 to Image Instruments."


def test_a_colleague_of_the_same_practice_may_say_that_it_is_solved(world: World) -> None:
    key = world.open()
    world.move(key, Move.RESOLVE, "tom")
    assert done(world.move(key, Move.CONFIRM, "arzt")).state == State.CLOSED
    assert world.row(key).next_action_at is None


def test_what_is_reopened_keeps_owner_and_history(world: World) -> None:
    key = world.open()
    for move, by in (
        (Move.TAKE, "tom"),
        (Move.RESOLVE, "tom"),
        (Move.CONFIRM, "anna"),
        (Move.REOPEN, "anna"),
    ):
        done(world.move(key, move, by))
    row = world.row(key)
    assert (row.state, row.owner_id, row.closed_at) == (State.TAKEN, world.people["tom"], None)
    assert world.kinds(key) == ["open", "take", "resolve", "confirm", "reopen"]


# ---- promises --------------------------------------------------------------------------------------


def test_the_clock_stands_still_while_the_requester_is_asked(world: World) -> None:
    world.promise("nord", None, 120)
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    world.clock.advance(minutes=60)
    world.move(key, Move.ASK_BACK, "tom")
    assert world.row(key).solution_due_at is None
    world.clock.instant = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    world.move(key, Move.REPLY, "anna")
    assert world.row(key).solution_due_at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_the_clock_goes_on_where_it_stood_after_reopening(world: World) -> None:
    world.promise("nord", None, 120)
    key = world.open()
    world.clock.advance(minutes=90)
    world.move(key, Move.RESOLVE, "tom")
    world.move(key, Move.CONFIRM, "anna")
    world.clock.instant = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    world.move(key, Move.REOPEN, "anna")
    assert world.row(key).solution_due_at == datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def test_taking_it_is_the_response_and_the_next_company_answers_anew(world: World) -> None:
    world.promise("nord", 60, None)
    world.promise("image", 30, None)
    key = world.open()
    world.clock.advance(minutes=10)
    world.move(key, Move.TAKE, "tom")
    row = world.row(key)
    assert (row.response_due_at, row.responded_at) == (None, world.clock.now())
    world.move(key, Move.HAND_OVER, "tom")
    row = world.row(key)
    assert row.response_due_at == datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
    assert row.responded_at is None


# ---- finding the company ---------------------------------------------------------------------------


def test_the_default_owner_passes_on_what_nobody_was_responsible_for(world: World) -> None:
    world.owner = "ada@practice.example"
    key = world.open("otto")
    details = Details(to_company=world.companies["nord"])
    moved = done(world.move(key, Move.PASS_ON, "ada", details))
    assert moved.company == "Nord Dental"
    row = world.row(key)
    assert (row.level, row.is_unrouted, row.keeper) == (0, False, "tom@nord.example")
    assert isinstance(world.move(key, Move.PASS_ON, "ada", details), NotNow)
    assert done(world.move(key, Move.HAND_OVER, "tom")).company == "Image Instruments"


# ---- who may ---------------------------------------------------------------------------------------

WORKERS, REQUESTERS = {"tom", "tina", "ada"}, {"anna", "arzt", "ada"}
STANDINGS: dict[Move, tuple[tuple[Move, str], ...]] = {
    Move.REPLY: ((Move.TAKE, "tom"), (Move.ASK_BACK, "tom")),
    Move.ASK_BACK: ((Move.TAKE, "tom"),),
    Move.CONFIRM: ((Move.RESOLVE, "tom"),),
    Move.REOPEN: ((Move.RESOLVE, "tom"),),
    Move.TAKE_UP: ((Move.GIVE_UP, "tom"),),
}
"""How it comes to stand where a move is possible."""


@pytest.mark.exhaustive
def test_each_move_is_open_to_its_people_alone_whatever_the_button_carried(sqlite_database: Database) -> None:
    world = World(sqlite_database).found()
    world.person("neu", practice="Praxis Dr. Berg", is_confirmed=False)
    for move in sorted(set(ACTION_OF) - {Move.SEND_BACK, Move.PASS_ON}):
        allowed = REQUESTERS if move in (Move.REPLY, Move.CONFIRM, Move.REOPEN, Move.TAKE_UP) else WORKERS
        for name in world.people:
            key = world.open()
            for before, by in STANDINGS.get(move, ()):
                done(world.move(key, before, by))
            outcome = world.move(key, move, name)
            assert (outcome != Forbidden()) == (name in allowed), (move, name)


def test_level_1_sends_back_and_level_0_does_not(world: World) -> None:
    for name, is_allowed in (("karl", True), ("ada", True), ("tom", False), ("anna", False), ("lena", False)):
        key = world.open()
        world.move(key, Move.HAND_OVER, "tom")
        assert (world.move(key, Move.SEND_BACK, name) != Forbidden()) == is_allowed


def test_nobody_makes_the_move_that_only_time_makes(world: World) -> None:
    key = world.open()
    world.move(key, Move.RESOLVE, "tom")
    for name in world.people:
        assert world.move(key, Move.CLOSE, name) == Forbidden()


def test_what_does_not_exist_is_gone(world: World) -> None:
    assert world.move(99, Move.TAKE, "tom") == Gone()


def test_whoever_handed_it_over_still_hears_of_it_but_no_longer_works_on_it(world: World) -> None:
    key = world.open()
    world.move(key, Move.HAND_OVER, "tom")
    with world.database.transaction() as session:
        row = session.get_one(EscalationRow, key)
        bonds = actors.bonds_of(session, row, session.get_one(PersonRow, world.people["tom"]))
    assert (bonds.is_owner, bonds.is_informed) == (False, True)
    assert world.move(key, Move.TAKE, "tom") == Forbidden()


def test_a_distributor_that_is_informed_only_does_not_work_on_it(world: World) -> None:
    key = world.open(topic=LEVEL_1)
    assert world.move(key, Move.TAKE, "tom") == Forbidden()
