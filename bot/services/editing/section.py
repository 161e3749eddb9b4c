"""“Your data” in the Home: what people of a company see and edit of it."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, func, select

from bot.domain.editing import Away, Claim, DataPart
from bot.domain.network import Role
from bot.domain.rights import Action, may
from bot.services.bot import Bot
from bot.services.editing import changes
from bot.services.renewals.viewing import Viewer, today_in
from bot.storage.tables import AbsenceRow, MembershipRow, PersonRow, PracticeRow

ABSENCES_SHOWN = 5
CLAIMS_SHOWN = 5


def parts(session: Session, bot: Bot, viewer: Viewer) -> tuple[DataPart, ...]:
    """Return the part of whoever may edit something."""
    company = viewer.company
    if company is None or not may(viewer.role, Action.EDIT_COMPANY, is_own=True):
        return ()
    key, is_admin = company.id or 0, viewer.role is Role.ADMIN
    waiters, more = waiting(session, None if is_admin else key)
    return (
        DataPart(
            company_id=key,
            company=company.name,
            opening_hours=company.opening_hours,
            time_zone=company.time_zone,
            absences=tuple(
                away for _, away in absences(session, key, today_in(bot, company.time_zone), ABSENCES_SHOWN)
            ),
            claims=tuple(waiters),
            changes=changes.last(session, None if is_admin else key),
            more_claims=more,
            is_admin=is_admin,
        ),
    )


def absences(session: Session, company_id: int, today: date, limit: int) -> list[tuple[int, Away]]:
    """Return a company's absences that are not over, by their beginning, each with its key."""
    query = (
        select(AbsenceRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(AbsenceRow.person_id), isouter=True)
        .where(AbsenceRow.company_id == company_id, col(AbsenceRow.last_on) >= today)
        .order_by(col(AbsenceRow.first_on), col(AbsenceRow.id))
        .limit(limit)
    )
    return [
        (
            row.id or 0,
            Away((person.name or person.email) if person else "", row.first_on, row.last_on, row.note),
        )
        for row, person in session.exec(query).all()
    ]


def waiting(session: Session, company_id: int | None) -> tuple[Sequence[Claim], int]:
    """Return who waits to be confirmed by a company, or (`None`) by any, and how many more wait."""
    query = (
        select(PersonRow, PracticeRow)
        .join(MembershipRow, col(MembershipRow.person_id) == col(PersonRow.id))
        .join(PracticeRow, col(PracticeRow.id) == col(MembershipRow.practice_id))
        .where(col(MembershipRow.confirmed_at).is_(None))
    )
    if company_id is not None:
        query = query.where(PracticeRow.vendor_id == company_id)
    count = session.exec(select(func.count()).select_from(query.subquery())).one()
    rows = session.exec(query.order_by(col(PersonRow.id), col(PracticeRow.id)).limit(CLAIMS_SHOWN)).all()
    claims = [
        Claim(person.id or 0, practice.id or 0, person.name or person.email, person.email, practice.name)
        for person, practice in rows
    ]
    return claims, max(0, count - len(claims))
