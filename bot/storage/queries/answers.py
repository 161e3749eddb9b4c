"""What people answered to messages about renewals, and where those messages stand."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.storage.queries.maintenance import batches
from bot.storage.tables import (
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    OutboxRow,
    ReminderAnswerRow,
    ReminderMessageRow,
    ReminderRow,
)

COPY = " to "
"""What stands between a message's own key and whom else it was sent to."""


class Place(NamedTuple):
    """Where a message stands in Slack."""

    workspace_id: str
    channel_id: str
    message_ts: str


def lock_message(session: Session, message_id: int) -> ReminderMessageRow | None:
    """Return a reminder message; until the transaction ends nobody else answers it."""
    return session.get(ReminderMessageRow, message_id, with_for_update={"key_share": True})


def lock_periods(session: Session, period_ids: Iterable[int]) -> None:
    """Keep others from answering for these periods until the transaction ends; always in the same order."""
    for keys in batches(sorted(set(period_ids))):
        query = select(MaintenancePeriodRow.id).where(col(MaintenancePeriodRow.id).in_(keys))
        session.exec(query.order_by(col(MaintenancePeriodRow.id)).with_for_update(key_share=True)).all()


def stands_at(session: Session, message: ReminderMessageRow, message_ts: str) -> bool:
    """Say whether a message or a copy of it may have this timestamp, as far as the outbox still knows."""
    copies = col(OutboxRow.key).startswith(f"{message.outbox_key}{COPY}", autoescape=True)
    query = select(OutboxRow.state, OutboxRow.dispatched_ts)
    known = session.exec(query.where((col(OutboxRow.key) == message.outbox_key) | copies)).all()
    return not known or any(state != "sent" or ts == message_ts for state, ts in known)


def places(session: Session, message_id: int) -> Sequence[Place]:
    """Return where somebody answered a message, each place once."""
    columns = select(
        ReminderAnswerRow.workspace_id, ReminderAnswerRow.channel_id, ReminderAnswerRow.message_ts
    )
    rows = session.exec(columns.where(ReminderAnswerRow.message_id == message_id).distinct()).all()
    return [Place(*row) for row in rows]


def answers(session: Session, message_id: int) -> Sequence[ReminderAnswerRow]:
    """Return what was answered to a message, the latest first."""
    query = select(ReminderAnswerRow).where(ReminderAnswerRow.message_id == message_id)
    return session.exec(query.order_by(col(ReminderAnswerRow.id).desc())).all()


def last_answer(session: Session, message_id: int) -> int:
    """Return the number of a message's last answer, 0 when there is none."""
    query = select(func.max(ReminderAnswerRow.id)).where(ReminderAnswerRow.message_id == message_id)
    return session.exec(query).one() or 0


def answered_about(session: Session, period_ids: Iterable[int]) -> list[int]:
    """Return the reminder messages about these periods that somebody has answered, in their order."""
    found: set[int] = set()
    query = select(ReminderRow.message_id).join(
        ReminderAnswerRow, col(ReminderAnswerRow.message_id) == col(ReminderRow.message_id)
    )
    for keys in batches(period_ids):
        rows = session.exec(query.where(col(ReminderRow.period_id).in_(keys)).distinct()).all()
        found |= {key for key in rows if key is not None}
    return sorted(found)


def entry_rows(session: Session, entry_ids: Iterable[int]) -> Sequence[MaintenanceEntryRow]:
    """Return those of these entries that exist, in their order."""
    query = select(MaintenanceEntryRow).where(col(MaintenanceEntryRow.id).in_(list(entry_ids)))
    return session.exec(query.order_by(col(MaintenanceEntryRow.id))).all()


def entries_of(session: Session, period_ids: Iterable[int]) -> dict[int, list[MaintenanceEntryRow]]:
    """Return the entries of periods with who recorded them, by period, in their order."""
    found: dict[int, list[MaintenanceEntryRow]] = {}
    for keys in batches(period_ids):
        query = select(MaintenanceEntryRow).where(col(MaintenanceEntryRow.period_id).in_(keys))
        for row in session.exec(query.order_by(col(MaintenanceEntryRow.id))).all():
            found.setdefault(row.period_id, []).append(row)
    return found


def is_taken(session: Session, key: str) -> bool:
    """Say whether a press or a submission has had its effect already."""
    return session.exec(select(ReminderAnswerRow.id).where(ReminderAnswerRow.key == key)).first() is not None


def is_reminder_at(session: Session, place: Place) -> bool:
    """Say whether a reminder stands at a place, one that somebody has answered."""
    query = select(ReminderAnswerRow.id).where(
        ReminderAnswerRow.workspace_id == place.workspace_id,
        ReminderAnswerRow.channel_id == place.channel_id,
        ReminderAnswerRow.message_ts == place.message_ts,
        col(ReminderAnswerRow.message_id).is_not(None),
    )
    return session.exec(query).first() is not None
