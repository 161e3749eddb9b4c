"""Pressing and submitting: who may, who was quicker, and what whoever came too late is told."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.escalation.life import Move, State
from bot.domain.escalation.note import Details
from bot.domain.escalation.work import (
    AT_ONCE,
    FORMS,
    Gaps,
    Validity,
    WhyRefused,
    WorkForm,
    WorkPress,
    WorkRefused,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.network import SlackUser
from bot.services.escalations import composing, working
from bot.services.renewals.recording import NewEntry, record_all
from bot.storage.tables import EscalationRow, OutboxRow
from tests.builders import MORNING, licence_package
from tests.escalations import ENOUGH, NOTE, TEAM, World

PACKAGE = "OC-7"


def press(key: int, move: Move, by: str, **changes: Any) -> WorkPress:
    values = {"workspace_id": TEAM, "channel_id": "CNORD", "key": f"{key} {move} {by}"}
    return WorkPress(key, move, user=SlackUser(TEAM, f"U{by.upper()}"), **{**values, **changes})


def do(world: World, key: int, move: Move, by: str) -> None:
    world.database.run(lambda session: working.do(session, world.bot, press(key, move, by)))


def opens(world: World, key: int, move: Move, by: str) -> WorkForm | None:
    return world.database.run(lambda session: working.open_form(session, world.bot, press(key, move, by)))


def submits(
    world: World, key: int, move: Move, by: str, details: Details, seen: int = 0
) -> WorkRefused | Gaps | None:
    pressed = press(key, move, by, seen=seen)
    return world.database.run(lambda session: working.submit(session, world.bot, pressed, details))


def whispered(world: World) -> list[OutboxRow]:
    return [row for row in world.said(updates=True) if row.key.startswith("escalation refused")]


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    barrier = Barrier(len(calls))

    def wait_and(call: Callable[[], Any]) -> Any:
        barrier.wait(timeout=20)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(wait_and, calls))


# ---- pressing --------------------------------------------------------------------------------------


def test_of_two_who_press_at_once_one_has_it_and_the_other_is_told_who(world: World) -> None:
    key = world.open()
    at_once([lambda name=name: do(world, key, Move.TAKE, name) for name in ("tom", "tina")])  # type: ignore[misc]
    owner = world.row(key).owner_id
    winner, loser = ("Tom", "UTINA") if owner == world.people["tom"] else ("Tina", "UTOM")
    (told,) = whispered(world)
    assert told.method == "chat.postEphemeral"
    assert (told.content["channel"], told.content["user"]) == ("CNORD", loser)
    assert told.content["text"] == f"{winner} was quicker and has ESC-2026-0001."
    assert world.kinds(key) == ["open", "take"]


def test_the_same_press_twice_says_nothing_more(world: World) -> None:
    key = world.open()
    do(world, key, Move.TAKE, "tom")
    before = len(world.said(updates=True))
    do(world, key, Move.TAKE, "tom")
    assert len(world.said(updates=True)) == before


@pytest.mark.parametrize("by", ["lena", "tilo", "otto", "tara", "karl"])
@pytest.mark.parametrize("move", [Move.TAKE, Move.RESOLVE, Move.REASSIGN, Move.CONFIRM])
def test_whom_it_does_not_concern_learns_nothing_of_it(world: World, by: str, move: Move) -> None:
    key = world.open()
    if move in AT_ONCE:
        do(world, key, move, by)
    else:
        assert opens(world, key, move, by) is None
    (told,) = whispered(world)
    assert "ESC-" not in told.content["text"]
    assert world.kinds(key) == ["open"]


def test_an_escalation_that_never_was_is_said_to_be_unknown(world: World) -> None:
    do(world, 4711, Move.TAKE, "tom")
    assert whispered(world)[0].content["text"] == "I do not know this escalation."


def test_what_was_pressed_under_no_message_is_told_directly(world: World) -> None:
    pressed = press(4711, Move.TAKE, "tom", channel_id="")
    world.database.run(lambda session: working.do(session, world.bot, pressed))
    (told,) = whispered(world)
    assert (told.method, told.content["channel"]) == ("chat.postMessage", "UTOM")


def test_the_company_that_handed_it_over_hears_who_has_it(world: World) -> None:
    key = world.open()
    world.move(key, Move.HAND_OVER, "tom")
    do(world, key, Move.TAKE, "tina")
    assert whispered(world)[0].content["text"].startswith("ESC-2026-0001 is with Image Instruments by now")


@pytest.mark.parametrize(
    ("moves", "late", "said"),
    [
        ([(Move.RESOLVE, "tom")], Move.ASK_BACK, "says that ESC-2026-0001 is resolved. Tom was quicker."),
        ([(Move.TAKE, "tom"), (Move.ASK_BACK, "tom")], Move.ASK_BACK, "waits for its answer. Tom was"),
        ([(Move.RESOLVE, "tom"), (Move.CONFIRM, "anna")], Move.RESOLVE, "is closed. Anna was quicker."),
    ],
)
def test_who_comes_too_late_hears_how_it_stands_and_who_was_quicker(
    world: World, moves: list[tuple[Move, str]], late: Move, said: str
) -> None:
    key = world.open()
    for move, by in moves:
        world.move(key, move, by)
    assert opens(world, key, late, "tina") is None
    assert said in whispered(world)[0].content["text"]


# ---- forms -----------------------------------------------------------------------------------------


def test_a_form_is_opened_with_what_is_known_and_changes_nothing(world: World) -> None:
    key = world.open(tried="restarted", error_text="E 17", version="3.2")
    form = opens(world, key, Move.HAND_OVER, "tom")
    assert form is not None
    assert (form.tried, form.error_text, form.version, form.to) == (
        "restarted",
        "E 17",
        "3.2",
        "Image Instruments",
    )
    assert world.kinds(key) == ["open"]


def test_colleagues_but_the_owner_can_be_chosen_and_nobody_else(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    form = opens(world, key, Move.REASSIGN, "tom")
    assert form is not None
    assert [choice.name for choice in form.choices] == ["Tina"]


def test_the_default_owner_passes_on_what_has_no_company(world: World) -> None:
    key = world.open("otto", practice_id=None)
    form = opens(world, key, Move.PASS_ON, "karl")
    assert form is not None
    assert [one.name for one in form.choices] == [
        "Alpine Ortho",
        "Image Instruments",
        "Nord Dental",
        "Ortho School",
    ]
    assert submits(world, key, Move.PASS_ON, "karl", Details(to_company=world.companies["alpine"])) is None
    assert world.row(key).company_id == world.companies["alpine"]


@pytest.mark.parametrize(
    ("field", "note"),
    [
        ("text", replace(NOTE, text="  ")),
        ("error_text", replace(NOTE, error_text="")),
        ("version", replace(NOTE, version="")),
        ("has_consent", replace(NOTE, has_consent=None)),
    ],
)
def test_an_empty_note_is_refused_at_its_field(world: World, field: str, note: Details) -> None:
    key = world.open()
    gaps = submits(world, key, Move.HAND_OVER, "tom", note)
    assert isinstance(gaps, Gaps)
    assert gaps.fields == (field,)
    assert world.row(key).company_id == world.companies["nord"]


@pytest.mark.parametrize("move", sorted(FORMS - {Move.SEND_BACK, Move.PASS_ON, Move.ASK_BACK}))
def test_a_form_that_is_sent_twice_at_once_is_one_move(world: World, move: Move) -> None:
    key = world.open()
    details = ENOUGH.get(move, Details(to_person=world.people["tina"]))
    outcomes = at_once([lambda: submits(world, key, move, "tom", details)] * 3)
    assert outcomes == [None, None, None]
    assert world.kinds(key) == ["open", move]


def test_of_two_forms_for_the_same_one_wins_and_the_other_is_told_who(world: World) -> None:
    key = world.open()
    assert submits(world, key, Move.RESOLVE, "tina", ENOUGH[Move.RESOLVE]) is None
    late = submits(world, key, Move.RESOLVE, "tom", ENOUGH[Move.RESOLVE])
    assert isinstance(late, WorkRefused)
    assert (late.why, late.who, late.state) == (WhyRefused.NOT_NOW, "Tina", State.RESOLVED)


def test_nobody_is_reassigned_by_a_form_that_did_not_show_how_it_stands(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tina")
    late = submits(world, key, Move.REASSIGN, "tom", Details(to_person=world.people["tom"]), seen=0)
    assert isinstance(late, WorkRefused)
    assert (late.why, late.who) == (WhyRefused.OVERTAKEN, "Tina")
    assert submits(world, key, Move.REASSIGN, "tom", Details(to_person=world.people["tom"]), seen=1) is None


def test_a_form_that_was_opened_while_one_might_is_refused_once_one_may_not(world: World) -> None:
    key = world.open()
    world.move(key, Move.HAND_OVER, "tina")
    late = submits(world, key, Move.RESOLVE, "tom", ENOUGH[Move.RESOLVE])
    assert isinstance(late, WorkRefused)
    assert (late.why, late.company) == (WhyRefused.ELSEWHERE, "Image Instruments")


# ---- the requester ---------------------------------------------------------------------------------


def test_the_requester_is_asked_and_says_what_became_of_it(world: World) -> None:
    key = world.open()
    world.move(key, Move.RESOLVE, "tom")
    asked = world.said("UANNA")[-1]
    assert asked.content["text"].endswith("Is it solved now?")
    labels = [one["text"]["text"] for one in asked.content["blocks"][-1]["elements"]]
    assert labels == ["Solved", "Still need help", "Take it to Image Instruments"]
    do(world, key, Move.REOPEN, "anna")
    assert world.row(key).state == State.TAKEN
    do(world, key, Move.TAKE_UP, "anna")
    assert world.row(key).company_id == world.companies["image"]


def test_the_way_up_is_closed_while_level_0_is_at_work(world: World) -> None:
    key = world.open()
    do(world, key, Move.TAKE_UP, "anna")
    assert "That is not possible now" in whispered(world)[0].content["text"]
    assert world.row(key).company_id == world.companies["nord"]


# ---- the card --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_in_days", "paid", "validity"),
    [(40, False, Validity.VALID), (-10, True, Validity.VALID), (-10, False, Validity.DUE),
     (-60, False, Validity.LAPSED)],
)  # fmt: skip
def test_the_card_says_whether_maintenance_is_valid_and_who_bills(
    world: World, due_in_days: int, paid: bool, validity: Validity
) -> None:
    today = MORNING.date()
    store_package(world, today + timedelta(days=due_in_days), paid=paid)
    key = world.open(package=PACKAGE)
    (note,) = maintenance(world, key, "nord")
    assert (note.validity, note.biller) == (validity, "Nord Dental")
    assert maintenance(world, key, "image") == (note,)
    assert maintenance(world, world.open(), "image") == (note,), "also where nobody named the package"


@pytest.mark.parametrize("slug", ["alpine", "school"])
def test_who_does_not_bill_it_reads_nothing_of_maintenance(world: World, slug: str) -> None:
    store_package(world, MORNING.date() + timedelta(days=40))
    assert maintenance(world, world.open(package=PACKAGE), slug) == ()
    assert maintenance(world, world.open(), slug) == ()


def test_the_package_of_another_practice_tells_nothing(world: World) -> None:
    store_package(world, MORNING.date() + timedelta(days=40), "Praxis Dr. Tal")
    assert maintenance(world, world.open(package=PACKAGE), "image") == ()
    assert maintenance(world, world.open(), "image") == ()


def test_an_unconfirmed_practice_is_marked(world: World) -> None:
    world.person("udo", practice="Praxis Dr. Berg", is_confirmed=False)
    world.open("udo", practice_id=world.practices["Praxis Dr. Berg"])
    assert "Practice: Praxis Dr. Berg (not confirmed: the person says so)" in world.texts("CNORD")[0]


def test_the_card_says_what_happens_next_and_keeps_saying_it(world: World) -> None:
    world.open()
    assert "Next, Tue 24 Nov, 15:00: Nord Dental is reminded" in world.texts("CNORD")[0]
    world.sweep_at(MORNING + timedelta(hours=8))
    card = [row for row in world.said("CNORD", updates=True) if row.method == "chat.update"][-1]
    assert "Next, Wed 25 Nov" in card.content["text"]


def test_the_card_says_nothing_of_consent_before_the_practice_was_asked(world: World) -> None:
    key = world.open()
    world.move(key, Move.RESOLVE, "tom")
    world.move(key, Move.TAKE_UP, "anna")
    assert "Remote access" not in world.texts("CIMAGE")[0]
    other = world.open()
    world.move(other, Move.HAND_OVER, "tom", replace(NOTE, has_consent=False))
    assert any("Remote access: The practice does not agree" in text for text in world.texts("CIMAGE"))


def test_what_went_round_in_circles_names_who_sees_to_it(world: World) -> None:
    key = world.open()
    for _ in range(2):
        world.move(key, Move.HAND_OVER, "tina")
        world.move(key, Move.SEND_BACK, "kim")
    card = [row for row in world.said("CNORD", updates=True) if row.method == "chat.update"][-1]
    assert "Sent back 2 times, so Tom at Nord Dental sees to it now." in card.content["text"]


def store_package(
    world: World, due_on: date, practice: str = "Praxis Dr. Berg", *, paid: bool = False
) -> None:
    with world.database.transaction() as session:
        period_id = licence_package(session, PACKAGE, practice, due_on)[0]
        if paid:
            entry = NewEntry(period_id, EntryKind.PAID, Leg.PRACTICE, due_on, 11781)
            record_all(session, world.bot, [entry], by="tom@nord.example")


def maintenance(world: World, key: int, slug: str) -> Any:
    with world.database.transaction() as session:
        row = session.get_one(EscalationRow, key)
        return composing.card(session, world.bot, row, world.companies[slug]).maintenance
