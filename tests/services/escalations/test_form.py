"""Who may open which form, what it is filled with, and what comes of it, by the server's own data."""

from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bot.domain.escalation.form import (
    Carried,
    EscalateForm,
    Field,
    FilledForm,
    FormFault,
    FormFaults,
    FormOrigin,
    FormRefusal,
    FormRefused,
    Wish,
)
from bot.domain.escalation.life import Move
from bot.domain.escalation.route import VendorFirst
from bot.domain.manners import Address
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.services import inbox
from bot.services.escalations.form import Prepared, prepare
from bot.services.escalations.opening import Opened
from bot.services.escalations.submitting import Submitted, submit, thread_at
from bot.services.inbox import Considered
from bot.services.people import Profile
from bot.storage.tables import LicencePackageRow, MembershipRow, OutboxRow, PersonRow, QuestionRow
from tests.builders import MORNING, asked
from tests.escalations import LEVEL_0, LEVEL_1, TEAM, World

FILLED = FilledForm(topic=LEVEL_0, happened="no server", reach_me="0371 1")
BERG = "Praxis Dr. Berg"


def user(name: str) -> SlackUser:
    return SlackUser(TEAM, f"U{name.upper()}")


def question(world: World, by: str = "anna", *, address: str = "direct", channel: str = "D1") -> int:
    with world.database.transaction() as session:
        row = QuestionRow(
            workspace_id=TEAM,
            channel_id=channel,
            message_ts="1700000000.000100",
            person_id=world.people[by],
            practice_id=world.practices[BERG],
            address=address,
            language="en",
            text="no server",
            reaction="answer",
            topic=LEVEL_1,
            asked_at=MORNING,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def asks(world: World, name: str, question_id: int = 0, **origin: Any) -> Prepared:
    known = {"workspace_id": TEAM, "channel_id": "D1", "question_id": question_id}
    with world.database.transaction() as session:
        wanted = FormOrigin(user(name), **{**known, **origin})
        return prepare(session, world.bot, wanted, None, None, "nonce")


def form(prepared: Prepared) -> tuple[EscalateForm, Carried]:
    assert isinstance(prepared, tuple)
    return prepared


def submits(
    world: World, name: str, carried: Carried | None = None, *, link: str = "", **filled: Any
) -> Submitted:
    with world.database.transaction() as session:
        given = replace(FILLED, **filled)
        return submit(session, world.bot, user(name), carried or Carried(Language.EN, "nonce"), given, link)


def opened(outcome: object) -> Opened:
    assert isinstance(outcome, Opened)
    return outcome


def test_a_practice_s_form_is_filled_from_its_question(world: World) -> None:
    with world.database.transaction() as session:
        for number, practice in (("OC-1", BERG), ("OC-9", "Praxis Dr. Tal")):
            session.add(
                LicencePackageRow(
                    number=number, practice_id=world.practices[practice], bought_on=MORNING.date()
                )
            )
    shown, carried = form(asks(world, "anna", key := question(world)))
    assert (shown.topic, shown.asked, shown.happened) == (LEVEL_1, "no server", "")
    assert [one.name for one in shown.practices] == [BERG]
    assert shown.packages == (("OC-1", BERG),)
    assert (shown.reach_me, shown.manufacturer) == ("anna@practice.example", "Image Instruments")
    assert (carried.question_id, carried.practice_id) == (key, world.practices[BERG])
    assert (carried.channel_id, carried.message_ts) == ("D1", "1700000000.000100")
    assert form(asks(world, "anna", text="what happened", is_report=True))[0].happened == "what happened"


def test_a_claim_shows_no_licences_and_the_escalation_opens_all_the_same(world: World) -> None:
    world.person("uma", practice=BERG, is_confirmed=False)
    with world.database.transaction() as session:
        session.add(
            LicencePackageRow(number="OC-1", practice_id=world.practices[BERG], bought_on=MORNING.date())
        )
    shown, carried = form(asks(world, "uma"))
    assert shown.packages == ()
    assert opened(submits(world, "uma", carried, package="OC-77")).receipt.summary.company == "Nord Dental"


def test_company_staff_choose_among_their_own_practices_and_ask_for_no_level_1(world: World) -> None:
    shown, carried = form(asks(world, "tom"))
    assert shown.is_for_others
    assert [one.name for one in shown.practices] == [BERG]
    assert (shown.practice_id, shown.manufacturer, carried.practice_id) == (None, "", 0)
    assert len(form(asks(world, "karl"))[0].practices) == 3
    done = opened(submits(world, "tom", carried, link="link", practice_id=world.practices[BERG]))
    row = world.row(done.escalation_id)
    assert (row.opened_by_id, row.requester_id) == (world.people["tom"], None)
    assert (row.practice_id, row.link) == (world.practices[BERG], "link")


def test_staff_open_it_for_the_customer_who_asked(world: World) -> None:
    key = question(world)
    shown, carried = form(asks(world, "tom", key))
    assert shown.practice_id == world.practices[BERG]
    done = opened(submits(world, "tom", carried, practice_id=world.practices[BERG]))
    assert world.row(done.escalation_id).requester_id == world.people["anna"]
    assert done.receipt.summary.opened_by == "Tom"


@pytest.mark.parametrize("name", ["tilo", "lena", "otto"])
def test_nobody_else_escalates_a_question_whatever_the_button_or_the_form_carried(
    world: World, name: str
) -> None:
    key = question(world)
    assert asks(world, name, key) == FormRefused(Language.EN, FormRefusal.NOT_YOURS)
    forged = Carried(Language.EN, "nonce", question_id=key)
    assert submits(world, name, forged) == FormRefused(Language.EN, FormRefusal.NOT_YOURS)
    assert world.said() == []


@pytest.mark.parametrize("name", ["tilo", "lena", "otto"])
def test_nobody_opens_one_for_a_practice_that_is_not_theirs(world: World, name: str) -> None:
    forged = Carried(Language.EN, "nonce", practice_id=world.practices[BERG])
    assert submits(world, name, forged) == FormRefused(Language.EN, FormRefusal.NOT_YOURS)
    named = submits(world, name, practice_id=world.practices[BERG])
    assert named == FormRefused(Language.EN, FormRefusal.NOT_YOURS)
    assert world.said() == []


def test_a_number_that_names_a_question_elsewhere_opens_an_empty_form(world: World) -> None:
    shown, carried = form(asks(world, "anna", question(world), channel_id="C9"))
    assert (shown.asked, carried.question_id) == ("", 0)


def test_the_exact_name_counts_and_of_somebody_else_s_practice_nothing_is_told(world: World) -> None:
    unknown = FormFaults(((Field.PRACTICE, FormFault.UNKNOWN_PRACTICE),))
    assert form(asks(world, "otto"))[0].names_practice
    assert submits(world, "otto", practice_name="praxis dr. berg") == unknown
    assert submits(world, "lena", practice_name=BERG) == unknown
    done = opened(submits(world, "otto", practice_name=BERG))
    assert done.receipt.summary.company == "Nord Dental"
    with world.database.transaction() as session:
        membership = session.exec(
            select(MembershipRow).where(MembershipRow.person_id == world.people["otto"])
        ).one()
        assert membership.confirmed_at is None


def test_all_faults_stand_at_their_fields_and_nothing_is_opened(world: World) -> None:
    with world.database.transaction() as session:
        for number, practice in (("OC-1", BERG), ("OC-9", "Praxis Dr. Tal")):
            session.add(
                LicencePackageRow(
                    number=number, practice_id=world.practices[practice], bought_on=MORNING.date()
                )
            )
    _, carried = form(asks(world, "anna"))
    assert submits(world, "anna", carried, happened=" ", reach_me="", package="OC-9") == FormFaults(
        (
            (Field.HAPPENED, FormFault.EMPTY),
            (Field.REACH_ME, FormFault.EMPTY),
            (Field.PACKAGE, FormFault.OTHER_PACKAGE),
        )
    )
    assert world.said() == []


def test_level_1_directly_is_refused_with_the_vendor_to_reach(world: World) -> None:
    _, carried = form(asks(world, "anna"))
    refused = submits(world, "anna", carried, wishes=frozenset({Wish.DIRECT}))
    assert isinstance(refused, VendorFirst)
    assert refused.whom is not None
    assert refused.whom.contact.email == "tom@nord.example"
    assert opened(submits(world, "anna", carried)).is_new


def test_a_bill_goes_to_whoever_bills(world: World) -> None:
    _, carried = form(asks(world, "anna"))
    bill = submits(world, "anna", carried, topic="software-maintenance", wishes=frozenset({Wish.BILLING}))
    assert opened(bill).receipt.summary.company == "Nord Dental"
    other = submits(world, "anna", replace(carried, nonce="other"), topic="software-maintenance")
    assert opened(other).receipt.summary.company == "Image Instruments"


def test_a_form_or_a_question_twice_is_one_and_the_next_one_hears_which(world: World) -> None:
    key = question(world)
    _, carried = form(asks(world, "anna", key))
    first = opened(submits(world, "anna", carried))
    assert opened(submits(world, "anna", carried)) == replace(first, is_new=False)
    again = opened(asks(world, "arzt", key))
    assert (again.reference, again.is_new) == (first.reference, False)
    late = opened(submits(world, "arzt", replace(carried, nonce="other")))
    assert (late.reference, late.is_new) == (first.reference, False)


def test_a_message_that_is_no_question_is_escalated_once_for_a_practice(world: World) -> None:
    def escalates(name: str, nonce: str, practice: str = "", link: str = "link") -> Opened:
        practice_id = world.practices[practice] if practice else 0
        return opened(submits(world, name, Carried(Language.EN, nonce, practice_id=practice_id), link=link))

    first = escalates("anna", "1", BERG)
    again = escalates("arzt", "2", BERG)
    assert (again.reference, again.is_new) == (first.reference, False)
    assert escalates("anna", "3", BERG, link="of another message").is_new
    assert escalates("tilo", "4", "Praxis Dr. Tal").is_new
    assert escalates("otto", "5").is_new
    assert not escalates("otto", "6").is_new
    assert escalates("ada", "7").is_new
    for move, by in ((Move.TAKE, "tom"), (Move.RESOLVE, "tom"), (Move.CONFIRM, "anna")):
        world.move(first.escalation_id, move, by)
    assert escalates("anna", "8", BERG).is_new


def test_the_nonce_of_another_person_s_form_opens_nothing_of_theirs(world: World) -> None:
    first = opened(submits(world, "anna"))
    second = opened(submits(world, "otto"))
    assert first.reference != second.reference


def test_the_receipt_stands_under_a_private_question_and_is_changed_there(world: World) -> None:
    _, carried = form(asks(world, "anna", question(world)))
    done = opened(submits(world, "anna", carried))
    with world.database.transaction() as session:
        assert thread_at(session, done.escalation_id, TEAM) == ("D1", "1700000000.000100")
    (receipt,) = world.said("D1")
    assert receipt.content["thread_ts"] == "1700000000.000100"
    world.move(done.escalation_id, Move.TAKE, "tom")
    changes = [row for row in world.said("D1", updates=True) if row.method == "chat.update"]
    assert [row.content["update_of"] for row in changes] == [receipt.key]
    lines = [row for row in world.said("D1") if row.key != receipt.key]
    assert [row.content["thread_ts"] for row in lines] == ["1700000000.000100"]


def test_a_thread_belongs_to_one_escalation_the_next_one_goes_to_the_requester(world: World) -> None:
    _, carried = form(asks(world, "anna", key := question(world)))
    first = opened(submits(world, "anna", carried)).escalation_id
    for move, by in ((Move.TAKE, "tom"), (Move.RESOLVE, "tom"), (Move.CONFIRM, "anna")):
        world.move(first, move, by)
    assert isinstance(asks(world, "anna", key), tuple)
    second = opened(submits(world, "anna", replace(carried, nonce="other")))
    assert second.is_new
    with world.database.transaction() as session:
        assert thread_at(session, second.escalation_id, TEAM) == ("UANNA", "")


def test_where_others_read_along_the_receipt_goes_to_the_requester_alone(world: World) -> None:
    key = question(world, address="mention", channel="C1")
    _, carried = form(asks(world, "anna", key, channel_id="C1"))
    opened(submits(world, "anna", carried))
    assert world.said("C1") == []
    assert len(world.said("UANNA")) == 1


def test_a_mention_offers_the_form_with_what_was_said(world: World) -> None:
    message = asked(
        "escalate: the server is gone",
        user=SlackUser("T0OTHER", "UEVA"),
        workspace_id=TEAM,
        channel_id="C1",
        address=Address.MENTION,
    )
    with world.database.transaction() as session:
        inbox.receive(session, world.bot, [message])
        for work in inbox.take(session, world.bot, 1):
            inbox.settle(
                session, world.bot, [(work, Considered(profile=Profile("Eva", "eva@other.example")))]
            )
    with world.database.transaction() as session:
        said = session.exec(select(OutboxRow).order_by(col(OutboxRow.id).desc())).first()
        assert said is not None
        (button,) = said.content["blocks"][-1]["elements"]
        assert button["action_id"] == "signpost.escalate"
        kept = session.get_one(QuestionRow, int(button["value"]))
        assert kept.text == "the server is gone"
        eva = session.get_one(PersonRow, kept.person_id)
        assert eva.workspace_id == "T0OTHER"
