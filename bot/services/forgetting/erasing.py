"""Emptying what is personal in rows whose facts stay."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import String, cast, delete, update
from sqlmodel import Session, col, select

from bot.storage.tables import (
    BridgedMessageRow,
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    PersonRow,
    QuestionRow,
)

NO_ONE = {"name": "", "email": "", "phone": ""}
WRITTEN = ("tried", "error_text", "version")
"""What people wrote among the facts of an escalation's timeline."""
FORMER = "former"
"""The fact of an entry that a person made who was removed since."""


def empty_escalation(session: Session, row: EscalationRow, now: datetime) -> None:
    """Take out of a closed escalation what people wrote, how to reach them, and where in Slack they talked.

    Which practice had which topic, when, who did what, and how it ended stay.
    """
    forget_words(row)
    row.keeper, row.emptied_at = "", now
    row.terms = {key: without_contacts(terms) for key, terms in row.terms.items()}
    events = select(EscalationEventRow).where(EscalationEventRow.escalation_id == row.id)
    empty_events(session.exec(events).all())
    session.execute(delete(BridgedMessageRow).where(col(BridgedMessageRow.escalation_id) == row.id))
    session.execute(delete(EscalationThreadRow).where(col(EscalationThreadRow.escalation_id) == row.id))


def forget_words(row: EscalationRow) -> None:
    """Empty what people wrote into an escalation itself."""
    row.happened = row.reach_me = row.asked = row.link = ""
    row.tried = row.error_text = row.version = row.helped = ""


def empty_events(events: Iterable[EscalationEventRow]) -> None:
    """Empty what people wrote in entries of a timeline; what was done when stays."""
    for event in events:
        event.text = ""
        event.facts = {name: value for name, value in event.facts.items() if name not in WRITTEN}


def without_contacts(terms: dict[str, Any], email: str = "") -> dict[str, Any]:
    """Return what an escalation froze of a company without its people, or without the one of this address."""
    people: dict[str, Any] = {
        role: NO_ONE
        for role in ("contact", "lead")
        if role in terms and (not email or terms[role].get("email", "").lower() == email)
    }
    return {**terms, **people}


def remove_person(session: Session, person: PersonRow) -> None:
    """Remove a person. What they asked stays without text, and without the place where it was asked.

    The database removes what says who somebody is with the row, and takes them out of what stays. A timeline
    still tells that it was a person, and not the bot, who did what they did.
    """
    did = select(EscalationEventRow).where(EscalationEventRow.person_id == person.id)
    for event in session.exec(did).all():
        event.facts = {**event.facts, FORMER: True}
    asked = update(QuestionRow).where(col(QuestionRow.person_id) == person.id)
    session.execute(
        asked.values(text=None, channel_id="", thread_ts="", message_ts=cast(col(QuestionRow.id), String))
    )
    session.delete(person)
    session.flush()
