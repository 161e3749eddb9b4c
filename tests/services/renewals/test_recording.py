"""Recording: entries are only ever added, and the rows say what the rules say."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session, select

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.state import is_open
from bot.domain.maintenance.vat import Vat, VatReason, VatTable
from bot.files.maintenance_lines import EntryLine
from bot.services.renewals.arming import arm
from bot.services.renewals.books import Books
from bot.services.renewals.periods import open_from
from bot.services.renewals.recording import NewEntry, faults_of, record_all
from bot.services.renewals.records import Record, record
from bot.services.renewals.selecting import Choosing, SelectionError, entries_for
from bot.services.sample import CONFIRMED_AT, load_sample
from bot.storage.database import Database
from bot.storage.queries import directory
from bot.storage.tables import LicencePackageRow, MaintenanceEntryRow, MaintenancePeriodRow, ReminderDueRow
from tests.builders import scheme
from tests.fakes import HandClock

MARKT = "Kieferorthopädie am Markt"
TODAY = CONFIRMED_AT.date()
GROSS = 11781
BOOKS = Books(scheme(), HandClock(CONFIRMED_AT))


class UndoneError(Exception):
    """Ends a transaction, so that the next example begins where this one did."""


def package(session: Session, number: str, practice: str = MARKT, first_due: date = TODAY) -> list[int]:
    owner = directory.practice_by_name(session, practice)
    assert owner is not None
    row = LicencePackageRow(number=number, practice_id=owner.id or 0, bought_on=date(2020, 2, 20))
    session.add(row)
    session.flush()
    opened = open_from(session, BOOKS.scheme, row, first_due, TODAY)
    arm(session, opened, CONFIRMED_AT)
    return opened


def account_of(session: Session, period_id: int) -> Record:
    found = record(session, BOOKS.scheme.vat, period_id)
    assert found is not None
    return found


def snapshot(session: Session) -> dict[int, dict[str, object]]:
    return {row.id or 0: row.model_dump() for row in session.exec(select(MaintenanceEntryRow)).all()}


@pytest.fixture
def filled(database: Database) -> Database:
    with database.transaction() as session:
        load_sample(session)
        package(session, "P-1")
    return database


class Step(Struct, frozen=True):
    """Something that may be recorded; `back` counts from the latest entry which one a correction names."""

    kind: EntryKind
    days: int
    amount: int
    back: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(EntryKind),
        st.integers(-60, 60),
        st.sampled_from([0, 1, 5000, GROSS - 1, GROSS, 2 * GROSS]),
        st.integers(1, 6),
    ),
    min_size=1,
    max_size=8,
)


def entry_of(step: Step, period_id: int, known: list[int]) -> NewEntry:
    kind = step.kind
    return NewEntry(
        period_id,
        kind,
        Leg.REMITTANCE if kind is EntryKind.REMITTED else Leg.PRACTICE,
        TODAY + timedelta(days=step.days),
        amount_cents=step.amount if kind in (EntryKind.BILLED, EntryKind.PAID, EntryKind.REMITTED) else 0,
        vat=Vat(step.amount % 2000, VatReason.DOMESTIC) if kind is EntryKind.VAT else None,
        moved_to=TODAY + timedelta(days=3 * step.days) if kind is EntryKind.MOVED else None,
        corrects=known[-min(step.back, len(known))] if kind is EntryKind.CORRECTION and known else None,
    )


def undone(database: Database) -> Iterator[Session]:
    try:
        with database.transaction() as session:
            yield session
            raise UndoneError
    except UndoneError:
        return


@settings(
    max_examples=settings().max_examples // 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_entries_only_grow_and_is_open_is_what_they_say(filled: Database, steps: list[Step]) -> None:
    for session in undone(filled):
        period_id = session.exec(select(MaintenancePeriodRow.id)).one() or 0
        for step in steps:
            before = snapshot(session)
            entry = entry_of(step, period_id, sorted(before))
            if faults_of(entry, account_of(session, period_id)):
                continue
            added = record_all(session, BOOKS, [entry], "somebody")
            after = snapshot(session)
            assert len(after) == len(before) + added
            assert before.items() <= after.items()
            row, account = session.get_one(MaintenancePeriodRow, period_id), account_of(session, period_id)
            assert row.is_open == is_open(account.account)
            assert bool(session.exec(select(ReminderDueRow)).all()) <= row.is_open


def test_the_same_thing_twice_is_one_entry(filled: Database) -> None:
    with filled.transaction() as session:
        period_id = session.exec(select(MaintenancePeriodRow.id)).one() or 0
        paid = NewEntry(period_id, EntryKind.PAID, Leg.PRACTICE, TODAY, GROSS)
        assert record_all(session, BOOKS, [paid, paid], "one") == 1
        assert record_all(session, BOOKS, [paid], "another") == 0
        assert record_all(session, BOOKS, [replace(paid, cause="a button")], "another") == 1


def test_two_rates_of_one_day_are_two_entries(filled: Database) -> None:
    with filled.transaction() as session:
        period_id = session.exec(select(MaintenancePeriodRow.id)).one() or 0
        vat = NewEntry(period_id, EntryKind.VAT, Leg.PRACTICE, TODAY, vat=Vat(1900, VatReason.DOMESTIC))
        free = replace(vat, vat=Vat(0, VatReason.EXPORT))
        assert record_all(session, BOOKS, [vat, free], "one") == 2
        assert account_of(session, period_id).account.charge(Leg.PRACTICE).gross_cents == 9900


def test_a_bill_keeps_its_vat_but_not_that_nobody_knew_it(filled: Database) -> None:
    nobody_knows = Books(replace(scheme(), vat=VatTable({}, {})), HandClock(CONFIRMED_AT))
    with filled.transaction() as session:
        period_id = session.exec(select(MaintenancePeriodRow.id)).one() or 0
        bill = NewEntry(period_id, EntryKind.BILLED, Leg.PRACTICE, TODAY, GROSS)
        record_all(session, nobody_knows, [bill], "one")
        record_all(session, BOOKS, [replace(bill, reference="again")], "one")
        rates = [row.vat_rate for row in session.exec(select(MaintenanceEntryRow)).all()]
    assert rates == [None, 1900]


def line(kind: EntryKind, **cells: str) -> EntryLine:
    given = {"package": "-", "period": "2026", "kind": kind, "date": TODAY.isoformat(), **cells}
    return EntryLine.model_validate({column: given.get(column, "") for column in EntryLine.columns()})


def test_a_payment_without_an_amount_is_of_what_is_open(filled: Database) -> None:
    with filled.transaction() as session:
        for amount in (5000, GROSS - 5000):
            (entry,) = entries_for(
                session,
                BOOKS,
                Choosing(["P-1"]),
                line(EntryKind.PAID, amount="50,00" if amount == 5000 else ""),
            )
            assert entry.amount_cents == amount
            record_all(session, BOOKS, [entry], "one")
        with pytest.raises(SelectionError, match="Nothing is open of P-1"):
            entries_for(session, BOOKS, Choosing(["P-1"]), line(EntryKind.PAID))


def test_a_selection_takes_what_falls_due_in_a_month_at_one_distributor(filled: Database) -> None:
    with filled.transaction() as session:
        package(session, "P-2")
        package(session, "P-3", "Smile Orthodontics Manchester")
        month = Choosing(distributor="nord-dental", since=date(2026, 2, 1), until=date(2026, 2, 28))
        entries = entries_for(session, BOOKS, month, line(EntryKind.REMITTED))
        assert [entry.amount_cents for entry in entries] == [GROSS, GROSS]
        record_all(session, BOOKS, entries, "one")
        with pytest.raises(SelectionError, match="nothing to record"):
            entries_for(session, BOOKS, month, line(EntryKind.REMITTED))
        with pytest.raises(SelectionError, match="No company has the slug nobody"):
            entries_for(session, BOOKS, replace(month, distributor="nobody"), line(EntryKind.PAID))
        with pytest.raises(SelectionError, match="Name packages"):
            entries_for(session, BOOKS, Choosing(), line(EntryKind.PAID))


def test_of_several_open_periods_the_earliest_is_meant(filled: Database) -> None:
    with filled.transaction() as session:
        periods = package(session, "P-2", first_due=date(2024, 1, 1))
        assert len(periods) == 3
        (entry,) = entries_for(session, BOOKS, Choosing(["P-2"]), line(EntryKind.PAID))
        (named,) = entries_for(session, BOOKS, Choosing(["P-2"], "2025"), line(EntryKind.PAID))
    assert (entry.period_id, named.period_id) == (periods[0], periods[1])


def test_a_correction_finds_its_period_by_the_entry(filled: Database) -> None:
    with filled.transaction() as session:
        (paid,) = entries_for(session, BOOKS, Choosing(["P-1"]), line(EntryKind.PAID))
        record_all(session, BOOKS, [paid], "one")
        (number,) = snapshot(session)
        (back,) = entries_for(session, BOOKS, Choosing(), line(EntryKind.CORRECTION, corrects=str(number)))
        record_all(session, BOOKS, [back], "one")
        assert account_of(session, back.period_id).account.open_cents() == GROSS
        with pytest.raises(SelectionError, match="There is no entry 99"):
            entries_for(session, BOOKS, Choosing(), line(EntryKind.CORRECTION, corrects="99"))
