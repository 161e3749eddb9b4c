"""Turning reminders that are due into messages, each once."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import insert
from sqlmodel import Session

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.reminder import Word, last_word
from bot.domain.maintenance.turn import ASKED, WITHDRAWN, Turn, turn
from bot.services.bot import Bot
from bot.services.renewals.arming import Plan, arm, dealt_with, plans, practice_recipient
from bot.services.renewals.recipients import Party, parties
from bot.services.renewals.records import Record, records
from bot.services.renewals.reminder_messages import (
    Said,
    Values,
    calendar_row,
    key_of,
    message_row,
    saying_of,
    tell_manufacturer,
    withdrawal_row,
)
from bot.storage.queries import maintenance as stored
from bot.storage.queries import reminders
from bot.storage.tables import (
    MaintenanceEntryRow,
    OutboxRow,
    ReminderDueRow,
    ReminderMessageRow,
    ReminderRow,
    Table,
)

AT_ONCE = 500
"""How many recipients one transaction deals with."""
SIGNPOST = "signpost"
"""Who recorded what the bot did by itself."""
QUEUED, SUPERSEDED, UNREACHABLE = "queued", "superseded", "unreachable"

Items = dict[str, list[Said]]
"""What is said now, by recipient."""


def remind(
    session: Session, bot: Bot, now: datetime, limit: int = AT_ONCE, *, without: Iterable[str] = ()
) -> int:
    """Say what is due, one message a recipient, to at most `limit`; return for how many something was due.

    Call it until it returns 0: what was due is then said, moved to when it is due by the calendar as it
    stands now, or gone because nothing is open any more. `without` are recipients to leave alone.
    """
    return remind_these(session, bot, now, reminders.recipients_due(session, now, limit, without))


def remind_these(session: Session, bot: Bot, now: datetime, recipients: list[str]) -> int:
    """Do the same for these recipients alone; those whom another replica is dealing with do not count."""
    claimed = reminders.claim(session, recipients, now)
    said = _settle(session, bot, now, claimed)
    known = parties(session, said, now)
    gone = {key: [item for item in items if item.turn.said == WITHDRAWN] for key, items in said.items()}
    said = {key: [item for item in items if item not in gone[key]] for key, items in said.items()}
    _withdraw(session, bot, now, gone, known)
    _say(session, bot, now, {key: items for key, items in said.items() if items and known[key].slack}, known)
    _leave(
        session,
        bot,
        now,
        {key: items for key, items in said.items() if items and not known[key].slack},
        known,
    )
    session.flush()
    return len(claimed)


def is_held(record: Record, recipient: str) -> bool:
    """Say whether the recipient is the practice and has had its say: whoever bills answers it first.

    Nothing is noted, so that the stage is said after all once the practice's word is taken back.
    """
    is_practice = recipient == practice_recipient(record.practice_id)
    return is_practice and last_word(record.account) is not Word.NONE


# ---- what is said ----------------------------------------------------------------------------------


def _settle(session: Session, bot: Bot, now: datetime, claimed: reminders.Due) -> Items:
    """Set every claimed row to what comes next, and return what is said now."""
    keys = [row.period_id for rows in claimed.values() for row in rows]
    found, dealt = stored.periods(session, keys), dealt_with(session, keys)
    known = {record.period_id: record for record in records(session, bot.scheme.vat, keys)}
    said: Items = {}
    strays = []
    for row in (row for rows in claimed.values() for row in rows):
        rows = found[row.period_id]
        plan = next((one for one in plans(rows) if one.recipient == row.recipient), None)
        if plan is None:
            strays.append(row.period_id)
            session.delete(row)
            continue
        done = dealt.get((row.period_id, row.recipient, plan.due_on), set())
        decided = _turn(row, plan, done, now) if rows.period.is_open else _end(row, done)
        _move_on(session, row, decided)
        record = known[row.period_id]
        if decided.said is not None and (decided.said == WITHDRAWN or not is_held(record, row.recipient)):
            said.setdefault(row.recipient, []).append(Said(record, plan, decided, is_first=not done))
    session.flush()
    if strays:  # The package has another owner since: whoever is to be reminded now is set anew.
        arm(session, strays, now)
    return said


def _turn(row: ReminderDueRow, plan: Plan, done: set[str], now: datetime) -> Turn:
    asked = row.stage if row.stage.startswith(ASKED) else ""
    return turn(plan.ladder, plan.due_on, plan.workdays, dealt=done, asked=asked, now=now)


def _end(row: ReminderDueRow, done: set[str]) -> Turn:
    """Say nothing of what is not open any more, except that it was cancelled."""
    is_news = row.stage == WITHDRAWN and WITHDRAWN not in done
    return Turn(WITHDRAWN if is_news else None, (), None)


def _move_on(session: Session, row: ReminderDueRow, decided: Turn) -> None:
    if decided.coming is None:
        session.delete(row)
    else:
        row.stage, row.at = decided.coming


# ---- saying it -------------------------------------------------------------------------------------


def _say(session: Session, bot: Bot, now: datetime, said: Items, known: dict[str, Party]) -> None:
    messages = {
        key: ReminderMessageRow(
            recipient=key,
            workspace_id=slack.workspace_id,
            outbox_key=key_of(key, items[0]),
            queued_at=now,
        )
        for key, items in said.items()
        if (slack := known[key].slack) is not None
    }
    session.add_all(messages.values())
    session.flush()  # It gives them their numbers, which the buttons carry.
    practices = _practices_of(session, said)
    queued: list[Values] = []
    for key, message in messages.items():
        saying = saying_of(bot, now, known[key], said[key], message.id or 0, practices)
        queued.append(message_row(bot, message.outbox_key, known[key], saying))
        # The due dates come with the first message about them; a date that was moved is a new one.
        first = [item for item in said[key] if item.is_first]
        if first and key.startswith("practice:"):
            queued.append(calendar_row(bot, message.outbox_key, known[key], first, now))
    _insert(session, OutboxRow, queued)
    ids = {key: message.id for key, message in messages.items()}
    _insert(session, ReminderRow, (row for key in ids for row in _ledger(said[key], now, QUEUED, ids[key])))
    told = (items for key, items in said.items() if key.startswith("practice:"))
    _insert(session, MaintenanceEntryRow, (row for items in told for row in _announcements(items, now)))


def _insert(session: Session, table: type[Table], rows: Iterable[Values]) -> None:
    found = list(rows)
    if found:
        session.execute(insert(table), found)


def _withdraw(session: Session, bot: Bot, now: datetime, gone: Items, known: dict[str, Party]) -> None:
    for key, items in gone.items():
        to = known[key]
        if to.slack:
            _insert(session, OutboxRow, (withdrawal_row(bot, to, item, now) for item in items))
        _insert(session, ReminderRow, _ledger(items, now, QUEUED if to.slack else UNREACHABLE, None))


def _leave(session: Session, bot: Bot, now: datetime, said: Items, known: dict[str, Party]) -> None:
    """Note who cannot be reached.

    A practice is listed in its biller's own message of the same stage; of a biller the manufacturer hears.
    """
    for key, items in said.items():
        _insert(session, ReminderRow, _ledger(items, now, UNREACHABLE, None))
        if key.startswith("company:"):
            lines = tuple(item.line(bot, now) for item in items)
            tell_manufacturer(session, bot, known[key], lines, key_of(key, items[0]))


def _practices_of(session: Session, said: Items) -> dict[str, Party]:
    """Return the practices in what billers hear, who are to tell those that nobody reaches."""
    keys = [
        practice_recipient(item.record.practice_id)
        for key, items in said.items()
        if key.startswith("company:")
        for item in items
    ]
    return parties(session, keys)


def _ledger(items: list[Said], now: datetime, outcome: str, message_id: int | None) -> Iterator[Values]:
    for item in items:
        for stage in item.turn.superseded:
            yield _dealt(item, stage, now, SUPERSEDED)
        yield _dealt(item, item.turn.said or "", now, outcome, message_id)


def _dealt(item: Said, stage: str, now: datetime, outcome: str, message_id: int | None = None) -> Values:
    return {
        "period_id": item.record.period_id,
        "due_on": item.plan.due_on,
        "stage": stage,
        "recipient": item.plan.recipient,
        "outcome": outcome,
        "dealt_at": now,
        "message_id": message_id,
    }


def _announcements(items: list[Said], now: datetime) -> Iterator[Values]:
    """Record that the practice was told, with its first message of a period."""
    for item in items:
        if not any(entry.kind is EntryKind.ANNOUNCED for entry in item.record.account.entries):
            yield {
                "period_id": item.record.period_id,
                "key": f"{item.record.period_id} {EntryKind.ANNOUNCED} {SIGNPOST}",
                "kind": EntryKind.ANNOUNCED,
                "leg": Leg.PRACTICE,
                "happened_on": now.astimezone(ZoneInfo(item.plan.workdays.time_zone)).date(),
                "recorded_at": now,
                "recorded_by": SIGNPOST,
            }
