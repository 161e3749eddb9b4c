"""What is edited, and what the database has of it."""

from collections.abc import Sequence

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.domain.editing import Field, Sheet, Values, promise
from bot.domain.escalation.life import Urgency
from bot.domain.rights import Action
from bot.domain.scheme import Provider
from bot.services.imports import practices_stored
from bot.storage.tables import (
    AbsenceRow,
    CompanyRow,
    CompanyTargetRow,
    ContactRow,
    PersonRow,
    PracticeRow,
)

TARGETS = {
    urgency: (Field(f"response_{urgency}"), Field(f"solution_{urgency}"))
    for urgency in (Urgency.STOPPED, Urgency.HINDERED, Urgency.QUESTION)
}


class Subject(Struct, frozen=True):
    """What a change is about: its key among changes, whose it is, and what it is called."""

    key: str
    company_id: int
    name: str
    action: Action = Action.EDIT_COMPANY


def find(session: Session, sheet: Sheet, key: int, company_id: int) -> Subject | None:
    """Return what a form is about, `None` where it is gone; for something new (0) its company decides."""
    match sheet:
        case Sheet.PRACTICE:
            practice = session.get(PracticeRow, key)
            return practice_subject(practice) if practice else None
        case Sheet.CONTACT if key:
            contact = session.get(ContactRow, key)
            return Subject(f"contact:{key}", contact.company_id, contact.name) if contact else None
        case Sheet.ABSENCE if key:
            absence = session.get(AbsenceRow, key)
            return _of_company(session, absence.company_id, f"absence:{key}") if absence else None
        case Sheet.CONTACT | Sheet.ABSENCE:
            return _of_company(session, company_id, f"{sheet}:new")
        case Sheet.HOURS | Sheet.TARGETS:
            return _of_company(session, key, f"company:{key}")


def practice_subject(row: PracticeRow) -> Subject:
    """Return a practice as what a change is about."""
    return Subject(f"practice:{row.id}", row.vendor_id, row.name, Action.EDIT_PRACTICE)


def _of_company(session: Session, company_id: int, key: str) -> Subject | None:
    company = session.get(CompanyRow, company_id)
    return Subject(key, company_id, company.name) if company else None


def values_of(session: Session, sheet: Sheet, key: int, company_id: int) -> Values:
    """Return what a form shows: of something new (key 0) what it begins with."""
    match sheet:
        case Sheet.HOURS:
            return {Field.OPENING_HOURS: session.get_one(CompanyRow, key).opening_hours}
        case Sheet.TARGETS:
            return _targets(session, key)
        case Sheet.CONTACT:
            return _contact(session, key, company_id)
        case Sheet.ABSENCE:
            return _absence(session, key)
        case Sheet.PRACTICE:
            cells = practices_stored.cells_of(session, session.get_one(PracticeRow, key))
            return {name: cells[name] for name in Field if name in cells}


def _targets(session: Session, company_id: int) -> Values:
    found: dict[Field, str] = {}
    for urgency, fields in TARGETS.items():
        row = session.get(CompanyTargetRow, (company_id, urgency))
        counts = (row.response_minutes, row.solution_minutes) if row else (None, None)
        found |= {name: promise(count) for name, count in zip(fields, counts, strict=True)}
    return found


def contacts(session: Session, company_id: int) -> Sequence[ContactRow]:
    """Return a company's contacts in their order."""
    query = select(ContactRow).where(ContactRow.company_id == company_id)
    return session.exec(query.order_by(col(ContactRow.rank), col(ContactRow.id))).all()


def _contact(session: Session, key: int, company_id: int) -> Values:
    rows = contacts(session, company_id)
    place, row = next(
        ((number, one) for number, one in enumerate(rows, 1) if one.id == key),
        (len(rows) + 1, ContactRow(company_id=company_id, rank=0, name="")),
    )
    return {
        Field.CONTACT_NAME: row.name,
        Field.CONTACT_EMAIL: row.email,
        Field.CONTACT_PHONE: row.phone,
        Field.CONTACT_SLACK: row.slack,
        Field.CONTACT_PUBLIC: "yes" if row.is_public else "no",
        Field.ORDER: str(place),
    }


def _absence(session: Session, key: int) -> Values:
    row = session.get(AbsenceRow, key) if key else None
    return {
        Field.WHO: str(row.person_id or "") if row else "",
        Field.FIRST_ON: row.first_on.isoformat() if row else "",
        Field.LAST_ON: row.last_on.isoformat() if row else "",
        Field.NOTE: row.note if row else "",
    }


def is_there(session: Session, sheet: Sheet, company_id: int, values: Values) -> bool:
    """Say whether the very same absence is there already: a form that was submitted twice."""
    if sheet is not Sheet.ABSENCE:
        return False
    rows = session.exec(select(AbsenceRow).where(AbsenceRow.company_id == company_id)).all()
    return any(_absence(session, row.id or 0) == values for row in rows)


def staff(session: Session, company_id: int) -> Sequence[PersonRow]:
    """Return a company's people, by name."""
    query = select(PersonRow).where(PersonRow.company_id == company_id)
    return session.exec(query.order_by(col(PersonRow.name), col(PersonRow.id))).all()


def partners(session: Session) -> Sequence[CompanyRow]:
    """Return the support partners, by name."""
    query = select(CompanyRow).where(CompanyRow.role == Provider.SUPPORT_PARTNER)
    return session.exec(query.order_by(col(CompanyRow.name))).all()


def said(session: Session, values: Values) -> Values:
    """Return values as people read them: names in the place of keys."""
    shown = dict(values)
    if shown.get(Field.WHO):
        person = session.get(PersonRow, int(shown[Field.WHO]))
        shown[Field.WHO] = (person.name or person.email) if person else ""
    if shown.get(Field.SUPPORT_PARTNER):
        named = {row.slug: row.name for row in partners(session)}
        shown[Field.SUPPORT_PARTNER] = named.get(shown[Field.SUPPORT_PARTNER], shown[Field.SUPPORT_PARTNER])
    return shown
