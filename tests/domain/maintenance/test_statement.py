from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field
from msgspec.structs import replace

from bot.domain.maintenance.billing_year import BillingCalendar
from bot.domain.maintenance.entries import Account, Entry, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.statement import (
    NOTHING,
    Amounts,
    Line,
    Mark,
    StatedPeriod,
    Statement,
    frozen_amounts,
    line_of,
    lines_and_changes,
    total,
)
from bot.domain.maintenance.vat import Vat, VatReason
from tests.domain.maintenance.small import DOMESTIC, DUE, account, correction, entry, paid

CALENDAR = BillingCalendar()
REMITTED = entry(EntryKind.REMITTED, amount_cents=9900)


def stated(whose: Account | None = None, period_id: int = 1, practice: str = "Praxis") -> StatedPeriod:
    return StatedPeriod(period_id, practice, f"ONYX-{period_id}", date(2025, 6, 15), whose or account())


def drafted(
    *periods: StatedPeriod, year: int = 2026, sent: tuple[Line, ...] = ()
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    return lines_and_changes(year, CALENDAR, periods, sent, {2026} if sent else set())


# ---- lines ------------------------------------------------------------------------------------------


def test_a_line_says_what_is_to_be_remitted_and_what_the_practice_was_billed_and_paid() -> None:
    whose = account(entry(EntryKind.BILLED, amount_cents=11781), paid(5000), REMITTED)
    line = line_of(stated(whose))
    assert line.amounts == Amounts(9900, 0, 11781, 5000, 9900)
    assert line.vat_reason is VatReason.REVERSE_CHARGE
    assert (line.begins_on, line.ends_on) == (date(2026, 6, 15), date(2027, 6, 14))
    assert line.amounts.open_cents == 0


def test_vat_of_the_remittance_set_by_hand_counts() -> None:
    by_hand = replace(entry(EntryKind.VAT, vat=DOMESTIC), leg=Leg.REMITTANCE)
    line = line_of(stated(account(by_hand)))
    assert (line.amounts.vat_cents, line.amounts.gross_cents) == (1881, 11781)
    assert line.vat_reason is VatReason.DOMESTIC


def test_cancelled_and_waived_periods_are_listed_with_their_mark_and_owe_nothing() -> None:
    cancelled, waived = account(entry(EntryKind.CANCELLED)), account(entry(EntryKind.WAIVED))
    lines, _ = drafted(stated(cancelled, 1), stated(waived, 2))
    assert [(line.mark, line.amounts.open_cents) for line in lines] == [
        (Mark.CANCELLED, 0),
        (Mark.WAIVED, 0),
    ]


def test_what_was_remitted_for_a_period_cancelled_later_is_in_the_distributors_favour() -> None:
    line = line_of(stated(account(REMITTED, entry(EntryKind.CANCELLED))))
    assert line.amounts.open_cents == -9900


def test_a_period_belongs_to_the_year_of_its_due_date() -> None:
    moved = account(anniversary_on=date(2026, 12, 20), due_on=date(2027, 1, 1))
    assert drafted(stated(moved), year=2026) == ((), ())
    assert len(drafted(stated(moved), year=2027)[0]) == 1


def test_lines_are_read_by_practice_and_package() -> None:
    lines, _ = drafted(stated(period_id=3, practice="Zahn"), stated(period_id=2, practice="anders"))
    assert [line.practice for line in lines] == ["anders", "Zahn"]


# ---- changes ----------------------------------------------------------------------------------------


def test_a_payment_after_sending_is_a_change_and_not_a_line_again() -> None:
    sent, _ = drafted(stated())
    lines, changes = drafted(stated(account(REMITTED)), year=2027, sent=sent)
    assert lines == ()
    (change,) = changes
    assert change.is_adjustment
    assert change.amounts == Amounts(remitted_cents=9900)
    assert change.amounts.open_cents == -9900


def test_a_correction_takes_the_amount_back() -> None:
    sent, _ = drafted(stated(account(REMITTED)))
    _, changes = drafted(stated(account(REMITTED, correction(1))), year=2027, sent=sent)
    assert total(changes) == Amounts(remitted_cents=-9900)


def test_a_period_that_came_to_light_after_its_year_was_sent_is_a_change_as_a_whole() -> None:
    sent, _ = drafted(stated(period_id=1))
    lines, changes = drafted(stated(period_id=1), stated(period_id=2), year=2027, sent=sent)
    assert lines == ()
    assert [(change.period_id, change.amounts.gross_cents) for change in changes] == [(2, 9900)]


def test_a_period_moved_into_another_year_after_sending_stays_where_it_was_stated() -> None:
    sent, _ = drafted(stated())
    moved = stated(account(due_on=date(2027, 2, 1)))
    assert drafted(moved, year=2027, sent=sent) == ((), ())


def test_periods_of_earlier_years_without_a_statement_wait_for_theirs() -> None:
    assert drafted(stated(), year=2027) == ((), ())


def test_what_is_still_to_be_remitted_carries_over_and_changes_lower_it() -> None:
    sent, _ = drafted(stated())
    paid_later = stated(account(REMITTED))
    coming = stated(account(anniversary_on=date(2027, 6, 15), due_on=date(2027, 6, 15)), 2)
    lines, changes = drafted(paid_later, coming, year=2027, sent=sent)
    year = CALENDAR.year(2027)
    statement = Statement("Nord", "Image", year, "EUR", lines, changes, total(sent).open_cents)
    assert statement.carried_cents == 9900
    assert statement.to_remit_cents == 9900


# ---- whatever happens -------------------------------------------------------------------------------

KINDS = [
    EntryKind.BILLED,
    EntryKind.PAID,
    EntryKind.REMITTED,
    EntryKind.CANCELLED,
    EntryKind.WAIVED,
    EntryKind.VAT,
    EntryKind.CORRECTION,
    EntryKind.MOVED,
]
YEARS = (2026, 2027, 2028)
STEPS = st.one_of(
    st.tuples(st.just("open"), st.integers(0, 900), st.just(0), st.just(0)),
    st.tuples(st.just("record"), st.integers(0, 9), st.sampled_from(KINDS), st.integers(1, 30_000)),
    st.tuples(st.just("send"), st.sampled_from(YEARS), st.just(0), st.just(0)),
)


class Books(Struct):
    """A distributor's periods and its sent statements, as they would be stored."""

    periods: list[StatedPeriod] = field(default_factory=list)
    sent: dict[int, Statement] = field(default_factory=dict)

    @property
    def frozen(self) -> list[Line]:
        return [line for one in self.sent.values() for line in (*one.lines, *one.changes)]

    def draft(self, year: int) -> Statement:
        lines, changes = lines_and_changes(year, CALENDAR, self.periods, self.frozen, set(self.sent))
        carried = total(self.frozen).open_cents
        return Statement("Nord", "Image", CALENDAR.year(year), "EUR", lines, changes, carried)

    def open(self, after: int) -> None:
        due = date(2026, 1, 1) + timedelta(days=after)
        whose = account(anniversary_on=due, due_on=due)
        self.periods.append(stated(whose, len(self.periods) + 1))

    def record(self, which: int, kind: EntryKind, cents: int) -> None:
        if not self.periods:
            return
        place = which % len(self.periods)
        whose = self.periods[place].account
        number = len(whose.entries) + 1
        leg = Leg.REMITTANCE if kind in (EntryKind.REMITTED, EntryKind.VAT) else Leg.PRACTICE
        new = Entry(number, kind, leg, DUE, cents)
        if kind is EntryKind.VAT:
            new = replace(new, amount_cents=0, vat=Vat(cents % 2500, VatReason.DOMESTIC))
        if kind is EntryKind.CORRECTION:
            new = replace(new, amount_cents=0, corrects=cents % number or None)
        if kind is EntryKind.MOVED:
            due = date(2026, 1, 1) + timedelta(days=cents % 900)
            whose = replace(whose, period=replace(whose.period, due_on=due))
            new = replace(new, amount_cents=0, moved_to=due)
        changed = replace(whose, entries=(*whose.entries, new))
        self.periods[place] = replace(self.periods[place], account=changed)

    def send(self, year: int) -> None:
        if year not in self.sent:
            self.sent[year] = self.draft(year)


def stated_ids(books: Books) -> set[int]:
    """Return the periods that statements have to say something of."""
    due = {one.period_id for one in books.periods if one.account.period.due_on.year in books.sent}
    return due | {line.period_id for line in books.frozen}


@given(st.lists(STEPS, max_size=40))
def test_what_was_sent_and_what_changed_since_is_always_how_the_accounts_stand(
    steps: list[tuple[str, int, EntryKind, int]],
) -> None:
    books = Books()
    for what, first, kind, cents in steps:
        was_sent = len(books.sent)
        match what:
            case "open":
                books.open(first)
            case "record":
                books.record(first, kind, cents)
            case "send":
                books.send(first)
        coming = books.draft(2029)
        known = frozen_amounts([*books.frozen, *coming.changes])
        for one in books.periods:
            expected = line_of(one).amounts if one.period_id in stated_ids(books) else NOTHING
            assert known.get(one.period_id, NOTHING) == expected
        if len(books.sent) > was_sent:
            assert coming.changes == (), "what was just sent has not changed"
        owed = sum(
            line_of(one).amounts.open_cents for one in books.periods if one.period_id in stated_ids(books)
        )
        assert coming.carried_cents + coming.changed.open_cents == owed
        regular = [line.period_id for one in books.sent.values() for line in one.lines]
        assert len(regular) == len(set(regular)), "a period has one line"
