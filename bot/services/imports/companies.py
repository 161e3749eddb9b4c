"""Importing and exporting the companies with their contacts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.network import SlackChannel, SlackUser
from bot.domain.scheme import Provider
from bot.files.directory_csv import CompanySheet, Entry
from bot.files.directory_lines import COMPANY_COLUMNS, CONTACT_COLUMNS, CompanyLine
from bot.files.kinds import Kind
from bot.services.imports.names import Place, SlackFindings, contact_of, shown
from bot.services.imports.plan import Draft, Gone, ImportPlan, some_of
from bot.storage.queries import escalations
from bot.storage.tables import (
    CompanyRow,
    ContactRow,
    LicencePackageRow,
    MaintenancePeriodRow,
    PersonRow,
    PracticeRow,
)

Cells = Mapping[str, str]


def plan(session: Session, sheet: CompanySheet, found: SlackFindings, *, prune: bool) -> ImportPlan:
    """Compare the file's companies with the database's. Raises `FileRefused`."""
    stored = _Stored(session)
    draft = Draft(Kind.COMPANIES, sheet.file, prune=prune)
    groups: dict[str, list[Entry[CompanyLine]]] = {}
    for listed in sheet.entries:
        entry = _completed(listed, stored.companies.get(listed.values.slug), sheet.absent)
        groups.setdefault(entry.values.slug, []).append(entry)
    _check_manufacturer(draft, stored, groups)
    for slug, entries in groups.items():
        _check_role(draft, stored, entries[0])
        _check_renewal_contact(draft, stored, entries)
        target = _target(draft, stored, _with_renewal_contact(draft, stored, entries), found)
        before = stored.record(slug)
        draft.put(entries[0].values.name, entries[0].line, before, _record_of(target), target)
    gone = [stored.gone(row) for slug, row in stored.companies.items() if slug not in groups]
    return draft.plan(gone)


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows: the manufacturer, the distributors, the support partners, each by name."""
    stored = _Stored(session)
    order = [Provider.MANUFACTURER, Provider.DISTRIBUTOR, Provider.SUPPORT_PARTNER]
    rows = sorted(stored.companies.values(), key=lambda row: (order.index(Provider(row.role)), row.name))
    return [cells for row in rows for cells in _exported(row, stored.contacts.get(row.id or 0, []))]


def rows_of(session: Session, company: CompanyRow) -> list[dict[str, str]]:
    """Return a company's rows of the file, all of them with the company's cells, contact by contact."""
    contacts = [_contact_cells(contact) for contact in _Stored(session).contacts_of(company.slug)]
    return [{**_company_cells(company), **cells} for cells in contacts or [{"contact_public": "yes"}]]


def remove(session: Session, row_id: int) -> None:
    """Remove a company with its contacts; what people said of it is forgotten."""
    for person in session.exec(select(PersonRow).where(PersonRow.said_vendor_id == row_id)):
        person.said_vendor_id = None
    session.flush()
    session.delete(session.get_one(CompanyRow, row_id))
    session.flush()


@dataclass(frozen=True)
class _ContactTarget:
    row_id: int | None
    values: CompanyLine
    place: Place | None

    def cells(self) -> dict[str, str]:
        cells = self.values.cells()
        return {column: cells[column] for column in CONTACT_COLUMNS}


@dataclass(frozen=True)
class _CompanyTarget:
    """A company as it shall be. `moved` are contacts' old and new addresses, for practices to follow."""

    row_id: int | None
    values: CompanyLine
    contacts: tuple[_ContactTarget, ...]
    moved: tuple[tuple[str, str], ...]

    def write(self, session: Session, now: datetime) -> None:
        row = session.get(CompanyRow, self.row_id) if self.row_id is not None else None
        row = row or CompanyRow(slug=self.values.slug, name="", role="")
        for column, cell in self.values.cells().items():
            if column == "remit_within_days":
                row.remit_within_days = int(cell) if cell else None
            elif column in COMPANY_COLUMNS:
                setattr(row, column, cell)
        session.add(row)
        session.flush()
        self._write_contacts(session, row.id or 0)
        for old, new in self.moved:
            for practice in session.exec(_practices_naming(row.id or 0, old)):
                practice.vendor_contact = new

    def _write_contacts(self, session: Session, company_id: int) -> None:
        kept = {contact.row_id for contact in self.contacts}
        for row in session.exec(select(ContactRow).where(ContactRow.company_id == company_id)).all():
            if row.id not in kept:
                session.delete(row)
        for rank, contact in enumerate(self.contacts):
            known = session.get(ContactRow, contact.row_id) if contact.row_id is not None else None
            row = known or ContactRow(company_id=company_id, rank=rank, name="")
            values, place = contact.values, contact.place
            row.rank, row.name, row.email = rank, values.contact_name, values.contact_email
            row.phone, row.slack = values.contact_phone, values.contact_slack
            row.is_public = values.contact_public == "yes"
            row.slack_workspace_id = place.workspace_id if place else ""
            row.slack_user_id = place.user_id if isinstance(place, SlackUser) else ""
            row.slack_channel_id = place.channel_id if isinstance(place, SlackChannel) else ""
            session.add(row)
        session.flush()


class _Stored:
    """The companies as the database has them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.companies = {row.slug: row for row in session.exec(select(CompanyRow)).all()}
        self.contacts: dict[int, list[ContactRow]] = {}
        for row in session.exec(select(ContactRow).order_by(col(ContactRow.rank), col(ContactRow.id))).all():
            self.contacts.setdefault(row.company_id, []).append(row)

    def contacts_of(self, slug: str) -> list[ContactRow]:
        row = self.companies.get(slug)
        return self.contacts.get(row.id or 0, []) if row else []

    def record(self, slug: str) -> dict[str, str] | None:
        row = self.companies.get(slug)
        if row is None:
            return None
        contacts = self.contacts_of(slug)
        return _record(_company_cells(row), [(_contact_cells(c), _place(c)) for c in contacts])

    def customers(self, company_id: int, *, partners: bool = False) -> list[str]:
        """Return the names of the practices that name the company as vendor, or as support partner."""
        column = PracticeRow.support_partner_id if partners else PracticeRow.vendor_id
        return list(self._session.exec(select(PracticeRow.name).where(column == company_id)).all())

    def packages(self, company_id: int) -> list[str]:
        """Return the numbers of the licence packages that name the company as their vendor."""
        query = select(LicencePackageRow.number).where(LicencePackageRow.vendor_id == company_id)
        return list(self._session.exec(query).all())

    def billed_packages(self, company_id: int) -> list[str]:
        """Return the numbers of the licence packages of which the company bills periods."""
        of_package = col(MaintenancePeriodRow.package_id) == col(LicencePackageRow.id)
        query = select(LicencePackageRow.number).join(MaintenancePeriodRow, of_package).distinct()
        return list(self._session.exec(query.where(MaintenancePeriodRow.biller_id == company_id)).all())

    def practices_naming(self, company_id: int, email: str) -> list[str]:
        return [row.name for row in self._session.exec(_practices_naming(company_id, email))]

    def gone(self, row: CompanyRow) -> Gone:
        key = row.id or 0
        people = self._session.exec(
            select(PersonRow.name, PersonRow.email).where(PersonRow.company_id == key)
        )
        dependents = {
            "are customers of it": self.customers(key),
            "have it as support partner": self.customers(key, partners=True),
            "work for it": [name or email for name, email in people],
            "were bought through it": self.packages(key),
            "are packages with periods that it bills": self.billed_packages(key),
            "are or were its escalations": escalations.references_of(self._session, company_id=key),
        }
        obstacles = [f"{some_of(names)} {what}" for what, names in dependents.items() if names]
        return Gone(row.name, key, "; ".join(obstacles))


def _practices_naming(company_id: int, email: str) -> SelectOfScalar[PracticeRow]:
    return select(PracticeRow).where(PracticeRow.vendor_id == company_id, PracticeRow.vendor_contact == email)


def _check_manufacturer(
    draft: Draft, stored: _Stored, groups: Mapping[str, list[Entry[CompanyLine]]]
) -> None:
    """The directory has exactly one manufacturer, counting what stays although the file does not list it."""
    listed = [e[0] for e in groups.values() if e[0].values.role == Provider.MANUFACTURER]
    staying = [] if draft.prune else [row for slug, row in stored.companies.items() if slug not in groups]
    makers = [row for row in staying if row.role == Provider.MANUFACTURER]
    if not listed and not makers:
        draft.fault(1, "role", "", "no company is the manufacturer: give this role to one")
    for entry in listed if makers else []:
        remedy = f"{makers[0].name} ({makers[0].slug}) is the manufacturer: list it with its role of now"
        draft.fault(entry.line, "role", Provider.MANUFACTURER, remedy)


def _check_role(draft: Draft, stored: _Stored, entry: Entry[CompanyLine]) -> None:
    """Practices keep a vendor that sells and a support partner that is one."""
    row = stored.companies.get(entry.values.slug)
    if row is None or row.role == entry.values.role:
        return
    loses_partners = row.role == Provider.SUPPORT_PARTNER
    loses_customers = entry.values.role == Provider.SUPPORT_PARTNER
    names = (
        stored.customers(row.id or 0, partners=loses_partners) if loses_partners or loses_customers else []
    )
    packages = [*stored.packages(row.id or 0), *stored.billed_packages(row.id or 0)]
    if packages:
        remedy = f"it bills the licence packages {some_of(set(packages))}: who bills is frozen into periods"
        draft.fault(entry.line, "role", entry.values.role, remedy)
    if names:
        remedy = f"it is still the {row.role} of {some_of(names)}: change these practices first"
        draft.fault(entry.line, "role", entry.values.role, remedy)


def _completed(
    entry: Entry[CompanyLine], row: CompanyRow | None, absent: frozenset[str]
) -> Entry[CompanyLine]:
    """Return the line with what is stored where the file lacks a column."""
    if row is None or not absent:
        return entry
    stored = _company_cells(row)
    kept = {column: stored[column] for column in absent}
    return replace(entry, values=entry.values.model_copy(update=kept))


def _check_renewal_contact(draft: Draft, stored: _Stored, entries: Sequence[Entry[CompanyLine]]) -> None:
    values = entries[0].values
    known = {e.values.contact_email for e in entries} | {c.email for c in stored.contacts_of(values.slug)}
    if values.renewal_contact and values.renewal_contact not in known:
        remedy = f"{values.slug} has no contact with this address: list it, or name one that it has"
        draft.fault(entries[0].line, "renewal_contact", values.renewal_contact, remedy)


def _with_renewal_contact(
    draft: Draft, stored: _Stored, entries: Sequence[Entry[CompanyLine]]
) -> Sequence[Entry[CompanyLine]]:
    """Return the lines with a contact for renewals that the company has: who was named may have gone."""
    values = entries[0].values
    listed = {entry.values.contact_email for entry in entries}
    if not values.renewal_contact or values.renewal_contact in listed:
        return entries
    names = {c.name for c in stored.contacts_of(values.slug) if c.email == values.renewal_contact}
    moved = next((e.values.contact_email for e in entries if e.values.contact_name in names), "")
    words = f"{values.renewal_contact} got reminders of renewals; now {moved or 'the first contact'} does"
    draft.hint(entries[0].line, "contact_email", words)
    update = {"renewal_contact": moved}
    return [replace(entries[0], values=values.model_copy(update=update)), *entries[1:]]


def _target(
    draft: Draft, stored: _Stored, entries: Sequence[Entry[CompanyLine]], found: SlackFindings
) -> _CompanyTarget:
    row = stored.companies.get(entries[0].values.slug)
    left = list(stored.contacts_of(entries[0].values.slug))
    listed = {entry.values.contact_email for entry in entries} - {""}
    contacts, moved = [], []
    for entry in entries:
        if not entry.values.contact_name:
            continue
        known = _same_contact(left, entry.values, listed)
        if known is not None:
            left.remove(known)
            moved.append((known.email, entry.values.contact_email))
        place = _resolved(draft, entry, known, found)
        contacts.append(_ContactTarget(known.id if known else None, entry.values, place))
    moved += [(contact.email, "") for contact in left]
    naming = [(old, new) for old, new in moved if old != new and old and row is not None]
    for old, new in naming:
        names = stored.practices_naming(row.id or 0, old) if row else []
        if names:
            then = new or "whom this company names first"
            draft.hint(entries[0].line, "contact_email", f"{some_of(names)} had {old}; that becomes {then}")
    return _CompanyTarget(row.id if row else None, entries[0].values, tuple(contacts), tuple(naming))


def _same_contact(rows: Sequence[ContactRow], values: CompanyLine, listed: set[str]) -> ContactRow | None:
    """Return the contact with this address, else the one with this name whose address is not `listed`."""
    by_email = (row for row in rows if row.email and row.email == values.contact_email)
    by_name = (row for row in rows if row.name == values.contact_name and row.email not in listed)
    return next(by_email, None) or next(by_name, None)


def _resolved(
    draft: Draft, entry: Entry[CompanyLine], known: ContactRow | None, found: SlackFindings
) -> Place | None:
    word, email = entry.values.contact_slack, entry.values.contact_email
    if not word:
        return None
    place = contact_of(word, email, found)
    if place is None and known is not None and (known.slack, known.email) == (word, email):
        place = _place(known)
    if place is None:
        wanted = email if word.startswith("@") else ""
        channel = word[1:] if word.startswith("#") else ""
        name = word if wanted or not word.startswith("@") else f"{word} (give contact_email too)"
        draft.unresolved(entry.line, "contact_slack", name, email=wanted, channel=channel)
    return place


def _record_of(target: _CompanyTarget) -> dict[str, str]:
    cells = target.values.cells()
    company = {column: cells[column] for column in COMPANY_COLUMNS}
    return _record(company, [(contact.cells(), contact.place) for contact in target.contacts])


def _record(company: Cells, contacts: Sequence[tuple[Cells, Place | None]]) -> dict[str, str]:
    """Return company and contacts as one flat record, the way changes are told."""
    record = dict(company)
    keys = [cells["contact_email"] or cells["contact_name"] for cells, _ in contacts]
    record["contacts"] = ", ".join(keys)
    for key, (cells, place) in zip(keys, contacts, strict=True):
        known = {**cells, "contact_slack": shown(cells["contact_slack"], place)}
        record.update({f"{column} of {key}": cell for column, cell in known.items()})
    return record


def _company_cells(row: CompanyRow) -> dict[str, str]:
    values = {column: getattr(row, column) for column in COMPANY_COLUMNS}
    return {column: "" if value is None else str(value) for column, value in values.items()}


def _contact_cells(row: ContactRow) -> dict[str, str]:
    return {
        "contact_name": row.name,
        "contact_email": row.email,
        "contact_phone": row.phone,
        "contact_slack": row.slack,
        "contact_public": "yes" if row.is_public else "no",
    }


def _place(row: ContactRow) -> Place | None:
    if row.slack_user_id:
        return SlackUser(row.slack_workspace_id, row.slack_user_id)
    if row.slack_channel_id:
        return SlackChannel(row.slack_workspace_id, row.slack_channel_id)
    return None


def _exported(row: CompanyRow, contacts: Sequence[ContactRow]) -> Iterator[dict[str, str]]:
    """Yield the company with its first contact, and a row with nothing but the slug for each further one."""
    first, *further = [_contact_cells(contact) for contact in contacts] or [{"contact_public": "yes"}]
    yield {**_company_cells(row), **first}
    for cells in further:
        yield {"slug": row.slug, **cells}
