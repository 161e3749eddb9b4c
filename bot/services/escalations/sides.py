"""The sides of an escalation, each with a thread of its own: the requester, and every company it concerns."""

from sqlmodel import Session, col, select

from bot.domain.scheme import Language
from bot.services.escalations.records import terms_of
from bot.storage.tables import EscalationRow, EscalationThreadRow

REQUESTER = "requester"
_COMPANY = "company:"


def company_side(company_id: int) -> str:
    """Return how a company's thread is named."""
    return f"{_COMPANY}{company_id}"


def company_of(side: str) -> int | None:
    """Return the company of a side; `None` for the requester's."""
    return None if side == REQUESTER else int(side.removeprefix(_COMPANY))


def is_side(name: str) -> bool:
    """Say whether this names a side."""
    return name == REQUESTER or (name.startswith(_COMPANY) and name.removeprefix(_COMPANY).isdecimal())


def threads(session: Session, row: EscalationRow) -> list[EscalationThreadRow]:
    """Return where an escalation is talked about."""
    query = select(EscalationThreadRow).where(EscalationThreadRow.escalation_id == row.id)
    return list(session.exec(query.order_by(col(EscalationThreadRow.id))).all())


def thread_of(session: Session, row: EscalationRow, side: str) -> EscalationThreadRow | None:
    """Return where one side talks about it; `None` where it cannot be reached."""
    return next((thread for thread in threads(session, row) if thread.side == side), None)


def language_of(row: EscalationRow, side: str) -> Language:
    """Return the language that is spoken on a side."""
    company_id = company_of(side)
    return Language(row.language) if company_id is None else terms_of(row, company_id).language
