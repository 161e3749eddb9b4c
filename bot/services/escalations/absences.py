"""Whoever enters an absence hears which open escalations it concerns, and what to do about them."""

from sqlmodel import Session

from bot.domain.escalation.listing import AbsenceConcerns
from bot.domain.rights import Action
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.escalations.actors import actor_in
from bot.services.escalations.listing import SHOWN, line_of
from bot.services.escalations.reaching import person_place
from bot.services.renewals import telling
from bot.services.renewals.viewing import today_in
from bot.storage.queries import escalation_lists as queries
from bot.storage.tables import AbsenceRow, CompanyRow, PersonRow


def tell(
    session: Session, bot: Bot, editor: PersonRow, language: Language, absence_id: int, cause: str
) -> None:
    """Tell whoever entered or changed an absence, once for its `cause`; nothing where nothing is open.

    An absence that is over concerns nobody, and each line's right is asked anew.
    """
    absence, place = session.get_one(AbsenceRow, absence_id), person_place(editor)
    company = session.get_one(CompanyRow, absence.company_id)
    if place is None or absence.last_on < today_in(bot, company.time_zone):
        return
    away = session.get(PersonRow, absence.person_id) if absence.person_id is not None else None
    held = [
        (row, actor_in(session, bot, row, editor)) for row in queries.held(session, company.id or 0, away)
    ]
    seen = [(row, actor) for row, actor in held if actor.may(Action.SEE_ESCALATION)]
    if not seen:
        return
    concerns = AbsenceConcerns(
        language=language,
        who=(away.name or away.email) if away is not None else "",
        company=company.name,
        first_on=absence.first_on,
        last_on=absence.last_on,
        lines=tuple(line_of(session, bot, row, actor) for row, actor in seen[:SHOWN]),
        more=max(0, len(seen) - SHOWN),
    )
    telling.tell_person(session, bot, place, f"chat.postMessage absence {absence_id} {cause}", concerns)
