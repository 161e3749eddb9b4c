"""What the companies of a file must agree with: each other, and what is stored."""

from collections.abc import Mapping, Sequence

from bot.domain.scheme import Provider
from bot.files.directory_csv import Entry
from bot.files.directory_lines import CompanyLine
from bot.services.imports.companies_stored import StoredCompanies
from bot.services.imports.plan import Draft, some_of


def check_manufacturer(
    draft: Draft, stored: StoredCompanies, groups: Mapping[str, list[Entry[CompanyLine]]]
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


def check_role(draft: Draft, stored: StoredCompanies, entry: Entry[CompanyLine]) -> None:
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


def check_renewal_contact(
    draft: Draft, stored: StoredCompanies, entries: Sequence[Entry[CompanyLine]]
) -> None:
    """Whoever is named for renewals is one of its contacts, listed or stored."""
    values = entries[0].values
    known = {e.values.contact_email for e in entries} | {c.email for c in stored.contacts_of(values.slug)}
    if values.renewal_contact and values.renewal_contact not in known:
        remedy = f"{values.slug} has no contact with this address: list it, or name one that it has"
        draft.fault(entries[0].line, "renewal_contact", values.renewal_contact, remedy)
