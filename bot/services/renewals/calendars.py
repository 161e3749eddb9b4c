"""The calendar file of maintenance periods."""

from collections.abc import Iterable
from datetime import datetime

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.scheme import Language
from bot.files.calendar import CalendarEntry, write_calendar
from bot.services.renewals.records import Record
from bot.wording import say
from bot.wording.prices import price

SILENT = (EntryKind.ANNOUNCED, EntryKind.CLAIMED)
"""Entries that change nothing in a calendar."""


def calendar_of(records: Iterable[Record], language: Language, now: datetime) -> bytes:
    """Return a calendar file with the due dates of periods.

    A settled period stays in the calendar: its date did come to pass, and only a cancelled one was never due.
    """
    return write_calendar((_entry(record, language) for record in records), now)


def _entry(record: Record, language: Language) -> CalendarEntry:
    account = record.account
    charge = price(language, account.charge(Leg.PRACTICE), account.period.currency)
    details = {"practice": record.practice, "biller": record.biller, "price": charge}
    return CalendarEntry(
        uid=f"maintenance-{record.package}-{account.period.anniversary_on.year}@signpost",
        # Entries are only ever added, so their number never falls.
        sequence=sum(entry.kind not in SILENT for entry in account.entries),
        on=record.due_on,
        summary=say(language, "reminder.calendar.summary", package=record.package),
        details=say(language, "reminder.calendar.details", **details),
        is_cancelled=account.has(EntryKind.CANCELLED),
    )
