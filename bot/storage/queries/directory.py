"""Reading the support network out of its tables, as domain values."""

from sqlmodel import Session, col, select

from bot.domain.network import (
    Charge,
    Company,
    Contact,
    Directory,
    Practice,
    SlackChannel,
    SlackUser,
    practice_key,
)
from bot.domain.opening import Closed, OpeningCalendar
from bot.domain.scheme import Language, Provider
from bot.storage.tables import (
    AbsenceRow,
    ChannelRow,
    CompanyRow,
    ContactRow,
    MembershipRow,
    PersonRow,
    PracticeDomainRow,
    PracticeRow,
)


def company(session: Session, company_id: int | None) -> Company | None:
    """Return a company with its contacts in their order."""
    row = session.get(CompanyRow, company_id) if company_id is not None else None
    return None if row is None else _company(session, row)


def companies(session: Session, role: Provider) -> tuple[Company, ...]:
    """Return the companies of a role, by name."""
    rows = session.exec(select(CompanyRow).where(CompanyRow.role == role).order_by(col(CompanyRow.name)))
    return tuple(_company(session, row) for row in rows.all())


def company_id(session: Session, slug: str) -> int | None:
    """Return the key of the company with this slug."""
    return session.exec(select(CompanyRow.id).where(CompanyRow.slug == slug)).first()


def directory(session: Session, *, is_sample: bool = False) -> Directory:
    """Return what every answer needs of the network."""
    return Directory(
        manufacturer=next(iter(companies(session, Provider.MANUFACTURER)), None),
        support_partners=companies(session, Provider.SUPPORT_PARTNER),
        is_sample=is_sample,
    )


def is_empty(session: Session) -> bool:
    """Say whether no company is known at all."""
    return session.exec(select(CompanyRow.id).limit(1)).first() is None


def closed_days(session: Session) -> dict[int, Closed]:
    """Return the days on which companies as a whole are closed, by company; absent people are not meant."""
    query = select(AbsenceRow).where(col(AbsenceRow.person_id).is_(None))
    found: dict[int, Closed] = {}
    for row in session.exec(query.order_by(col(AbsenceRow.first_on))).all():
        found[row.company_id] = (*found.get(row.company_id, ()), (row.first_on, row.last_on))
    return found


def practice(session: Session, practice_id: int | None) -> Practice | None:
    """Return a practice with its vendor and support partner."""
    row = session.get(PracticeRow, practice_id) if practice_id is not None else None
    if row is None:
        return None
    vendor = company(session, row.vendor_id)
    assert vendor is not None  # noqa: S101 - a foreign key
    return Practice(
        name=row.name,
        vendor=vendor,
        support_partner=company(session, row.support_partner_id),
        vendor_contact=row.vendor_contact,
        language=Language(row.language) if row.language else None,
    )


def practice_by_name(session: Session, name: str) -> PracticeRow | None:
    """Return the practice of exactly this name; capitals count, since the licence is bound to them."""
    return session.exec(select(PracticeRow).where(PracticeRow.name == practice_key(name))).first()


def first_resold_practice(session: Session) -> str:
    """Return the name of the first practice that bought from a distributor, empty when there is none."""
    query = select(PracticeRow.name).join(CompanyRow, col(CompanyRow.id) == col(PracticeRow.vendor_id))
    query = query.where(CompanyRow.role == Provider.DISTRIBUTOR).order_by(col(PracticeRow.id))
    return session.exec(query.limit(1)).first() or ""


def practice_of_domain(session: Session, email: str) -> int | None:
    """Return the practice known by the domain of an e-mail address."""
    domain = email.rpartition("@")[2].lower()
    row = session.get(PracticeDomainRow, domain) if domain else None
    return row.practice_id if row else None


def practices_named_in(session: Session, text: str) -> list[int]:
    """Return the practices whose whole name stands in `text` (capitals do not count), the longest first."""
    folded = f" {' '.join(text.split())} ".casefold()
    rows = session.exec(select(PracticeRow.id, PracticeRow.name)).all()
    named = [(len(name), key) for key, name in rows if key and name.casefold() in folded]
    return [key for _, key in sorted(named, reverse=True)]


def person(session: Session, user: SlackUser) -> PersonRow | None:
    """Return the person with this Slack id."""
    query = select(PersonRow).where(
        PersonRow.workspace_id == user.workspace_id, PersonRow.user_id == user.user_id
    )
    return session.exec(query).first()


def person_awaited(session: Session, email: str) -> PersonRow | None:
    """Return an imported person of this e-mail address whose Slack id is not known yet."""
    query = select(PersonRow).where(PersonRow.email == email.lower(), col(PersonRow.user_id).is_(None))
    return session.exec(query).first() if email else None


def people_known_as(session: Session, keys: frozenset[str]) -> list[PersonRow]:
    """Return the people whose Slack id or e-mail address is among `keys`."""
    known_as = col(PersonRow.user_id).in_(keys) | col(PersonRow.email).in_(keys)
    return list(session.exec(select(PersonRow).where(known_as)).all())


def memberships(session: Session, person_id: int) -> list[MembershipRow]:
    """Return a person's practices, confirmed ones first, then by practice key."""
    rows = session.exec(select(MembershipRow).where(MembershipRow.person_id == person_id)).all()
    return sorted(rows, key=lambda row: (row.confirmed_at is None, row.practice_id))


def channel(session: Session, where: SlackChannel) -> ChannelRow | None:
    """Return what is known of a channel."""
    return session.get(ChannelRow, (where.workspace_id, where.channel_id))


def away_days(session: Session, company_id: int) -> list[tuple[PersonRow, Closed]]:
    """Return the people of a company who are away some time, each with their days."""
    query = (
        select(PersonRow, AbsenceRow)
        .join(AbsenceRow, col(AbsenceRow.person_id) == col(PersonRow.id))
        .where(AbsenceRow.company_id == company_id)
        .order_by(col(AbsenceRow.first_on))
    )
    found: dict[int, tuple[PersonRow, Closed]] = {}
    for person, row in session.exec(query).all():
        _, days = found.get(person.id or 0, (person, ()))
        found[person.id or 0] = (person, (*days, (row.first_on, row.last_on)))
    return list(found.values())


def _company(session: Session, row: CompanyRow) -> Company:
    contacts = session.exec(
        select(ContactRow)
        .where(ContactRow.company_id == row.id)
        .order_by(col(ContactRow.rank), col(ContactRow.id))
    ).all()
    away = away_days(session, row.id or 0)
    return Company(
        slug=row.slug,
        name=row.name,
        role=Provider(row.role),
        calendar=OpeningCalendar(
            row.opening_hours,
            row.time_zone,
            row.country,
            row.subdivision,
            closed_days(session).get(row.id or 0, ()),
        ),
        languages=tuple(Language(code) for code in row.languages.split() if code in set(Language)),
        website=row.website,
        charge=Charge(row.charge),
        charge_note=row.charge_note,
        contacts=tuple(_contact(contact, away) for contact in contacts),
    )


def is_contact(person: PersonRow, contact: ContactRow) -> bool:
    """Say whether a contact is this person: by the address, else in Slack."""
    if contact.email and contact.email.lower() == person.email:
        return True
    slack = (contact.slack_workspace_id, contact.slack_user_id)
    return bool(contact.slack_user_id) and slack == (person.workspace_id, person.user_id)


def _contact(row: ContactRow, away: list[tuple[PersonRow, Closed]]) -> Contact:
    slack: SlackUser | SlackChannel | None = None
    if row.slack_user_id:
        slack = SlackUser(row.slack_workspace_id, row.slack_user_id)
    elif row.slack_channel_id:
        slack = SlackChannel(row.slack_workspace_id, row.slack_channel_id)
    days = next((days for person, days in away if is_contact(person, row)), ())
    return Contact(row.name, row.email, row.phone, slack, row.is_public, days)
