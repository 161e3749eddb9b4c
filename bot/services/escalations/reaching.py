"""Who hears of an escalation, and where in Slack: whoever is there before whoever is away."""

from collections.abc import Iterable

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.domain.escalation.terms import CompanyTerms
from bot.domain.network import SlackChannel, SlackUser
from bot.domain.presence import Absent, away_until
from bot.services.bot import Bot
from bot.services.renewals.recipients import company_channels
from bot.services.renewals.viewing import today_in
from bot.storage.queries.companies import away_days, is_contact
from bot.storage.tables import CompanyRow, ContactRow, EscalationRow, PersonRow

Place = SlackUser | SlackChannel


class Reach(Struct, frozen=True):
    """A place where somebody hears of it; `absent` is set for whoever is away today."""

    place: Place
    name: str = ""
    absent: Absent | None = None


def channel_of(place: Place) -> str:
    """Return the id that a message is sent to."""
    return place.user_id if isinstance(place, SlackUser) else place.channel_id


def person_place(person: PersonRow | None) -> SlackUser | None:
    """Return where a person is written to; `None` for whoever is not known in Slack."""
    if person is None or person.workspace_id is None or person.user_id is None:
        return None
    return SlackUser(person.workspace_id, person.user_id)


def there_first(reaches: Iterable[Reach]) -> list[Reach]:
    """Return each place once: those who are there before those who are away, else in their order."""
    by_place: dict[Place, Reach] = {}
    for one in reaches:
        by_place.setdefault(one.place, one)
    return sorted(by_place.values(), key=lambda one: one.absent is not None)


def absent_on(session: Session, bot: Bot, person: PersonRow) -> Absent | None:
    """Return until when somebody of a company is away today; `None` for whoever is there."""
    known = _away(session, bot, person.company_id)
    return next((absent for one, absent in known if one.id == person.id), None)


def _away(session: Session, bot: Bot, company_id: int | None) -> list[tuple[PersonRow, Absent]]:
    row = session.get(CompanyRow, company_id) if company_id is not None else None
    if row is None:
        return []
    today = today_in(bot, row.time_zone)
    found = ((person, away_until(days, today)) for person, days in away_days(session, company_id or 0))
    return [(person, Absent(person.name or person.email, until)) for person, until in found if until]


# ---- a company -------------------------------------------------------------------------------------


def company_reaches(session: Session, bot: Bot, company_id: int) -> list[Reach]:
    """Return where a company hears of something: its own channels, then its contacts, then its people."""
    channels = [Reach(place) for place in company_channels(session, company_id)]
    return there_first([*channels, *_contacts(session, bot, company_id), *_staff(session, bot, company_id)])


def company_place(session: Session, bot: Bot, company_id: int) -> Place | None:
    """Return the first of these places; `None` for a company that nobody reaches in Slack."""
    return next((one.place for one in company_reaches(session, bot, company_id)), None)


def staff_in_order(session: Session, bot: Bot, company_id: int) -> list[tuple[PersonRow, Absent | None]]:
    """Return a company's people, those who are there first, each half by name."""
    away = {person.id: absent for person, absent in _away(session, bot, company_id)}
    query = select(PersonRow).where(PersonRow.company_id == company_id)
    people_there = session.exec(query.order_by(col(PersonRow.name), col(PersonRow.id))).all()
    found = [(one, away.get(one.id)) for one in people_there]
    return sorted(found, key=lambda one: one[1] is not None)


def _staff(session: Session, bot: Bot, company_id: int) -> list[Reach]:
    return [
        Reach(place, person.name or person.email, absent)
        for person, absent in staff_in_order(session, bot, company_id)
        if (place := person_place(person)) is not None
    ]


def _contacts(session: Session, bot: Bot, company_id: int) -> list[Reach]:
    away = _away(session, bot, company_id)
    query = select(ContactRow).where(ContactRow.company_id == company_id, ContactRow.slack_user_id != "")
    rows = session.exec(query.order_by(col(ContactRow.rank), col(ContactRow.id))).all()
    return [
        Reach(
            SlackUser(row.slack_workspace_id, row.slack_user_id),
            row.name,
            next((absent for person, absent in away if is_contact(person, row)), None),
        )
        for row in rows
    ]


# ---- people by their part --------------------------------------------------------------------------


def requester_of(session: Session, row: EscalationRow) -> PersonRow | None:
    """Return who hears of it: whoever asked, else whoever opened it for them."""
    for key in (row.requester_id, row.opened_by_id):
        person = session.get(PersonRow, key) if key is not None else None
        if person_place(person) is not None:
            return person
    return None


def person_reach(session: Session, bot: Bot, person: PersonRow | None) -> Reach | None:
    """Return where somebody is written to; `None` for whoever is not known in Slack."""
    place = person_place(person)
    if person is None or place is None:
        return None
    return Reach(place, person.name or person.email, absent_on(session, bot, person))


def lead_person(session: Session, terms: CompanyTerms) -> PersonRow | None:
    """Return the person of the company who is its lead, if known."""
    query = select(PersonRow).where(
        PersonRow.company_id == terms.company_id, PersonRow.email == terms.lead.email.lower()
    )
    return session.exec(query.order_by(col(PersonRow.id))).first() if terms.lead.email else None


def named_person(session: Session, bot: Bot, terms: CompanyTerms) -> PersonRow | None:
    """Return who gets what nobody else solves: the lead, or while that is away a colleague who is there."""
    lead = lead_person(session, terms)
    if lead is None or absent_on(session, bot, lead) is None:
        return lead
    staff = staff_in_order(session, bot, terms.company_id)
    return next((one for one, absent in staff if absent is None), lead)


def lead_reach(session: Session, bot: Bot, terms: CompanyTerms) -> Reach | None:
    """Return where a company's lead is written to: the person, else the contact; `None` if neither is."""
    reach = person_reach(session, bot, lead_person(session, terms))
    if reach is not None or not (terms.lead.email or terms.lead.name):
        return reach
    query = select(ContactRow).where(
        ContactRow.company_id == terms.company_id,
        ContactRow.email == terms.lead.email,
        ContactRow.name == terms.lead.name,
        ContactRow.slack_user_id != "",
    )
    contact = session.exec(query).first()
    if contact is None:
        return None
    return Reach(SlackUser(contact.slack_workspace_id, contact.slack_user_id), contact.name)
