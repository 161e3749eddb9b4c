"""The figures of a report: what was asked, what stayed unanswered, what escalations came to."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from bot.domain.escalation.agenda import Step
from bot.domain.escalation.clocks import ClockKind, working_time
from bot.domain.escalation.life import CHANGES_COMPANY, OPEN, Move, State
from bot.domain.escalation.listing import OPENED
from bot.domain.opening import OpeningCalendar
from bot.domain.scheme import Language

BY_COMPANY = frozenset(
    {
        Move.TAKE,
        Move.ASK_BACK,
        Move.HAND_OVER,
        Move.SEND_BACK,
        Move.PASS_ON,
        Move.REASSIGN,
        Move.RESOLVE,
        Move.GIVE_UP,
    }
)
"""What a company does; its first of these is its response."""
SOLVED = frozenset({Move.RESOLVE, Move.GIVE_UP})
BEGINS = frozenset({OPENED, *CHANGES_COMPANY})
"""With what a company gets an escalation."""


class Period(Struct, frozen=True):
    """From `since` until before `until`, both aware UTC; `name` is the week, or empty."""

    since: datetime
    until: datetime
    name: str = ""

    def holds(self, instant: datetime) -> bool:
        """Say whether an instant lies within."""
        return self.since <= instant < self.until


def days(first: date, last: date, time_zone: str, name: str = "") -> Period:
    """Return the period of whole days of a zone, the last one included."""
    return Period(_midnight(first, time_zone), _midnight(last + timedelta(days=1), time_zone), name)


def week_of(day: date, time_zone: str) -> Period:
    """Return the week, Monday to Sunday (ISO 8601), in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return days(monday, monday + timedelta(days=6), time_zone, f"{year}-W{week:02d}")


def read_week(text: str, time_zone: str) -> Period:
    """Read a week such as `2026-W48`. Raises `ValueError` for anything else."""
    found = re.fullmatch(r"([0-9]{4})-W([0-9]{1,2})", text.strip().upper())
    if found is None:
        raise ValueError(f"{text!r} is no week such as 2026-W48")
    return week_of(date.fromisocalendar(int(found[1]), int(found[2]), 1), time_zone)


def _midnight(day: date, time_zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


class Question(Struct, frozen=True):
    """A question of the period. `is_unanswered`: it got no topic, by the bot or by a choice.

    `is_missed`: what the bot answered was refused. `topic` and `vendor` may be empty.
    """

    topic: str = ""
    vendor: str = ""
    is_unanswered: bool = False
    is_missed: bool = False


class Happening(Struct, frozen=True):
    """Something in an escalation's timeline: `kind` is `open`, a `Move` or a `Step`.

    `company_id` is who had it afterwards, `state` where it stood then (empty: unchanged), `clock` the
    promise that an alarm was about.
    """

    kind: str
    at: datetime
    company_id: int | None = None
    state: str = ""
    clock: str = ""


class Course(Struct, frozen=True):
    """An escalation with all that happened, the oldest first. `calendars` are the frozen hours of its
    companies."""

    topic: str
    vendor: str
    happenings: tuple[Happening, ...]
    calendars: Mapping[int, OpeningCalendar] = field(default_factory=dict)


class Figures(Struct, frozen=True):
    """`open` and `overdue` are as they stood at the end of the period; all others count what happened in it.

    `responses` are times from when a company got an escalation until it did something, in its working time.
    """

    questions: int = 0
    unanswered: int = 0
    missed: int = 0
    opened: int = 0
    resolved: int = 0
    open: int = 0
    overdue: int = 0
    handed_over: int = 0
    sent_back: int = 0
    responses: tuple[timedelta, ...] = ()

    @property
    def response(self) -> timedelta | None:
        """The median of the response times; `None` where nobody responded."""
        seconds = [one.total_seconds() for one in self.responses]
        return timedelta(seconds=median(seconds)) if seconds else None

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing to tell."""
        return self == Figures()


class Report(Struct, frozen=True):
    """The figures of a period in all, by topic and by distributor; the busiest first. Keys may be empty."""

    period: Period
    total: Figures
    by_topic: tuple[tuple[str, Figures], ...] = ()
    by_vendor: tuple[tuple[str, Figures], ...] = ()


def report(period: Period, questions: Sequence[Question], courses: Sequence[Course]) -> Report:
    """Add up what happened in a period."""
    return Report(
        period=period,
        total=figures(period, questions, courses),
        by_topic=_by(period, questions, courses, lambda one: one.topic),
        by_vendor=_by(period, questions, courses, lambda one: one.vendor),
    )


def figures(period: Period, questions: Iterable[Question], courses: Iterable[Course]) -> Figures:
    """Add up questions of the period, and what happened to escalations in it."""
    asked, known = list(questions), list(courses)
    at_end = [_until(course, period.until) for course in known]
    within = [[one.kind for one in course.happenings if period.holds(one.at)] for course in known]
    return Figures(
        questions=len(asked),
        unanswered=sum(one.is_unanswered for one in asked),
        missed=sum(one.is_missed for one in asked),
        opened=sum(OPENED in kinds for kinds in within),
        resolved=sum(bool(SOLVED.intersection(kinds)) for kinds in within),
        open=sum(is_open(past) for past in at_end),
        overdue=sum(is_overdue(past) for past in at_end),
        handed_over=sum(kinds.count(Move.HAND_OVER) for kinds in within),
        sent_back=sum(kinds.count(Move.SEND_BACK) for kinds in within),
        responses=tuple(
            sorted(took for course in known for at, took in responses(course) if period.holds(at))
        ),
    )


def responses(course: Course) -> list[tuple[datetime, timedelta]]:
    """Return when each company first did something with an escalation that it got, and after how much of its
    working time."""
    found, got = [], None
    for one in course.happenings:
        if got is not None and one.kind in BY_COMPANY:
            calendar = course.calendars.get(got.company_id or 0)
            if calendar is not None:
                found.append((one.at, working_time(calendar, got.at, one.at)))
            got = None
        if one.kind in BEGINS:
            got = one
    return found


def is_open(past: Sequence[Happening]) -> bool:
    """Say whether an escalation to which this happened so far is to be solved."""
    states = [one.state or (State.NEW if one.kind == OPENED else "") for one in past]
    last = next((state for state in reversed(states) if state), "")
    return last in OPEN


def is_overdue(past: Sequence[Happening]) -> bool:
    """Say whether a promise of the company that has it was broken and is still not kept."""
    if not is_open(past):
        return False
    begun = max((place for place, one in enumerate(past) if one.kind in BEGINS), default=0)
    spell = past[begun + 1 :]
    missed = {one.clock for one in spell if one.kind == Step.TELL_CHANNEL}
    is_answered = any(one.kind in BY_COMPANY for one in spell)
    return ClockKind.SOLUTION in missed or (ClockKind.RESPONSE in missed and not is_answered)


def _until(course: Course, until: datetime) -> tuple[Happening, ...]:
    return tuple(one for one in course.happenings if one.at < until)


def _by(
    period: Period,
    questions: Sequence[Question],
    courses: Sequence[Course],
    key: Callable[[Question | Course], str],
) -> tuple[tuple[str, Figures], ...]:
    keys = dict.fromkeys([key(one) for one in questions] + [key(one) for one in courses])
    found = (
        (
            name,
            figures(
                period,
                (one for one in questions if key(one) == name),
                (one for one in courses if key(one) == name),
            ),
        )
        for name in keys
    )
    told = [(name, counted) for name, counted in found if not counted.is_nothing]
    return tuple(sorted(told, key=lambda one: (-one[1].questions - one[1].opened - one[1].open, one[0])))


class Digest(Struct, frozen=True):
    """A report as a company reads it. `titles` are the topics' words by their keys; `time_zone` the
    company's."""

    language: Language
    company: str
    time_zone: str
    report: Report
    titles: Mapping[str, str] = field(default_factory=dict)
