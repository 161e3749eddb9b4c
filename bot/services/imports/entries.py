"""Importing and exporting what happened to maintenance periods. Entries are added, never changed."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import islice

from msgspec.structs import asdict
from sqlmodel import Session, col, select

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import Vat, VatReason
from bot.files import maintenance_values
from bot.files.directory_csv import EntrySheet
from bot.files.kinds import Kind
from bot.files.maintenance_lines import EntryLine
from bot.files.maintenance_values import as_day, written_cents, written_rate
from bot.services.imports.plan import Draft, ImportPlan
from bot.services.renewals.bookkeeping import Effect, Preview, Standing, preview, written
from bot.services.renewals.books import Books
from bot.services.renewals.recording import NewEntry, record_all
from bot.storage.queries.maintenance import AT_ONCE
from bot.storage.tables import LicencePackageRow, MaintenanceEntryRow, MaintenancePeriodRow

BY = "signpost import"
COLUMNS = {"on": "date", "vat": "vat_percent", "date": "moved_to"}
"""Columns that have another name than what an entry calls them."""
Watch = Callable[[Sequence[NewEntry]], Iterable[NewEntry]]


class EntriesPlan(ImportPlan, frozen=True):
    """What an import of entries will do."""

    entries: tuple[NewEntry, ...] = ()


def plan(session: Session, sheet: EntrySheet, books: Books) -> EntriesPlan:
    """Compare the file's entries with the database's. Raises `FileRefused`.

    A line that says what is recorded already, or what another line says, adds nothing.
    """
    draft = Draft(Kind.ENTRIES, sheet.file, prune=False)
    periods = Periods(session)
    found: list[tuple[int, NewEntry]] = []
    for entry in sheet.entries:
        try:
            period_id = periods.find(entry.values.package, entry.values.period)
        except PeriodUnknownError as error:
            draft.fault(entry.line, error.column, error.value, error.remedy)
            continue
        found.append((entry.line, new_entry(entry.values, period_id)))
    seen = preview(session, books, [entry for _, entry in found])
    lines = [line for line, _ in found]
    values = {entry.line: entry.values for entry in sheet.entries}
    _enter(draft, seen, lines, values)
    return EntriesPlan(**asdict(draft.plan(())), entries=tuple(entry for _, entry in seen.new))


def apply(session: Session, entries: Sequence[NewEntry], books: Books, watch: Watch) -> None:
    """Record the entries."""
    passing = iter(watch(entries))
    while some := list(islice(passing, AT_ONCE)):
        record_all(session, books, some, BY)


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows, package by package, in the order in which they were recorded."""
    query = (
        select(MaintenanceEntryRow, col(MaintenancePeriodRow.anniversary_on), col(LicencePackageRow.number))
        .join(MaintenancePeriodRow, col(MaintenancePeriodRow.id) == col(MaintenanceEntryRow.period_id))
        .join(LicencePackageRow, col(LicencePackageRow.id) == col(MaintenancePeriodRow.package_id))
        .order_by(LicencePackageRow.number, col(MaintenanceEntryRow.id))
    )
    return [_cells(row, number, on) for row, on, number in session.exec(query).all()]


def new_entry(values: EntryLine, period_id: int) -> NewEntry:
    """Return what a line says of a period."""
    rate, reason = values.vat_percent, values.vat_reason
    return NewEntry(
        period_id=period_id,
        kind=EntryKind(values.kind),
        leg=Leg(values.leg),
        on=date.fromisoformat(values.date),
        amount_cents=maintenance_values.cents(values.amount) if values.amount else 0,
        reference=values.reference,
        note=values.note,
        vat=Vat(maintenance_values.rate(rate), VatReason(reason)) if rate and reason else None,
        moved_to=as_day(values.moved_to),
        corrects=int(values.corrects) if values.corrects else None,
    )


class PeriodUnknownError(Exception):
    """No such period is open, past or upcoming."""

    def __init__(self, column: str, value: str, remedy: str) -> None:
        self.column, self.value, self.remedy = column, value, remedy
        super().__init__(f'{column} "{value}": {remedy}')


class Periods:
    """Finds periods by their package's number and their year, due date or anniversary.

    With `package` only that one's are known.
    """

    def __init__(self, session: Session, package: str = "") -> None:
        numbers = select(LicencePackageRow.number)
        numbers = numbers.where(LicencePackageRow.number == package) if package else numbers
        self._days: dict[str, list[tuple[date, date, int]]] = {
            number: [] for number in session.exec(numbers).all()
        }
        query = select(
            col(LicencePackageRow.number),
            col(MaintenancePeriodRow.anniversary_on),
            col(MaintenancePeriodRow.due_on),
            col(MaintenancePeriodRow.id),
        ).join(LicencePackageRow, col(LicencePackageRow.id) == col(MaintenancePeriodRow.package_id))
        query = query.where(LicencePackageRow.number == package) if package else query
        for number, anniversary_on, due_on, key in session.exec(query).all():
            self._days[number].append((anniversary_on, due_on, key or 0))

    def find(self, number: str, period: str) -> int:
        """Return a period's key. Raises `PeriodUnknownError`."""
        if number not in self._days:
            remedy = "no such package is known: import it with the packages first"
            raise PeriodUnknownError("package", number, remedy)
        days = sorted(self._days[number])
        exact = [key for day, due_on, key in days if period in (day.isoformat(), due_on.isoformat())]
        in_year = [key for day, _, key in days if period == str(day.year)]
        moved = [key for _, due_on, key in days if period == str(due_on.year)]
        for keys in (exact, in_year, moved):
            if len(keys) == 1:
                return keys[0]
        known = ", ".join(due_on.isoformat() for _, due_on, _ in days) or "none"
        remedy = f"this package has no such period; it has {known}"
        raise PeriodUnknownError("period", period, remedy)


def _enter(draft: Draft, seen: Preview, lines: Sequence[int], values: dict[int, EntryLine]) -> None:
    for place, fault in seen.refused:
        column = COLUMNS.get(fault.field, fault.field)
        draft.fault(lines[place], column, str(getattr(values[lines[place]], column, "")), fault.remedy)
    for place, words in seen.remarks:
        draft.hint(lines[place], "amount", words)
    for known in seen.known:
        draft.put("", lines[known.place], {}, {}, None)
        if known.earlier is not None:
            words = f"the same as line {lines[known.earlier]}: one entry. A reference would tell them apart"
            draft.hint(lines[known.place], "reference", words)
        if known.taken_back is not None:
            words = f"recorded and taken back by entry {known.taken_back}: another reference makes it new"
            draft.hint(lines[known.place], "reference", words)
    for place, _ in seen.new:
        line = values[lines[place]]
        said = {name: cell for name, cell in line.cells().items() if name not in ("package", "period")}
        draft.put(entry_words(line), lines[place], None, said, None)
    for effect in seen.effects:
        before, after = (standing_cells(effect, one) for one in (effect.before, effect.after))
        draft.put(effect_key(effect), lines[effect.first], before, after, None)


def entry_words(line: EntryLine) -> str:
    """Say a line in one line."""
    parts = [f"{line.package} {line.period}: {line.kind}", line.amount, f"on {line.date}", line.reference]
    return " ".join(part for part in parts if part)


def effect_key(effect: Effect) -> str:
    """Name a period that is changed."""
    return f"{effect.record.package} {effect.before.due_on.isoformat()}, {effect.record.practice}"


def standing_cells(effect: Effect, standing: Standing) -> dict[str, str]:
    """Return how a period stands as columns with words."""
    currency = effect.record.account.period.currency
    return {
        "state": standing.state.value,
        "due": standing.due_on.isoformat(),
        "open": written(standing.open_cents, currency),
        "to remit": written(standing.unremitted_cents, currency),
    }


def _one_line(text: str) -> str:
    """Return what a cell can hold of what somebody typed in Slack, where there is more room."""
    return " ".join(text.split())[:300]


def _cells(row: MaintenanceEntryRow, number: str, anniversary_on: date) -> dict[str, str]:
    has_vat = row.vat_rate is not None
    return {
        "package": number,
        "period": anniversary_on.isoformat(),
        "kind": row.kind,
        "leg": row.leg,
        "date": row.happened_on.isoformat(),
        "amount": written_cents(row.amount_cents) if row.amount_cents else "",
        "reference": _one_line(row.reference),
        "note": _one_line(row.note),
        "vat_percent": written_rate(row.vat_rate or 0) if has_vat else "",
        "vat_reason": row.vat_reason if has_vat else "",
        "moved_to": row.moved_to.isoformat() if row.moved_to else "",
        "corrects": str(row.corrects_id) if row.corrects_id else "",
    }
