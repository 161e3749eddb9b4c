"""Confirming, or not, that people belong to the practices they named."""

from sqlmodel import Session

from bot.domain.editing import EditPress, Field, No, NotEditedError
from bot.domain.rights import Action
from bot.services import home
from bot.services.bot import Bot
from bot.services.editing import changes
from bot.services.editing.access import permitted
from bot.services.editing.subjects import practice_subject
from bot.services.renewals.actors import act
from bot.storage.tables import MembershipRow, PersonRow, PracticeRow


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
