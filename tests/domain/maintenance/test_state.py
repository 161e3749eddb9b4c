from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.maintenance.entries import Account, Entry, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.state import State, Terms, is_open, state_on
from bot.domain.maintenance.vat import Charge
from tests.domain.maintenance.small import DOMESTIC, DUE, GROSS, account, correction, entry, paid, period

DAY = timedelta(days=1)
TERMS = Terms()


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (-91, State.UPCOMING),
        (-90, State.DUE_SOON),
        (-1, State.DUE_SOON),
        (0, State.DUE),
        (1, State.OVERDUE),
        (30, State.OVERDUE),
        (31, State.LAPSED),
        (3000, State.LAPSED),
    ],
)
def test_the_days_around_the_due_date_decide(days: int, state: State) -> None:
    assert state_on(account(), DUE + days * DAY, TERMS) is state


def test_terms_may_leave_no_notice_and_no_grace() -> None:
    states = [state_on(account(), DUE + days * DAY, Terms(0, 0)) for days in (-1, 0, 1)]
    assert states == [State.UPCOMING, State.DUE, State.LAPSED]


def test_part_of_the_money_settles_nothing() -> None:
    assert state_on(account(paid(GROSS - 1)), DUE, TERMS) is State.DUE
    assert state_on(account(paid(GROSS - 1), paid(1, DUE + DAY)), DUE + DAY, TERMS) is State.SETTLED


def test_paying_too_much_settles() -> None:
    assert state_on(account(paid(GROSS + 1)), DUE, TERMS) is State.SETTLED


def test_it_was_overdue_until_the_day_of_the_payment() -> None:
    late = account(paid(on=DUE + 5 * DAY))
    assert state_on(late, DUE + 4 * DAY, TERMS) is State.OVERDUE
    assert state_on(late, DUE + 5 * DAY, TERMS) is State.SETTLED


def test_a_payment_taken_back_opens_it_again() -> None:
    reopened = account(paid(), correction(1, DUE + 40 * DAY))
    assert state_on(reopened, DUE + 40 * DAY, TERMS) is State.LAPSED
    assert is_open(reopened)


def test_a_cent_keeps_it_open() -> None:
    assert is_open(account(paid(GROSS - 1)))
    assert not is_open(account(paid(GROSS)))


def test_waived_is_settled_and_cancelled_is_cancelled_whatever_was_paid() -> None:
    assert state_on(account(entry(EntryKind.WAIVED)), DUE, TERMS) is State.SETTLED
    cancelled = account(paid(), entry(EntryKind.CANCELLED))
    assert state_on(cancelled, DUE, TERMS) is State.CANCELLED
    assert state_on(cancelled, DUE - DAY, TERMS) is State.DUE_SOON
    assert not is_open(account(entry(EntryKind.CANCELLED)))


def test_a_cancellation_taken_back_opens_it_again() -> None:
    assert state_on(account(entry(EntryKind.CANCELLED), correction(1)), DUE, TERMS) is State.DUE


def test_remitting_settles_nothing_for_the_practice() -> None:
    assert state_on(account(entry(EntryKind.REMITTED, amount_cents=9900)), DUE, TERMS) is State.DUE


def test_a_moved_due_date_counts_from_the_day_it_was_agreed() -> None:
    agreed, new = DUE + 10 * DAY, DUE + 20 * DAY
    moved = account(entry(EntryKind.MOVED, agreed, moved_to=new), due_on=new)
    days = (DUE, agreed - DAY, agreed, new, new + DAY)
    assert [state_on(moved, day, TERMS) for day in days] == [
        State.DUE,
        State.OVERDUE,
        State.DUE_SOON,
        State.DUE,
        State.OVERDUE,
    ]


def test_what_costs_nothing_is_settled() -> None:
    free = Account(period(net_cents=0), {Leg.PRACTICE: Charge(0, DOMESTIC)})
    assert state_on(free, DUE, TERMS) is State.SETTLED


# ---- against a reference that is written otherwise ---------------------------------------------------

terms = st.builds(Terms, st.integers(0, 120), st.integers(0, 60))
offsets = st.integers(-150, 150)
KINDS = [kind for kind in EntryKind if kind not in (EntryKind.CORRECTION, EntryKind.VAT)]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Entry, ...]:
    """Draw any entries, with corrections of those before them."""
    made: list[Entry] = []
    for number in range(draw(st.integers(0, 6))):
        on = DUE + draw(offsets) * DAY
        is_correction = draw(st.booleans())
        if made and is_correction:
            made.append(correction(draw(st.integers(1, number)), on))
            continue
        moved_to = DUE + draw(offsets) * DAY
        leg = draw(st.sampled_from(Leg))
        amount = draw(st.sampled_from([1, 5000, GROSS - 5000, GROSS, GROSS + 1]))
        kind = draw(st.sampled_from(KINDS))
        made.append(Entry(0, kind, leg, on, amount, moved_to=moved_to if kind is EntryKind.MOVED else None))
    return tuple(made)


def stands(entries: tuple[Entry, ...], one: Entry) -> bool:
    """Say whether no correction that stands itself takes `one` back."""
    return not any(
        later.kind is EntryKind.CORRECTION and later.corrects == one.id and stands(entries, later)
        for later in entries
    )


def states_that_hold(entries: tuple[Entry, ...], day: date, terms: Terms) -> Iterable[State]:
    """Ask for each state by itself whether it holds."""
    told = [one for one in entries if one.kind is not EntryKind.CORRECTION and one.on <= day]
    told = sorted((one for one in told if stands(entries, one)), key=lambda one: one.on)
    cancelled = any(one.kind is EntryKind.CANCELLED for one in told)
    practice = [one for one in told if one.leg is Leg.PRACTICE]
    money = sum(one.amount_cents for one in practice if one.kind is EntryKind.PAID)
    settled = money >= GROSS or any(one.kind is EntryKind.WAIVED for one in practice)
    due_on = ([DUE] + [one.moved_to for one in told if one.moved_to])[-1]
    to_go = (due_on - day).days
    is_running = not cancelled and not settled
    holds = {
        State.CANCELLED: cancelled,
        State.SETTLED: settled and not cancelled,
        State.UPCOMING: is_running and to_go > terms.due_soon_days,
        State.DUE_SOON: is_running and 1 <= to_go <= terms.due_soon_days,
        State.DUE: is_running and to_go == 0,
        State.OVERDUE: is_running and -terms.grace_days <= to_go <= -1,
        State.LAPSED: is_running and to_go < -terms.grace_days,
    }
    return [state for state, does in holds.items() if does]


@given(histories(), offsets, terms)
@example((), 0, Terms())
@example((), 0, Terms(0, 0))
def test_on_every_day_exactly_one_state_holds_and_it_is_the_one_said(
    entries: tuple[Entry, ...], days: int, terms: Terms
) -> None:
    made = account(*entries)
    day = DUE + days * DAY
    assert [state_on(made, day, terms)] == states_that_hold(made.entries, day, terms)


AGEING = [State.UPCOMING, State.DUE_SOON, State.DUE, State.OVERDUE, State.LAPSED]


@given(terms, st.dates(date(2020, 1, 1), date(2032, 12, 31)))
@example(Terms(), date(2028, 2, 29))
@example(Terms(), date(2026, 12, 31))
def test_while_nothing_happens_it_only_grows_older(terms: Terms, due_on: date) -> None:
    untouched = account(anniversary_on=due_on, due_on=due_on)
    days = (due_on + days * DAY for days in range(-200, 200))
    ages = [AGEING.index(state_on(untouched, day, terms)) for day in days]
    assert ages == sorted(ages)
    assert ages.count(AGEING.index(State.DUE)) == 1
    assert ages.count(AGEING.index(State.OVERDUE)) == terms.grace_days


@given(histories(), terms)
def test_between_entries_it_only_grows_older(entries: tuple[Entry, ...], terms: Terms) -> None:
    made = account(*entries)
    happened = {one.on for one in made.entries}
    for days in range(-160, 160):
        day = DUE + days * DAY
        before, after = state_on(made, day - DAY, terms), state_on(made, day, terms)
        if day not in happened:
            assert before is after or AGEING.index(before) < AGEING.index(after)


@given(histories())
def test_it_is_open_exactly_in_the_states_in_which_something_is_owed(entries: tuple[Entry, ...]) -> None:
    made = account(*entries)
    assert is_open(made) == (state_on(made, date.max - DAY, TERMS) in AGEING)
