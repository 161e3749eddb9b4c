"""What is recorded of maintenance periods, as text for a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from bot.domain.maintenance.entries import Entry, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import Charge, VatReason
from bot.files.maintenance_values import written_rate
from bot.services.imports.entries import effect_key, standing_cells
from bot.services.renewals.bookkeeping import Effect, Preview, standing_of, written
from bot.services.renewals.books import Books
from bot.services.renewals.recording import NewEntry
from bot.services.renewals.records import Record
from bot.storage.tables import LicencePackageRow


def preview_on_paper(seen: Preview) -> str:
    """Say period by period what is recorded, and what that changes."""
    lines = [line for effect in seen.effects for line in _effect(effect, seen)]
    lines += [f"  ! {words}" for _, words in seen.remarks]
    if seen.known:
        lines.append(f"Recorded already: {len(seen.known)}. Another reference makes it another entry.")
    return "\n".join(lines)


def history_on_paper(
    package: LicencePackageRow, records: Sequence[Record], recorders: Mapping[int, str], books: Books
) -> str:
    """Show a package's periods, the earliest first, with their entries in the order of recording."""
    ended = f", given up on {package.ended_on.isoformat()}" if package.ended_on else ""
    lines = [f"{package.number}, bought on {package.bought_on.isoformat()}{ended}"]
    lines += [line for record in records for line in _period(record, recorders, books)]
    return "\n".join([*lines, *([] if records else ["No maintenance period is open."])])


def _effect(effect: Effect, seen: Preview) -> Iterator[str]:
    period = effect.record.account.period
    yield effect_key(effect)
    for _, entry in seen.new:
        if entry.period_id == effect.record.period_id:
            yield f"  + {_words(entry, period.currency)}"
    before, after = (standing_cells(effect, one) for one in (effect.before, effect.after))
    for column, cell in before.items():
        if cell != after[column]:
            yield f"    {column}: {cell} → {after[column]}"


def _period(record: Record, recorders: Mapping[int, str], books: Books) -> Iterator[str]:
    account, standing = record.account, standing_of(record.account, books)
    currency = account.period.currency
    yield ""
    yield f"due {record.due_on.isoformat()}: {standing.state}, billed by {record.biller} to {record.practice}"
    for leg in account.period.legs:
        open_cents = standing.open_cents if leg is Leg.PRACTICE else standing.unremitted_cents
        price = _price(account.charge(leg), currency)
        yield f"  {leg}: {price}; open {written(open_cents, currency)}"
    back = {entry.corrects for entry in account.entries}
    for entry in account.entries:
        mark = ", taken back" if entry.id in back else ""
        yield f"  #{entry.id}  {_words(entry, currency)}  ({recorders.get(entry.id, '')}{mark})"


def _price(charge: Charge, currency: str) -> str:
    net = written(charge.net_cents, currency)
    if charge.vat.reason is VatReason.UNKNOWN:
        return f"{net} plus VAT"
    vat = f"{written_rate(charge.vat.rate)} % VAT ({charge.vat.reason})"
    return f"{net} + {vat} = {written(charge.gross_cents, currency)}"


def _words(entry: Entry | NewEntry, currency: str) -> str:
    parts = [entry.on.isoformat(), str(entry.kind)]
    if entry.kind is EntryKind.CORRECTION:
        parts.append(f"of #{entry.corrects}")
    if entry.amount_cents:
        parts.append(written(entry.amount_cents, currency))
    if entry.moved_to:
        parts.append(f"to {entry.moved_to.isoformat()}")
    if entry.vat:
        parts.append(f"{written_rate(entry.vat.rate)} % ({entry.vat.reason})")
    return "  ".join(part for part in (*parts, entry.reference, entry.note) if part)
