"""Due dates as a calendar file (RFC 5545), which every calendar program opens."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from icalendar import Event

PRODUCT = "-//Signpost//Software maintenance//EN"


class CalendarEntry(Struct, frozen=True):
    """An all-day event. `uid` is the same for ever; a higher `sequence` takes the place of a lower one."""

    uid: str
    sequence: int
    on: date
    summary: str
    details: str
    is_cancelled: bool = False


def write_calendar(entries: Iterable[CalendarEntry], now: datetime) -> bytes:
    """Write entries as a calendar that is published; one of nothing but cancelled entries cancels them.

    There is no alarm: the bot reminds already, and more often than an alarm could.
    """
    from icalendar import Calendar  # noqa: PLC0415 - only a calendar that is written needs it

    entries = list(entries)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    is_cancelling = bool(entries) and all(entry.is_cancelled for entry in entries)
    calendar.add("method", "CANCEL" if is_cancelling else "PUBLISH")
    for entry in entries:
        calendar.add_component(_event(entry, now))
    return bytes(calendar.to_ical())


def _event(entry: CalendarEntry, now: datetime) -> "Event":
    from icalendar import Event  # noqa: PLC0415

    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now)
    event.add("sequence", entry.sequence)
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("summary", entry.summary)
    event.add("description", entry.details)
    event.add("status", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT")  # A due date keeps nobody busy.
    return event
