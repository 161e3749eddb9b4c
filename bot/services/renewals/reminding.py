"""Turning reminders that are due into messages, each once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.reminder import (
    BillerReminder,
    PracticeReminder,
    ReminderLine,
    ReminderSaying,
    UnreachedReminder,
    Word,
    last_word,
    nearness,
    task,
)
from bot.domain.maintenance.turn import ASKED, Turn, turn
from bot.services.bot import Bot
from bot.services.renewals.arming import Plan, arm, company_recipient, dealt_with, plans, practice_recipient
from bot.services.renewals.recipients import Party, parties
from bot.services.renewals.records import Record, records
from bot.storage.queries import maintenance as stored
from bot.storage.queries import reminders
from bot.storage.tables import (
    MaintenanceEntryRow,
    OutboxRow,
    ReminderDueRow,
    ReminderMessageRow,
    ReminderRow,
)

AT_ONCE = 500
"""How many recipients one transaction deals with."""
SIGNPOST = "signpost"
"""Who recorded what the bot did by itself."""
QUEUED, SUPERSEDED, UNREACHABLE = "queued", "superseded", "unreachable"


@dataclass(frozen=True)
class Said:
    """A stage that is said now."""

    record: Record
    plan: Plan
    turn: Turn

    def line(self, bot: Bot, now: datetime) -> ReminderLine:
        """Return what its message says of it."""
        today = now.astimezone(ZoneInfo(self.plan.workdays.time_zone)).date()
        return line_of(bot, self.record, today)


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
    known = parties(session, claimed)
    reached = {key: items for key, items in said.items() if known[key].slack is not None}
    _say(session, bot, now, reached, known)
    _leave(session, bot, now, {key: items for key, items in said.items() if key not in reached}, known)
    session.flush()
    return len(claimed)


def line_of(bot: Bot, record: Record, today: date) -> ReminderLine:
    """Return what a reminder says of a period on a day."""
    account = record.account
    near = nearness(record.due_on, today, bot.terms)
    return ReminderLine(
        package=record.package,
        practice=record.practice,
        biller=record.biller,
        is_resold=account.period.is_resold,
        due_on=record.due_on,
        charge=account.charge(Leg.PRACTICE),
        open_cents=account.open_cents(),
        currency=account.period.currency,
        nearness=near,
        task=task(account, near),
    )


# ---- what is said ----------------------------------------------------------------------------------


def _settle(session: Session, bot: Bot, now: datetime, claimed: reminders.Due) -> dict[str, list[Said]]:
    """Set every claimed row to what comes next, and return what is said now, by recipient."""
    keys = [row.period_id for rows in claimed.values() for row in rows]
    found, dealt = stored.periods(session, keys), dealt_with(session, keys)
    accounts = {record.period_id: record for record in records(session, bot.scheme.vat, keys)}
    said: dict[str, list[Said]] = {}
    strays = []
    for row in (row for rows in claimed.values() for row in rows):
        rows = found[row.period_id]
        plan = next((one for one in plans(rows) if one.recipient == row.recipient), None)
        if plan is None:
            strays.append(row.period_id)
        if plan is None or not rows.period.is_open:
            session.delete(row)
            continue
        item = Said(accounts[row.period_id], plan, _turn(row, plan, dealt, now))
        _move_on(session, row, item.turn)
        if item.turn.said is not None and not _is_held(item):
            said.setdefault(row.recipient, []).append(item)
    session.flush()
    if strays:  # The package has another owner since: whoever is to be reminded now is set anew.
        arm(session, strays, now)
    return said


def _turn(
    row: ReminderDueRow, plan: Plan, dealt: dict[tuple[int, str, date], set[str]], now: datetime
) -> Turn:
    return turn(
        plan.ladder,
        plan.due_on,
        plan.workdays,
        dealt=dealt.get((row.period_id, row.recipient, plan.due_on), set()),
        asked=row.stage if row.stage.startswith(ASKED) else "",
        now=now,
    )


def _move_on(session: Session, row: ReminderDueRow, done: Turn) -> None:
    if done.coming is None:
        session.delete(row)
    else:
        row.stage, row.at = done.coming


def _is_held(item: Said) -> bool:
    """Say whether a practice has had its say: whoever bills answers it first.

    Nothing is noted, so that the stage is said after all once the practice's word is taken back.
    """
    is_practice = item.plan.recipient == practice_recipient(item.record.practice_id)
    return is_practice and last_word(item.record.account) is not Word.NONE


# ---- saying it -------------------------------------------------------------------------------------


def _say(
    session: Session, bot: Bot, now: datetime, said: dict[str, list[Said]], known: dict[str, Party]
) -> None:
    messages = {
        key: ReminderMessageRow(
            recipient=key,
            workspace_id=slack.workspace_id,
            outbox_key=_outbox_key(key, items[0]),
            queued_at=now,
        )
        for key, items in said.items()
        if (slack := known[key].slack) is not None
    }
    session.add_all(messages.values())
    session.flush()  # It gives them their numbers, which the buttons carry.
    practices = _practices_of(session, said)
    for key, message in messages.items():
        saying = _saying(bot, now, known[key], said[key], message.id or 0, practices)
        session.add(outbox_row(bot, message.outbox_key, known[key], saying))
        session.add_all(_ledger(said[key], now, QUEUED, message.id))
        if key.startswith("practice:"):
            session.add_all(_announcements(said[key], now))


def _outbox_key(recipient: str, first: Said) -> str:
    """Return what no other message can be called, since a stage is dealt with once."""
    record = first.record
    return f"reminder {recipient} {record.period_id} {record.due_on.isoformat()} {first.turn.said}"


def outbox_row(bot: Bot, key: str, to: Party, saying: ReminderSaying) -> OutboxRow:
    """Return the row that says something to a recipient who can be reached."""
    assert to.slack is not None  # noqa: S101 - the caller looked
    message, now = bot.render(saying), bot.system_clock.now()
    return OutboxRow(
        key=key,
        workspace_id=to.slack.workspace_id,
        lane=to.channel,
        method="chat.postMessage",
        content={"channel": to.channel, "text": message.text, "blocks": list(message.blocks)},
        not_before=now,
        queued_at=now,
    )


def _saying(
    bot: Bot, now: datetime, to: Party, items: list[Said], message_id: int, practices: dict[str, Party]
) -> ReminderSaying:
    lines = sorted(
        (_with_reach(item.line(bot, now), item.record, practices) for item in items),
        key=lambda line: (line.due_on, line.practice, line.package),
    )
    if to.recipient.startswith("practice:"):
        return PracticeReminder(to.language, to.name, tuple(lines), message_id)
    return BillerReminder(to.language, to.name, tuple(lines), message_id)


def _with_reach(line: ReminderLine, record: Record, practices: dict[str, Party]) -> ReminderLine:
    practice = practices.get(practice_recipient(record.practice_id))
    if practice is None or practice.slack is not None:
        return line
    return replace(line, is_unreachable=True, reach_by=practice.reach_by)


def _practices_of(session: Session, said: dict[str, list[Said]]) -> dict[str, Party]:
    """Return the practices in what billers hear, who are to be told of those that nobody reaches."""
    keys = [
        practice_recipient(item.record.practice_id)
        for key, items in said.items()
        if key.startswith("company:")
        for item in items
    ]
    return parties(session, keys)


def _ledger(items: list[Said], now: datetime, outcome: str, message_id: int | None) -> Iterator[ReminderRow]:
    for item in items:
        for stage in item.turn.superseded:
            yield _dealt(item, stage, now, SUPERSEDED)
        yield _dealt(item, item.turn.said or "", now, outcome, message_id)


def _dealt(item: Said, stage: str, now: datetime, outcome: str, message_id: int | None = None) -> ReminderRow:
    return ReminderRow(
        period_id=item.record.period_id,
        due_on=item.plan.due_on,
        stage=stage,
        recipient=item.plan.recipient,
        outcome=outcome,
        dealt_at=now,
        message_id=message_id,
    )


def _announcements(items: list[Said], now: datetime) -> Iterator[MaintenanceEntryRow]:
    """Record that the practice was told, with its first message of a period."""
    for item in items:
        if not any(entry.kind is EntryKind.ANNOUNCED for entry in item.record.account.entries):
            yield MaintenanceEntryRow(
                period_id=item.record.period_id,
                key=f"{item.record.period_id} {EntryKind.ANNOUNCED} {SIGNPOST}",
                kind=EntryKind.ANNOUNCED,
                leg=Leg.PRACTICE,
                happened_on=now.astimezone(ZoneInfo(item.plan.workdays.time_zone)).date(),
                recorded_at=now,
                recorded_by=SIGNPOST,
            )


# ---- whom nobody reaches ---------------------------------------------------------------------------


def _leave(
    session: Session, bot: Bot, now: datetime, said: dict[str, list[Said]], known: dict[str, Party]
) -> None:
    """Note who cannot be reached. A practice is listed in its biller's own message of the same stage; of a
    biller the manufacturer hears."""
    for key, items in said.items():
        session.add_all(_ledger(items, now, UNREACHABLE, None))
        if key.startswith("company:"):
            lines = tuple(item.line(bot, now) for item in items)
            tell_instead(session, bot, known[key], lines, _outbox_key(key, items[0]))


def tell_instead(
    session: Session, bot: Bot, whom: Party, lines: tuple[ReminderLine, ...], cause: str
) -> None:
    """Tell the manufacturer of a company that cannot be reached; nobody, where it is the manufacturer."""
    maker = stored.manufacturer(session)
    recipient = company_recipient(maker.id or 0) if maker else ""
    if recipient and recipient != whom.recipient:
        tell(session, bot, parties(session, [recipient])[recipient], whom, lines, cause)


def tell(
    session: Session, bot: Bot, to: Party, whom: Party, lines: tuple[ReminderLine, ...], cause: str
) -> None:
    """Tell a company, where it can be reached itself, what `whom` did not hear."""
    if to.slack is not None:
        is_company = whom.recipient.startswith("company:")
        saying = UnreachedReminder(to.language, whom.name, is_company, lines, whom.reach_by)
        session.add(outbox_row(bot, f"unreached {to.recipient} {cause}", to, saying))
