"""How reasons are read, and until when a reminder may be put off."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.maintenance.answers import Filled, WhyNot, latest_postponement, read_reason

DUE = date(2027, 6, 15)


@given(st.sampled_from(WhyNot), st.text(max_size=50).map(str.strip))
def test_a_reason_is_read_back_from_its_note(why: WhyNot, words: str) -> None:
    assert read_reason(Filled(why=why, words=words).reason) == (why, words)


def test_a_note_that_somebody_wrote_by_hand_is_another_reason() -> None:
    assert read_reason("they said so: twice") == (WhyNot.OTHER, "they said so: twice")


@pytest.mark.parametrize(
    ("tomorrow", "latest"),
    [
        (DUE - timedelta(days=90), DUE + timedelta(days=30)),
        (DUE + timedelta(days=30), DUE + timedelta(days=30)),
        (DUE + timedelta(days=31), None),
    ],
)
def test_nothing_is_put_off_beyond_the_days_of_grace(tomorrow: date, latest: date | None) -> None:
    assert latest_postponement([DUE], tomorrow, 30) == latest


def test_the_first_that_would_lapse_sets_the_limit_and_what_has_lapsed_sets_none() -> None:
    later, lapsed = DUE + timedelta(days=60), DUE - timedelta(days=200)
    assert latest_postponement([later, DUE, lapsed], DUE, 30) == DUE + timedelta(days=30)


def test_an_order_number_is_marked_as_one() -> None:
    assert Filled(po_number="4711", invoice_number="R-1").claimed_reference == "PO 4711, R-1"
    assert Filled(invoice_number="R-1").claimed_reference == "R-1"
