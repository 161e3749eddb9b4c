from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.maintenance.billing_year import BillingCalendar
from bot.domain.maintenance.entries import Account, EntryKind
from bot.domain.maintenance.overview import (
    Due,
    Line,
    Names,
    NextStep,
    Remittances,
    by_month,
    chapter_of,
    line_of,
    own_package,
)
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.state import State, Terms
from bot.domain.maintenance.vat import VatReason
from tests.domain.maintenance.small import DUE, GROSS, account, correction, entry, paid

NAMES = Names("L-1", "Praxis Dr. Berg", "Nord Dental")
TERMS = Terms()
BOUGHT = DUE.replace(year=2025)
YEAR = BillingCalendar().year(2026)


def line(one: Account, days: int = 0) -> Line:
    return line_of(NAMES, one, DUE + timedelta(days=days), TERMS)


def later(*entries: object) -> Account:
    """The next year's period of the same package."""
    due = DUE.replace(year=2027)
    return account(*entries, anniversary_on=due, due_on=due)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("days", "state", "step"),
    [
        (-91, State.UPCOMING, NextStep.NOTHING),
        (-90, State.DUE_SOON, NextStep.EXPECT_BILL),
        (0, State.DUE, NextStep.PAY),
        (30, State.OVERDUE, NextStep.PAY),
        (31, State.LAPSED, NextStep.RENEW),
    ],
)
def test_what_a_practice_does_next_follows_from_the_day(days: int, state: State, step: NextStep) -> None:
    own = own_package(NAMES, BOUGHT, [account()], DUE + timedelta(days=days), TERMS)
    assert (own.line.state, own.next_step) == (state, step)


def test_what_was_reported_or_refused_goes_before_the_day() -> None:
    claimed, refused = account(entry(EntryKind.CLAIMED)), account(entry(EntryKind.NOT_RENEWING))
    assert own_package(NAMES, BOUGHT, [claimed], DUE, TERMS).next_step is NextStep.AWAIT
    assert own_package(NAMES, BOUGHT, [refused], DUE, TERMS).next_step is NextStep.TALK
    assert own_package(NAMES, BOUGHT, [account(entry(EntryKind.CANCELLED))], DUE, TERMS).next_step is (
        NextStep.ENDED
    )


def test_a_claim_means_nothing_any_more_once_it_is_paid_or_taken_back() -> None:
    assert line(account(entry(EntryKind.CLAIMED))).is_claimed
    assert not line(account(entry(EntryKind.CLAIMED), paid())).is_claimed
    assert not line(account(entry(EntryKind.CLAIMED), correction(of=1))).is_claimed


def test_what_is_open_is_what_was_not_paid_and_nothing_once_it_is_over() -> None:
    assert line(account()).open_cents == GROSS
    assert line(account(paid(GROSS - 1))).open_cents == 1
    assert line(account(paid())).open_cents == 0
    assert line(account(entry(EntryKind.CANCELLED))).open_cents == 0


def test_the_earliest_open_year_matters_and_later_ones_that_are_due_are_counted() -> None:
    own = own_package(NAMES, BOUGHT, [account(), later()], DUE.replace(year=2027), TERMS)
    assert own.line.due_on == DUE
    assert own.also_open == 1
    before = own_package(NAMES, BOUGHT, [account(), later()], DUE.replace(year=2027) - timedelta(1), TERMS)
    assert before.also_open == 0


def test_maintenance_lasts_until_the_day_before_the_next_anniversary() -> None:
    nothing_yet = own_package(NAMES, BOUGHT, [account()], DUE, TERMS)
    assert nothing_yet.maintained_until == DUE - timedelta(days=1)
    settled = own_package(NAMES, BOUGHT, [account(paid()), later()], DUE, TERMS)
    assert settled.maintained_until == date(2027, 6, 14)
    assert settled.line.due_on == date(2027, 6, 15)


def test_the_last_payment_is_the_latest_that_was_not_taken_back() -> None:
    day = DUE + timedelta(days=9)
    earlier, wrong = paid(100, DUE), paid(200, DUE + timedelta(days=1))
    own = own_package(NAMES, BOUGHT, [account(earlier, wrong, correction(of=2, on=day))], day, TERMS)
    assert own.last_payment is not None
    assert (own.last_payment.on, own.last_payment.amount_cents) == (DUE, 100)


def test_a_practice_does_not_read_what_its_reseller_remits() -> None:
    one = account(
        paid(), entry(EntryKind.REMITTED, DUE, 9900), entry(EntryKind.BILLED, DUE, GROSS), correction(3)
    )
    shown = chapter_of(line(one), one, frozenset({Leg.PRACTICE})).happenings
    assert [(found.entry.kind, found.is_taken_back) for found in shown] == [
        (EntryKind.PAID, False),
        (EntryKind.BILLED, True),
    ]
    assert len(chapter_of(line(one), one, frozenset(Leg)).happenings) == 3


def remittances(*days: Due) -> Remittances:
    return Remittances("Nord Dental", YEAR, VatReason.DOMESTIC, "EUR", days)


def test_a_distributor_is_silent_when_something_was_due_and_nothing_is_reported() -> None:
    due = Due(DUE, 1, 9900, GROSS)
    assert remittances(due).is_silent(DUE)
    assert not remittances(due).is_silent(DUE - timedelta(days=1))
    assert not remittances(due, Due(DUE, 1, 9900, GROSS, reported=1)).is_silent(DUE)


@given(
    st.lists(
        st.builds(
            Due,
            st.dates(YEAR.begins_on, YEAR.ends_on),
            st.integers(0, 9),
            st.integers(0, 10**6),
            st.integers(0, 10**6),
            st.integers(0, 9),
            st.integers(0, 10**6),
        )
    )
)
def test_the_months_add_up_to_the_year(days: list[Due]) -> None:
    one = remittances(*days)
    months = by_month([one])
    assert sum(month.expected_cents for month in months) == one.gross_cents
    assert sum(month.remitted_cents for month in months) == one.remitted_cents
    assert [month.first for month in months] == sorted({due.on.replace(day=1) for due in days})
    assert one.missing_cents >= 0
