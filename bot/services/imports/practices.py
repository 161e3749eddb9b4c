"""Importing and exporting the practices, with the channels and e-mail domains by which they are known."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.network import SlackChannel
from bot.domain.scheme import Provider
from bot.files.directory_csv import Entry, PracticeSheet
from bot.files.directory_lines import PracticeLine
from bot.files.kinds import Kind
from bot.services.imports.names import SlackFindings, channel_of, shown
from bot.services.imports.plan import Draft, Gone, ImportPlan, some_of
from bot.storage.queries import escalations
from bot.storage.tables import (
    ChannelRow,
    CompanyRow,
    ContactRow,
    LicencePackageRow,
    MembershipRow,
    PersonRow,
    PracticeDomainRow,
    PracticeRow,
)

Places = Mapping[str, SlackChannel | None]
"""The words of a channels cell, each with the channel it stands for, `None` where that is not known."""

PLAIN_COLUMNS = (
    "vendor_contact",
    "country",
    "subdivision",
    "time_zone",
    "language",
    "vat_id",
    "channels",
    "renewal_contact",
    "reminders_to",
)
"""Columns that the table has just as the file has them."""


def plan(session: Session, sheet: PracticeSheet, found: SlackFindings, *, prune: bool) -> ImportPlan:
    """Compare the file's practices with the database's. Raises `FileRefused`."""
    stored = _Stored(session)
    draft = Draft(Kind.PRACTICES, sheet.file, prune=prune)
    listed = {entry.values.name for entry in sheet.entries}
    staying = [] if prune else [row for name, row in stored.practices.items() if name not in listed]
    claims = _Claims(draft, stored, staying)
    names = _Names([*(row.name for row in staying), *listed])
    for listed_entry in sheet.entries:
        row = stored.practices.get(listed_entry.values.name)
        entry = _completed(listed_entry, stored.cells(row) if row is not None else {}, sheet.absent)
        values = entry.values
        _check_companies(draft, stored, entry)
        places = _places(draft, stored, entry, found)
        claims.enter(entry, places)
        before = stored.record(row) if row is not None else None
        if row is None:
            names.hint(draft, entry)
        else:
            _say_what_stays(draft, stored, entry, row)
        target = _PracticeTarget(
            row.id if row else None,
            values,
            stored.key(values.vendor),
            stored.key(values.support_partner) or None,
            places,
        )
        draft.put(values.name, entry.line, before, _record(values.cells(), places), target)
    gone = [stored.gone(row) for name, row in stored.practices.items() if name not in listed]
    return draft.plan(gone)


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows, by name."""
    stored = _Stored(session)
    return [stored.cells(stored.practices[name]) for name in sorted(stored.practices)]


def cells_of(session: Session, row: PracticeRow) -> dict[str, str]:
    """Return a practice's row of the file."""
    of_it = select(PracticeDomainRow.domain).where(PracticeDomainRow.practice_id == row.id)
    slugs = dict(session.exec(select(CompanyRow.id, CompanyRow.slug)).all())
    return _cells(row, slugs, session.exec(of_it).all())


def remove(session: Session, row_id: int) -> None:
    """Remove a practice; its channels stay, as nobody's."""
    for channel in session.exec(select(ChannelRow).where(ChannelRow.practice_id == row_id)):
        channel.practice_id, channel.is_imported = None, False
    session.flush()
    session.delete(session.get_one(PracticeRow, row_id))
    session.flush()


@dataclass(frozen=True)
class _PracticeTarget:
    row_id: int | None
    values: PracticeLine
    vendor_id: int
    partner_id: int | None
    places: Places

    def write(self, session: Session, now: datetime) -> None:
        row = session.get(PracticeRow, self.row_id) if self.row_id is not None else None
        row = row or PracticeRow(name=self.values.name, vendor_id=self.vendor_id)
        row.vendor_id, row.support_partner_id = self.vendor_id, self.partner_id
        cells = self.values.cells()
        for column in PLAIN_COLUMNS:
            setattr(row, column, cells[column])
        session.add(row)
        session.flush()
        self._write_domains(session, row.id or 0)
        self._write_channels(session, row.id or 0)
        session.flush()

    def _write_domains(self, session: Session, practice_id: int) -> None:
        wanted = set(self.values.email_domains.split())
        mine = session.exec(
            select(PracticeDomainRow).where(PracticeDomainRow.practice_id == practice_id)
        ).all()
        for domain in mine:
            if domain.domain not in wanted:
                session.delete(domain)
        # A domain may come from another practice of the file, before or after that one lets go of it.
        for name in sorted(wanted):
            known = session.get(PracticeDomainRow, name)
            if known is None:
                session.add(PracticeDomainRow(domain=name, practice_id=practice_id))
            else:
                known.practice_id = practice_id

    def _write_channels(self, session: Session, practice_id: int) -> None:
        # Where a name and an id stand for the same channel, the name is kept.
        words = sorted(self.places, key=lambda word: word.startswith("#"))
        wanted = {place: word for word in words if (place := self.places[word]) is not None}
        for row in session.exec(_imported_channels(practice_id)).all():
            if SlackChannel(row.workspace_id, row.channel_id) not in wanted:
                row.practice_id, row.is_imported = None, False
        for place, word in wanted.items():
            known = session.get(ChannelRow, (place.workspace_id, place.channel_id))
            # Until Slack says otherwise a channel counts as one that others read too.
            row = known or ChannelRow(
                workspace_id=place.workspace_id, channel_id=place.channel_id, is_shared=True
            )
            row.name = word[1:] if word.startswith("#") else row.name
            row.practice_id, row.is_imported = practice_id, True
            session.add(row)


def _imported_channels(practice_id: int) -> SelectOfScalar[ChannelRow]:
    return select(ChannelRow).where(ChannelRow.practice_id == practice_id, col(ChannelRow.is_imported))


def _cells(row: PracticeRow, slugs: Mapping[int | None, str], domains: Iterable[str]) -> dict[str, str]:
    return {
        "name": row.name,
        "vendor": slugs[row.vendor_id],
        "support_partner": slugs.get(row.support_partner_id, ""),
        "email_domains": " ".join(sorted(domains)),
        **{column: str(getattr(row, column)) for column in PLAIN_COLUMNS},
    }


class _Stored:
    """The practices as the database has them, and the companies they may name."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.practices = {row.name: row for row in session.exec(select(PracticeRow)).all()}
        self.companies = {row.slug: row for row in session.exec(select(CompanyRow)).all()}
        self._slugs = {row.id: row.slug for row in self.companies.values()}
        self.contact_emails = {
            (company_id, email)
            for company_id, email in session.exec(select(ContactRow.company_id, ContactRow.email)).all()
        }
        self.domains: dict[int, list[str]] = {}
        for domain in session.exec(select(PracticeDomainRow)).all():
            self.domains.setdefault(domain.practice_id, []).append(domain.domain)
        self.channels: dict[int, list[ChannelRow]] = {}
        for channel in session.exec(select(ChannelRow).where(col(ChannelRow.is_imported))).all():
            self.channels.setdefault(channel.practice_id or 0, []).append(channel)
        self._people = _people_by_practice(session)
        self._packages: dict[int, list[LicencePackageRow]] = {}
        for package in session.exec(select(LicencePackageRow)).all():
            self._packages.setdefault(package.practice_id, []).append(package)

    def key(self, slug: str) -> int:
        row = self.companies.get(slug)
        return (row.id if row else None) or 0

    def cells(self, row: PracticeRow) -> dict[str, str]:
        return _cells(row, self._slugs, self.domains.get(row.id or 0, []))

    def record(self, row: PracticeRow) -> dict[str, str]:
        return _record(self.cells(row), {word: self.place(row, word) for word in row.channels.split()})

    def place(self, row: PracticeRow, word: str) -> SlackChannel | None:
        """Return the channel that an earlier import found for a word of the practice's channels."""
        for channel in self.channels.get(row.id or 0, []):
            if word in (
                f"#{channel.name}",
                channel.channel_id,
                f"{channel.workspace_id}/{channel.channel_id}",
            ):
                return SlackChannel(channel.workspace_id, channel.channel_id)
        return None

    def gone(self, row: PracticeRow) -> Gone:
        dependents = {
            "belong to it": self._people.get(row.id or 0, []),
            "are its licence packages": [one.number for one in self._packages.get(row.id or 0, [])],
            "are its escalations": escalations.references_of(self._session, practice_id=row.id or 0),
        }
        obstacles = [f"{some_of(names)} {what}" for what, names in dependents.items() if names]
        return Gone(row.name, row.id or 0, "; ".join(obstacles))

    def packages_by_vendor_of(self, row: PracticeRow) -> list[str]:
        """Return the numbers of its packages that its vendor bills, having none of their own."""
        return [one.number for one in self._packages.get(row.id or 0, []) if one.vendor_id is None]


def _people_by_practice(session: Session) -> dict[int, list[str]]:
    query = (
        select(MembershipRow.practice_id, PersonRow.name, PersonRow.email)
        .join(PersonRow, col(PersonRow.id) == MembershipRow.person_id)
        .where(col(MembershipRow.confirmed_at).is_not(None))
    )
    people: dict[int, list[str]] = {}
    for practice_id, name, email in session.exec(query).all():
        people.setdefault(practice_id, []).append(name or email)
    return people


class _Claims:
    """Sees that no two practices have the same e-mail domain or channel once the import is done."""

    def __init__(self, draft: Draft, stored: _Stored, staying: Iterable[PracticeRow]) -> None:
        self._draft = draft
        self._owners: dict[object, str] = {}
        for row in staying:
            for domain in stored.domains.get(row.id or 0, []):
                self._owners[domain] = row.name
            for channel in stored.channels.get(row.id or 0, []):
                self._owners[SlackChannel(channel.workspace_id, channel.channel_id)] = row.name

    def enter(self, entry: Entry[PracticeLine], places: Places) -> None:
        for domain in entry.values.email_domains.split():
            self._claim(entry, "email_domains", domain, domain)
        for word, place in places.items():
            if place is not None:
                self._claim(entry, "channels", word, place)

    def _claim(self, entry: Entry[PracticeLine], column: str, word: str, what: object) -> None:
        owner = self._owners.setdefault(what, entry.values.name)
        if owner != entry.values.name:
            remedy = f"it belongs to “{owner}”, and only one practice can have it: remove it here or there"
            self._draft.fault(entry.line, column, word, remedy)


class _Names:
    """Finds practices whose names differ only in capitals: each is a licence, and one is often a slip."""

    def __init__(self, names: Iterable[str]) -> None:
        self._alike: dict[str, list[str]] = {}
        for name in names:
            self._alike.setdefault(name.casefold(), []).append(name)

    def hint(self, draft: Draft, entry: Entry[PracticeLine]) -> None:
        name = entry.values.name
        others = [other for other in self._alike[name.casefold()] if other != name]
        if others:
            words = f"“{name}” differs only in capitals from {some_of(others)}; they are different licences"
            draft.hint(entry.line, "name", words)


def _completed(
    entry: Entry[PracticeLine], stored: Mapping[str, str], absent: frozenset[str]
) -> Entry[PracticeLine]:
    """Return the line with what is stored where the file lacks a column."""
    kept = {column: stored[column] for column in absent if column in stored}
    return replace(entry, values=entry.values.model_copy(update=kept)) if kept else entry


def _say_what_stays(draft: Draft, stored: _Stored, entry: Entry[PracticeLine], row: PracticeRow) -> None:
    packages = stored.packages_by_vendor_of(row)
    if packages and stored.key(entry.values.vendor) != row.vendor_id:
        words = "who bills is frozen into each maintenance period: this counts for coming ones, of packages"
        draft.hint(entry.line, "vendor", f"{words} {some_of(packages)}")


def _check_companies(draft: Draft, stored: _Stored, entry: Entry[PracticeLine]) -> None:
    values = entry.values
    sellers = {Provider.DISTRIBUTOR, Provider.MANUFACTURER}
    _check_company(draft, stored, entry, "vendor", sellers)
    if values.support_partner:
        _check_company(draft, stored, entry, "support_partner", {Provider.SUPPORT_PARTNER})
    vendor = stored.key(values.vendor)
    if values.vendor_contact and vendor and (vendor, values.vendor_contact) not in stored.contact_emails:
        remedy = (
            f"{values.vendor} has no contact with this address: add it to the companies or leave it empty"
        )
        draft.fault(entry.line, "vendor_contact", values.vendor_contact, remedy)


def _check_company(
    draft: Draft, stored: _Stored, entry: Entry[PracticeLine], column: str, roles: set[Provider]
) -> None:
    slug = entry.values.cells()[column]
    company = stored.companies.get(slug)
    if company is None:
        known = some_of((s for s, row in stored.companies.items() if row.role in roles), limit=8)
        remedy = f"no such company is known: use {known}" if known else "import the companies first"
        draft.fault(entry.line, column, slug, remedy)
    elif company.role not in roles:
        wanted = " or ".join(sorted(roles))
        draft.fault(entry.line, column, slug, f"{company.name} is a {company.role}: name a {wanted} here")


def _places(draft: Draft, stored: _Stored, entry: Entry[PracticeLine], found: SlackFindings) -> Places:
    row = stored.practices.get(entry.values.name)
    places: dict[str, SlackChannel | None] = {}
    for word in entry.values.channels.split():
        known = stored.place(row, word) if row is not None else None
        places[word] = channel_of(word, found) or known
        if places[word] is None:
            draft.unresolved(entry.line, "channels", word, channel=word[1:] if word.startswith("#") else "")
    return places


def _record(cells: Mapping[str, str], places: Places) -> dict[str, str]:
    return {**cells, "channels": " ".join(shown(word, place) for word, place in places.items())}
