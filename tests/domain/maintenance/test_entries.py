from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg, anniversary_after
from bot.domain.maintenance.vat import Charge, Vat, VatReason
from tests.domain.maintenance.small import (
    DOMESTIC,
    DUE,
    GROSS,
    REVERSE,
    account,
    correction,
    entry,
    paid,
)

DAY = timedelta(days=1)
LATER = date(2026, 9, 1)
SWISS = Vat(810, VatReason.DOMESTIC)
EXPORT = Vat(0, VatReason.EXPORT)

# ---- what is owed -----------------------------------------------------------------------------------


def test_all_is_owed_until_something_is_paid() -> None:
    assert account().open_cents() == GROSS
    assert (
        account(entry(EntryKind.ANNOUNCED), entry(EntryKind.BILLED, amount_cents=GROSS)).open_cents() == GROSS
    )


@pytest.mark.parametrize(
    ("payments", "owed"),
    [
        ([1], GROSS - 1),
        ([5000, 5000], 1781),
        ([GROSS], 0),
        ([GROSS - 1], 1),
        ([GROSS + 1], 0),
        ([9999, 9999], 0),
    ],
)
def test_payments_add_up_and_never_below_nothing(payments: list[int], owed: int) -> None:
    assert account(*[paid(amount) for amount in payments]).open_cents() == owed


def test_what_the_practice_pays_and_what_is_remitted_are_two_things() -> None:
    remitted = account(entry(EntryKind.REMITTED, amount_cents=9900))
    assert (remitted.open_cents(), remitted.unremitted_cents()) == (GROSS, 0)
    settled = account(paid())
    assert (settled.open_cents(), settled.unremitted_cents()) == (0, 9900)


def test_a_direct_customer_s_period_has_nothing_to_remit() -> None:
    assert account(is_resold=False).unremitted_cents() == 0


@pytest.mark.parametrize("kind", [EntryKind.WAIVED, EntryKind.CANCELLED])
def test_whoever_waives_or_cancels_wants_nothing_from_that_day_on(kind: EntryKind) -> None:
    ended = account(entry(kind, LATER))
    assert (ended.open_cents(LATER - DAY), ended.unremitted_cents(LATER - DAY)) == (GROSS, 9900)
    assert (ended.open_cents(LATER), ended.unremitted_cents(LATER)) == (0, 0)


def test_waiving_the_remittance_lets_the_practice_off_nothing() -> None:
    kind = account(entry(EntryKind.WAIVED, leg=Leg.REMITTANCE))
    assert (kind.open_cents(), kind.unremitted_cents()) == (GROSS, 0)


def test_amounts_are_as_of_a_day() -> None:
    both = account(paid(1000, DUE), paid(2000, LATER))
    assert both.open_cents(DUE - DAY) == GROSS
    assert both.open_cents(DUE) == GROSS - 1000
    assert both.open_cents(LATER) == GROSS - 3000
    assert both.total(Leg.PRACTICE, EntryKind.PAID) == 3000
    assert both.total(Leg.PRACTICE, EntryKind.PAID, DUE) == 1000
    assert both.total(Leg.REMITTANCE, EntryKind.PAID) == 0


@pytest.mark.parametrize("kind", [EntryKind.CLAIMED, EntryKind.NOT_RENEWING, EntryKind.ANNOUNCED])
def test_what_people_say_settles_nothing(kind: EntryKind) -> None:
    assert account(entry(kind, amount_cents=GROSS)).open_cents() == GROSS
    assert account(entry(kind)).has(kind)


# ---- what is taken back -----------------------------------------------------------------------------


def test_a_payment_taken_back_was_never_made() -> None:
    wrong = account(paid(GROSS, DUE), correction(1, LATER))
    assert wrong.open_cents() == GROSS
    assert wrong.open_cents(DUE) == GROSS
    assert not wrong.has(EntryKind.PAID)
    assert not wrong.has(EntryKind.CORRECTION)


def test_a_correction_can_be_taken_back_and_then_the_first_entry_stands_again() -> None:
    assert account(paid(), correction(1), correction(2)).open_cents() == 0
    assert account(paid(), correction(1), correction(2), correction(3)).open_cents() == GROSS


def test_what_is_recorded_after_a_correction_stands() -> None:
    assert account(paid(1), correction(1), paid(2)).open_cents() == GROSS - 2


def test_entries_stand_by_day_and_on_one_day_as_they_were_recorded() -> None:
    found = account(paid(1, LATER), paid(2, DUE), paid(3, LATER)).standing()
    assert [one.amount_cents for one in found] == [2, 1, 3]


amounts = st.lists(st.tuples(st.integers(1, 2 * GROSS), st.integers(0, 90)), max_size=6)


@given(amounts, st.data())
def test_with_all_payments_taken_back_everything_is_owed(
    payments: list[tuple[int, int]], data: st.DataObject
) -> None:
    made = [paid(amount, DUE + timedelta(days=after)) for amount, after in payments]
    order = data.draw(st.permutations(range(1, len(made) + 1)))
    assert account(*made, *[correction(one) for one in order]).open_cents() == GROSS


@given(amounts)
def test_what_is_owed_only_shrinks_as_days_pass(payments: list[tuple[int, int]]) -> None:
    made = account(*[paid(amount, DUE + timedelta(days=after)) for amount, after in payments])
    owed = [made.open_cents(DUE + timedelta(days=after)) for after in range(-1, 92)]
    assert owed == sorted(owed, reverse=True)
    assert owed[-1] == max(0, GROSS - sum(amount for amount, _ in payments))


# ---- what it costs ----------------------------------------------------------------------------------


def test_by_hand_goes_before_the_bill_and_the_bill_before_the_table() -> None:
    bill = entry(EntryKind.BILLED, DUE, vat=SWISS)
    by_hand = entry(EntryKind.VAT, DUE, vat=EXPORT)
    assert account().charge(Leg.PRACTICE) == Charge(9900, DOMESTIC)
    assert account(bill).charge(Leg.PRACTICE) == Charge(9900, SWISS)
    for both in (account(bill, by_hand), account(by_hand, bill)):
        assert both.charge(Leg.PRACTICE) == Charge(9900, EXPORT)


def test_a_bill_without_vat_of_its_own_costs_what_the_table_says() -> None:
    assert account(entry(EntryKind.BILLED)).charge(Leg.PRACTICE) == Charge(9900, DOMESTIC)


def test_the_last_one_set_by_hand_counts_as_of_a_day_unless_taken_back() -> None:
    first, second = entry(EntryKind.VAT, DUE, vat=SWISS), entry(EntryKind.VAT, LATER, vat=EXPORT)
    both = account(first, second)
    assert both.charge(Leg.PRACTICE, DUE - DAY).vat == DOMESTIC
    assert both.charge(Leg.PRACTICE, DUE).vat == SWISS
    assert both.charge(Leg.PRACTICE, LATER).vat == EXPORT
    assert account(first, second, correction(2)).charge(Leg.PRACTICE).vat == SWISS


def test_each_leg_has_its_own_vat() -> None:
    changed = account(entry(EntryKind.VAT, vat=EXPORT, leg=Leg.REMITTANCE))
    assert changed.charge(Leg.PRACTICE).vat == DOMESTIC
    assert changed.charge(Leg.REMITTANCE).vat == EXPORT
    assert account().charge(Leg.REMITTANCE).vat == REVERSE


def test_another_vat_changes_what_is_still_owed() -> None:
    assert account(paid(9900)).open_cents() == 1881
    assert account(paid(9900), entry(EntryKind.VAT, vat=EXPORT)).open_cents() == 0


# ---- when it is due ---------------------------------------------------------------------------------


def test_it_is_due_as_agreed_by_then() -> None:
    moved = account(entry(EntryKind.MOVED, DUE - 10 * DAY, moved_to=LATER), due_on=LATER)
    assert moved.due_on(DUE - 11 * DAY) == DUE
    assert moved.due_on(DUE - 10 * DAY) == LATER
    assert moved.due_on() == LATER
    assert account(due_on=LATER).due_on() == LATER


def test_a_move_taken_back_leaves_the_one_before_it_or_the_anniversary() -> None:
    first, second = (entry(EntryKind.MOVED, moved_to=day) for day in (LATER, LATER + 30 * DAY))
    assert account(first, second, correction(2), due_on=LATER + 30 * DAY).due_on() == LATER
    assert account(first, correction(1), due_on=LATER).due_on() == DUE


@given(st.integers(0, 800))
def test_paying_late_moves_no_due_date(days_late: int) -> None:
    late = account(paid(on=DUE + timedelta(days=days_late)))
    assert late.due_on() == DUE
    bought_on = DUE.replace(year=2020)
    assert anniversary_after(bought_on, late.period.anniversary_on) == DUE.replace(year=2027)
