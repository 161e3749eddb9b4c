"""What the practices of a file must agree with: each other, their companies, and what is stored."""

from collections.abc import Iterable

from bot.domain.network import SlackChannel
from bot.domain.scheme import Provider
from bot.files.directory_csv import Entry
from bot.files.directory_lines import PracticeLine
from bot.services.imports.plan import Draft, some_of
from bot.services.imports.practices_stored import Places, StoredPractices
from bot.storage.tables import (
    PracticeRow,
)


class Claims:
    """Sees that no two practices have the same e-mail domain or channel once the import is done."""

    def __init__(self, draft: Draft, stored: StoredPractices, staying: Iterable[PracticeRow]) -> None:
        self._draft = draft
        self._owners: dict[object, str] = {}
        for row in staying:
            for domain in stored.domains.get(row.id or 0, []):
                self._owners[domain] = row.name
            for channel in stored.channels.get(row.id or 0, []):
                self._owners[SlackChannel(channel.workspace_id, channel.channel_id)] = row.name

    def enter(self, entry: Entry[PracticeLine], places: Places) -> None:
        """Claim an entry's domains and channels; what is somebody else's is a fault."""
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


class Names:
    """Finds practices whose names differ only in capitals: each is a licence, and one is often a slip."""

    def __init__(self, names: Iterable[str]) -> None:
        self._alike: dict[str, list[str]] = {}
        for name in names:
            self._alike.setdefault(name.casefold(), []).append(name)

    def hint(self, draft: Draft, entry: Entry[PracticeLine]) -> None:
        """Say so where another practice's name differs only in capitals."""
        name = entry.values.name
        others = [other for other in self._alike[name.casefold()] if other != name]
        if others:
            words = f"“{name}” differs only in capitals from {some_of(others)}; they are different licences"
            draft.hint(entry.line, "name", words)


def say_what_stays(
    draft: Draft, stored: StoredPractices, entry: Entry[PracticeLine], row: PracticeRow
) -> None:
    """Say that periods which are open already stay with who bills them."""
    packages = stored.packages_by_vendor_of(row)
    if packages and stored.key(entry.values.vendor) != row.vendor_id:
        words = "who bills is frozen into each maintenance period: this counts for coming ones, of packages"
        draft.hint(entry.line, "vendor", f"{words} {some_of(packages)}")


def check_companies(draft: Draft, stored: StoredPractices, entry: Entry[PracticeLine]) -> None:
    """The companies that a practice names exist, have the right role, and know the contact."""
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
    draft: Draft, stored: StoredPractices, entry: Entry[PracticeLine], column: str, roles: set[Provider]
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
