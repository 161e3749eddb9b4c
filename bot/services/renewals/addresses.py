"""Where a company's renewals are said in Slack: to one of its people, never in a channel others may read."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.domain.scheme import Language
from bot.services.people import language_for
from bot.storage.tables import CompanyRow, ContactRow, PersonRow


@dataclass(frozen=True)
class Address:
    """A person in Slack, and the language to use."""

    workspace_id: str
    user_id: str
    language: Language


def company_address(session: Session, company: CompanyRow) -> Address | None:
    """Return whom to write to: the contact for renewals, else the first contact or person in Slack."""
    return next(_candidates(session, company), None)


def company_language(company: CompanyRow, locale: str = "") -> Language:
    """Return somebody's language: that of their Slack if the company speaks it, else its first."""
    spoken = [code for code in company.languages.split() if code in set(Language)]
    own = [code for code in spoken if locale.lower().startswith(code)]
    first = next(iter([*own, *spoken]), None)
    return language_for(None, Language(first) if first else None, locale)


def _candidates(session: Session, company: CompanyRow) -> Iterator[Address]:
    query = select(ContactRow).where(ContactRow.company_id == company.id)
    contacts = list(session.exec(query.order_by(col(ContactRow.rank), col(ContactRow.id))).all())
    contacts.sort(key=lambda contact: contact.email.lower() != company.renewal_contact.lower())
    people = select(PersonRow).where(PersonRow.company_id == company.id).order_by(col(PersonRow.id))
    in_slack = {person.email: person for person in session.exec(people).all() if person.user_id}
    named = in_slack.get(company.renewal_contact.lower()) if company.renewal_contact else None
    if named is not None:
        yield _of(company, named)
    for contact in contacts:
        if contact.slack_user_id:
            yield Address(contact.slack_workspace_id, contact.slack_user_id, company_language(company))
        elif contact.email and contact.email.lower() in in_slack:
            yield _of(company, in_slack[contact.email.lower()])
    yield from (_of(company, person) for person in in_slack.values())


def _of(company: CompanyRow, person: PersonRow) -> Address:
    return Address(person.workspace_id or "", person.user_id or "", company_language(company, person.locale))
