"""Telling what is kept of Zora, and forgetting her, beside Otto of whom nothing may go."""

import json
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from bot.services.bot import Bot
from bot.services.editors import EditorRefusedError
from bot.services.forgetting.person import Kept, forget_person, kept_of
from bot.services.forgetting.somebody import SomebodyError
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import (
    ContactRow,
    EscalationEventRow,
    EscalationRow,
    ForgottenRow,
    InboxRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
    VerdictRow,
)
from tests.builders import MORNING, ScriptedMatcher, scheme
from tests.fakes import HandClock
from tests.services.forgetting.zora import TEAM, WORDS, WRITTEN, cells_with, fill

ADMINS = frozenset({"ada@image.example"})
ADA = "ada@image.example"
EMAIL, SLACK = "zora_z@berg.example", f"{TEAM}/U0ZORA"
ACCOUNTS = {"maintenance_entry.recorded_by", "maintenance_entry.note", "statement.sent_by"}
"""What has to stay as long as the accounts."""


@pytest.fixture
def full(database: Database) -> Database:
    fill(database)
    return database


def kept(database: Database, who: str = EMAIL) -> Kept:
    return database.run(lambda session: kept_of(session, who, ADMINS))


def forget(database: Database, who: str = EMAIL, by: str = ADA) -> dict[str, int]:
    return database.run(lambda session: forget_person(session, bot_of(ADMINS), who, by))


def bot_of(admins: frozenset[str]) -> Bot:
    clock = HandClock(MORNING + timedelta(days=1))
    return Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock, admins=admins)


def otto(database: Database) -> set[str]:
    return cells_with(database, "Otto", "otto", "OTTO", "0176-0000")


@pytest.mark.parametrize("who", [EMAIL, " ZORA_Z@berg.example ", SLACK, "U0ZORA"])
def test_after_that_only_the_accounts_name_them(who: str, full: Database) -> None:
    before = otto(full)
    assert len(cells_with(full, *WORDS)) > 40
    forget(full, who)
    assert cells_with(full, *WORDS) == ACCOUNTS
    assert otto(full) == before


def test_the_facts_stay(full: Database) -> None:
    forget(full)
    with full.transaction() as session:
        question, escalation = session.get_one(QuestionRow, 1), session.get_one(EscalationRow, 1)
        event = session.get_one(EscalationEventRow, 1)
    assert (question.topic, question.reaction, question.practice_id) == ("database-backup", "answer", 1)
    assert (question.text, question.person_id, question.channel_id) == (None, None, "")
    assert (escalation.reference, escalation.state, escalation.practice_id) == ("ESC-2026-0001", "closed", 1)
    assert (escalation.requester_id, escalation.owner_id, escalation.company_id) == (None, None, 2)
    assert (event.kind, event.person_id, event.facts) == (
        "open",
        None,
        {"state": "closed", "company": 2, "former": True},
    )


def test_that_somebody_was_forgotten_is_kept_with_who_did_it_and_without_a_name(full: Database) -> None:
    counts = forget(full)
    with full.transaction() as session:
        record = session.get_one(ForgottenRow, 3)
    assert (record.forgotten_at, record.forgotten_by) == (MORNING + timedelta(days=1), ADA)
    assert record.rows == counts
    assert (counts["person"], counts["questions"], counts["escalations"]) == (1, 1, 1)
    assert "entries in the accounts" not in counts


def test_what_is_kept_can_be_given_to_them_as_json(full: Database) -> None:
    found = kept(full)
    told = json.dumps({one.name: one.rows for one in found.found}, ensure_ascii=False)
    assert "Zora's own words" in told
    assert '"phone": "0176-9202"' in told
    assert "Otto" not in told
    assert found.obstacles == ()
    stays = {one.name: one.stays for one in found.found if not one.is_erased}
    assert set(stays) == {"entries in the accounts", "statements sent"}
    assert all("law" in why for why in stays.values())


def test_whatever_names_them_is_in_what_they_are_given(full: Database) -> None:
    """Every column in which a word of hers stands is found by one of the traces."""
    told = json.dumps([one.rows for one in kept(full).found], ensure_ascii=False, default=str)
    columns = {cell.partition(".")[2] for cell in cells_with(full, *WORDS)}
    assert {column for column in columns if f'"{column}"' not in told} == set()


def test_looking_changes_nothing(full: Database) -> None:
    before = cells_with(full, *WORDS)
    kept(full)
    assert cells_with(full, *WORDS) == before


def test_what_is_under_way_in_slack_is_left_to_arrive(full: Database) -> None:
    with full.transaction() as session:
        sending, waiting = session.get_one(OutboxRow, 1), session.get_one(OutboxRow, 2)
        sending.state, waiting.state = "sending", "waiting"
    forget(full)
    with full.transaction() as session:
        rows = {row.id: row.state for row in session.exec(select(OutboxRow)).all()}
    assert rows == {1: "sending", 3: "failed", 4: "sent", 5: "waiting"}, "5 writes a card anew"


def test_what_they_wrote_into_an_open_escalation_stays_until_it_closes(full: Database) -> None:
    reassigned(full)
    forget(full)
    with full.transaction() as session:
        row, event = session.get_one(EscalationRow, 1), session.get_one(EscalationEventRow, 1)
    assert row.reach_me == ""
    assert all(getattr(row, name) == "Zora's own words" for name in WRITTEN if name != "reach_me")
    assert event.text == "Zora's own words"
    assert row.terms["2"]["contact"]["email"] == ""


def reassigned(database: Database) -> None:
    """Open Zora's escalation again, and let Otto have it."""
    with database.transaction() as session:
        row = session.get_one(EscalationRow, 1)
        row.state, row.owner_id, row.closed_at = "taken", 2, None


def refusal(database: Database, who: str = EMAIL) -> str:
    before = cells_with(database, *WORDS)
    with pytest.raises(SomebodyError) as refused:
        forget(database, who)
    assert cells_with(database, *WORDS) == before
    return str(refused.value)


def test_whoever_owns_an_open_escalation_is_not_forgotten_before_it_is_another_s(full: Database) -> None:
    with full.transaction() as session:
        session.get_one(EscalationRow, 1).state = "taken"
    assert "Owns ESC-2026-0001: let somebody else have them first" in refusal(full)
    assert kept(full).obstacles == (refusal(full),)
    reassigned(full)
    forget(full)


def test_nor_whoever_sees_to_one_that_nobody_took(full: Database) -> None:
    with full.transaction() as session:
        row = session.get_one(EscalationRow, 2)
        row.state, row.owner_id, row.keeper = "new", None, EMAIL
    assert "Sees to ESC-2026-0002 until somebody takes them" in refusal(full)


@pytest.mark.parametrize(("email", "user_id"), [("Zora_Z@berg.example", ""), ("", "U0ZORA")])
def test_nor_whoever_people_are_told_to_reach(email: str, user_id: str, full: Database) -> None:
    with full.transaction() as session:
        session.add(ContactRow(company_id=2, rank=0, name="Zora", email=email, slack_user_id=user_id))
    assert "Is a contact of Nord: take them out first" in refusal(full)
    assert any(one.name == "contacts" for one in kept(full).found)


def second_account(session: Session, workspace_id: str, email: str, user_id: str = "U0ZORA") -> None:
    session.add(PersonRow(workspace_id=workspace_id, user_id=user_id, name="Zora Zimmer", email=email))


def test_an_address_names_one_person_in_all_workspaces(full: Database) -> None:
    with full.transaction() as session:
        second_account(session, "T2", EMAIL)
    assert forget(full)["person"] == 2
    assert cells_with(full, *WORDS) == ACCOUNTS


def test_a_slack_id_that_several_have_wants_its_workspace(full: Database) -> None:
    with full.transaction() as session:
        second_account(session, "T2", "other@berg.example")
    assert "name the workspace too (T0SIGN/U0ZORA, T2/U0ZORA)" in refusal(full, "U0ZORA")
    assert forget(full, SLACK)["person"] == 1


@pytest.mark.parametrize("who", ["", " ", "U0NOBODY", "T9/U0ZORA", "T0SIGN/"])
def test_nobody_is_meant_by_what_nobody_is_known_by(who: str, full: Database) -> None:
    assert "nobody is known by this" in refusal(full, who)


def test_of_an_unknown_address_nothing_is_kept(full: Database) -> None:
    assert "nothing is kept of them" in refusal(full, "nobody@berg.example")
    assert kept(full, "nobody@berg.example").found == ()


def test_an_address_is_not_read_as_a_pattern(full: Database) -> None:
    """The _ in an address stands for itself, and not for any letter."""
    assert kept(full, "zora-z@berg.example").found == ()
    assert kept(full, "zora%@berg.example").found == ()


def test_an_address_that_only_a_log_still_names_is_forgotten_too(full: Database) -> None:
    with full.transaction() as session:
        session.exec(select(VerdictRow)).all()
        session.delete(session.get_one(PersonRow, 1))
        for row in session.exec(select(InboxRow)).all():
            session.delete(row)
    forget(full)
    assert cells_with(full, EMAIL) <= ACCOUNTS


@pytest.mark.parametrize("by", ["otto_z@berg.example", "nobody@image.example"])
def test_only_an_admin_may_forget_somebody(by: str, full: Database) -> None:
    before = cells_with(full, *WORDS)
    with pytest.raises(EditorRefusedError, match=r"is no admin|nobody is known"):
        forget(full, by=by)
    assert cells_with(full, *WORDS) == before


def test_an_admin_who_forgets_themselves_leaves_no_name(full: Database) -> None:
    full.run(lambda session: forget_person(session, bot_of(frozenset({EMAIL})), EMAIL, EMAIL))
    assert cells_with(full, *WORDS) == ACCOUNTS


def test_where_else_they_are_named_is_said(full: Database) -> None:
    with full.transaction() as session:
        session.get_one(PersonRow, 1).is_imported = True
    hints = full.run(lambda session: kept_of(session, EMAIL, frozenset({EMAIL}))).hints
    assert ["people.csv" in hints[0], "ADMINS" in hints[1], "Slack" in hints[2]] == [True] * 3
