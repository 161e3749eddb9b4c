"""Forgetting in time: nothing personal is kept longer than the settings say.

Each rule forgets a batch in a transaction of its own that locks every row it takes and passes over those that
somebody else has: a million rows hold up nobody, and of two replicas each takes its part.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Delete, Select, Update, delete, exists, select, tuple_, update
from sqlmodel import Session, col

from bot.domain.escalation.life import State
from bot.domain.keeping import GONE, Keep
from bot.services.bot import Bot
from bot.services.forgetting.erasing import empty_escalation, remove_person
from bot.storage.tables import (
    AbsenceRow,
    DataFixRow,
    DirectoryChangeRow,
    EscalationEventRow,
    EscalationRow,
    InboxRow,
    LaneLeaseRow,
    MaintenanceEntryRow,
    MembershipRow,
    OAuthStateRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
    ReminderAnswerRow,
    StatementRow,
    VerdictRow,
)

RUN_OUT = timedelta(hours=1)
"""How long a lease that has run out is kept: longer than replicas' clocks may differ."""
AT_ONCE = 500
"""How many rows one transaction forgets at most: some hundredths of a second."""


class Due(Struct, frozen=True):
    """What is older than `before` is to be forgotten at `now`, at most `limit` rows of it."""

    now: datetime
    before: datetime
    limit: int


class Rule(Struct, frozen=True):
    """What is forgotten of what is older than `keep` says; `forget` returns how many rows it took.

    Instants of the queues are by the system's clock (`is_system_time`), all others by the business clock.
    """

    name: str
    keep: Callable[[Keep], timedelta]
    forget: Callable[[Session, Due], int]
    is_system_time: bool = False


def forget(session: Session, bot: Bot, keep: Keep, rule: Rule, limit: int = AT_ONCE) -> int:
    """Forget a batch by a rule, in a transaction that claims; fewer than `limit`: there is nothing more."""
    now = (bot.system_clock if rule.is_system_time else bot.clock).now()
    return rule.forget(session, Due(now, now - rule.keep(keep), limit))


def _questions(session: Session, due: Due) -> int:
    old = (col(QuestionRow.asked_at) < due.before, col(QuestionRow.text).is_not(None))
    keys = select(col(QuestionRow.id)).where(*old).order_by(col(QuestionRow.asked_at)).limit(due.limit)
    return _change(session, update(QuestionRow).values(text=None), col(QuestionRow.id), keys)


def _arrivals(session: Session, due: Due) -> int:
    old = (col(InboxRow.received_at) < due.before, col(InboxRow.state) != "waiting")
    keys = select(col(InboxRow.id)).where(*old).order_by(col(InboxRow.received_at)).limit(due.limit)
    return _change(session, delete(InboxRow), col(InboxRow.id), keys)


def _messages(session: Session, due: Due) -> int:
    old = (col(OutboxRow.queued_at) < due.before, col(OutboxRow.state).not_in(("waiting", "sending")))
    keys = select(col(OutboxRow.id)).where(*old).order_by(col(OutboxRow.queued_at)).limit(due.limit)
    return _change(session, delete(OutboxRow), col(OutboxRow.id), keys)


def _leases(session: Session, due: Due) -> int:
    """A lease that has run out says nothing any more, and few are looked through faster than many."""
    key = tuple_(col(LaneLeaseRow.workspace_id), col(LaneLeaseRow.lane))
    columns = select(col(LaneLeaseRow.workspace_id), col(LaneLeaseRow.lane))
    keys = columns.where(col(LaneLeaseRow.held_until) < due.before).limit(due.limit)
    return _change(session, delete(LaneLeaseRow), key, keys)


def _installations_begun(session: Session, due: Due) -> int:
    """One that was not ended in time cannot be ended any more."""
    key = col(OAuthStateRow.digest)
    keys = select(key).where(col(OAuthStateRow.expires_at) < due.before).limit(due.limit)
    return _change(session, delete(OAuthStateRow), key, keys)


def _escalations(session: Session, due: Due) -> int:
    emptied = col(EscalationRow.emptied_at)
    # One that was opened again, and closed again, has words again.
    is_full = emptied.is_(None) | (emptied < col(EscalationRow.closed_at))
    old = (col(EscalationRow.state) == State.CLOSED, col(EscalationRow.closed_at) < due.before, is_full)
    query = select(EscalationRow).where(*old).order_by(col(EscalationRow.closed_at)).limit(due.limit)
    rows = session.scalars(query.with_for_update(skip_locked=True)).all()
    for row in rows:
        empty_escalation(session, row, due.now)
    return len(rows)


def _strangers(session: Session, due: Due) -> int:
    """Whoever belongs nowhere and was not seen since; not while an escalation still tells of them.

    Who is seen is looked up in Slack anew every day. Of somebody who never could be, what they did last
    counts, and what they say of themselves holds.
    """
    person = col(PersonRow.id)
    belongs = col(PersonRow.company_id).is_not(None) | col(PersonRow.is_imported)
    is_confirmed = exists().where(
        col(MembershipRow.person_id) == person, col(MembershipRow.confirmed_at).is_not(None)
    )
    claims = exists().where(col(MembershipRow.person_id) == person)
    asks = exists().where(col(QuestionRow.person_id) == person, col(QuestionRow.asked_at) >= due.before)
    judges = exists().where(col(VerdictRow.person_id) == person, col(VerdictRow.given_at) >= due.before)
    did = exists().where(
        col(EscalationEventRow.person_id) == person,
        col(EscalationEventRow.escalation_id) == col(EscalationRow.id),
        col(EscalationRow.emptied_at).is_(None),
    )
    owned = exists().where(
        (col(EscalationRow.requester_id) == person)
        | (col(EscalationRow.opened_by_id) == person)
        | (col(EscalationRow.owner_id) == person),
        col(EscalationRow.emptied_at).is_(None),
    )
    seen = col(PersonRow.looked_up_at)
    old = (seen < due.before) | (seen.is_(None) & ~claims)
    query = select(PersonRow).where(old, ~belongs, ~is_confirmed, ~asks, ~judges, ~did, ~owned)
    query = query.order_by(person)
    rows = session.scalars(query.limit(due.limit).with_for_update(skip_locked=True, of=PersonRow)).all()
    for row in rows:
        remove_person(session, row)
    return len(rows)


def _changes(session: Session, due: Due) -> int:
    key = col(DirectoryChangeRow.id)
    keys = select(key).where(col(DirectoryChangeRow.changed_at) < due.before).order_by(key).limit(due.limit)
    return _change(session, delete(DirectoryChangeRow), key, keys)


def _data_fixes(session: Session, due: Due) -> int:
    key = col(DataFixRow.id)
    keys = select(key).where(col(DataFixRow.closed_at) < due.before).order_by(key).limit(due.limit)
    return _change(session, delete(DataFixRow), key, keys)


def _absences(session: Session, due: Due) -> int:
    key = col(AbsenceRow.id)
    keys = select(key).where(col(AbsenceRow.last_on) < due.before.date()).order_by(key).limit(due.limit)
    return _change(session, delete(AbsenceRow), key, keys)


def _answers(session: Session, due: Due) -> int:
    """What was answered stays, since reminders go by it; who it was, and their words, do not."""
    key = col(ReminderAnswerRow.id)
    old = (col(ReminderAnswerRow.answered_at) < due.before, col(ReminderAnswerRow.person) != GONE)
    keys = select(key).where(*old).order_by(key).limit(due.limit)
    return _change(session, update(ReminderAnswerRow).values(person=GONE, note=""), key, keys)


def _entries(session: Session, due: Due) -> int:
    key = col(MaintenanceEntryRow.id)
    old = (col(MaintenanceEntryRow.recorded_at) < due.before, col(MaintenanceEntryRow.recorded_by) != GONE)
    keys = select(key).where(*old).order_by(key).limit(due.limit)
    return _change(session, update(MaintenanceEntryRow).values(recorded_by=GONE, note=""), key, keys)


def _statements(session: Session, due: Due) -> int:
    key = col(StatementRow.id)
    old = (col(StatementRow.sent_at) < due.before, col(StatementRow.sent_by) != GONE)
    keys = select(key).where(*old).order_by(key).limit(due.limit)
    return _change(session, update(StatementRow).values(sent_by=GONE), key, keys)


def _change(session: Session, statement: Update | Delete, key: Any, keys: Select[*tuple[Any, ...]]) -> int:
    """Change the rows of these keys, and return how many."""
    # SQLite has no such clause and needs none: one writer at a time.
    taken = [
        tuple(row) if len(row) > 1 else row[0]
        for row in session.execute(keys.with_for_update(skip_locked=True))
    ]
    if taken:
        options = {"synchronize_session": False}
        session.execute(statement.where(key.in_(taken)), execution_options=options)
    return len(taken)


RULES = (
    Rule("questions", lambda keep: keep.text, _questions),
    Rule("arrivals", lambda keep: keep.text, _arrivals, is_system_time=True),
    Rule("messages", lambda keep: keep.text, _messages, is_system_time=True),
    Rule("leases", lambda _keep: RUN_OUT, _leases, is_system_time=True),
    Rule("installations begun", lambda _keep: timedelta(), _installations_begun, is_system_time=True),
    Rule("escalations", lambda keep: keep.escalations, _escalations),
    Rule("strangers", lambda keep: keep.strangers, _strangers),
    Rule("changes", lambda keep: keep.changes, _changes),
    Rule("data fixes", lambda keep: keep.changes, _data_fixes),
    Rule("absences", lambda keep: keep.changes, _absences),
    Rule("answers", lambda keep: keep.changes, _answers),
    Rule("entries", lambda keep: keep.accounts, _entries),
    Rule("statements", lambda keep: keep.accounts, _statements),
)
