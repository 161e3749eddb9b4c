from datetime import UTC, date, datetime
from typing import Any

from icalendar import Calendar

from bot.files.calendar import CalendarEntry, write_calendar

NOW = datetime(2027, 1, 4, 6, tzinfo=UTC)
EVENT = CalendarEntry("u@signpost", 3, date(2028, 2, 29), "Due; soon, really", "One\nTwo" + "ü" * 100)


def test_an_entry_is_an_all_day_event_that_reads_back_as_it_was() -> None:
    calendar = Calendar.from_ical(write_calendar([EVENT], NOW).decode())
    event: Any
    (event,) = calendar.walk("VEVENT")
    assert (event["uid"], event["sequence"], event["status"]) == ("u@signpost", 3, "CONFIRMED")
    assert (event["dtstart"].dt, event["dtend"].dt) == (date(2028, 2, 29), date(2028, 3, 1))
    assert (str(event["summary"]), str(event["description"])) == (EVENT.summary, EVENT.details)
    assert event["dtstamp"].dt == NOW
    assert calendar["method"] == "PUBLISH"
    assert calendar.walk("VALARM") == []


def test_no_line_is_longer_than_the_standard_allows() -> None:
    assert max(map(len, write_calendar([EVENT], NOW).split(b"\r\n"))) <= 75


def test_only_a_file_of_nothing_but_cancelled_entries_cancels() -> None:
    gone = CalendarEntry("v@signpost", 4, date(2027, 6, 15), "Due", "", is_cancelled=True)
    both = Calendar.from_ical(write_calendar([EVENT, gone], NOW).decode())
    assert both["method"] == "PUBLISH"
    assert [event["status"] for event in both.walk("VEVENT")] == ["CONFIRMED", "CANCELLED"]
    assert Calendar.from_ical(write_calendar([gone], NOW).decode())["method"] == "CANCEL"
