"""Importing licence packages and what happened to them, on both engines."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.files.csv_table import FileRefused, write_table
from bot.files.directory_csv import read_sheet, write_sheet
from bot.files.directory_lines import CompanyLine
from bot.files.kinds import Kind
from bot.services.directory_import import PruneRefusedError, apply_import, export_rows, plan_import
from bot.services.imports.plan import ImportPlan
from bot.services.renewals.books import Books
from bot.services.renewals.recording import NewEntry, record_all
from bot.services.renewals.vat_gaps import vat_gaps
from bot.services.sample import CONFIRMED_AT, load_sample_packages
from bot.storage.database import Database
from bot.storage.tables import (
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    ReminderDueRow,
)
from tests.builders import scheme
from tests.fakes import HandClock

MARKT = "Kieferorthopädie am Markt"
SOMMER = "KFO-Praxis Dr. Sommer"
PACKAGE = {"number": "P-1", "practice": MARKT, "bought_on": "2023-04-01"}
PAID = {"package": "P-1", "period": "2026", "kind": "bezahlt", "date": "2.1.2026", "amount": "117,81"}

Rows = list[dict[str, str]]


class World:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = HandClock(CONFIRMED_AT)
        self.books = Books(scheme(), self.clock)

    def imported(self, kind: Kind, *rows: dict[str, str], prune: bool = False) -> ImportPlan:
        sheet = read_sheet(kind, write_sheet(kind, rows), f"{kind}.csv")
        with self.database.transaction() as session:
            plan = plan_import(session, sheet, prune=prune, books=self.books)
            apply_import(session, plan, self.clock.now(), books=self.books)
            return plan

    def faults(self, kind: Kind, *rows: dict[str, str]) -> list[str]:
        with pytest.raises(FileRefused) as refused:
            self.imported(kind, *rows)
        return [str(fault) for fault in refused.value.faults]

    def rows(self, kind: Kind) -> Rows:
        with self.database.transaction() as session:
            return export_rows(session, kind)

    def periods(self, number: str = "P-1") -> list[MaintenancePeriodRow]:
        with self.database.transaction() as session:
            query = select(MaintenancePeriodRow).join(LicencePackageRow)
            query = query.where(LicencePackageRow.number == number)
            return list(session.exec(query.order_by(col(MaintenancePeriodRow.due_on))).all())

    def due(self, number: str = "P-1") -> list[str]:
        return [row.due_on.isoformat() for row in self.periods(number)]

    def package(self, number: str = "P-1") -> LicencePackageRow:
        with self.database.transaction() as session:
            return session.exec(select(LicencePackageRow).where(LicencePackageRow.number == number)).one()

    def reminders(self, number: str = "P-1") -> list[ReminderDueRow]:
        keys = [row.id for row in self.periods(number)]
        with self.database.transaction() as session:
            query = select(ReminderDueRow).where(col(ReminderDueRow.period_id).in_(keys))
            return list(session.exec(query.order_by(ReminderDueRow.recipient)).all())

    def all_entries(self) -> list[MaintenanceEntryRow]:
        with self.database.transaction() as session:
            return list(session.exec(select(MaintenanceEntryRow)).all())


@pytest.fixture
def world(sample_database: Database) -> World:
    return World(sample_database)


def changes(plan: ImportPlan) -> dict[str, dict[str, tuple[str, str]]]:
    return {c.key: {part.column: (part.before, part.after) for part in c.columns} for c in plan.changed}


def hints(plan: ImportPlan) -> str:
    return "\n".join(str(hint) for hint in plan.hints)


def edited(rows: Rows, column: str, key: str, **cells: str) -> Rows:
    return [{**row, **cells} if row[column] == key else row for row in rows]


def test_a_new_package_opens_its_next_period_and_arms_its_reminders(world: World) -> None:
    plan = world.imported(Kind.PACKAGES, PACKAGE)
    assert [change.key for change in plan.added] == ["P-1"]
    (period,) = world.periods()
    assert (period.due_on, period.net_cents, period.is_resold, period.is_open) == (
        date(2026, 4, 1),
        9900,
        True,
        True,
    )
    assert [row.recipient.split(":")[0] for row in world.reminders()] == ["company", "practice"]
    assert world.package().next_period_on == date(2026, 4, 2)


def test_what_was_not_paid_before_the_import_is_opened_too(world: World) -> None:
    plan = world.imported(Kind.PACKAGES, {**PACKAGE, "maintained_until": "31.03.2024"})
    assert world.due() == ["2024-04-01", "2025-04-01", "2026-04-01"]
    assert "2 periods are due at once, the first since 2024-04-01" in hints(plan)


def test_the_same_packages_again_change_nothing(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    before = world.due()
    world.clock.advance(days=200)
    again = world.imported(Kind.PACKAGES, PACKAGE)
    assert again.is_empty
    assert again.unchanged == 1
    assert world.due() == before


def test_the_sample_is_exported_as_it_was_written(world: World) -> None:
    with world.database.transaction() as session:
        load_sample_packages(session, world.books)
    for kind in (Kind.PACKAGES, Kind.ENTRIES):
        rows = world.rows(kind)
        plan = world.imported(kind, *rows)
        assert plan.is_empty
        assert plan.unchanged == len(rows) > 0
        assert world.rows(kind) == rows


@pytest.mark.parametrize(
    "today", [date(2027, 2, 28), date(2028, 2, 29), date(2028, 12, 31), date(2033, 7, 1)]
)
def test_the_sample_has_something_due_whenever_it_is_tried(world: World, today: date) -> None:
    world.clock.instant = datetime.combine(today, CONFIRMED_AT.timetz())
    with world.database.transaction() as session:
        load_sample_packages(session, world.books)
        load_sample_packages(session, world.books)
    soon, overdue = ((world.periods(key)[0].due_on - today).days for key in ("OC-10417", "OC-10733"))
    assert 6 <= soon <= 8
    assert -15 <= overdue <= -13
    assert not world.periods("OC-40120")[0].is_open


def test_packages_name_what_is_known(world: World) -> None:
    assert world.faults(
        Kind.PACKAGES,
        {**PACKAGE, "practice": "Kieferorthopädie am markt"},
        {**PACKAGE, "number": "P-2", "vendor": "bracketwise"},
        {**PACKAGE, "number": "P-3", "vendor": "nobody", "bought_on": "1.4.2062"},
    ) == [
        'packages.csv:2 practice "Kieferorthopädie am markt": no practice of exactly this name: '
        f"did you mean “{MARKT}”?",
        'packages.csv:3 vendor "bracketwise": Bracketwise Training is a support-partner: name who sold it',
        'packages.csv:4 vendor "nobody": no such company is known: use “alpine-ortho”, “castle-dental”, '
        "“image-instruments”, “nord-dental”",
        'packages.csv:4 bought_on "2062-04-01": this lies too far ahead: correct the year',
    ]


def test_another_day_of_purchase_opens_the_same_years_anew(world: World) -> None:
    world.imported(Kind.PACKAGES, {**PACKAGE, "maintained_until": "2025-03-31"})
    assert world.due() == ["2025-04-01", "2026-04-01"]
    world.imported(Kind.PACKAGES, {**world.rows(Kind.PACKAGES)[0], "bought_on": "15.03.2023"})
    assert world.due() == ["2025-03-15", "2026-03-15"]
    assert world.imported(Kind.PACKAGES, *world.rows(Kind.PACKAGES)).is_empty


def test_the_day_of_purchase_stays_once_something_is_recorded(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    world.imported(Kind.ENTRIES, PAID)
    (found,) = world.faults(Kind.PACKAGES, {**PACKAGE, "bought_on": "2023-05-01"})
    assert "its periods have entries, so 2023-04-01 stays: move a due date" in found
    plan = world.imported(Kind.PACKAGES, {**PACKAGE, "maintained_until": "2025-03-31"})
    assert plan.is_empty
    assert "its periods begin with the one due 2026-04-01" in hints(plan)


def test_another_vendor_bills_what_is_opened_from_then_on(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    (before,) = world.periods()
    plan = world.imported(Kind.PACKAGES, {**PACKAGE, "vendor": "castle-dental"})
    assert changes(plan) == {"P-1": {"vendor": ("", "castle-dental")}}
    assert "up to the period due 2026-04-01 it stays Nord Dental Systeme, from 2027-04-01" in hints(plan)
    assert [row.biller_id for row in world.periods()] == [before.biller_id]


def test_a_package_that_is_given_up_owes_what_is_due_and_nothing_after(world: World) -> None:
    world.imported(Kind.PACKAGES, {**PACKAGE, "maintained_until": "2025-03-31"})
    world.imported(Kind.PACKAGES, {**PACKAGE, "ended_on": "2025-12-31"})
    overdue, upcoming = world.periods()
    assert (overdue.is_open, upcoming.is_open) == (True, False)
    assert [entry.kind for entry in world.all_entries()] == [EntryKind.CANCELLED]
    assert world.package().next_period_on is None
    assert {row.period_id for row in world.reminders()} == {overdue.id}
    assert world.imported(Kind.PACKAGES, *world.rows(Kind.PACKAGES)).is_empty


def test_a_package_with_entries_is_not_pruned(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE, {**PACKAGE, "number": "P-2"}, {**PACKAGE, "number": "P-3"})
    world.imported(Kind.ENTRIES, PAID)
    with pytest.raises(PruneRefusedError, match="P-1 cannot be removed: its periods have entries"):
        world.imported(Kind.PACKAGES, {**PACKAGE, "number": "P-3"}, prune=True)
    world.imported(Kind.PACKAGES, PACKAGE, {**PACKAGE, "number": "P-3"}, prune=True)
    assert [row["number"] for row in world.rows(Kind.PACKAGES)] == ["P-1", "P-3"]
    assert world.reminders("P-2") == []


def test_who_has_packages_is_not_removed(world: World) -> None:
    world.imported(Kind.PACKAGES, {**PACKAGE, "vendor": "alpine-ortho", "practice": SOMMER})
    practices = [row for row in world.rows(Kind.PRACTICES) if row["name"] != SOMMER]
    with pytest.raises(PruneRefusedError, match="“P-1” are its licence packages"):
        world.imported(Kind.PRACTICES, *practices, prune=True)
    companies = world.rows(Kind.COMPANIES)
    with pytest.raises(PruneRefusedError, match="“P-1” were bought through it"):
        world.imported(Kind.COMPANIES, *(r for r in companies if r["slug"] != "alpine-ortho"), prune=True)
    found = world.faults(Kind.COMPANIES, *edited(companies, "slug", "alpine-ortho", role="support-partner"))
    assert any("it bills the licence packages “P-1”" in text for text in found)


def test_old_files_without_the_new_columns_leave_them_as_they_are(world: World) -> None:
    rows = [
        {**row, "billing_year_start": "1.4.", "remit_within_days": "45"}
        if "Castle" in row.get("name", "")
        else row
        for row in world.rows(Kind.COMPANIES)
    ]
    plan = world.imported(Kind.COMPANIES, *rows)
    assert changes(plan) == {
        "Castle Dental Supplies": {"billing_year_start": ("", "04-01"), "remit_within_days": ("", "45")}
    }
    new = {"renewal_contact", "reminder_stages", "billing_year_start", "remit_within_days"}
    old = write_table([c for c in CompanyLine.columns() if c not in new], world.rows(Kind.COMPANIES))
    with world.database.transaction() as session:
        plan = plan_import(session, read_sheet(Kind.COMPANIES, old, "old.csv"), books=world.books)
    assert plan.is_empty
    assert plan.unchanged == 6


def test_a_contact_for_renewals_is_one_that_the_company_has(world: World) -> None:
    rows = world.rows(Kind.COMPANIES)
    wrong = [
        {**row, "renewal_contact": "x@y.example"} if row.get("name") == "Alpine Ortho" else row
        for row in rows
    ]
    (found,) = world.faults(Kind.COMPANIES, *wrong)
    assert 'renewal_contact "x@y.example": alpine-ortho has no contact with this address' in found


def test_a_change_of_country_changes_the_vat_and_so_what_is_open(world: World) -> None:
    world.imported(Kind.PACKAGES, {**PACKAGE, "practice": SOMMER})
    world.imported(Kind.ENTRIES, {**PAID, "amount": "99,00"})
    assert [row.is_open for row in world.periods()] == [True]
    rows = world.rows(Kind.PRACTICES)
    abroad = edited(rows, "name", SOMMER, country="CH", subdivision="ZH", time_zone="Europe/Zurich")
    world.imported(Kind.PRACTICES, *abroad)
    assert [row.is_open for row in world.periods()] == [False]
    assert world.reminders() == []
    world.imported(Kind.PRACTICES, *rows)
    assert [row.is_open for row in world.periods()] == [True]
    assert len(world.reminders()) == 2


def test_another_ladder_of_the_vendor_re_arms_open_periods(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    rows = world.rows(Kind.COMPANIES)
    world.imported(
        Kind.COMPANIES,
        *(
            {**row, "reminder_stages": "-10"} if row.get("name", "").startswith("Nord") else row
            for row in rows
        ),
    )
    assert {row.stage for row in world.reminders()} == {"-10"}
    world.imported(Kind.PACKAGES, {**PACKAGE, "reminder_stages": "-20, 5"})
    assert {row.stage for row in world.reminders()} == {"-20"}


def test_a_country_without_a_rate_is_named_with_the_remedy(world: World) -> None:
    known = scheme()
    rates = {country: rate for country, rate in known.vat.rates.items() if country != "GB"}
    world.books = Books(_with_rates(known, rates), world.clock)
    plan = world.imported(Kind.PACKAGES, {**PACKAGE, "practice": "Smile Orthodontics Manchester"})
    assert "line 2 vendor: no VAT rate is known for GB (1 licence package): add the country's rate" in hints(
        plan
    )
    with world.database.transaction() as session:
        (gap,) = vat_gaps(session, world.books.scheme.vat, world.books.today)
    assert (gap.country, gap.packages) == ("GB", 1)


def _with_rates(known: Any, rates: Any) -> Any:
    return replace(known, vat=replace(known.vat, rates=rates))


def test_entries_say_what_they_change_before_they_do(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    plan = world.imported(Kind.ENTRIES, PAID, {**PAID, "kind": "abgeführt", "reference": "T-9"})
    assert [change.key for change in plan.added] == [
        "P-1 2026: paid 117.81 on 2026-01-02",
        "P-1 2026: remitted 117.81 on 2026-01-02 T-9",
    ]
    assert changes(plan) == {
        f"P-1 2026-04-01, {MARKT}": {
            "state": ("due-soon", "settled"),
            "open": ("EUR 117.81", "EUR 0.00"),
            "to remit": ("EUR 117.81", "EUR 0.00"),
        }
    }
    assert [row.is_open for row in world.periods()] == [False]


def test_the_same_entries_again_add_nothing(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    for _ in range(2):
        plan = world.imported(Kind.ENTRIES, PAID, {**PAID, "kind": "paid", "period": "2026-04-01"})
    assert plan.is_empty
    assert len(world.all_entries()) == 1


def test_two_lines_that_say_the_same_are_one_entry(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    half = {**PAID, "amount": "50"}
    plan = world.imported(Kind.ENTRIES, half, half, {**half, "reference": "second half"})
    assert "line 3 reference: the same as line 2: one entry" in hints(plan)
    assert [entry.amount_cents for entry in world.all_entries()] == [5000, 5000]


def test_all_faults_of_entries_are_said_at_once(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE, {**PACKAGE, "number": "P-2", "practice": SOMMER})
    assert world.faults(
        Kind.ENTRIES,
        {**PAID, "package": "P-9"},
        {**PAID, "period": "2031"},
        {**PAID, "package": "P-2", "kind": "remitted"},
        {**PAID, "amount": ""},
        {**PAID, "leg": "remittance"},
        {**PAID, "kind": "vat", "amount": ""},
        {**PAID, "date": "2026-03-01"},
        {**PAID, "date": "2023-03-01"},
        {**PAID, "kind": "correction", "amount": "", "corrects": "4711"},
    ) == [
        'entries.csv:2 package "P-9": no such package is known: import it with the packages first',
        'entries.csv:3 period "2031": this package has no such period; it has 2026-04-01',
        'entries.csv:4 leg "remittance": direct customers remit nothing',
        "entries.csv:5 amount: give the amount, VAT included",
        'entries.csv:6 leg "remittance": “paid” belongs to the practice leg',
        "entries.csv:7 vat_percent: give rate and reason",
        'entries.csv:8 date "2026-03-01": this day is still to come: record what has happened',
        'entries.csv:9 date "2023-03-01": this is before the purchase on 2023-04-01: correct the day',
        'entries.csv:10 corrects "4711": name an entry of this period that was not taken back yet',
    ]
    assert world.all_entries() == []


def test_lines_of_one_file_make_faults_for_one_another(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    world.imported(Kind.ENTRIES, PAID)
    (entry,) = world.all_entries()
    back = {"package": "P-1", "period": "2026", "kind": "korrektur", "corrects": f"#{entry.id}"}
    (found,) = world.faults(Kind.ENTRIES, {**back, "date": "2026-01-03"}, {**back, "date": "2026-01-04"})
    assert found.startswith(f'entries.csv:3 corrects "{entry.id}": name an entry of this period')


def test_what_was_taken_back_is_not_recorded_again_by_the_same_file(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    world.imported(Kind.ENTRIES, PAID)
    (entry,) = world.all_entries()
    back = {"package": "P-1", "period": "2026", "kind": "correction", "date": "2026-01-03"}
    world.imported(Kind.ENTRIES, {**back, "corrects": str(entry.id)})
    assert [row.is_open for row in world.periods()] == [True]
    plan = world.imported(Kind.ENTRIES, PAID)
    assert plan.is_empty
    assert "recorded and taken back by entry" in hints(plan)


def test_a_payment_of_more_than_is_open_is_pointed_out(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    plan = world.imported(Kind.ENTRIES, {**PAID, "amount": "171,81"})
    assert "line 2 amount: more than what is open (EUR 117.81)" in hints(plan)


def test_a_moved_due_date_moves_its_reminders(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    world.imported(Kind.ENTRIES, {**PAID, "kind": "moved", "amount": "", "moved_to": "15.6.2026"})
    assert world.due() == ["2026-06-15"]
    assert world.imported(Kind.ENTRIES, *world.rows(Kind.ENTRIES)).is_empty
    assert min(row.at for row in world.reminders()) > datetime(2026, 3, 1, tzinfo=UTC)


def test_every_kind_of_entry_comes_back_from_an_export(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    bare = {**PAID, "amount": ""}
    world.imported(
        Kind.ENTRIES,
        {**bare, "kind": "announced", "note": "=SUM(A1)"},
        {**PAID, "kind": "billed", "reference": "+49"},
        {**bare, "kind": "vat", "vat_percent": "8,1", "vat_reason": "domestic"},
        {**bare, "kind": "vat", "vat_percent": "0", "vat_reason": "export"},
        {**bare, "kind": "claimed"},
        {**bare, "kind": "not renewing"},
        {**bare, "kind": "waived"},
        {**bare, "kind": "cancelled"},
    )
    rows = world.rows(Kind.ENTRIES)
    assert len(rows) == 8
    assert world.imported(Kind.ENTRIES, *rows).is_empty


def test_what_was_typed_in_slack_is_exported_as_a_cell_can_hold_it(world: World) -> None:
    world.imported(Kind.PACKAGES, PACKAGE)
    (period,) = world.periods()
    typed = NewEntry(
        period.id or 0,
        EntryKind.NOT_RENEWING,
        Leg.PRACTICE,
        world.books.today,
        reference="two\nlines",
        note="because " * 60,
        cause="a button",
    )
    with world.database.transaction() as session:
        record_all(session, world.books, [typed], "U1")
    assert world.imported(Kind.ENTRIES, *world.rows(Kind.ENTRIES)).is_empty
