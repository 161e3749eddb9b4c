"""After Slack refused a reminder: whoever bills is told, so that it is said in another way."""

from datetime import datetime

from sqlmodel import Session

from bot.services.bot import Bot
from bot.services.renewals.arming import company_recipient
from bot.services.renewals.recipients import Party, parties
from bot.services.renewals.records import Record, records
from bot.services.renewals.reminder_messages import line_of, tell, tell_manufacturer
from bot.services.renewals.reminding import UNREACHABLE
from bot.storage.queries import reminders
from bot.storage.tables import ReminderMessageRow

AT_ONCE = 500


def tell_of_refused(session: Session, bot: Bot, now: datetime, limit: int = AT_ONCE) -> int:
    """Note that refused reminders reached nobody and tell who has to know; return how many they were.

    Of a practice whoever bills it hears, of a distributor the manufacturer.
    """
    messages = reminders.refused(session, limit)
    known = parties(session, [message.recipient for message in messages])
    for message in messages:
        message.is_refused = False
        said = reminders.said_in(session, message.id or 0)
        for row in said:
            row.outcome = UNREACHABLE
        found = records(session, bot.scheme.vat, [row.period_id for row in said])
        _tell(session, bot, message, known[message.recipient], found, now)
    session.flush()
    return len(messages)


def _tell(
    session: Session, bot: Bot, message: ReminderMessageRow, whom: Party, found: list[Record], now: datetime
) -> None:
    if whom.recipient.startswith("company:"):
        lines = tuple(line_of(bot, record, now.date()) for record in found)
        tell_manufacturer(session, bot, whom, lines, message.outbox_key)
        return
    for biller_id in dict.fromkeys(record.biller_id for record in found):
        lines = tuple(line_of(bot, record, now.date()) for record in found if record.biller_id == biller_id)
        recipient = company_recipient(biller_id)
        tell(session, bot, parties(session, [recipient], now)[recipient], whom, lines, message.outbox_key)
