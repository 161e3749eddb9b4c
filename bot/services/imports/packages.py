"""What an import of licence packages will do: new ones open their maintenance periods."""

from collections.abc import Mapping
from datetime import date, timedelta
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import asdict, replace
from sqlmodel import Session

from bot.domain.maintenance.period import anniversary, anniversary_after, first_anniversary_from
from bot.domain.maintenance.vat import TaxParty
from bot.domain.scheme import Provider
from bot.files.directory_csv import Entry, PackageSheet
from bot.files.kinds import Kind
from bot.files.maintenance_lines import PackageLine
from bot.files.maintenance_values import as_day
from bot.services.imports.packages_stored import StoredPackages
from bot.services.imports.plan import Draft, ImportPlan, some_of
from bot.services.renewals.books import Books
from bot.services.renewals.periods import NoMaintenanceFeeError, maintenance_fee
from bot.services.renewals.vat_gaps import REMEDY, counted, unknown_country
from bot.storage.tables import CompanyRow, LicencePackageRow, PracticeRow

MANY_YEARS_AHEAD = 5
SELLERS = (Provider.DISTRIBUTOR, Provider.MANUFACTURER)


class PackageTarget(Struct, frozen=True):
    """A package as it shall be, in the transaction in which it was planned.

    `opens_from` is the day from which on its periods are opened, those of before being removed; `None` when
    they stay.
    """

    row: LicencePackageRow | None
    values: PackageLine
    practice_id: int
    vendor_id: int | None
    opens_from: date | None


class PackagesPlan(ImportPlan, frozen=True):
    """What an import of packages will do."""

    packages: tuple[PackageTarget, ...] = ()


def plan(session: Session, sheet: PackageSheet, books: Books, *, prune: bool) -> PackagesPlan:
    """Compare the file's packages with the database's. Raises `FileRefused`."""
    planning = _Planning(session, sheet, books, prune=prune)
    for entry in sheet.entries:
        planning.enter(entry)
    return planning.plan()


class _Planning:
    """Draws up the plan, line by line."""

    def __init__(self, session: Session, sheet: PackageSheet, books: Books, *, prune: bool) -> None:
        self._books = books
        self._stored = StoredPackages(session)
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
            self._draft.hint(lines[0], "vendor", f"{words} ({counted(len(lines))}): {REMEDY}")
        listed = {entry.values.number for entry in self._sheet.entries}
        gone = [self._stored.gone(row) for key, row in self._stored.packages.items() if key not in listed]
        return PackagesPlan(**asdict(self._draft.plan(gone)), packages=tuple(self._targets))

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
