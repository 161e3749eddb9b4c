"""When somebody can be reached: opening hours in OpenStreetMap's notation, less the public holidays."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from msgspec import Struct
from msgspec.structs import replace
from opening_hours import OpeningHours, State, validate

UNSTATED_HOURS = "Mo-Fr 09:00-17:00"
"""The hours of a company that states none, where working time is counted."""
LOOK_AHEAD = timedelta(days=35)
"""How far the next opening is looked for; whoever is closed for longer has none."""


class Availability(Struct, frozen=True):
    """Whether somebody can be reached now. `opens_at` is aware UTC, `None` when open or not known."""

    is_open: bool
    opens_at: datetime | None


Closed = tuple[tuple[date, date], ...]


class OpeningCalendar(Struct, frozen=True):
    """The hours of one company in its own zone.

    `hours` is an OpenStreetMap `opening_hours` value such as `Mo-Fr 08:00-12:00,13:00-17:00`; empty means
    that nobody told us. Public holidays of `country` and `subdivision` (ISO 3166) are closed, unless the
    country is unknown to the `holidays` library, which then knows none. So are the days of `closed`: its
    own holidays and the like, spans of local days with both ends included.
    """

    hours: str
    time_zone: str
    country: str = ""
    subdivision: str = ""
    closed: Closed = ()

    def at(self, instant: datetime) -> Availability | None:
        """Say whether it is open at `instant` (aware) and else when it opens; `None` without hours."""
        # Hours are written in minutes, so nothing changes within one.
        return _at(self, instant.astimezone(UTC).replace(second=0, microsecond=0)) if self.hours else None

    def is_working_day(self, day: date) -> bool:
        """Say whether it opens at all on `day`; without hours, whether it is Monday to Friday.

        Public holidays and closed days are never working days.
        """
        if any(first <= day <= last for first, last in self.closed):
            return False
        if day.isoformat() in _public_holidays(self.country, self.subdivision, (day.year,)):
            return False
        return day in _open_days(self.hours, self.time_zone, day.year) if self.hours else day.weekday() < 5

    def open_spans(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Give the spans between two instants (aware) in which it is open, aware UTC, in order, each within
        a day.

        Who states no hours counts as open on working days from nine to five.
        """
        stated = self if self.hours else replace(self, hours=UNSTATED_HOURS)
        start, end = start.astimezone(UTC), end.astimezone(UTC)
        # A day more, since what is looked through is counted by the wall clock.
        for local_first, local_last in stated._open_spans(start, end - start + timedelta(days=1)):
            # Only in UTC do differences and comparisons count the hour that a clock change gives or takes.
            first, last = local_first.astimezone(UTC), local_last.astimezone(UTC)
            if last > start and first < end:
                yield max(first, start), min(last, end)

    def _open_spans(
        self, instant: datetime, ahead: timedelta = LOOK_AHEAD
    ) -> Iterator[tuple[datetime, datetime]]:
        zone = ZoneInfo(self.time_zone)
        # In real time: some hours of the wall clock are left out in spring, and the library refuses those.
        local, last = instant.astimezone(zone), (instant + ahead).astimezone(zone)
        years = tuple(range(local.year, last.year + 2))
        closed_days = _public_holidays(self.country, self.subdivision, years) | _days_of(self.closed)
        # From midnight on: in the hour that repeats in autumn the library would begin a span too late.
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        midnight = midnight.astimezone(UTC).astimezone(zone)
        for start, end, state, _ in _parsed(self.hours, self.time_zone).intervals(midnight, last):
            if state is State.OPEN:
                yield from _without_days(start, end, closed_days)


@lru_cache(maxsize=1024)
def _at(calendar: OpeningCalendar, instant: datetime) -> Availability:
    """Say whether it is open at a full minute (UTC). Many ask within one, and looking takes its time."""
    for start, end in calendar._open_spans(instant):
        if start <= instant < end:
            return Availability(is_open=True, opens_at=None)
        if instant < start:
            return Availability(is_open=False, opens_at=start.astimezone(UTC))
    return Availability(is_open=False, opens_at=None)


def is_opening_hours(value: str) -> bool:
    """Say whether `value` can be read as opening hours."""
    return bool(validate(value))


def _without_days(
    start: datetime, end: datetime, days: frozenset[str]
) -> Iterator[tuple[datetime, datetime]]:
    """Cut a span into its local calendar days, without those in `days` (ISO dates)."""
    while start < end:
        midnight = (start + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        if start.date().isoformat() not in days:
            yield start, min(midnight, end)
        start = midnight


@lru_cache(maxsize=256)
def _parsed(hours: str, time_zone: str) -> OpeningHours:
    return OpeningHours(hours, timezone=ZoneInfo(time_zone))


@lru_cache(maxsize=1024)
def _open_days(hours: str, time_zone: str, year: int) -> frozenset[date]:
    """Return the days of a year on which it opens, read once so that asking day after day is quick."""
    new_year = datetime.combine(date(year, 1, 1), time(), ZoneInfo(time_zone))
    spans = _parsed(hours, time_zone).intervals(new_year, new_year.replace(year=year + 1))
    return frozenset(
        piece.date()
        for start, end, state, _ in spans
        if state is State.OPEN
        for piece, _ in _without_days(start, end, frozenset())
    )


@lru_cache(maxsize=256)
def _days_of(closed: Closed) -> frozenset[str]:
    return frozenset(
        (first + timedelta(days=n)).isoformat()
        for first, last in closed
        for n in range((last - first).days + 1)
    )


@lru_cache(maxsize=1024)
def _public_holidays(country: str, subdivision: str, years: tuple[int, ...]) -> frozenset[str]:
    import holidays  # noqa: PLC0415 - the first day that is looked at needs it, the start does not

    try:
        days = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    except NotImplementedError:
        return frozenset()
    return frozenset(day.isoformat() for day in days)
