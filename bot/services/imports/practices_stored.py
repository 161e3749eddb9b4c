"""Practices as the database has them: reading, exporting and removing them."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from bot.domain.network import SlackChannel
from bot.services.imports.names import shown
from bot.services.imports.plan import Gone, some_of
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


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows, by name."""
    stored = StoredPractices(session)
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


def _cells(row: PracticeRow, slugs: Mapping[int | None, str], domains: Iterable[str]) -> dict[str, str]:
    return {
        "name": row.name,
        "vendor": slugs[row.vendor_id],
        "support_partner": slugs.get(row.support_partner_id, ""),
        "email_domains": " ".join(sorted(domains)),
        **{column: str(getattr(row, column)) for column in PLAIN_COLUMNS},
    }


class StoredPractices:
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
        """Return a company's key, 0 where there is none."""
        row = self.companies.get(slug)
        return (row.id if row else None) or 0

    def cells(self, row: PracticeRow) -> dict[str, str]:
        """Return a practice's row of the file."""
        return _cells(row, self._slugs, self.domains.get(row.id or 0, []))

    def record(self, row: PracticeRow) -> dict[str, str]:
        """Return a practice as it is, the way changes are told."""
        return record_of(self.cells(row), {word: self.place(row, word) for word in row.channels.split()})

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
        """Return what pruning a practice says: who still needs it stands in the way."""
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


def record_of(cells: Mapping[str, str], places: Places) -> dict[str, str]:
    """Return a row of the file with its channels as they were found, the way changes are told."""
    return {**cells, "channels": " ".join(shown(word, place) for word, place in places.items())}
