"""Importing the companies with their contacts."""

from collections.abc import Sequence

from msgspec.structs import replace
from sqlmodel import Session

from bot.files.directory_csv import CompanySheet, Entry
from bot.files.directory_lines import CompanyLine
from bot.files.kinds import Kind
from bot.services.imports.companies_applied import CompanyTarget, ContactTarget, target_record
from bot.services.imports.companies_checked import check_manufacturer, check_renewal_contact, check_role
from bot.services.imports.companies_stored import StoredCompanies, company_cells, place_of
from bot.services.imports.names import Place, SlackFindings, contact_of
from bot.services.imports.plan import Draft, ImportPlan, some_of
from bot.storage.tables import CompanyRow, ContactRow


def plan(session: Session, sheet: CompanySheet, found: SlackFindings, *, prune: bool) -> ImportPlan:
    """Compare the file's companies with the database's. Raises `FileRefused`."""
    stored = StoredCompanies(session)
    draft = Draft(Kind.COMPANIES, sheet.file, prune=prune)
    groups: dict[str, list[Entry[CompanyLine]]] = {}
    for listed in sheet.entries:
        entry = _completed(listed, stored.companies.get(listed.values.slug), sheet.absent)
        groups.setdefault(entry.values.slug, []).append(entry)
    check_manufacturer(draft, stored, groups)
    for slug, entries in groups.items():
        check_role(draft, stored, entries[0])
        check_renewal_contact(draft, stored, entries)
        target = _target(draft, stored, _with_renewal_contact(draft, stored, entries), found)
        before = stored.record(slug)
        draft.put(entries[0].values.name, entries[0].line, before, target_record(target), target)
    gone = [stored.gone(row) for slug, row in stored.companies.items() if slug not in groups]
    return draft.plan(gone)


def _completed(
    entry: Entry[CompanyLine], row: CompanyRow | None, absent: frozenset[str]
) -> Entry[CompanyLine]:
    """Return the line with what is stored where the file lacks a column."""
    if row is None or not absent:
        return entry
    stored = company_cells(row)
    kept = {column: stored[column] for column in absent}
    return replace(entry, values=entry.values.model_copy(update=kept))


def _with_renewal_contact(
    draft: Draft, stored: StoredCompanies, entries: Sequence[Entry[CompanyLine]]
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
    draft: Draft, stored: StoredCompanies, entries: Sequence[Entry[CompanyLine]], found: SlackFindings
) -> CompanyTarget:
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
        contacts.append(ContactTarget(known.id if known else None, entry.values, place))
    moved += [(contact.email, "") for contact in left]
    naming = [(old, new) for old, new in moved if old != new and old and row is not None]
    for old, new in naming:
        names = stored.practices_naming(row.id or 0, old) if row else []
        if names:
            then = new or "whom this company names first"
            draft.hint(entries[0].line, "contact_email", f"{some_of(names)} had {old}; that becomes {then}")
    return CompanyTarget(row.id if row else None, entries[0].values, tuple(contacts), tuple(naming))


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
        place = place_of(known)
    if place is None:
        wanted = email if word.startswith("@") else ""
        channel = word[1:] if word.startswith("#") else ""
        name = word if wanted or not word.startswith("@") else f"{word} (give contact_email too)"
        draft.unresolved(entry.line, "contact_slack", name, email=wanted, channel=channel)
    return place
