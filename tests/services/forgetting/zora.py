"""Zora, of whom every table that can hold something personal holds something, and Otto, of whom it does too.

`fill` puts all into a database at one instant, so that a test can look where a word of hers is still found.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from bot.storage.database import Database
from bot.storage.tables import (
    AbsenceRow,
    BridgedMessageRow,
    ChannelRow,
    CompanyRow,
    DataFixRow,
    DirectoryChangeRow,
    EditorRow,
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    ForgottenRow,
    InboxRow,
    InstallationRow,
    LaneLeaseRow,
    LearnedPhraseRow,
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    MembershipRow,
    OAuthStateRow,
    OutboxRow,
    PersonRow,
    PracticeRow,
    QuestionRow,
    ReminderAnswerRow,
    StatementRow,
    Table,
    VerdictRow,
    metadata,
)
from tests.builders import MORNING

TEAM = "T0SIGN"
WORDS = ("Zora", "zora", "ZORA", "0176-9202")
"""Whatever tells of her has one of these in it."""


def fill(database: Database, at: datetime = MORNING) -> None:
    """Put companies, a practice, and everything of Zora and of Otto into an empty database."""
    with database.transaction() as session:
        for slug, role in (("image", "manufacturer"), ("nord", "distributor")):
            session.add(CompanyRow(slug=slug, name=slug.capitalize(), role=role))
        session.flush()
        session.add(PracticeRow(name="Praxis Dr. Berg", vendor_id=2))
        session.flush()
        due_on = at.date()
        session.add(LicencePackageRow(number="L-1", practice_id=1, bought_on=due_on))
        session.flush()
        session.add(
            MaintenancePeriodRow(
                package_id=1,
                anniversary_on=due_on,
                due_on=due_on,
                net_cents=9900,
                currency="EUR",
                biller_id=2,
                is_resold=True,
            )
        )
        session.flush()
        for number, (name, phone) in enumerate((("Zora Zimmer", "0176-9202"), ("Otto Ort", "0176-0000")), 1):
            _person(session, number, name, phone, at)


def _person(session: Session, number: int, name: str, phone: str, at: datetime) -> None:
    first = name.split(maxsplit=1)[0]
    user, direct, email = f"U0{first.upper()}", f"D0{first.upper()}", f"{first.lower()}_z@berg.example"
    words = f"{first}'s own words"

    def add(*rows: Table) -> None:
        session.add_all(rows)
        session.flush()

    person = PersonRow(
        workspace_id=TEAM,
        user_id=user,
        name=name,
        email=email,
        phone=phone,
        locale="de-DE",
        time_zone="Europe/Berlin",
        looked_up_at=at,
    )
    add(person)
    key = person.id or 0
    add(
        QuestionRow(
            workspace_id=TEAM,
            channel_id=direct,
            message_ts=f"{number}.0",
            thread_ts=f"{number}.0",
            person_id=key,
            practice_id=1,
            text=words,
            topic="database-backup",
            reaction="answer",
            address="direct",
            language="en",
            asked_at=at,
        ),
        MembershipRow(person_id=key, practice_id=1),
        AbsenceRow(company_id=2, person_id=key, first_on=at.date(), last_on=at.date(), note=words),
    )
    phrase = LearnedPhraseRow(
        topic="database-backup", language="en", text="", refused_by=email, refused_at=at, accepted_by=email
    )
    add(
        VerdictRow(question_id=number, person_id=key, kind="solved", given_at=at),
        EditorRow(person_id=key, appointed_by=email, appointed_at=at),
        phrase,
        DirectoryChangeRow(
            company_id=2,
            subject="practice:1",
            name=name,
            field="member",
            before=phone,
            after=f"{name}, {email}",
            changed_at=at,
            changed_by=email,
        ),
        ForgottenRow(forgotten_at=at, forgotten_by=email, rows={}),
        InstallationRow(
            workspace_id=f"T{number}",
            workspace_name="Praxis",
            sealed_token="",
            bot_user_id="",
            bot_id="",
            scopes="",
            installed_by=user,
            installed_at=at,
        ),
        OAuthStateRow(digest=f"digest {number}", expires_at=at),
        DataFixRow(
            company_id=2,
            subject="renewal-contact",
            note=f"passed on: {name}",
            opened_at=at,
            opened_by=email,
            closed_at=at,
            closed_by=user,
        ),
        ReminderAnswerRow(
            key=f"answer {number}",
            step="ask",
            person=email,
            answered_at=at,
            workspace_id=TEAM,
            channel_id="C1",
            message_ts="1.0",
            note=words,
        ),
        MaintenanceEntryRow(
            period_id=1,
            key=f"entry {number}",
            kind="paid",
            leg="practice",
            happened_on=at.date(),
            note=words,
            recorded_at=at,
            recorded_by=email,
        ),
        StatementRow(
            distributor_id=2,
            year=2020 + number,
            begins_on=at.date(),
            ends_on=at.date(),
            remit_by=at.date(),
            currency="EUR",
            carried_cents=0,
            sent_at=at,
            sent_by=email,
        ),
    )
    _queues(session, number, user, direct, words, at)
    _escalation(session, number, key, first, at)


def _queues(session: Session, number: int, user: str, direct: str, words: str, at: datetime) -> None:
    sender = {"workspace_id": TEAM, "user_id": user}
    session.add_all(
        (
            ChannelRow(workspace_id=TEAM, channel_id=f"C{number}"),
            LaneLeaseRow(workspace_id=TEAM, lane=direct, held_until=at),
            LaneLeaseRow(workspace_id=TEAM, lane=user, held_until=at),
            InboxRow(
                key=f"press:{TEAM}:C1:1.0:{user}:1.0",
                kind="pressed",
                workspace_id=TEAM,
                content={},
                state="done",
                not_before=at,
                received_at=at,
            ),
            InboxRow(
                key=f"message:{TEAM}:C1:{number}.5",
                kind="asked",
                workspace_id=TEAM,
                content={"user": sender, "text": words},
                state="failed",
                not_before=at,
                received_at=at,
            ),
            OutboxRow(
                key=f"answer {number}",
                workspace_id=TEAM,
                lane=direct,
                method="chat.postMessage",
                content={"channel": direct, "text": words},
                state="failed",
                not_before=at,
                queued_at=at,
            ),
            OutboxRow(
                key=f"home {user}",
                workspace_id=TEAM,
                lane="C1",
                method="files.upload",
                content={"filename": f"{words}.ics"},
                state="sent",
                not_before=at,
                queued_at=at,
            ),
        )
    )
    session.flush()


def _escalation(session: Session, number: int, person_id: int, first: str, at: datetime) -> None:
    email, words = f"{first.lower()}_z@berg.example", f"{first}'s own words"
    contact = {"name": f"{first} Zimmer", "email": email, "phone": "0176-9202" if first == "Zora" else ""}
    row = EscalationRow(
        reference=f"ESC-2026-000{number}",
        nonce=f"nonce {number}",
        state="closed",
        level=0,
        company_id=2,
        owner_id=person_id,
        keeper=email,
        requester_id=person_id,
        opened_by_id=person_id,
        practice_id=1,
        topic="database-backup",
        language="en",
        urgency="stopped",
        route={"way": "vendor", "top": 1, "informed": []},
        terms={"2": {"name": "Nord", "language": "en", "contact": contact, "lead": contact}},
        opened_at=at - timedelta(days=2),
        touched_at=at,
        resolved_at=at,
        closed_at=at,
        happened="",
        reach_me="",
    )
    for name in WRITTEN:
        setattr(row, name, words)
    session.add(row)
    session.flush()
    facts: dict[str, Any] = {"state": "closed", "company": 2, "error_text": words}
    session.add(
        EscalationEventRow(
            escalation_id=row.id or 0,
            key="opened",
            kind="open",
            at=at,
            person_id=person_id,
            text=words,
            facts=facts,
        )
    )
    user = f"U0{first.upper()}"
    thread = EscalationThreadRow(
        escalation_id=row.id or 0,
        side="requester",
        workspace_id=TEAM,
        channel_id=user,
        outbox_key=f"escalation {row.reference} requester",
    )
    session.add(thread)
    session.flush()
    session.add(
        EscalationThreadRow(
            escalation_id=row.id or 0,
            side="company:2",
            workspace_id=TEAM,
            channel_id="CNORD",
            refused=[f"{TEAM}/{user}", f"{TEAM}/CNORD"],
        )
    )
    session.add(
        BridgedMessageRow(
            escalation_id=row.id or 0,
            workspace_id=TEAM,
            channel_id=user,
            message_ts="1.0",
            to_thread_id=thread.id or 0,
            files=[{"name": words, "link": "https://files.example"}],
        )
    )
    session.flush()


WRITTEN = ("happened", "reach_me", "asked", "link", "tried", "error_text", "version", "helped")


def cells_with(database: Database, *words: str) -> set[str]:
    """Return the columns (`table.column`) in which one of the words is found in any row."""
    found = set()
    with database.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()).mappings():
                told = [name for name, value in row.items() if any(word in str(value) for word in words)]
                found |= {f"{table.name}.{name}" for name in told}
    return found
