"""What reminders say, as rows of the outbox."""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import insert
from sqlmodel import Session

from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.reminder import (
    BillerReminder,
    PracticeReminder,
    ReminderLine,
    ReminderSaying,
    UnreachedReminder,
    nearness,
    task,
)
from bot.domain.maintenance.turn import Turn
from bot.services.bot import Bot
from bot.services.renewals.arming import Plan, company_recipient, practice_recipient
from bot.services.renewals.calendars import calendar_of
from bot.services.renewals.recipients import Party, parties
from bot.services.renewals.records import Record
from bot.storage.queries import maintenance as stored
from bot.storage.tables import OutboxRow
from bot.wording import say

Values = dict[str, Any]
"""A row to be inserted; thousands at a time are too slow as objects."""


class Said(Struct, frozen=True):
    """A stage that is said now. `is_first`: the first of this due date."""

    record: Record
    plan: Plan
    turn: Turn
    is_first: bool

    def line(self, bot: Bot, now: datetime) -> ReminderLine:
        """Return what its message says of it."""
        today = now.astimezone(ZoneInfo(self.plan.workdays.time_zone)).date()
        return line_of(bot, self.record, today)


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


def key_of(recipient: str, first: Said) -> str:
    """Return what no other message can be called, since a stage is dealt with once."""
    record = first.record
    return f"reminder {recipient} {record.period_id} {record.due_on.isoformat()} {first.turn.said}"


def saying_of(
    bot: Bot, now: datetime, to: Party, items: Iterable[Said], message_id: int, practices: dict[str, Party]
) -> ReminderSaying:
    """Return what one recipient hears. `practices` are those that a biller may have to tell otherwise."""
    lines = sorted(
        (_with_reach(item.line(bot, now), item.record, practices) for item in items),
        key=lambda line: (line.due_on, line.practice, line.package),
    )
    if to.recipient.startswith("practice:"):
        return PracticeReminder(to.language, to.name, tuple(lines), message_id, bot.renewals_command)
    return BillerReminder(to.language, to.name, tuple(lines), message_id, bot.renewals_command)


def _with_reach(line: ReminderLine, record: Record, practices: dict[str, Party]) -> ReminderLine:
    practice = practices.get(practice_recipient(record.practice_id))
    if practice is None or practice.slack is not None:
        return line
    return replace(line, is_unreachable=True, reach_by=practice.reach_by)


def message_row(bot: Bot, key: str, to: Party, saying: ReminderSaying) -> Values:
    """Return the row that says something to a recipient who can be reached."""
    return _row(bot, key, to, "chat.postMessage", bot.render(saying).content)


def calendar_row(bot: Bot, key: str, to: Party, items: list[Said], now: datetime) -> Values:
    """Return the row that puts the due dates as a calendar file into the thread of the message `key`."""
    content = {"thread_of": key, "text": say(to.language, "reminder.calendar.text")}
    return _file(bot, f"calendar {key}", to, items, now, content)


def withdrawal_row(bot: Bot, to: Party, item: Said, now: datetime) -> Values:
    """Return the row that takes a cancelled period out of the calendar again."""
    words = say(to.language, "reminder.calendar.withdrawn", package=item.record.package)
    return _file(bot, key_of(to.recipient, item), to, [item], now, {"text": words})


def _file(
    bot: Bot, key: str, to: Party, items: list[Said], now: datetime, content: Mapping[str, str]
) -> Values:
    data = calendar_of((item.record for item in items), to.language, now)
    file = {
        "filename": f"maintenance-{items[0].record.due_on.isoformat()}.ics",
        "title": say(to.language, "reminder.calendar.title"),
        "data": b64encode(data).decode(),
    }
    return _row(bot, key, to, "files.upload", {**content, **file})


def _row(bot: Bot, key: str, to: Party, method: str, content: Mapping[str, object]) -> Values:
    assert to.slack is not None  # noqa: S101 - the caller looked
    now = bot.system_clock.now()
    return {
        "key": key,
        "workspace_id": to.slack.workspace_id,
        "lane": to.channel,
        "method": method,
        "content": {"channel": to.channel, **content},
        "state": "waiting",
        "attempts": 0,
        "not_before": now,
        "queued_at": now,
        "dispatched_ts": "",
        "error": "",
    }


# ---- whom nobody reaches ---------------------------------------------------------------------------


def tell_manufacturer(
    session: Session, bot: Bot, whom: Party, lines: tuple[ReminderLine, ...], cause: str
) -> None:
    """Tell the manufacturer of a company that cannot be reached; nobody, where it is the manufacturer."""
    maker = stored.manufacturer(session)
    recipient = company_recipient(maker.id or 0) if maker else ""
    if recipient and recipient != whom.recipient:
        tell(session, bot, parties(session, [recipient], bot.clock.now())[recipient], whom, lines, cause)


def tell(
    session: Session, bot: Bot, to: Party, whom: Party, lines: tuple[ReminderLine, ...], cause: str
) -> None:
    """Tell a company, where it can be reached itself, what `whom` did not hear. `cause` tells it apart."""
    if to.slack is not None:
        is_company = whom.recipient.startswith("company:")
        saying = UnreachedReminder(
            to.language, whom.name, is_company, lines, whom.reach_by, bot.renewals_command
        )
        session.execute(
            insert(OutboxRow), [message_row(bot, f"unreached {to.recipient} {cause}", to, saying)]
        )
