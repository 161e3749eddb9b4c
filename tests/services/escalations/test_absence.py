"""Somebody is away: others hear in their place, and it says so; clocks that run already go on."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.escalation.life import Move
from bot.domain.escalation.work import WorkForm, WorkPress
from bot.domain.network import SlackUser
from bot.services.escalations import working
from bot.services.escalations.records import terms_of
from bot.storage.database import Database
from bot.storage.tables import AbsenceRow, PersonRow
from tests.builders import TODAY
from tests.escalations import NOTE, TEAM, World

AWAY = "is away until 27 Nov 2026"


@pytest.fixture
def world(database: Database) -> World:
    return World(database).found()


def is_away(world: World, *names: str) -> None:
    """Let people be away for four days from today on; without names, close Nord for these days."""
    last = TODAY + timedelta(days=3)
    with world.database.transaction() as session:
        for name in names:
            person = session.get_one(PersonRow, world.people[name])
            row = AbsenceRow(company_id=person.company_id or 0, first_on=TODAY, last_on=last)
            row.person_id = person.id
            session.add(row)
        if not names:
            session.add(AbsenceRow(company_id=world.companies["nord"], first_on=TODAY, last_on=last))


def at(hour: int, minute: int = 0) -> datetime:
    """Return a time in Berlin on the day of the tests."""
    return datetime(TODAY.year, TODAY.month, TODAY.day, hour - 1, minute, tzinfo=UTC)


def test_the_reminder_goes_past_an_owner_who_is_away_to_the_channel_and_says_so(world: World) -> None:
    world.promise("nord", None, 80)
    key = world.open()
    world.move(key, Move.TAKE, "tina")
    is_away(world, "tina")
    world.sweep_at(at(11))
    assert world.texts("UTINA") == []
    said = world.texts("CNORD")[-1]
    assert "is due soon at Nord Dental" in said
    assert f"Tina {AWAY}." in said
    assert world.said("CNORD")[-1].content["reply_broadcast"] is True


def test_past_a_lead_who_is_away_it_goes_to_the_channel_again(world: World) -> None:
    world.promise("nord", None, 80)
    key = world.open()
    world.move(key, Move.TAKE, "tina")
    is_away(world, "tom")
    world.sweep_at(at(12))
    assert world.texts("UTOM") == []
    assert f"Tom {AWAY}." in world.texts("CNORD")[-1]
    assert "is overdue" in world.texts("CNORD")[-1]


def test_without_a_channel_card_and_reminders_go_to_whoever_is_there(world: World) -> None:
    world.company("quiet", "distributor", "Quiet Dental", is_reachable=False)
    world.practice("Praxis Dr. Still", "quiet")
    world.person("sina", practice="Praxis Dr. Still")
    for name in ("alma", "bert", "cleo"):
        world.person(name, company="quiet")
    is_away(world, "alma", "cleo")
    key = world.open("sina", practice_id=world.practices["Praxis Dr. Still"])
    assert world.threads(key)[world.side("quiet")] == "UBERT"
    world.move(key, Move.TAKE, "cleo")
    world.sweep_at(datetime(2026, 11, 27, 8, tzinfo=UTC))
    assert "has been quiet for days" in world.texts("UBERT")[-1]
    assert f"Cleo {AWAY}." in world.texts("UBERT")[-1]


def test_where_nobody_of_the_company_is_there_the_default_owner_hears(world: World) -> None:
    world.company("quiet", "distributor", "Quiet Dental", is_reachable=False)
    world.practice("Praxis Dr. Still", "quiet")
    world.person("sina", practice="Praxis Dr. Still")
    world.person("alma", company="quiet")
    key = world.open("sina", practice_id=world.practices["Praxis Dr. Still"])
    is_away(world, "alma")
    world.sweep_at(at(15))
    assert world.threads(key)[world.side("quiet")] == "UALMA"
    assert "Nobody at Quiet Dental has taken" in world.texts("UKARL")[0]
    assert f"Alma {AWAY}." in world.texts("UKARL")[0]


def test_an_absence_entered_after_it_opened_moves_no_clock_and_one_before_does(world: World) -> None:
    world.promise("nord", 60, 120)
    before = world.row(world.open())
    is_away(world)
    world.sweep()
    same = world.row(before.id or 0)
    assert (same.response_due_at, same.next_action_at) == (before.response_due_at, before.next_action_at)
    after = world.row(world.open())
    assert (before.response_due_at, after.response_due_at) == (at(11), datetime(2026, 11, 30, 8, tzinfo=UTC))


def test_whoever_is_named_when_it_opens_is_there(world: World) -> None:
    with world.database.transaction() as session:
        contacts = world.contacts(session, "nord")
        contacts["desk"].email = "tina@nord.example"
    is_away(world, "tom")
    row = world.row(world.open())
    assert (terms_of(row).contact.name, terms_of(row).lead.name, row.keeper) == (
        "desk",
        "tom",
        "tina@nord.example",
    )


def test_after_two_bounces_a_colleague_of_the_lead_who_is_away_has_it(world: World) -> None:
    key = world.open()
    world.move(key, Move.HAND_OVER, "tom", NOTE)
    world.move(key, Move.SEND_BACK, "karl")
    world.move(key, Move.HAND_OVER, "tom", NOTE)
    is_away(world, "tom")
    world.move(key, Move.SEND_BACK, "karl")
    assert world.row(key).owner_id == world.people["tina"]
    assert "went back and forth" in world.texts("UTINA")[-1]


def test_the_default_owner_who_is_away_is_passed_by(world: World) -> None:
    is_away(world, "karl")
    row = world.row(world.open("otto"))
    assert row.keeper == "ada@practice.example"
    assert "find out and pass it on" in world.texts("UADA")[0]


def test_who_is_there_is_offered_first_and_the_others_with_until_when(world: World) -> None:
    world.person("abel", company="nord")
    key = world.open()
    is_away(world, "abel")
    press = WorkPress(key, Move.REASSIGN, TEAM, SlackUser(TEAM, "UTOM"), "CNORD", "press 1")
    form = world.database.run(lambda session: working.open_form(session, world.bot, press))
    assert isinstance(form, WorkForm)
    shown = [(choice.name, choice.away_until) for choice in form.choices]
    assert shown == [("Tina", None), ("Tom", None), ("Abel", TODAY + timedelta(days=3))]
