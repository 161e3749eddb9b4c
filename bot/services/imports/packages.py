"""Importing and exporting licence packages; new ones open their maintenance periods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from difflib import get_close_matches

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from bot.domain.maintenance.period import anniversary, anniversary_after, first_anniversary_from
from bot.domain.maintenance.vat import TaxParty
from bot.domain.scheme import Provider
from bot.files.directory_csv import Entry, PackageSheet
from bot.files.kinds import Kind
from bot.files.maintenance_lines import PackageLine
from bot.files.maintenance_values import as_day
from bot.services.imports.plan import Draft, Gone, ImportPlan, some_of
from bot.services.renewals.books import Books
from bot.services.renewals.periods import NoMaintenanceFeeError, maintenance_fee
from bot.services.renewals.vat_gaps import REMEDY, unknown_country
from bot.storage.queries.maintenance import batches
from bot.storage.tables import (
    CompanyRow,
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    PracticeRow,
    ReminderRow,
    StatementLineRow,
)

MANY_YEARS_AHEAD = 5
SELLERS = (Provider.DISTRIBUTOR, Provider.MANUFACTURER)


@dataclass(frozen=True)
class PackageTarget:
    """A package as it shall be, in the transaction in which it was planned.

    `opens_from` is the day from which on its periods are opened, those of before being removed; `None` when
    they stay.
    """

    row: LicencePackageRow | None
    values: PackageLine
    practice_id: int
    vendor_id: int | None
    opens_from: date | None


@dataclass(frozen=True)
class PackagesPlan(ImportPlan):
    """What an import of packages will do."""

    packages: tuple[PackageTarget, ...] = ()


def plan(session: Session, sheet: PackageSheet, books: Books, *, prune: bool) -> PackagesPlan:
    """Compare the file's packages with the database's. Raises `FileRefused`."""
    planning = _Planning(session, sheet, books, prune=prune)
    for entry in sheet.entries:
        planning.enter(entry)
    return planning.plan()


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows, by number."""
    stored = _Stored(session)
    return [stored.cells(stored.packages[number]) for number in sorted(stored.packages)]


def remove(session: Session, row_id: int) -> None:
    """Remove a package with its periods, of which none has an entry."""
    remove_periods(session, [row_id])
    session.delete(session.get_one(LicencePackageRow, row_id))
    session.flush()


def remove_periods(session: Session, package_ids: Sequence[int]) -> None:
    """Remove the periods of packages, none of which has an entry, with the reminders of them."""
    for keys in batches(package_ids):
        periods = select(MaintenancePeriodRow.id).where(col(MaintenancePeriodRow.package_id).in_(keys))
        session.execute(delete(ReminderRow).where(col(ReminderRow.period_id).in_(periods)))
        session.execute(delete(MaintenancePeriodRow).where(col(MaintenancePeriodRow.package_id).in_(keys)))


class _Stored:
    """The packages as the database has them, and what they name."""

    def __init__(self, session: Session) -> None:
        self.packages = {row.number: row for row in session.exec(select(LicencePackageRow)).all()}
        self.companies = {row.slug: row for row in session.exec(select(CompanyRow)).all()}
        self.company_of = {row.id: row for row in self.companies.values()}
        self.practices = {row.name: row for row in session.exec(select(PracticeRow)).all()}
        self._names = {row.id: row.name for row in self.practices.values()}
        on = MaintenancePeriodRow.anniversary_on
        spans = select(MaintenancePeriodRow.package_id, func.min(on), func.max(on))
        self.spans: dict[int, tuple[date, date]] = {
            key: (first, last)
            for key, first, last in session.exec(spans.group_by(col(MaintenancePeriodRow.package_id))).all()
        }
        self.used = _used(session)

    def cells(self, row: LicencePackageRow) -> dict[str, str]:
        vendor = self.company_of.get(row.vendor_id)
        first, _ = self.spans.get(row.id or 0, (None, None))
        return {
            "number": row.number,
            "practice": self._names[row.practice_id],
            "bought_on": row.bought_on.isoformat(),
            "vendor": vendor.slug if vendor else "",
            "maintained_until": "" if first is None else (first - timedelta(days=1)).isoformat(),
            "ended_on": row.ended_on.isoformat() if row.ended_on else "",
            "reminder_stages": row.stages,
        }

    def gone(self, row: LicencePackageRow) -> Gone:
        obstacle = "its periods have entries: give it up with ended_on instead"
        return Gone(row.number, row.id or 0, obstacle if row.id in self.used else "")


def _used(session: Session) -> frozenset[int]:
    """Return the packages whose periods have entries or stand in statements."""
    periods = select(MaintenancePeriodRow.package_id).distinct()
    with_entries = periods.join(
        MaintenanceEntryRow, col(MaintenanceEntryRow.period_id) == col(MaintenancePeriodRow.id)
    )
    stated = periods.join(StatementLineRow, col(StatementLineRow.period_id) == col(MaintenancePeriodRow.id))
    return frozenset([*session.exec(with_entries).all(), *session.exec(stated).all()])


class _Planning:
    """Draws up the plan, line by line."""

    def __init__(self, session: Session, sheet: PackageSheet, books: Books, *, prune: bool) -> None:
        self._books = books
        self._stored = _Stored(session)
        self._sheet = sheet
        self._draft = Draft(Kind.PACKAGES, sheet.file, prune=prune)
        self._targets: list[PackageTarget] = []
        self._gaps: dict[str, list[int]] = {}
        try:
            maintenance_fee(books.scheme)
        except NoMaintenanceFeeError as error:
            self._draft.fault(1, "", "", str(error))

    def enter(self, entry: Entry[PackageLine]) -> None:
        row = self._stored.packages.get(entry.values.number)
        before = self._stored.cells(row) if row is not None else None
        if before is not None and self._sheet.absent:
            kept = {column: before[column] for column in self._sheet.absent}
            entry = replace(entry, values=entry.values.model_copy(update=kept))
        practice, vendor = self._practice(entry), self._vendor(entry)
        self._check_days(entry)
        after, opens_from = self._periods(entry, row, before)
        if practice is None:
            return
        if row is not None:
            self._say_what_stays(entry, row, practice, vendor)
        self._note_gap(entry, vendor or self._stored.company_of[practice.vendor_id], practice)
        target = PackageTarget(row, entry.values, practice.id or 0, vendor.id if vendor else None, opens_from)
        if self._draft.put(entry.values.number, entry.line, before, after, None) or opens_from is not None:
            self._targets.append(target)

    def plan(self) -> PackagesPlan:
        for country, lines in self._gaps.items():
            words = f"no VAT rate is known for {country or 'the country of whoever bills'}"
            self._draft.hint(lines[0], "vendor", f"{words} ({len(lines)} packages): {REMEDY}")
        listed = {entry.values.number for entry in self._sheet.entries}
        gone = [self._stored.gone(row) for key, row in self._stored.packages.items() if key not in listed]
        return PackagesPlan(**vars(self._draft.plan(gone)), packages=tuple(self._targets))

    def _practice(self, entry: Entry[PackageLine]) -> PracticeRow | None:
        name = entry.values.practice
        found = self._stored.practices.get(name)
        if found is None:
            near = get_close_matches(name, self._stored.practices, n=1)
            remedy = f"did you mean “{near[0]}”?" if near else "import it with the practices first"
            self._draft.fault(entry.line, "practice", name, f"no practice of exactly this name: {remedy}")
        return found

    def _vendor(self, entry: Entry[PackageLine]) -> CompanyRow | None:
        slug = entry.values.vendor
        found = self._stored.companies.get(slug)
        if slug and found is None:
            known = some_of((s for s, row in self._stored.companies.items() if row.role in SELLERS), limit=8)
            self._draft.fault(entry.line, "vendor", slug, f"no such company is known: use {known}")
        elif found is not None and found.role not in SELLERS:
            remedy = f"{found.name} is a {found.role}: name who sold it"
            self._draft.fault(entry.line, "vendor", slug, remedy)
        return found

    def _check_days(self, entry: Entry[PackageLine]) -> None:
        today = self._books.today
        for column, latest in (
            ("bought_on", today + timedelta(days=1)),
            ("maintained_until", today + timedelta(days=366 * MANY_YEARS_AHEAD)),
        ):
            cell = getattr(entry.values, column)
            if cell and date.fromisoformat(cell) > latest:
                self._draft.fault(entry.line, column, cell, "this lies too far ahead: correct the year")

    def _periods(
        self, entry: Entry[PackageLine], row: LicencePackageRow | None, before: Mapping[str, str] | None
    ) -> tuple[dict[str, str], date | None]:
        """Return the line as the database will have it, and from when on periods are opened, if so."""
        after, today = entry.values.cells(), self._books.today
        said = as_day(after["maintained_until"])
        if row is None or before is None:
            self._say_how_many_are_due(entry, said or today)
            return after, said or today
        first, _ = self._stored.spans.get(row.id or 0, (None, None))
        bought_on = date.fromisoformat(after["bought_on"])
        if bought_on != row.bought_on:
            return self._bought_on_another_day(entry, row, before, first)
        if first is None:
            is_over = row.ended_on is not None and after["ended_on"] == before["ended_on"]
            return after, None if is_over else said or today
        if said is None or first_anniversary_from(bought_on, said) == first:
            return {**after, "maintained_until": before["maintained_until"]}, None
        if row.id in self._stored.used:
            words = (
                f"its periods begin with the one due {first.isoformat()}; record with entries what was paid"
            )
            self._draft.hint(entry.line, "maintained_until", words)
            return {**after, "maintained_until": before["maintained_until"]}, None
        return after, said

    def _bought_on_another_day(
        self,
        entry: Entry[PackageLine],
        row: LicencePackageRow,
        before: Mapping[str, str],
        first: date | None,
    ) -> tuple[dict[str, str], date | None]:
        after = entry.values.cells()
        bought_on = date.fromisoformat(after["bought_on"])
        if row.id in self._stored.used:
            remedy = (
                f"its periods have entries, so {row.bought_on.isoformat()} stays: move a due date with "
                "`signpost record moved`, or end this package and list a new one under another number"
            )
            self._draft.fault(entry.line, "bought_on", after["bought_on"], remedy)
            return after, None
        if after["maintained_until"] != before["maintained_until"] or first is None:
            return after, as_day(after["maintained_until"]) or self._books.today
        # The same years as before, each on its new day.
        same = first_anniversary_from(bought_on, anniversary(bought_on, max(first.year, bought_on.year)))
        return {**after, "maintained_until": (same - timedelta(days=1)).isoformat()}, same

    def _say_how_many_are_due(self, entry: Entry[PackageLine], since: date) -> None:
        values, bought_on = entry.values, date.fromisoformat(entry.values.bought_on)
        last = min(self._books.today, as_day(values.ended_on) or date.max)
        first = first_anniversary_from(bought_on, since)
        due = last.year - first.year + (anniversary(bought_on, last.year) <= last)
        if due > 1:
            words = f"{due} periods are due at once, the first since {first.isoformat()}"
            self._draft.hint(entry.line, "maintained_until", words)

    def _say_what_stays(
        self,
        entry: Entry[PackageLine],
        row: LicencePackageRow,
        practice: PracticeRow,
        vendor: CompanyRow | None,
    ) -> None:
        _, last = self._stored.spans.get(row.id or 0, (None, None))
        if row.vendor_id != (vendor.id if vendor else None) and last is not None:
            old = self._stored.company_of[row.vendor_id or practice.vendor_id].name
            due = anniversary_after(row.bought_on, last).isoformat()
            words = f"who bills is frozen: up to the period due {last.isoformat()} it stays {old}"
            self._draft.hint(entry.line, "vendor", f"{words}, from {due} on it changes")
        if row.practice_id != practice.id:
            self._draft.hint(entry.line, "practice", "all of its periods, past ones too, go to this practice")
        ended_on = as_day(entry.values.ended_on)
        if ended_on is None and row.ended_on is not None:
            words = "what was cancelled when it ended stays so: see `signpost entries`, record a correction"
            self._draft.hint(entry.line, "ended_on", words)
        if ended_on is not None and last is not None and ended_on < last <= self._books.today:
            words = f"the period of {last.isoformat()} is due already and stays: cancel it by an entry"
            self._draft.hint(entry.line, "ended_on", words)

    def _note_gap(self, entry: Entry[PackageLine], seller: CompanyRow, practice: PracticeRow) -> None:
        parties = TaxParty(seller.country, seller.vat_id), TaxParty(practice.country, practice.vat_id)
        country = unknown_country(self._books.scheme.vat, *parties, self._books.today)
        if country is not None:
            self._gaps.setdefault(country, []).append(entry.line)
