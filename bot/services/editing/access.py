"""Who edits something, and whether they may: by the server's data, whatever a button or form carried."""

from sqlmodel import Session

from bot.domain.editing import No, NotEditedError
from bot.domain.rights import Action, may
from bot.services.renewals.actors import Actor
from bot.storage.tables import CompanyRow


def permitted(
    session: Session, actor: Actor, action: Action, company_id: int, *, to_change: bool = False
) -> CompanyRow:
    """Return the company whose data it is; `to_change` lets others who edit the same wait.

    Raises `NotEditedError`.
    """
    company = session.get(CompanyRow, company_id)
    if not may(actor.role, action, is_own=actor.person.company_id == company_id):
        raise NotEditedError(actor.language, No.FORBIDDEN)
    if company is None:
        raise NotEditedError(actor.language, No.GONE)
    if to_change:
        session.flush()
        session.get_one(CompanyRow, company_id, with_for_update=True, populate_existing=True)
        session.expire_all()
    return company
