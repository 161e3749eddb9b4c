from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.network import Whom
from bot.domain.presence import Absent, away_until
from tests.builders import TODAY, contact, distributor

DAY = timedelta(days=1)
SPANS = st.lists(
    st.tuples(st.integers(-9, 9), st.integers(0, 4)).map(
        lambda pair: (TODAY + pair[0] * DAY, TODAY + (pair[0] + pair[1]) * DAY)
    ),
    max_size=5,
).map(tuple)


@given(SPANS)
def test_somebody_is_away_until_the_last_day_without_a_gap(spans: tuple[tuple[date, date], ...]) -> None:
    day, last = TODAY, None
    while any(first <= day <= end for first, end in spans):
        last, day = day, day + DAY
    assert away_until(spans, TODAY) == last


FIRST = contact("First", email="first@nord.example")
SECOND = contact("Second", email="second@nord.example")
GONE = ((TODAY, TODAY + 3 * DAY),)


def test_the_next_contact_stands_in_for_one_who_is_away_and_it_says_until_when() -> None:
    away = contact("First", email="first@nord.example", away=GONE)
    company = distributor(contacts=(away, SECOND))
    assert company.whom(TODAY, public_only=False) == Whom(SECOND, Absent("First", TODAY + 3 * DAY))
    assert company.whom(TODAY + 4 * DAY, public_only=False) == Whom(away)
    assert company.whom(TODAY, public_only=False, preferred_email="second@nord.example") == Whom(SECOND)


def test_where_nobody_is_there_the_one_meant_is_named_with_until_when() -> None:
    away = contact("First", away=GONE)
    hidden = contact("Hidden", is_public=False)
    company = distributor(contacts=(away, hidden))
    assert company.whom(TODAY, public_only=True) == Whom(away, Absent("First", TODAY + 3 * DAY))
    assert company.whom(TODAY, public_only=False) == Whom(hidden, Absent("First", TODAY + 3 * DAY))
