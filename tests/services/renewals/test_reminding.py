"""What is due becomes one message a recipient, worded by who bills and what to do now."""

from base64 import b64decode
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.turn import asked_stage
from bot.services import delivering
from bot.services.renewals import follow_up
from bot.storage.database import Database
from bot.storage.tables import (
    AbsenceRow,
    ChannelRow,
    ContactRow,
    MaintenanceEntryRow,
    MembershipRow,
    OutboxRow,
    PersonRow,
    PracticeRow,
    ReminderDueRow,
    ReminderMessageRow,
)
from tests.renewals import DUE, TEAM, World, nine

PRACTICE, NORD, MAKER = "practice:1", "company:2", "company:1"
FIRST = DUE - timedelta(days=90)


@pytest.fixture
def world(database: Database) -> World:
    return World(database).found()


def test_the_practice_hears_what_its_distributor_will_charge_and_the_distributor_what_to_bill(
    world: World,
) -> None:
    world.package("L-1")
    world.go(nine(FIRST))
    (to_anna,), (to_tom,) = world.said_to("UANNA"), world.said_to("UTOM")
    assert (
        "Your distributor Nord Dental will charge EUR 99.00 + 19% VAT EUR 18.81 = EUR 117.81 "
        "for licence package L-1, due 15 Jun 2027." in to_anna
    )
    assert "updates and upgrades" in to_anna
    assert "Please bill these:" in to_tom
    assert "Praxis am Markt, licence package L-1, due 15 Jun 2027: EUR 99.00" in to_tom
    assert world.said_to("UKARL") == []


def test_a_direct_customer_and_the_manufacturer_hear_it_of_each_other(world: World) -> None:
    world.package("L-2", "Praxis Dr. Sommer")
    world.go(nine(FIRST))
    assert "Image Instruments will charge you EUR 99.00" in world.said_to("UHEIKE")[0]
    assert "Praxis Dr. Sommer, licence package L-2" in world.said_to("UKARL")[0]
    assert world.said_to("UTOM") == []


def test_several_packages_of_a_practice_are_one_message_with_their_sum(world: World) -> None:
    world.package("L-1")
    world.package("L-2", due_on=DUE)
    world.go(nine(FIRST))
    (text,) = world.said_to("UANNA")
    assert "L-1" in text
    assert "L-2" in text
    assert "Together: EUR 235.62." in text


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (-90, "Nothing has to be paid today"),
        (-7, "see that the payment is on its way"),
        (0, "due today"),
        (14, "I know of no payment yet"),
        (31, "has lapsed until it is paid"),
    ],
)
def test_the_words_follow_how_near_it_is(world: World, days: int, words: str) -> None:
    world.package("L-1", stages=str(days))
    world.go(nine(DUE + timedelta(days=days)))
    assert words in world.said_to("UANNA")[0]


def test_a_german_practice_hears_it_in_german(world: World) -> None:
    world.change(PracticeRow, 1, language="de")
    world.package("L-1")
    world.go(nine(FIRST))
    assert (
        "Ihr Distributor Nord Dental wird für das Lizenzpaket L-1 99,00 EUR + 19 % MwSt."
        in (world.said_to("UANNA")[0])
    )


def test_the_first_message_is_recorded_as_announced_once(world: World) -> None:
    world.package("L-1")
    world.go(nine(FIRST))
    world.go(nine(DUE))
    with world.database.transaction() as session:
        (entry,) = session.exec(select(MaintenanceEntryRow)).all()
    assert (entry.kind, entry.recorded_by, entry.happened_on) == ("announced", "signpost", FIRST)


def test_buttons_carry_the_number_of_the_message_that_leads_to_its_periods(world: World) -> None:
    period_id = world.package("L-1")
    world.go(nine(FIRST))
    (row,) = [row for row in world.outbox() if row.content["channel"] == "UANNA"]
    with world.database.transaction() as session:
        query = select(ReminderMessageRow).where(ReminderMessageRow.outbox_key == row.key)
        message = session.exec(query).one()
    buttons = {one["action_id"]: one["value"] for one in row.content["blocks"][-1]["elements"]}
    assert buttons == dict.fromkeys(
        ("signpost.renewed", "signpost.remind-on", "signpost.not-renewing", "signpost.wrong-contact"),
        str(message.id),
    )
    (reminder,) = [row for row in world.ledger() if row.message_id == message.id]
    assert (reminder.period_id, reminder.recipient) == (period_id, PRACTICE)


def test_after_downtime_only_the_last_stage_is_said_and_the_earlier_ones_are_superseded(
    world: World,
) -> None:
    world.package("L-1")
    world.go(nine(DUE - timedelta(days=7)))
    assert len(world.said_to("UANNA")) == 1
    assert world.stages(PRACTICE) == ["-7"]
    assert world.stages(PRACTICE, "superseded") == ["-90", "-60", "-30"]
    assert world.due()[PRACTICE][0] == "0"


def test_what_is_late_is_said_neither_at_night_nor_on_a_closed_day(world: World) -> None:
    world.package("L-1")
    saturday = datetime(2027, 3, 20, 10, tzinfo=UTC)
    assert world.go(saturday) == []
    assert world.due()[PRACTICE] == ("-90", datetime(2027, 3, 22, 8, tzinfo=UTC))
    assert len(world.go(nine(date(2027, 3, 22)))) == 2


def test_what_was_settled_meanwhile_is_not_said(world: World) -> None:
    period_id = world.package("L-1")
    world.record(period_id, EntryKind.PAID, amount_cents=11781)
    assert world.go(nine(DUE)) == []
    assert world.due() == {}


def test_a_part_payment_is_said(world: World) -> None:
    period_id = world.package("L-1")
    world.record(period_id, EntryKind.PAID, amount_cents=10000)
    world.go(nine(DUE))
    assert "EUR 17.81 of it is still open" in world.said_to("UANNA")[0]


def test_a_practice_that_moved_to_another_zone_is_reminded_by_its_own_morning(world: World) -> None:
    world.package("L-1")
    world.change(PracticeRow, 1, time_zone="America/New_York", country="US", subdivision="NY")
    world.go(nine(FIRST))
    assert world.said_to("UANNA") == []
    assert world.due()[PRACTICE] == ("-90", datetime(2027, 3, 17, 13, tzinfo=UTC))


def test_a_claim_is_for_the_biller_to_confirm_and_the_practice_is_left_alone(world: World) -> None:
    period_id = world.package("L-1")
    world.record(period_id, EntryKind.CLAIMED, reference="PO 7")
    world.go(nine(FIRST))
    assert world.said_to("UANNA") == []
    assert "They say that they have renewed" in world.said_to("UTOM")[0]


def test_a_claim_that_is_taken_back_lets_the_reminder_be_said_after_all(world: World) -> None:
    period_id = world.package("L-1")
    world.record(period_id, EntryKind.CLAIMED, reference="PO 7")
    world.go(nine(FIRST))
    with world.database.transaction() as session:
        query = select(MaintenanceEntryRow).where(MaintenanceEntryRow.kind == "claimed")
        claim = session.exec(query).one().id
    world.record(period_id, EntryKind.CORRECTION, corrects=claim)
    world.go(nine(FIRST + timedelta(days=1)))
    assert len(world.said_to("UANNA")) == 1
    assert len(world.said_to("UTOM")) == 1


def test_a_new_due_date_makes_all_stages_new(world: World) -> None:
    period_id = world.package("L-1")
    world.go(nine(FIRST))
    later = date(2027, 10, 5)
    world.record(period_id, EntryKind.MOVED, moved_to=later)
    world.go(nine(later - timedelta(days=90)))
    assert world.stages(PRACTICE) == ["-90", "-90"]
    assert "due 5 Oct 2027" in world.said_to("UANNA")[1]


def test_a_day_that_was_asked_for_is_said_and_then_the_ladder_goes_on(world: World) -> None:
    period_id = world.package("L-1")
    world.go(nine(FIRST))
    day = date(2027, 5, 19)
    with world.database.transaction() as session:
        row = session.get_one(ReminderDueRow, (period_id, PRACTICE))
        row.stage, row.at = asked_stage(day), datetime(2027, 5, 19, 7, tzinfo=UTC)
    world.go(nine(date(2027, 4, 16)))
    assert len(world.said_to("UANNA")) == 1
    world.record(period_id, EntryKind.BILLED, amount_cents=11781)
    world.go(nine(day))
    assert world.stages(PRACTICE) == ["-90", "asked-2027-05-19"]
    assert world.stages(PRACTICE, "superseded") == ["-60", "-30"]
    assert world.due()[PRACTICE][0] == "-7"


# ---- whom nobody reaches ---------------------------------------------------------------------------


def test_a_practice_out_of_reach_is_listed_to_its_distributor_with_how_else_to_tell_it(
    world: World,
) -> None:
    world.practice("Praxis Fern")
    world.package("L-9", "Praxis Fern")
    world.go(nine(FIRST))
    (text,) = world.said_to("UTOM")
    assert "I cannot reach Praxis Fern in Slack" in text
    assert "fern@practice.example" in text
    assert world.stages("practice:3", "unreachable") == ["-90"]


def test_a_distributor_out_of_reach_is_listed_to_the_manufacturer(world: World) -> None:
    with world.database.transaction() as session:
        session.delete(session.exec(select(ContactRow).where(ContactRow.slack_user_id == "UTOM")).one())
    world.package("L-1")
    world.go(nine(FIRST))
    (text,) = world.said_to("UKARL")
    assert "I cannot reach Nord Dental in Slack" in text
    assert "L-1" in text
    assert world.stages(NORD, "unreachable") == ["-90"]


def staff(world: World, *names: str) -> list[int]:
    """Let people of Nord Dental be known in Slack; return their keys."""
    with world.database.transaction() as session:
        people = [
            PersonRow(
                company_id=2,
                workspace_id=TEAM,
                user_id=f"U{name}",
                name=name.title(),
                email=f"{name.lower()}@nord.example",
            )
            for name in names
        ]
        session.add_all(people)
        session.flush()
        return [person.id or 0 for person in people]


def away(world: World, person_id: int, day: date) -> None:
    with world.database.transaction() as session:
        session.add(AbsenceRow(company_id=2, person_id=person_id, first_on=day, last_on=day))


def test_past_a_contact_who_is_away_it_goes_to_the_next_of_the_company_until_the_contact_is_back(
    world: World,
) -> None:
    tom, _ = staff(world, "TOM", "TINA")
    away(world, tom, FIRST)
    world.package("L-1")
    world.go(nine(FIRST))
    assert world.said_to("UTOM") == []
    assert "L-1" in world.said_to("UTINA")[0]
    world.package("L-2", due_on=DUE + timedelta(days=30))
    world.go(nine(FIRST + timedelta(days=30)))
    assert "L-2" in world.said_to("UTOM")[0]
    assert len(world.said_to("UTINA")) == 1


def test_where_everybody_is_away_the_contact_hears_it(world: World) -> None:
    for person_id in staff(world, "TOM", "TINA"):
        away(world, person_id, FIRST)
    world.package("L-1")
    world.go(nine(FIRST))
    assert "L-1" in world.said_to("UTOM")[0]


def test_of_a_practice_that_slack_refuses_the_distributor_hears_once(world: World) -> None:
    world.package("L-1")
    world.go(nine(FIRST))
    with world.database.transaction() as session:
        parcels = delivering.take(session, world.bot.system_clock, 10)
        (parcel,) = [one for one in parcels if one.content["channel"] == "UANNA"]
        delivering.refused(session, world.bot.system_clock, parcel, "user_not_found")
    for _ in range(2):
        with world.database.transaction() as session:
            follow_up.tell_of_refused(session, world.bot, world.clock.now())
    _, second = world.said_to("UTOM")
    assert "A reminder did not arrive" in second
    assert "markt@practice.example" in second
    assert world.stages(PRACTICE, "unreachable") == ["-90"]


# ---- where it goes ---------------------------------------------------------------------------------


def test_an_unconfirmed_member_hears_nothing_of_licences(world: World) -> None:
    practice_id = world.practice("Praxis Neu")
    with world.database.transaction() as session:
        eve = PersonRow(workspace_id="T0SIGN", user_id="UEVE")
        session.add(eve)
        session.flush()
        session.add(MembershipRow(person_id=eve.id or 0, practice_id=practice_id))
    world.package("L-1", "Praxis Neu")
    world.go(nine(FIRST))
    assert world.said_to("UEVE") == []


@pytest.mark.parametrize(("is_shared", "where"), [(False, "C7"), (True, "UANNA")])
def test_a_channel_is_used_only_while_no_other_organisation_reads_it(
    world: World, where: str, *, is_shared: bool
) -> None:
    with world.database.transaction() as session:
        session.add(ChannelRow(workspace_id="T0SIGN", channel_id="C7", practice_id=1, is_shared=is_shared))
    world.change(PracticeRow, 1, reminders_to="channel")
    world.package("L-1")
    world.go(nine(FIRST))
    assert len(world.said_to(where)) == 1


def test_a_long_list_is_cut_with_a_count_and_stays_within_slack_s_limits(world: World) -> None:
    for number in range(100):
        world.package(f"L-{number:03}")
    world.go(nine(FIRST))
    (row,) = [row for row in world.outbox() if row.content["channel"] == "UTOM"]
    assert "There are 70 more" in row.content["text"]
    assert len(row.content["blocks"]) <= 50
    assert len([one for one in world.ledger() if one.recipient == NORD]) == 100


# ---- the calendar file -----------------------------------------------------------------------------


def files(world: World) -> list[tuple[str, str]]:
    """Return the queued calendar files, each as words and content."""
    with world.database.transaction() as session:
        query = select(OutboxRow).where(OutboxRow.method == "files.upload").order_by(col(OutboxRow.id))
        rows = list(session.exec(query).all())
    return [(row.content["text"], b64decode(row.content["data"]).decode()) for row in rows]


def test_the_first_message_of_a_due_date_brings_a_calendar_file_and_a_moved_date_another(
    world: World,
) -> None:
    period_id = world.package("L-1")
    world.go(nine(FIRST))
    world.go(nine(DUE - timedelta(days=60)))
    later = date(2027, 10, 5)
    world.record(period_id, EntryKind.MOVED, moved_to=later)
    world.go(nine(later - timedelta(days=90)))
    (_, first), (_, second) = files(world)
    for line in ("UID:maintenance-L-1-2027@signpost", "METHOD:PUBLISH"):
        assert line in first
        assert line in second
    assert "SEQUENCE:0" in first
    assert "DTSTART;VALUE=DATE:20270615" in first
    assert "SEQUENCE:1" in second
    assert "DTSTART;VALUE=DATE:20271005" in second


def test_a_cancelled_period_is_taken_out_of_the_calendar_once(world: World) -> None:
    period_id = world.package("L-1")
    world.go(nine(FIRST))
    world.record(period_id, EntryKind.CANCELLED)
    world.tick()
    world.record(period_id, EntryKind.BILLED, amount_cents=100)
    world.tick()
    _, (words, content) = files(world)
    assert "was cancelled" in words
    assert "METHOD:CANCEL" in content
    assert "STATUS:CANCELLED" in content
    assert "UID:maintenance-L-1-2027@signpost" in content
    assert len(world.outbox()) == 2
    assert world.due() == {}


def test_a_cancelled_period_of_which_nobody_heard_is_passed_over(world: World) -> None:
    period_id = world.package("L-1")
    world.record(period_id, EntryKind.CANCELLED)
    world.go(nine(DUE))
    assert files(world) == []
