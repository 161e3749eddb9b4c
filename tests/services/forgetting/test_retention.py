from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import SQLModel, col, select

from bot.domain.keeping import GONE, Keep
from bot.services import delivering, inbox
from bot.services.bot import Bot
from bot.services.delivering import Sent
from bot.services.forgetting import retention
from bot.services.forgetting.retention import RULES, Rule
from bot.services.inbox import Considered
from bot.slack.blocks import render
from bot.storage.database import Database, Isolation
from bot.storage.tables import (
    AbsenceRow,
    BridgedMessageRow,
    DataFixRow,
    DirectoryChangeRow,
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    InboxRow,
    LaneLeaseRow,
    MaintenanceEntryRow,
    MembershipRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
    ReminderAnswerRow,
    StatementRow,
)
from tests.builders import ScriptedMatcher, asked, scheme
from tests.fakes import HandClock
from tests.services.forgetting.zora import WORDS, WRITTEN, cells_with, fill

KEEP = Keep(text=timedelta(days=30))
MOMENT = timedelta(microseconds=1)
BY_NAME = {rule.name: rule for rule in RULES}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def bot(clock: HandClock) -> Bot:
    return Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock)


def answered(database: Database, bot: Bot, message_ts: str, *, delivered: bool = True) -> None:
    """Let somebody ask, be answered, and (`delivered`) have the answer reach Slack."""
    with database.transaction() as session:
        inbox.receive(session, bot, [asked(message_ts=message_ts, channel_id=f"D{message_ts}")])
        (work,) = inbox.take(session, bot, 1)
        inbox.settle(session, bot, [(work, Considered())])
    if delivered:
        with database.transaction() as session:
            for parcel in delivering.take(session, bot.system_clock, 20):
                delivering.sent(session, bot.system_clock, [Sent(parcel, "1.0")])


def forget_by(database: Database, bot: Bot, rule: Rule, limit: int = 500) -> int:
    return database.run(
        lambda session: retention.forget(session, bot, KEEP, rule, limit), Isolation.READ_COMMITTED
    )


def forget(database: Database, bot: Bot) -> dict[str, int]:
    """Forget by all rules; return how many rows, without the rules that found nothing."""
    counts = {rule.name: forget_by(database, bot, rule) for rule in RULES}
    return {name: count for name, count in counts.items() if count}


def all_of(database: Database, table: type[SQLModel]) -> list[Any]:
    with database.transaction() as session:
        return list(session.exec(select(table)).all())


def test_text_is_forgotten_when_its_time_is_over_and_not_before(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    answered(database, bot, "1.0")
    clock.instant += KEEP.text
    assert forget(database, bot) == {"leases": 1}
    clock.instant += MOMENT
    assert forget(database, bot) == {"questions": 1, "arrivals": 1, "messages": 1}
    assert forget(database, bot) == {}


def test_the_decision_stays_when_the_text_goes(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0")
    clock.advance(days=31)
    answered(database, bot, "2.0")
    forget(database, bot)
    with database.transaction() as session:
        old, young = session.exec(select(QuestionRow).order_by(col(QuestionRow.id))).all()
    assert (old.text, old.topic, old.reaction) == (None, "database-backup", "answer")
    assert young.text == "how do I back up the database?"


def test_what_still_waits_is_kept_however_old_it_is(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0", delivered=False)
    with database.transaction() as session:
        inbox.receive(session, bot, [asked(message_ts="2.0")])
    clock.advance(days=364)
    forget(database, bot)
    assert [row.state for row in all_of(database, InboxRow)] == ["waiting"]
    assert [row.state for row in all_of(database, OutboxRow)] == ["waiting"]


def test_what_was_set_aside_is_forgotten_too(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0")
    with database.transaction() as session:
        session.exec(select(InboxRow)).one().state = "failed"
        session.exec(select(OutboxRow)).one().state = "failed"
    clock.advance(days=31)
    assert forget(database, bot).items() >= {"questions": 1, "arrivals": 1, "messages": 1}.items()


def test_leases_that_ran_out_an_hour_ago_are_dropped(database: Database, bot: Bot, clock: HandClock) -> None:
    answered(database, bot, "1.0")
    clock.advance(minutes=62)
    answered(database, bot, "2.0")
    forget(database, bot)
    assert [lease.lane for lease in all_of(database, LaneLeaseRow)] == ["D2.0"]


def test_a_clock_that_a_trial_moved_does_not_forget_what_just_came_in(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    """Else a message that Slack sends again would be new again."""
    answered(database, bot, "1.0")
    moved = replace(bot, clock=HandClock(clock.now() + timedelta(days=40)))
    assert forget(database, moved) == {"questions": 1}
    assert len(all_of(database, InboxRow)) == len(all_of(database, OutboxRow)) == 1


# ---- everything else that is personal --------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "kept_days"),
    [
        ("questions", 30),
        ("arrivals", 30),
        ("messages", 30),
        ("leases", 1 / 24),
        ("installations begun", 0),
        ("escalations", 730),
        ("changes", 730),
        ("data fixes", 730),
        ("answers", 730),
        ("entries", 4026),
        ("statements", 4026),
    ],
)
def test_each_rule_forgets_to_the_moment_and_then_finds_nothing_more(
    rule: str, kept_days: float, database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    clock.advance(days=kept_days)
    assert forget_by(database, bot, BY_NAME[rule]) == 0
    clock.instant += MOMENT
    assert forget_by(database, bot, BY_NAME[rule]) >= 2
    assert forget_by(database, bot, BY_NAME[rule]) == 0


def test_an_absence_is_forgotten_by_the_day(database: Database, bot: Bot, clock: HandClock) -> None:
    fill(database)
    clock.advance(days=730)
    assert forget_by(database, bot, BY_NAME["absences"]) == 0
    clock.advance(days=1)
    assert forget_by(database, bot, BY_NAME["absences"]) == 2
    assert all_of(database, AbsenceRow) == []


def test_a_closed_escalation_keeps_its_facts_and_loses_its_words(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    clock.advance(days=731)
    forget_by(database, bot, BY_NAME["escalations"])
    for row in all_of(database, EscalationRow):
        assert all(getattr(row, name) == "" for name in WRITTEN)
        assert (row.state, row.topic, row.practice_id, row.emptied_at) == (
            "closed",
            "database-backup",
            1,
            clock.now(),
        )
        assert row.terms["2"]["name"] == "Nord"
        assert row.terms["2"]["contact"] == row.terms["2"]["lead"] == {"name": "", "email": "", "phone": ""}
    for event in all_of(database, EscalationEventRow):
        assert (event.kind, event.text, event.facts) == ("open", "", {"state": "closed", "company": 2})
    assert all_of(database, EscalationThreadRow) == all_of(database, BridgedMessageRow) == []


@pytest.mark.parametrize("state", ["new", "taken", "waiting", "resolved"])
def test_an_escalation_that_is_not_closed_keeps_its_words_however_old_it_is(
    state: str, database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    with database.transaction() as session:
        session.get_one(EscalationRow, 1).state = state
    clock.advance(days=4000)
    assert forget_by(database, bot, BY_NAME["escalations"]) == 1
    with database.transaction() as session:
        assert session.get_one(EscalationRow, 1).happened == "Zora's own words"


def test_one_that_was_opened_and_closed_again_is_emptied_again(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    clock.advance(days=731)
    assert forget_by(database, bot, BY_NAME["escalations"]) == 2
    clock.advance(days=1)
    with database.transaction() as session:
        row = session.get_one(EscalationRow, 1)
        row.closed_at, row.helped = clock.now(), "more words"
    clock.advance(days=731)
    assert forget_by(database, bot, BY_NAME["escalations"]) == 1
    with database.transaction() as session:
        assert session.get_one(EscalationRow, 1).helped == ""


def stranger(database: Database) -> None:
    """Make Zora somebody who belongs nowhere and is in nothing."""
    with database.transaction() as session:
        for row in session.exec(select(EscalationRow).where(EscalationRow.requester_id == 1)).all():
            row.requester_id = row.opened_by_id = row.owner_id = None
        for event in session.exec(select(EscalationEventRow)).all():
            event.person_id = None
        session.get_one(MembershipRow, (1, 1)).confirmed_at = None


def test_somebody_who_belongs_nowhere_is_forgotten_after_they_were_seen_last(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    stranger(database)
    rule = BY_NAME["strangers"]
    clock.advance(days=365)
    assert forget_by(database, bot, rule) == 0
    clock.instant += MOMENT
    assert forget_by(database, bot, rule) == 1
    assert [row.name for row in all_of(database, PersonRow)] == ["Otto Ort"]
    with database.transaction() as session:
        question = session.get_one(QuestionRow, 1)
    assert (question.person_id, question.channel_id, question.text) == (None, "", None)
    assert (question.practice_id, question.topic) == (1, "database-backup")


@pytest.mark.parametrize("tie", ["company", "imported", "practice", "escalation", "asks"])
def test_whoever_belongs_somewhere_or_is_needed_is_kept(
    tie: str, database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    stranger(database)
    clock.advance(days=400)
    with database.transaction() as session:
        person = session.get_one(PersonRow, 1)
        if tie == "company":
            person.company_id = 2
        elif tie == "imported":
            person.is_imported = True
        elif tie == "practice":
            session.get_one(MembershipRow, (1, 1)).confirmed_at = clock.now()
        elif tie == "escalation":
            session.get_one(EscalationRow, 1).requester_id = 1
        else:
            person.looked_up_at = None
            session.get_one(QuestionRow, 1).asked_at = clock.now()
    assert forget_by(database, bot, BY_NAME["strangers"]) == 0


def test_who_could_never_be_looked_up_is_kept_while_they_say_where_they_belong(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    stranger(database)
    clock.advance(days=400)
    with database.transaction() as session:
        session.get_one(PersonRow, 1).looked_up_at = None
    assert forget_by(database, bot, BY_NAME["strangers"]) == 0
    with database.transaction() as session:
        session.delete(session.get_one(MembershipRow, (1, 1)))
    assert forget_by(database, bot, BY_NAME["strangers"]) == 1


def test_what_stays_of_logs_and_accounts_names_nobody(database: Database, bot: Bot, clock: HandClock) -> None:
    fill(database)
    clock.advance(days=4100)
    forget(database, bot)
    assert all_of(database, DirectoryChangeRow) == all_of(database, DataFixRow) == []
    assert {(row.person, row.note, row.step) for row in all_of(database, ReminderAnswerRow)} == {
        (GONE, "", "ask")
    }
    assert {(row.recorded_by, row.note, row.kind) for row in all_of(database, MaintenanceEntryRow)} == {
        (GONE, "", "paid")
    }
    assert {row.sent_by for row in all_of(database, StatementRow)} == {GONE}


def test_in_the_end_nothing_is_left_but_what_is_kept_until_somebody_is_forgotten(
    database: Database, bot: Bot, clock: HandClock
) -> None:
    fill(database)
    assert len(cells_with(database, *WORDS)) > 40
    stranger(database)
    clock.advance(days=4100)
    forget(database, bot)
    forget(database, bot)
    assert cells_with(database, *WORDS) == {
        "learned_phrase.accepted_by",
        "learned_phrase.refused_by",
        "forgotten.forgotten_by",
        "installation.installed_by",
    }


# ---- in batches ------------------------------------------------------------------------------------


def test_a_batch_is_never_larger_than_its_limit(database: Database, bot: Bot, clock: HandClock) -> None:
    for number in range(5):
        answered(database, bot, f"{number}.0")
    clock.advance(days=31)
    for rule in ("questions", "arrivals", "messages", "leases"):
        assert [forget_by(database, bot, BY_NAME[rule], limit=2) for _ in range(4)] == [2, 2, 1, 0]


def test_what_somebody_else_holds_is_passed_over(
    postgresql_database: Database, bot: Bot, clock: HandClock
) -> None:
    """Of two replicas each forgets a part, and neither waits for the other or for whoever writes."""
    database = postgresql_database
    for number in range(4):
        answered(database, bot, f"{number}.0")
    clock.advance(days=31)
    rule = BY_NAME["arrivals"]
    with database.transaction(Isolation.READ_COMMITTED) as session:
        assert retention.forget(session, bot, KEEP, rule, limit=3) == 3
        assert forget_by(database, bot, rule) == 1
    assert all_of(database, InboxRow) == []


def test_looking_for_old_text_reads_no_question_whose_text_is_gone(database: Database) -> None:
    query = "SELECT id FROM question WHERE asked_at < '2026-01-01' AND text IS NOT NULL LIMIT 5"
    explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
    with database.engine.connect() as connection:
        if not database.is_sqlite:  # It would rather read an empty table.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = str(connection.exec_driver_sql(explain + query).fetchall())
    assert "ix_question_text" in plan
