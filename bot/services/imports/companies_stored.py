"""Companies as the database has them: reading, exporting and removing them."""

from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.network import SlackChannel, SlackUser
from bot.domain.scheme import Provider
from bot.files.directory_lines import COMPANY_COLUMNS
from bot.services.imports.names import Place, shown
from bot.services.imports.plan import Gone, some_of
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


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows: the manufacturer, the distributors, the support partners, each by name."""
    stored = StoredCompanies(session)
    order = [Provider.MANUFACTURER, Provider.DISTRIBUTOR, Provider.SUPPORT_PARTNER]
    rows = sorted(stored.companies.values(), key=lambda row: (order.index(Provider(row.role)), row.name))
    return [cells for row in rows for cells in _exported(row, stored.contacts.get(row.id or 0, []))]


def rows_of(session: Session, company: CompanyRow) -> list[dict[str, str]]:
    """Return a company's rows of the file, all of them with the company's cells, contact by contact."""
    contacts = [contact_cells(contact) for contact in StoredCompanies(session).contacts_of(company.slug)]
    return [{**company_cells(company), **cells} for cells in contacts or [{"contact_public": "yes"}]]


def remove(session: Session, row_id: int) -> None:
    """Remove a company with its contacts; what people said of it is forgotten."""
    for person in session.exec(select(PersonRow).where(PersonRow.said_vendor_id == row_id)):
        person.said_vendor_id = None
    session.flush()
    session.delete(session.get_one(CompanyRow, row_id))
    session.flush()


class StoredCompanies:
    """The companies as the database has them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.companies = {row.slug: row for row in session.exec(select(CompanyRow)).all()}
        self.contacts: dict[int, list[ContactRow]] = {}
        for row in session.exec(select(ContactRow).order_by(col(ContactRow.rank), col(ContactRow.id))).all():
            self.contacts.setdefault(row.company_id, []).append(row)

    def contacts_of(self, slug: str) -> list[ContactRow]:
        """Return a company's contacts in their order; none of a company that is not stored."""
        row = self.companies.get(slug)
        return self.contacts.get(row.id or 0, []) if row else []

    def record(self, slug: str) -> dict[str, str] | None:
        """Return a company as it is, the way changes are told; `None` where it is new."""
        row = self.companies.get(slug)
        if row is None:
            return None
        contacts = self.contacts_of(slug)
        return record_of(company_cells(row), [(contact_cells(c), place_of(c)) for c in contacts])

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
        """Return the names of the customers that name the contact with this address."""
        return [row.name for row in self._session.exec(naming(company_id, email))]

    def gone(self, row: CompanyRow) -> Gone:
        """Return what pruning a company says: who still needs it stands in the way."""
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


def naming(company_id: int, email: str) -> SelectOfScalar[PracticeRow]:
    """Select the customers of a company that name the contact with this address."""
    return select(PracticeRow).where(PracticeRow.vendor_id == company_id, PracticeRow.vendor_contact == email)


def record_of(company: Cells, contacts: Sequence[tuple[Cells, Place | None]]) -> dict[str, str]:
    """Return company and contacts as one flat record, the way changes are told."""
    record = dict(company)
    keys = [cells["contact_email"] or cells["contact_name"] for cells, _ in contacts]
    record["contacts"] = ", ".join(keys)
    for key, (cells, place) in zip(keys, contacts, strict=True):
        known = {**cells, "contact_slack": shown(cells["contact_slack"], place)}
        record.update({f"{column} of {key}": cell for column, cell in known.items()})
    return record


def company_cells(row: CompanyRow) -> dict[str, str]:
    """Return a company's own columns of the file."""
    values = {column: getattr(row, column) for column in COMPANY_COLUMNS}
    return {column: "" if value is None else str(value) for column, value in values.items()}


def contact_cells(row: ContactRow) -> dict[str, str]:
    """Return a contact's columns of the file."""
    return {
        "contact_name": row.name,
        "contact_email": row.email,
        "contact_phone": row.phone,
        "contact_slack": row.slack,
        "contact_public": "yes" if row.is_public else "no",
    }


def place_of(row: ContactRow) -> Place | None:
    """Return where a contact is in Slack, `None` where that is not known."""
    if row.slack_user_id:
        return SlackUser(row.slack_workspace_id, row.slack_user_id)
    if row.slack_channel_id:
        return SlackChannel(row.slack_workspace_id, row.slack_channel_id)
    return None


def _exported(row: CompanyRow, contacts: Sequence[ContactRow]) -> Iterator[dict[str, str]]:
    """Yield the company with its first contact, and a row with nothing but the slug for each further one."""
    first, *further = [contact_cells(contact) for contact in contacts] or [{"contact_public": "yes"}]
    yield {**company_cells(row), **first}
    for cells in further:
        yield {"slug": row.slug, **cells}
