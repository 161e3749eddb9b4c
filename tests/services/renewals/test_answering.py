"""What the buttons of a reminder do: once each, for those who may, and the first who presses wins."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import select

from bot.domain.maintenance.answers import (
    AnswerStep,
    ClaimForm,
    Fault,
    FormFaultsError,
    PostponeForm,
    SettleForm,
    WhyNot,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.reminder import ReminderStep
from bot.services.renewals.actors import AnsweredBeforeError, RefusedError
from bot.storage.database import Database
from bot.storage.tables import AbsenceRow, DataFixRow, MaintenancePeriodRow, OutboxRow, PersonRow
from tests.renewals import DUE, TEAM, World, nine
from tests.services.renewals.answers import FIRST, Opened, People

RENEWED, REMIND_ON = ReminderStep.RENEWED, ReminderStep.REMIND_ON
NOT_RENEWING, WRONG_CONTACT = ReminderStep.NOT_RENEWING, ReminderStep.WRONG_CONTACT
CONFIRM, NOT_RECEIVED = AnswerStep.CONFIRM, AnswerStep.NOT_RECEIVED


@pytest.fixture
def world(database: Database) -> World:
    found = World(database).found()
    found.package("L-1")
    found.go(nine(FIRST))
    return found


@pytest.fixture
def people(world: World) -> People:
    return People(world).come()


def is_open(world: World, period_id: int = 1) -> bool:
    with world.database.transaction() as session:
        return session.get_one(MaintenancePeriodRow, period_id).is_open


# ---- renewed ---------------------------------------------------------------------------------------


def test_what_a_practice_reports_waits_for_the_distributor_and_settles_when_it_confirms(
    world: World, people: People
) -> None:
    opened = people.presses("UANNA", RENEWED, people.message())
    assert opened is not None
    assert isinstance(opened.form, ClaimForm)
    people.submits(opened, po_number="4711", on=FIRST)
    assert people.entries() == [("claimed", 0, "PO 4711")]
    assert is_open(world)
    (shown,) = people.said("chat.update", "DUANNA")
    assert "reported licence package L-1 as renewed" in shown
    assert "waiting for Nord Dental to confirm" in shown
    asked = people.said("chat.postMessage", "UTOM")[-1]
    assert "Markt of Praxis am Markt reports licence package L-1 as renewed on 17 Mar 2027 (PO 4711)" in asked

    confirming = people.presses("UTOM", CONFIRM, *people.entry_ids("claimed"))
    assert confirming is not None
    assert isinstance(confirming.form, SettleForm)
    assert (confirming.form.open_cents, confirming.form.reference) == (11781, "PO 4711")
    people.submits(confirming, kind=EntryKind.PAID, amount="117,81", reference="PO 4711", on=FIRST)
    assert people.entries()[1:] == [("paid", 11781, "PO 4711")]
    assert not is_open(world)
    assert world.due() == {}
    assert (
        "Settled until 14 Jun 2028: licence package L-1 of Praxis am Markt"
        in people.said("chat.postMessage", "UANNA")[-1]
    )
    assert "Settled until 14 Jun 2028" in people.said("chat.update", "DUANNA")[-1]
    assert "Settled until 14 Jun 2028" in people.said("chat.update", "DUTOM")[-1]


def test_reminders_rest_while_a_report_waits_and_go_on_when_nothing_was_received(
    world: World, people: People
) -> None:
    people.submits(people.presses("UANNA", RENEWED, people.message()), po_number="4711")
    assert world.said_to("UANNA")[1:] == []
    world.go(nine(DUE - timedelta(days=60)))
    assert len(world.said_to("UANNA")) == 1
    opened = people.presses("UTOM", NOT_RECEIVED, *people.entry_ids("claimed"))
    with pytest.raises(FormFaultsError):
        people.submits(opened)
    people.submits(opened, words="Nothing has arrived")
    assert people.entries()[-1] == ("correction", 0, "Nothing has arrived")
    assert "“Nothing has arrived”" in world.said_to("UANNA")[-1]
    before = len(world.said_to("UANNA"))
    world.go(nine(DUE - timedelta(days=28)))
    assert len(world.said_to("UANNA")) == before + 1


def test_a_bill_that_is_confirmed_leaves_the_payment_open(world: World, people: People) -> None:
    people.submits(people.presses("UANNA", RENEWED, people.message()), invoice_number="2027-1")
    opened = people.presses("UTOM", CONFIRM, *people.entry_ids("claimed"))
    people.submits(opened, kind=EntryKind.BILLED)
    assert people.entries()[-1] == ("billed", 11781, "")
    assert is_open(world)
    assert "The payment is still to come" in world.said_to("UANNA")[-1]
    before = len(world.said_to("UANNA"))
    world.go(nine(DUE - timedelta(days=60)))
    assert len(world.said_to("UANNA")) == before + 1


def test_whoever_bills_settles_from_its_own_list_without_asking_anybody(world: World, people: People) -> None:
    opened = people.presses("UTOM", RENEWED, people.message("company:2"))
    assert opened is not None
    assert isinstance(opened.form, SettleForm)
    people.submits(opened, kind=EntryKind.PAID, reference="bank 5")
    assert people.entries() == [("paid", 11781, "bank 5")]
    assert not is_open(world)
    assert "Settled until" in people.said("chat.update", "DUTOM")[-1]


def test_only_the_chosen_packages_are_settled_and_the_others_stay_on_the_list(world: World) -> None:
    second = world.package("L-2", due_on=DUE)
    people = People(world).come()
    world.go(nine(DUE - timedelta(days=60)))
    opened = people.presses("UTOM", RENEWED, people.message("company:2"))
    with pytest.raises(FormFaultsError) as refused:
        people.submits(opened, kind=EntryKind.PAID)
    assert [one.fault for one in refused.value.faults] == [Fault.NO_PACKAGE]
    people.submits(opened, period_ids=(second, 999), kind=EntryKind.PAID)
    assert (is_open(world, 1), is_open(world, second)) == (True, False)
    shown = people.said("chat.update", "DUTOM")[-1]
    assert "Settled until 14 Jun 2028: licence package L-2" in shown
    assert "licence package L-1, due" in shown


@pytest.mark.parametrize(
    ("values", "faults"),
    [
        ({}, [Fault.NO_NUMBER]),
        ({"po_number": "1", "on": FIRST + timedelta(days=1)}, [Fault.IN_FUTURE]),
        ({"period_ids": (999,)}, [Fault.NO_PACKAGE, Fault.NO_NUMBER]),
    ],
)
def test_faults_of_a_report_are_all_said_and_nothing_is_recorded(
    people: People, values: dict[str, Any], faults: list[Fault]
) -> None:
    opened = people.presses("UANNA", RENEWED, people.message())
    with pytest.raises(FormFaultsError) as refused:
        people.submits(opened, **values)
    assert [one.fault for one in refused.value.faults] == faults
    assert people.entries() == []
    people.submits(opened, po_number="1")
    assert len(people.entries()) == 1


@pytest.mark.parametrize(
    ("amount", "fault"),
    [
        ("a lot", Fault.NO_AMOUNT),
        ("0", Fault.NO_AMOUNT),
        ("1.178", Fault.NO_AMOUNT),
        ("99999999999", Fault.NO_AMOUNT),
        ("117.82", Fault.AMOUNT_TOO_HIGH),
    ],
)
def test_an_amount_that_cannot_be_is_refused(people: People, amount: str, fault: Fault) -> None:
    opened = people.presses("UTOM", RENEWED, people.message("company:2"))
    with pytest.raises(FormFaultsError) as refused:
        people.submits(opened, kind=EntryKind.PAID, amount=amount)
    assert [one.fault for one in refused.value.faults] == [fault]


# ---- who may, and who is first ---------------------------------------------------------------------


@pytest.mark.parametrize("step", ReminderStep)
@pytest.mark.parametrize("user", ["UEVE", "UNEW", "UHEIKE", "UCLAIMS"])
def test_only_confirmed_people_of_the_practice_or_of_who_bills_may_answer(
    people: People, step: ReminderStep, user: str
) -> None:
    if user == "UCLAIMS":
        people.joins(user, confirmed=False)
    assert people.presses(user, step, people.message(), channel="C1") is None
    (told,) = people.said("chat.postEphemeral", "C1")
    assert told.startswith("Only confirmed people")
    assert "L-1" not in told
    assert people.said("chat.update", "C1") == []


def test_a_form_is_checked_again_when_it_is_submitted(people: People) -> None:
    opened = people.presses("UANNA", RENEWED, people.message())
    with pytest.raises(RefusedError):
        people.submits(opened, by="UEVE", po_number="1")
    assert people.entries() == []


def test_the_practice_cannot_press_what_was_said_to_its_distributor(people: People) -> None:
    assert people.presses("UANNA", RENEWED, people.message("company:2")) is None


def test_a_message_that_does_not_exist_is_gone(people: People) -> None:
    assert people.presses("UANNA", RENEWED, 999_999_999) is None
    assert "no longer" in people.said("chat.postEphemeral", "DUANNA")[0]


def test_a_number_that_belongs_to_another_message_is_gone(world: World, people: People) -> None:
    message = people.message()
    with world.database.transaction() as session:
        for row in session.exec(select(OutboxRow)).all():
            row.state, row.dispatched_ts = "sent", "555.5"
    assert people.presses("UANNA", RENEWED, message) is None
    assert "no longer" in people.said("chat.postEphemeral", "DUANNA")[0]
    with world.database.transaction() as session:
        for row in session.exec(select(OutboxRow)).all():
            row.dispatched_ts = f"100.{message}"
    assert people.presses("UANNA", RENEWED, message) is not None


def test_the_same_submission_twice_has_one_effect(people: People) -> None:
    opened = people.presses("UANNA", RENEWED, people.message())
    people.submits(opened, po_number="1")
    said = len(people.said("chat.postMessage", "UTOM"))
    people.submits(opened, po_number="1")
    assert len(people.entries()) == 1
    assert len(people.said("chat.postMessage", "UTOM")) == said
    confirmed = people.presses("UTOM", CONFIRM, *people.entry_ids("claimed"))
    people.submits(confirmed, kind=EntryKind.PAID)
    people.submits(confirmed, kind=EntryKind.PAID)
    assert [kind for kind, _, _ in people.entries()] == ["claimed", "paid"]


@pytest.mark.parametrize("other", [RENEWED, NOT_RENEWING, REMIND_ON, WRONG_CONTACT])
def test_of_two_colleagues_the_first_wins_and_the_second_hears_who_did_what(
    people: People, other: ReminderStep
) -> None:
    message = people.message()
    annas, jonas = people.presses("UANNA", RENEWED, message), people.presses("UJONAS", other, message)
    people.submits(annas, po_number="1")
    with pytest.raises(AnsweredBeforeError) as late:
        people.submits(jonas, po_number="2", why=WhyNot.PRICE, on=FIRST + timedelta(days=5))
    (deed,) = late.value.before.deeds
    assert (deed.did, deed.who) == ("claimed", "Markt")
    assert len(people.entries()) == 1
    assert people.presses("UJONAS", other, message) is None
    assert "Markt has already reported" in people.said("chat.postEphemeral", "DUJONAS")[-1]


def test_of_two_submissions_at_the_same_moment_one_wins(people: People) -> None:
    message = people.message()
    forms = [
        (people.presses("UANNA", RENEWED, message), {"po_number": "1"}),
        (people.presses("UJONAS", NOT_RENEWING, message), {"why": WhyNot.SOLD}),
    ]
    start = Barrier(2)

    def submit(opened: Opened | None, values: dict[str, Any]) -> str:
        start.wait()
        try:
            people.submits(opened, **values)
        except AnsweredBeforeError as late:
            return late.before.deeds[0].who
        return "won"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(lambda form: submit(*form), forms))
    assert sorted(outcomes) in (["Markt", "won"], ["Jonas", "won"])
    assert len(people.entries()) == 1


def test_a_report_that_was_taken_back_and_made_anew_is_another_one(people: People) -> None:
    people.submits(people.presses("UANNA", RENEWED, people.message()), po_number="1")
    first = people.entry_ids("claimed")
    people.submits(people.presses("UTOM", NOT_RECEIVED, *first), words="no")
    people.submits(people.presses("UANNA", RENEWED, people.message()), po_number="2")
    assert people.presses("UTOM", CONFIRM, *first) is None
    assert people.presses("UTOM", CONFIRM, *people.entry_ids("claimed")[1:]) is not None


# ---- remind me on ----------------------------------------------------------------------------------


def test_a_reminder_comes_again_at_nine_on_the_day_asked_for_and_not_before(
    world: World, people: People
) -> None:
    opened = people.presses("UANNA", REMIND_ON, people.message())
    assert opened is not None
    assert isinstance(opened.form, PostponeForm)
    assert opened.form.proposed == FIRST + timedelta(days=1)
    saturday = date(2027, 4, 24)
    people.submits(opened, on=saturday)
    assert world.due()["practice:1"][0] == "asked-2027-04-26"
    assert world.due()["company:2"][0] == "-60"
    assert "I will remind you on 26 Apr 2027" in people.said("chat.update", "DUANNA")[-1]
    world.go(nine(DUE - timedelta(days=60)))
    assert len(world.said_to("UANNA")) == 1
    world.go(nine(date(2027, 4, 26)))
    assert len(world.said_to("UANNA")) == 2


@pytest.mark.parametrize(
    ("days", "fault"), [(0, Fault.TOO_EARLY), (-3, Fault.TOO_EARLY), (121, Fault.TOO_LATE)]
)
def test_a_day_before_tomorrow_or_after_the_grace_is_refused(people: People, days: int, fault: Fault) -> None:
    opened = people.presses("UANNA", REMIND_ON, people.message())
    with pytest.raises(FormFaultsError) as refused:
        people.submits(opened, on=FIRST + timedelta(days=days))
    assert [one.fault for one in refused.value.faults] == [fault]
    people.submits(opened, on=FIRST + timedelta(days=120))


def test_what_has_lapsed_cannot_be_put_off(world: World, people: People) -> None:
    world.go(nine(DUE + timedelta(days=30)))
    assert people.presses("UANNA", REMIND_ON, people.message()) is None
    assert "too late to put this off" in people.said("chat.postEphemeral", "DUANNA")[-1]


# ---- not renewing ----------------------------------------------------------------------------------


def test_not_renewing_cancels_nothing_tells_the_distributor_and_rests_the_reminders(
    world: World, people: People
) -> None:
    opened = people.presses("UANNA", NOT_RENEWING, people.message())
    with pytest.raises(FormFaultsError):
        people.submits(opened, why=WhyNot.OTHER)
    people.submits(opened, why=WhyNot.PRICE, words="too dear")
    assert people.entries() == [("not-renewing", 0, "price: too dear")]
    assert is_open(world)
    told = world.said_to("UTOM")[-1]
    assert "Why: The price (too dear)." in told
    assert "`signpost record cancelled L-1`" in told
    before = len(world.said_to("UANNA"))
    world.go(nine(DUE - timedelta(days=60)))
    assert len(world.said_to("UANNA")) == before

    people.does("UTOM", AnswerStep.STILL_RENEWING, *people.entry_ids("not-renewing"))
    assert people.entries()[-1][0] == "correction"
    assert "goes on after all" in world.said_to("UANNA")[-1]
    assert "goes on after all" in people.said("chat.update", "DUTOM")[-1]
    people.does("UTOM", AnswerStep.STILL_RENEWING, *people.entry_ids("not-renewing"))
    assert len(people.entries()) == 2
    assert "Tom has already said" in people.said("chat.postEphemeral", "DUTOM")[-1]
    world.go(nine(DUE - timedelta(days=28)))
    assert "will charge" in world.said_to("UANNA")[-1]


def test_what_a_practice_says_goes_past_whoever_is_away(world: World, people: People) -> None:
    with world.database.transaction() as session:
        tom = session.exec(select(PersonRow).where(PersonRow.user_id == "UTOM")).one()
        session.add(AbsenceRow(company_id=2, person_id=tom.id, first_on=FIRST, last_on=FIRST))
        session.add(PersonRow(workspace_id=TEAM, user_id="UTINA", company_id=2, name="Tina"))
    before = world.said_to("UTOM")
    opened = people.presses("UANNA", NOT_RENEWING, people.message())
    people.submits(opened, why=WhyNot.PRICE, words="too dear")
    assert "too dear" in world.said_to("UTINA")[-1]
    assert world.said_to("UTOM") == before


def test_the_practice_itself_may_go_on_after_all(world: World, people: People) -> None:
    people.submits(people.presses("UANNA", NOT_RENEWING, people.message()), why=WhyNot.SOLD)
    people.does("UEVE", AnswerStep.STILL_RENEWING, *people.entry_ids("not-renewing"))
    assert len(people.entries()) == 1
    people.does("UJONAS", AnswerStep.STILL_RENEWING, *people.entry_ids("not-renewing"))
    assert (
        "Jonas says that this goes on after all: licence package L-1 of Praxis am Markt"
        in world.said_to("UTOM")[-1]
    )
    assert "will charge" in people.said("chat.update", "DUANNA")[-1]


# ---- wrong contact ---------------------------------------------------------------------------------


def fixes(world: World) -> list[DataFixRow]:
    with world.database.transaction() as session:
        return [row for key in range(1, 9) if (row := session.get(DataFixRow, key)) is not None]


def test_the_reminder_goes_to_the_right_person_who_is_the_contact_from_then_on(
    world: World, people: People
) -> None:
    people.submits(people.presses("UANNA", WRONG_CONTACT, people.message()), user_id="UJONAS")
    (passed_on,) = world.said_to("UJONAS")
    assert "will charge" in passed_on
    assert people.contact() == "jonas@there.example"
    (fix,) = fixes(world)
    assert (fix.practice_id, fix.company_id, fix.closed_at) == (1, 2, None)
    assert "should go to Jonas" in world.said_to("UTOM")[-1]
    assert "this is for Jonas" in people.said("chat.update", "DUANNA")[-1]
    opened = people.presses("UJONAS", RENEWED, people.message())
    people.submits(opened, po_number="7")
    assert "reported licence package L-1" in people.said("chat.update", "DUANNA")[-1]
    assert "reported licence package L-1" in people.said("chat.update", "DUJONAS")[-1]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"user_id": "UEVE"}, "should go to Eve"),
        ({"user_id": "UNOBODY"}, "should go to <https://slack.com/app_redirect?channel=UNOBODY|Slack>"),
        ({"name": "Dr. Berg"}, "should go to Dr. Berg"),
        ({"name": "eve@there.example"}, "should go to eve@there.example"),
        ({}, "does not know who is right"),
    ],
)
def test_whoever_may_not_see_it_gets_nothing_and_the_distributor_is_asked_to_tell(
    world: World, people: People, values: dict[str, str], words: str
) -> None:
    people.submits(people.presses("UANNA", WRONG_CONTACT, people.message()), **values)
    told = world.said_to("UTOM")[-1]
    assert words in told
    assert "please tell the right person" in told
    assert world.said_to("UEVE") == []
    assert people.contact() == ""


def test_a_data_fix_is_closed_once_with_who_and_when(world: World, people: People) -> None:
    people.submits(people.presses("UANNA", WRONG_CONTACT, people.message()))
    (fix,) = fixes(world)
    people.does("UANNA", AnswerStep.FIX_DONE, fix.id or 0)
    assert fixes(world)[0].closed_at is None
    people.does("UTOM", AnswerStep.FIX_DONE, fix.id or 0)
    assert fixes(world)[0].closed_by == "tom@there.example"
    assert "Done by Tom on 17 Mar 2027" in people.said("chat.update", "DUTOM")[-1]
    people.does("UKARL", AnswerStep.FIX_DONE, fix.id or 0)
    assert fixes(world)[0].closed_by == "tom@there.example"
    assert "Tom has already mended this" in people.said("chat.postEphemeral", "DUKARL")[-1]


def test_the_list_of_who_bills_is_passed_on_among_its_staff_and_mended_by_the_manufacturer(
    world: World, people: People
) -> None:
    people.submits(people.presses("UTOM", WRONG_CONTACT, people.message("company:2")), user_id="UANNA")
    (fix,) = fixes(world)
    assert (fix.practice_id, fix.company_id) == (None, 1)
    assert len(world.said_to("UANNA")) == 1
    assert "reminders for Nord Dental should go to Markt" in world.said_to("UKARL")[-1]
