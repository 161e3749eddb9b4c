"""The companies of the network, as domain values: read once, and anew when anything of them has changed."""

from collections.abc import Mapping

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.domain.network import Charge, Company, Contact, SlackChannel, SlackUser
from bot.domain.opening import Closed, OpeningCalendar
from bot.domain.scheme import Language, Provider
from bot.storage.memory import memory_of
from bot.storage.tables import AbsenceRow, CompanyRow, ContactRow, NetworkEditionRow, PersonRow


class Companies(Struct, frozen=True):
    """All companies by key, in the order of their names, as they are in an edition of the network."""

    edition: str | None
    by_id: Mapping[int, Company]

    def of(self, role: Provider) -> tuple[Company, ...]:
        """Return the companies of a role, by name."""
        return tuple(company for company in self.by_id.values() if company.role is role)


EDITION = select(NetworkEditionRow.edition)
"""What tells whether companies have changed."""


def companies_now(session: Session) -> Companies:
    """Return the companies as this transaction sees them, for one small query where they did not change."""
    return companies_of(session, session.execute(EDITION).scalar())


def companies_of(session: Session, edition: str | None) -> Companies:
    """Return the companies as this transaction sees them, in the edition that it has just read.

    Every answer needs some, and they seldom change: what an earlier transaction read serves again as long as
    it is the same edition.
    """
    memory = memory_of(session)
    known = memory.get(Companies)
    # Tables that no migration made have no edition: then nothing is kept.
    if known is None or edition is None or known.edition != edition:
        known = memory[Companies] = Companies(edition, _read(session))
    return known


def closed_days(session: Session) -> dict[int, Closed]:
    """Return the days on which companies as a whole are closed, by company; absent people are not meant."""
    query = select(AbsenceRow).where(col(AbsenceRow.person_id).is_(None))
    found: dict[int, Closed] = {}
    for row in session.exec(query.order_by(col(AbsenceRow.first_on))).all():
        found[row.company_id] = (*found.get(row.company_id, ()), (row.first_on, row.last_on))
    return found


def away_days(session: Session, company_id: int) -> list[tuple[PersonRow, Closed]]:
    """Return the people of a company who are away some time, each with their days."""
    return away_by_company(session).get(company_id, [])


def is_contact(person: PersonRow, contact: ContactRow) -> bool:
    """Say whether a contact is this person: by the address, else in Slack."""
    if contact.email and contact.email.lower() == person.email:
        return True
    slack = (contact.slack_workspace_id, contact.slack_user_id)
    return bool(contact.slack_user_id) and slack == (person.workspace_id, person.user_id)


def away_by_company(session: Session) -> dict[int, list[tuple[PersonRow, Closed]]]:
    """Return who is away some time, by company."""
    query = (
        select(PersonRow, AbsenceRow)
        .join(AbsenceRow, col(AbsenceRow.person_id) == col(PersonRow.id))
        .order_by(col(AbsenceRow.first_on))
    )
    found: dict[int, dict[int, tuple[PersonRow, Closed]]] = {}
    for person, row in session.exec(query).all():
        people = found.setdefault(row.company_id, {})
        _, days = people.get(person.id or 0, (person, ()))
        people[person.id or 0] = (person, (*days, (row.first_on, row.last_on)))
    return {company_id: list(people.values()) for company_id, people in found.items()}


def _read(session: Session) -> dict[int, Company]:
    closed, away = closed_days(session), away_by_company(session)
    contacts: dict[int, tuple[Contact, ...]] = {}
    ranked = select(ContactRow).order_by(col(ContactRow.rank), col(ContactRow.id))
    for row in session.exec(ranked).all():
        contact = _contact(row, away.get(row.company_id, []))
        contacts[row.company_id] = (*contacts.get(row.company_id, ()), contact)
    rows = session.exec(select(CompanyRow).order_by(col(CompanyRow.name))).all()
    return {
        row.id: _company(row, contacts.get(row.id, ()), closed.get(row.id, ()))
        for row in rows
        if row.id is not None
    }


def _company(row: CompanyRow, contacts: tuple[Contact, ...], closed: Closed) -> Company:
    return Company(
        slug=row.slug,
        name=row.name,
        role=Provider(row.role),
        calendar=OpeningCalendar(row.opening_hours, row.time_zone, row.country, row.subdivision, closed),
        languages=tuple(Language(code) for code in row.languages.split() if code in set(Language)),
        website=row.website,
        charge=Charge(row.charge),
        charge_note=row.charge_note,
        contacts=contacts,
    )


def _contact(row: ContactRow, away: list[tuple[PersonRow, Closed]]) -> Contact:
    slack: SlackUser | SlackChannel | None = None
    if row.slack_user_id:
        slack = SlackUser(row.slack_workspace_id, row.slack_user_id)
    elif row.slack_channel_id:
        slack = SlackChannel(row.slack_workspace_id, row.slack_channel_id)
    days = next((days for person, days in away if is_contact(person, row)), ())
    return Contact(row.name, row.email, row.phone, slack, row.is_public, days)
