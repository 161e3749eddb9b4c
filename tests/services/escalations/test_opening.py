from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from bot.domain.escalation.life import Move, State
from bot.domain.escalation.route import VendorFirst
from bot.services.escalations.opening import NoCompanies, NotAllowed, Opened, Opening, Unfinished
from bot.storage.database import Database
from bot.storage.queries import escalations
from bot.storage.tables import QuestionRow
from tests.builders import MORNING
from tests.escalations import LEVEL_1, TEAM, World


def opened(outcome: Opening) -> Opened:
    assert isinstance(outcome, Opened)
    return outcome


def question(world: World, by: str = "anna") -> int:
    with world.database.transaction() as session:
        row = QuestionRow(
            workspace_id=TEAM,
            channel_id="D1",
            message_ts="1700000000.1",
            person_id=world.people[by],
            practice_id=world.practices["Praxis Dr. Berg"],
            address="direct",
            language="en",
            reaction="answer",
            asked_at=MORNING,
        )
        session.add(row)
        session.flush()
        return row.id or 0


def test_a_practice_hears_the_reference_who_has_it_and_no_time_that_nobody_promised(world: World) -> None:
    first = opened(world.ask(world.request()))
    assert first.is_new
    assert first.reference == "ESC-2026-0001"
    assert first.receipt.summary.company == "Nord Dental"
    assert first.receipt.summary.keeper == "Tom"
    assert first.receipt.summary.respond_by is None
    assert first.receipt.summary.solve_by is None
    assert world.texts("UANNA") == [
        "ESC-2026-0001 · Server installation · work is hindered\n"
        "Nord Dental has it. Nobody there has taken it yet; Tom sees to it.\n"
        "Whom to reach: tom, tom@nord.example\n"
        "Practice: Praxis Dr. Berg\n"
        "Nord Dental reads what you write in its thread."
    ]


def test_a_promise_is_told_with_its_time(world: World) -> None:
    world.promise("nord", 60, 480)
    receipt = opened(world.ask(world.request())).receipt
    assert receipt.summary.respond_by == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert receipt.summary.solve_by == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_the_company_s_own_channel_gets_the_card(world: World) -> None:
    world.open()
    (card,) = world.texts("CNORD")
    assert "The second PC finds no server." in card
    assert "+49 371 555 0123" in card
    assert world.said("CIMAGE") == []


def test_the_second_submit_of_a_form_is_the_same_escalation(world: World) -> None:
    request = world.request()
    first, second = opened(world.ask(request)), opened(world.ask(request))
    assert (second.escalation_id, second.reference, second.is_new) == (
        first.escalation_id,
        first.reference,
        False,
    )
    assert len(world.said()) == 2


def test_a_question_has_one_open_escalation_and_the_next_once_that_is_closed(world: World) -> None:
    key = question(world)
    first = world.open(question_id=key)
    again = opened(world.ask(world.request("arzt", question_id=key)))
    assert (again.escalation_id, again.is_new) == (first, False)
    world.move(first, Move.RESOLVE, "tom")
    world.move(first, Move.CONFIRM, "anna")
    assert opened(world.ask(world.request(question_id=key))).is_new


def test_a_form_that_somebody_else_sent_tells_them_nothing(world: World) -> None:
    request = world.request()
    world.ask(request)
    stranger = world.people["otto"]
    assert (
        world.ask(replace(request, opened_by=stranger, requester=stranger, practice_id=None)) == NotAllowed()
    )


def test_references_count_up_and_begin_anew_with_the_manufacturer_s_year(world: World) -> None:
    world.clock.instant = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    keys = [world.open(), world.open()]
    world.clock.advance(minutes=1)
    keys.append(world.open())
    references = [world.row(key).reference for key in keys]
    assert references == ["ESC-2026-0001", "ESC-2026-0002", "ESC-2027-0001"]


def test_what_is_refused_takes_no_number(world: World) -> None:
    assert world.ask(world.request(happened="  ", reach_me="")) == Unfinished(("happened", "reach_me"))
    world.ask(world.request("otto", practice_id=world.practices["Praxis Dr. Berg"]))
    assert world.row(world.open()).reference == "ESC-2026-0001"


def test_level_1_goes_to_the_manufacturer_and_the_distributor_hears_of_it(world: World) -> None:
    key = world.open(topic=LEVEL_1)
    assert world.row(key).company_id == world.companies["image"]
    assert world.row(key).level == 1
    (card,) = world.texts("CNORD")
    assert "For your information: Image Instruments has it" in card


def test_level_1_directly_for_a_level_0_topic_is_refused_with_the_vendor_s_contact(world: World) -> None:
    refused = world.ask(world.request(wants_manufacturer=True))
    assert isinstance(refused, VendorFirst)
    assert (refused.vendor.name, refused.manufacturer.name) == ("Nord Dental", "Image Instruments")
    assert refused.whom is not None
    assert refused.whom.contact.name == "tom"
    assert opened(world.ask(world.request(topic=LEVEL_1, wants_manufacturer=True))).is_new


def test_what_nobody_is_responsible_for_goes_to_the_default_owner(world: World) -> None:
    key = world.open("otto")
    row = world.row(key)
    assert (row.company_id, row.keeper, row.is_unrouted) == (
        world.companies["image"],
        "karl@image.example",
        True,
    )
    assert any("find out and pass it on" in text for text in world.texts("UKARL"))


@pytest.mark.parametrize("owner", ["", "left@image.example"])
def test_without_a_known_default_owner_the_first_admin_is_told(world: World, owner: str) -> None:
    world.owner = owner
    assert world.row(world.open("otto")).keeper == "ada@practice.example"
    assert len(world.texts("UADA")) == 1


def test_without_any_company_nothing_is_accepted(database: Database) -> None:
    world = World(database)
    world.person("otto")
    assert world.ask(world.request("otto")) == NoCompanies("UADA")


def test_the_card_of_a_company_that_nobody_reaches_in_slack_comes_to_the_default_owner(
    world: World,
) -> None:
    world.company("quiet", "distributor", "Quiet Dental", is_reachable=False)
    world.practice("Praxis Dr. Still", "quiet")
    world.person("sina", practice="Praxis Dr. Still")
    key = world.open("sina", practice_id=world.practices["Praxis Dr. Still"])
    assert world.threads(key) == {"requester": "USINA", world.side("quiet"): "UKARL"}
    card, alarm = world.texts("UKARL")
    assert "The second PC finds no server." in card
    assert "Nobody at Quiet Dental can be reached in Slack" in alarm


def test_staff_open_for_their_own_practices_and_it_says_so(world: World) -> None:
    berg = world.practices["Praxis Dr. Berg"]
    key = world.open("tom", requester=world.people["anna"], practice_id=berg)
    assert "Opened on behalf by: Tom" in world.texts("CNORD")[0]
    assert world.threads(key)["requester"] == "UANNA"


def test_for_somebody_who_is_not_in_slack_the_opener_hears(world: World) -> None:
    berg = world.practices["Praxis Dr. Berg"]
    key = world.open("tom", requester=None, practice_id=berg)
    assert world.threads(key)["requester"] == "UTOM"


@pytest.mark.parametrize(
    ("by", "practice", "requester", "is_allowed"),
    [
        ("anna", "Praxis Dr. Berg", "anna", True),
        ("anna", "Praxis Dr. Tal", "anna", False),
        ("anna", "Praxis Dr. Berg", "arzt", False),
        ("otto", "", "otto", True),
        ("otto", "Praxis Dr. Berg", "otto", False),
        ("tom", "Praxis Dr. Berg", "tom", True),
        ("tom", "Praxis Dr. Berg", "anna", True),
        ("tom", "Praxis Dr. Berg", "tilo", False),
        ("tom", "Praxis Dr. Tal", "tilo", False),
        ("tom", "", "anna", False),
        ("tara", "Praxis Dr. Berg", "anna", True),
        ("tara", "Praxis Dr. Tal", "tilo", False),
        ("karl", "Praxis Dr. Tal", "tilo", True),
        ("ada", "Praxis Dr. Tal", "tilo", True),
    ],
)
def test_who_may_open_for_whom(
    world: World, by: str, practice: str, requester: str, is_allowed: bool
) -> None:
    request = world.request(by, practice_id=world.practices.get(practice), requester=world.people[requester])
    assert isinstance(world.ask(request), Opened) == is_allowed


def test_what_a_company_changes_later_changes_nothing_in_what_is_open(world: World) -> None:
    world.promise("nord", 60, None)
    key = world.open()
    world.promise("nord", 10, 20)
    row = world.row(key)
    assert row.terms[str(world.companies["nord"])]["target"] == {
        "response_minutes": 60,
        "solution_minutes": None,
    }
    assert row.state == State.NEW


def test_a_practice_that_somebody_only_claims_is_enough_for_their_own(world: World) -> None:
    world.person("neu", practice="Praxis Dr. Berg", is_confirmed=False)
    key = world.open("neu", practice_id=world.practices["Praxis Dr. Berg"])
    assert world.row(key).requester_id == world.people["neu"]


def test_a_company_or_practice_with_escalations_is_not_pruned(world: World) -> None:
    world.open()
    with world.database.transaction() as session:
        nord, berg = world.companies["nord"], world.practices["Praxis Dr. Berg"]
        assert list(escalations.references_of(session, company_id=nord)) == ["ESC-2026-0001"]
        assert list(escalations.references_of(session, practice_id=berg)) == ["ESC-2026-0001"]
        assert not escalations.references_of(session, company_id=world.companies["alpine"])
