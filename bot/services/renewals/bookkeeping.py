"""What recording entries will do, said before it is done: what is new, what is known, what makes no sense."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.maintenance.entries import Account, Entry, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.state import State, state_on
from bot.domain.maintenance.vat import VatReason
from bot.services.renewals.books import Books
from bot.services.renewals.recording import EntryRefusedError, NewEntry, faults_of
from bot.services.renewals.records import Record, records


class Standing(Struct, frozen=True):
    """How a period stands: its state today, and what is open of either leg, in cents."""

    state: State
    due_on: date
    open_cents: int
    unremitted_cents: int


class Effect(Struct, frozen=True):
    """A period before and after the new entries; `first` is the place of the first of them."""

    record: Record
    before: Standing
    after: Standing
    first: int


class Known(Struct, frozen=True):
    """An entry that need not be recorded: the database has it, or the one at place `earlier` says the same.

    `taken_back`: what the database has was taken back by this entry since.
    """

    place: int
    earlier: int | None = None
    taken_back: int | None = None


class Preview(Struct, frozen=True):
    """What recording would do. Places count the entries from 0; `refused` may name one several times."""

    new: tuple[tuple[int, NewEntry], ...]
    known: tuple[Known, ...]
    refused: tuple[tuple[int, EntryRefusedError], ...]
    remarks: tuple[tuple[int, str], ...]
    effects: tuple[Effect, ...]


Identity = tuple[object, ...]


def identity(entry: NewEntry | Entry, period_id: int) -> Identity:
    """Return what two entries have in common that are one: everything but the note and the VAT of a bill."""
    return (
        period_id,
        entry.kind,
        entry.leg,
        entry.on,
        entry.amount_cents,
        " ".join(entry.reference.split()),
        entry.moved_to,
        entry.corrects,
        entry.vat if entry.kind is EntryKind.VAT else None,
    )


def preview(session: Session, books: Books, entries: Sequence[NewEntry]) -> Preview:
    """Say what recording these entries, in this order, would do; entries of before are seen by all after."""
    wanted = [entry.period_id for entry in entries]
    book = _Book(records(session, books.scheme.vat, wanted), books)
    for place, entry in enumerate(entries):
        book.enter(place, entry)
    return book.preview()


def standing_of(account: Account, books: Books) -> Standing:
    """Return how a period stands today."""
    return Standing(
        state_on(account, books.today, books.terms),
        account.period.due_on,
        account.open_cents(),
        account.unremitted_cents(),
    )


class _Book:
    """The records, each with the entries that were accepted so far."""

    def __init__(self, found: Sequence[Record], books: Books) -> None:
        self._books = books
        self._before = {record.period_id: record for record in found}
        self._now = dict(self._before)
        self._stored = {
            identity(entry, record.period_id): entry for record in found for entry in record.account.entries
        }
        self._places: dict[Identity, int] = {}
        self._first: dict[int, int] = {}
        self._new: list[tuple[int, NewEntry]] = []
        self._known: list[Known] = []
        self._refused: list[tuple[int, EntryRefusedError]] = []
        self._remarks: list[tuple[int, str]] = []

    def enter(self, place: int, entry: NewEntry) -> None:
        key, record = identity(entry, entry.period_id), self._now.get(entry.period_id)
        stored = self._stored.get(key)
        if stored is not None and record is not None:
            self._know(place, entry, stored, record.account)
            return
        if key in self._places:
            self._known.append(Known(place, earlier=self._places[key]))
            return
        faults = [*faults_of(entry, record), *_day_faults(entry, record, self._books.today)]
        self._refused += [(place, fault) for fault in faults]
        if record is None or faults:
            return
        self._places[key] = place
        self._first.setdefault(entry.period_id, place)
        self._new.append((place, entry))
        self._remarks += [(place, words) for words in _remarks(entry, record.account)]
        self._now[entry.period_id] = replace(record, account=_with(record.account, entry, place))

    def preview(self) -> Preview:
        effects = (
            Effect(
                self._now[key],
                standing_of(self._before[key].account, self._books),
                standing_of(self._now[key].account, self._books),
                place,
            )
            for key, place in self._first.items()
        )
        return Preview(
            tuple(self._new),
            tuple(self._known),
            tuple(self._refused),
            tuple(self._remarks),
            tuple(effects),
        )

    def _know(self, place: int, entry: NewEntry, stored: Entry, account: Account) -> None:
        if entry.vat is not None and stored.vat != entry.vat:
            remedy = "it is recorded with another VAT already: take that back with a correction first"
            self._refused.append((place, EntryRefusedError(entry, "vat", remedy)))
            return
        back = (one.id for one in account.entries if one.corrects == stored.id)
        self._known.append(Known(place, taken_back=next(back, None)))


def _with(account: Account, entry: NewEntry, place: int) -> Account:
    """Return the account as it is with one more entry. No stored entry has its number."""
    added = Entry(
        -1 - place,
        entry.kind,
        entry.leg,
        entry.on,
        entry.amount_cents,
        entry.reference,
        entry.note,
        entry.vat,
        entry.moved_to,
        entry.corrects,
    )
    longer = replace(account, entries=(*account.entries, added))
    moves = [one.moved_to for one in longer.standing() if one.kind is EntryKind.MOVED and one.moved_to]
    due_on = moves[-1] if moves else account.period.anniversary_on
    return replace(longer, period=replace(account.period, due_on=due_on))


def _day_faults(entry: NewEntry, record: Record | None, today: date) -> Iterator[EntryRefusedError]:
    # Wherever it is written, it may be tomorrow there already.
    if entry.on > today + timedelta(days=1):
        yield EntryRefusedError(entry, "on", "this day is still to come: record what has happened")
    if record is not None and entry.on < record.bought_on:
        remedy = f"this is before the purchase on {record.bought_on.isoformat()}: correct the day"
        yield EntryRefusedError(entry, "on", remedy)


def _remarks(entry: NewEntry, account: Account) -> Iterator[str]:
    charge, currency = account.charge(entry.leg), account.period.currency
    if charge.vat.reason is VatReason.UNKNOWN:
        return
    open_cents = account.open_cents() if entry.leg is Leg.PRACTICE else account.unremitted_cents()
    is_payment = entry.kind in (EntryKind.PAID, EntryKind.REMITTED)
    if is_payment and entry.amount_cents > open_cents:
        yield f"more than what is open ({written(open_cents, currency)})"
    is_usual = entry.vat is not None or entry.amount_cents == charge.gross_cents
    if entry.kind is EntryKind.BILLED and not is_usual:
        yield f"not what is charged for a year ({written(charge.gross_cents, currency)})"


def written(cents: int, currency: str) -> str:
    """Write an amount for whoever keeps the books, such as EUR 117.81."""
    return f"{currency} {cents // 100}.{cents % 100:02}"
