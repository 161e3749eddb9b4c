"""Who hears of an escalation, and where in Slack."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.domain.escalation.terms import CompanyTerms
from bot.domain.network import SlackChannel, SlackUser
from bot.domain.scheme import Language, Provider
from bot.services import people
from bot.services.bot import Bot
from bot.services.renewals.recipients import own_channel, parties
from bot.storage.queries import directory as stored
from bot.storage.tables import ContactRow, EscalationRow, PersonRow

Place = SlackUser | SlackChannel


def channel_of(place: Place) -> str:
    """Return the id that a message is sent to."""
    return place.user_id if isinstance(place, SlackUser) else place.channel_id


def person_place(person: PersonRow | None) -> SlackUser | None:
    """Return where a person is written to; `None` for whoever is not known in Slack."""
    if person is None or person.workspace_id is None or person.user_id is None:
        return None
    return SlackUser(person.workspace_id, person.user_id)


def company_place(session: Session, company_id: int) -> Place | None:
    """Return a company's own channel, else its first contact or person who can be reached."""
    channel = own_channel(session, company_id)
    if channel is not None:
        return channel
    party = parties(session, [f"company:{company_id}"]).get(f"company:{company_id}")
    return party.slack if party else None


def requester_of(session: Session, row: EscalationRow) -> PersonRow | None:
    """Return who hears of it: whoever asked, else whoever opened it for them."""
    for key in (row.requester_id, row.opened_by_id):
        person = session.get(PersonRow, key) if key is not None else None
        if person_place(person) is not None:
            return person
    return None


def lead_person(session: Session, terms: CompanyTerms) -> PersonRow | None:
    """Return the person of the company who is its lead, if known."""
    query = select(PersonRow).where(
        PersonRow.company_id == terms.company_id, PersonRow.email == terms.lead.email.lower()
    )
    return session.exec(query.order_by(col(PersonRow.id))).first() if terms.lead.email else None


def lead_place(session: Session, terms: CompanyTerms) -> Place | None:
    """Return where a company's lead is written to: the person, else the contact; `None` if neither is."""
    place = person_place(lead_person(session, terms))
    if place is not None or not (terms.lead.email or terms.lead.name):
        return place
    query = select(ContactRow).where(
        ContactRow.company_id == terms.company_id,
        ContactRow.email == terms.lead.email,
        ContactRow.name == terms.lead.name,
        ContactRow.slack_user_id != "",
    )
    contact = session.exec(query).first()
    return SlackUser(contact.slack_workspace_id, contact.slack_user_id) if contact else None


@dataclass(frozen=True)
class Keeper:
    """The default owner: gets what nobody else is responsible for. `name` is never empty."""

    name: str
    place: Place | None
    language: Language


def default_owner(session: Session, bot: Bot) -> Keeper:
    """Return the person whom the settings name, else the first admin who is known, else the manufacturer's
    first contact."""
    names = [bot.escalations.owner] if bot.escalations.owner else []
    names += sorted(bot.admins)
    known = stored.people_known_as(session, frozenset(names))
    for name in names:
        same = [one for one in known if name in (one.email, one.user_id)]
        for person in sorted(same, key=lambda one: person_place(one) is None):
            language = people.language_for(None, None, person.locale)
            return Keeper(person.email or person.user_id or name, person_place(person), language)
    return _somebody(session, names)


def _somebody(session: Session, names: list[str]) -> Keeper:
    """Nobody who is named is known in Slack: the manufacturer is written to in their place."""
    maker = next(iter(stored.companies(session, Provider.MANUFACTURER)), None)
    if maker is None:
        return Keeper(names[0] if names else "admin", None, Language.EN)
    first = maker.contacts[0] if maker.contacts else None
    name = names[0] if names else (first.email or first.name if first else maker.name)
    place = company_place(session, stored.company_id(session, maker.slug) or 0)
    return Keeper(name, place, next(iter(maker.languages), Language.EN))
