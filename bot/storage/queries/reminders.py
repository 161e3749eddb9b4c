"""The reminders that are due: taking them, so that no other replica takes them as well."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from bot.storage.queries.maintenance import batches
from bot.storage.tables import (
    CompanyRow,
    LicencePackageRow,
    MaintenancePeriodRow,
    PracticeRow,
    ReminderDueRow,
    ReminderMessageRow,
    ReminderRow,
)

Due = dict[str, list[ReminderDueRow]]
"""Due reminders by recipient."""


def recipients_due(session: Session, now: datetime, limit: int, without: Iterable[str] = ()) -> list[str]:
    """Return whom something is due for at `now`, who waits longest first."""
    first = func.min(ReminderDueRow.at)
    query = select(ReminderDueRow.recipient).where(col(ReminderDueRow.at) <= now)
    query = query.where(col(ReminderDueRow.recipient).not_in(list(without)))
    grouped = query.group_by(ReminderDueRow.recipient).order_by(first, ReminderDueRow.recipient)
    return list(session.exec(grouped.limit(limit)).all())


def claim(session: Session, recipients: Sequence[str], now: datetime) -> Due:
    """Take all that is due for these recipients until the transaction ends.

    Whoever another transaction is dealing with is left out: all of a recipient's reminders go into one
    message. So is what is being set anew at this moment.
    """
    claimed: Due = {}
    mine = _locked(session, recipients)
    for keys in batches(mine):
        query = select(ReminderDueRow).where(col(ReminderDueRow.recipient).in_(keys))
        query = query.where(col(ReminderDueRow.at) <= now).with_for_update(skip_locked=True)
        ordered = query.order_by(col(ReminderDueRow.recipient), col(ReminderDueRow.period_id))
        for row in session.exec(ordered).all():
            claimed.setdefault(row.recipient, []).append(row)
    return claimed


def next_due(session: Session, after: datetime) -> datetime | None:
    """Return when the next reminder is due after an instant."""
    return session.exec(select(func.min(ReminderDueRow.at)).where(col(ReminderDueRow.at) > after)).first()


def due_until(session: Session, until: datetime, biller_id: int | None = None) -> Sequence[ReminderDueRow]:
    """Return each period's and recipient's next reminder if it is due by `until`, of one biller or of all."""
    query = select(ReminderDueRow).where(col(ReminderDueRow.at) <= until)
    if biller_id is not None:
        query = query.join(MaintenancePeriodRow).where(MaintenancePeriodRow.biller_id == biller_id)
    return session.exec(query.order_by(col(ReminderDueRow.at), col(ReminderDueRow.period_id))).all()


def open_before(session: Session, day: date, biller_id: int | None = None) -> Sequence[int]:
    """Return the open periods that were due before a day, of one biller or of all, the oldest first."""
    query = select(MaintenancePeriodRow.id).where(
        col(MaintenancePeriodRow.is_open), col(MaintenancePeriodRow.due_on) < day
    )
    if biller_id is not None:
        query = query.where(MaintenancePeriodRow.biller_id == biller_id)
    ordered = query.order_by(col(MaintenancePeriodRow.due_on), col(MaintenancePeriodRow.id))
    return [key for key in session.exec(ordered).all() if key is not None]


def open_periods(
    session: Session, *, biller_id: int | None = None, practice_id: int | None = None
) -> Sequence[int]:
    """Return the open periods of a biller, of a practice, or of all, by due date."""
    query = select(MaintenancePeriodRow.id).where(col(MaintenancePeriodRow.is_open))
    if biller_id is not None:
        query = query.where(MaintenancePeriodRow.biller_id == biller_id)
    if practice_id is not None:
        query = query.join(LicencePackageRow).where(LicencePackageRow.practice_id == practice_id)
    ordered = query.order_by(col(MaintenancePeriodRow.due_on), col(MaintenancePeriodRow.id))
    return [key for key in session.exec(ordered).all() if key is not None]


def mark_refused(session: Session, outbox_key: str) -> None:
    """Note that Slack will never take a message of reminders; another message is left alone."""
    changed = update(ReminderMessageRow).where(col(ReminderMessageRow.outbox_key) == outbox_key)
    session.execute(changed.values(is_refused=True))


def refused(session: Session, limit: int) -> Sequence[ReminderMessageRow]:
    """Take messages that Slack refused and nobody was told of."""
    query = select(ReminderMessageRow).where(col(ReminderMessageRow.is_refused))
    ordered = query.order_by(col(ReminderMessageRow.id)).limit(limit)
    return session.exec(ordered.with_for_update(skip_locked=True)).all()


def said_in(session: Session, message_id: int) -> Sequence[ReminderRow]:
    """Return what a message said, one row a period."""
    query = select(ReminderRow).where(ReminderRow.message_id == message_id)
    return session.exec(query.order_by(col(ReminderRow.id))).all()


def _locked(session: Session, recipients: Sequence[str]) -> list[str]:
    """Lock the rows of practices and companies that nobody else has locked, and return them."""
    taken = set()
    for kind, table in (("practice", PracticeRow), ("company", CompanyRow)):
        numbers = [int(key.partition(":")[2]) for key in recipients if key.startswith(f"{kind}:")]
        for keys in batches(numbers):
            query = select(table.id).where(col(table.id).in_(keys)).order_by(col(table.id))
            locked = session.exec(query.with_for_update(skip_locked=True, key_share=True)).all()
            taken |= {f"{kind}:{number}" for number in locked}
    return [key for key in recipients if key in taken]
