"""Confirming, or not, that people belong to the practices they named."""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from bot.domain.editing import Claim, EditPress, Field, No, NotEditedError
from bot.domain.rights import Action
from bot.services import home
from bot.services.bot import Bot
from bot.services.editing import changes
from bot.services.editing.access import permitted
from bot.services.editing.subjects import practice_subject
from bot.services.renewals.actors import act
from bot.storage.tables import MembershipRow, PersonRow, PracticeRow

SHOWN = 5


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
    rows = session.exec(query.order_by(col(PersonRow.id), col(PracticeRow.id)).limit(SHOWN)).all()
    claims = [
        Claim(person.id or 0, practice.id or 0, person.name or person.email, person.email, practice.name)
        for person, practice in rows
    ]
    return claims, max(0, count - len(claims))


def answer(session: Session, bot: Bot, press: EditPress, *, belongs: bool) -> None:
    """Confirm that somebody belongs to a practice, or remove what they said. Raises `NotEditedError`."""
    actor = act(session, bot, press.user)
    person_id, practice_id = (*press.keys, 0, 0)[:2]
    practice, person = session.get(PracticeRow, practice_id), session.get(PersonRow, person_id)
    if practice is None or person is None:
        raise NotEditedError(actor.language, No.GONE)
    subject = practice_subject(practice)
    permitted(session, actor, Action.CONFIRM_MEMBER, subject.company_id, to_change=True)
    row = session.get(MembershipRow, (person_id, practice_id))
    if row is None or row.confirmed_at is not None:
        raise NotEditedError(actor.language, No.CHANGED)
    if belongs:
        row.confirmed_at = bot.clock.now()
    else:
        session.delete(row)
    session.flush()
    who = person.name or person.email
    before, after = ("", who) if belongs else (who, "")
    changes.keep(session, bot, actor, subject, {Field.MEMBER: before}, {Field.MEMBER: after})
    home.show(session, bot, person, f"{press.key} member")
    home.show(session, bot, actor.person, press.key)
