"""The figures of a report, counted from what happened."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.escalation.agenda import Step
from bot.domain.escalation.life import Move, State
from bot.domain.opening import OpeningCalendar
from bot.domain.report import (
    Course,
    Figures,
    Happening,
    Period,
    Question,
    is_open,
    is_overdue,
    read_week,
    report,
    responses,
    week_of,
)

BERLIN = "Europe/Berlin"
WEEK = read_week("2026-W48", BERLIN)
HOURS = {1: OpeningCalendar("Mo-Fr 08:00-12:00,13:00-17:00", BERLIN), 2: OpeningCalendar("24/7", BERLIN)}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return an instant of November, by the clock of Berlin."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def happened(
    kind: str, when: datetime, company: int | None = 1, state: str = "", clock: str = ""
) -> Happening:
    return Happening(kind, when, company, state, clock)


def course(*happenings: Happening, topic: str = "", vendor: str = "Nord") -> Course:
    return Course(topic, vendor, happenings, HOURS)


OPENED = happened("open", at(24, 10))
TAKEN = happened(Move.TAKE, at(24, 11), state=State.TAKEN)
MISSED = happened(Step.TELL_CHANNEL, at(25, 9), clock="response")
MISSED_SOLUTION = happened(Step.TELL_CHANNEL, at(25, 9), clock="solution")
RESOLVED = happened(Move.RESOLVE, at(26, 9), state=State.RESOLVED)


@pytest.mark.parametrize(
    ("day", "name", "since", "hours"),
    [
        (date(2026, 11, 29), "2026-W48", datetime(2026, 11, 22, 23, tzinfo=UTC), 168),
        (date(2026, 10, 25), "2026-W43", datetime(2026, 10, 18, 22, tzinfo=UTC), 169),
        (date(2026, 3, 29), "2026-W13", datetime(2026, 3, 22, 23, tzinfo=UTC), 167),
        (date(2027, 1, 1), "2026-W53", datetime(2026, 12, 27, 23, tzinfo=UTC), 168),
    ],
)
def test_a_week_begins_on_monday_and_may_be_an_hour_longer_or_shorter(
    day: date, name: str, since: datetime, hours: int
) -> None:
    week = week_of(day, BERLIN)
    assert week == read_week(name, BERLIN) == Period(since, since + timedelta(hours=hours), name)


@pytest.mark.parametrize("text", ["", "2026", "2026-W54", "2026-W00", "W48", "26-W48", "2026-W4x"])
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)week"):
        read_week(text, BERLIN)


def test_a_period_holds_its_first_instant_and_not_its_end() -> None:
    assert WEEK.holds(WEEK.since)
    assert not WEEK.holds(WEEK.until)
    assert not WEEK.holds(WEEK.since - timedelta(microseconds=1))


def test_a_response_is_the_company_s_first_deed_in_its_working_time() -> None:
    found = course(OPENED, happened("message", at(24, 11)), happened(Move.TAKE, at(24, 14)), RESOLVED)
    assert responses(found) == [(at(24, 14), timedelta(hours=3))]


def test_each_company_that_gets_it_has_its_own_response() -> None:
    found = course(
        OPENED,
        happened(Move.HAND_OVER, at(24, 11), 2),
        happened(Move.SEND_BACK, at(24, 12), 1),
        happened(Move.TAKE, at(24, 14), 1),
    )
    assert [took for _, took in responses(found)] == [timedelta(hours=1)] * 3


def test_what_the_requester_does_is_no_response() -> None:
    assert responses(course(OPENED, happened(Move.TAKE_UP, at(24, 11), 2))) == []


@pytest.mark.parametrize(
    ("past", "opened", "overdue"),
    [
        ([], False, False),
        ([OPENED], True, False),
        ([OPENED, MISSED], True, True),
        ([OPENED, MISSED, happened(Move.TAKE, at(25, 10), state=State.TAKEN)], True, False),
        ([OPENED, TAKEN, MISSED_SOLUTION], True, True),
        ([OPENED, TAKEN, MISSED_SOLUTION, RESOLVED], False, False),
        (
            [
                OPENED,
                TAKEN,
                MISSED_SOLUTION,
                RESOLVED,
                happened(Move.REOPEN, at(26, 10), state=State.TAKEN),
            ],
            True,
            True,
        ),
        ([OPENED, MISSED, happened(Move.HAND_OVER, at(26, 10), 2, State.NEW)], True, False),
    ],
)
def test_what_is_open_and_what_is_overdue_follows_from_what_happened(
    past: Sequence[Happening], opened: bool, overdue: bool
) -> None:
    assert (is_open(past), is_overdue(past)) == (opened, overdue)


def test_everything_is_counted_once_in_all_by_topic_and_by_distributor() -> None:
    questions = [
        Question("backup", "Nord"),
        Question("", "Nord", is_unanswered=True),
        Question("update", "Alpine", is_missed=True),
    ]
    courses = [
        course(OPENED, TAKEN, RESOLVED, topic="backup"),
        course(OPENED, MISSED, topic="update", vendor="Alpine"),
    ]
    found = report(WEEK, questions, courses)
    assert found.total == Figures(
        questions=3,
        unanswered=1,
        missed=1,
        opened=2,
        resolved=1,
        open=1,
        overdue=1,
        responses=(timedelta(hours=1),),
    )
    assert [name for name, _ in found.by_topic] == ["update", "backup", ""]
    assert dict(found.by_vendor)["Nord"].questions == 2
    for rows in (found.by_topic, found.by_vendor):
        for count in ("questions", "unanswered", "missed", "opened", "resolved", "open", "overdue"):
            assert sum(getattr(one, count) for _, one in rows) == getattr(found.total, count)


def test_what_happened_in_another_week_counts_there() -> None:
    later = course(OPENED, TAKEN, happened(Move.RESOLVE, at(30, 9), state=State.RESOLVED))
    assert report(WEEK, [], [later]).total == Figures(opened=1, open=1, responses=(timedelta(hours=1),))
    after = report(week_of(date(2026, 11, 30), BERLIN), [], [later])
    assert after.total == Figures(resolved=1)
    before = report(week_of(date(2026, 11, 20), BERLIN), [], [later])
    assert before.total.is_nothing
    assert before.by_topic == ()


def test_the_median_lies_in_the_middle() -> None:
    hours = tuple(timedelta(hours=count) for count in (1, 2, 30))
    assert Figures(responses=hours).response == timedelta(hours=2)
    assert Figures(responses=hours[1:]).response == timedelta(hours=16)
    assert Figures().response is None
