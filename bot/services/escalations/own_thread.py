"""Where the requester hears of it: below the question, where nobody but the practice's own people read it."""

from sqlmodel import Session, select

from bot.domain.manners import Address
from bot.domain.network import SlackChannel
from bot.services import composing
from bot.storage.queries import directory as stored
from bot.storage.tables import EscalationRow, EscalationThreadRow, QuestionRow


def root_of(question: QuestionRow) -> str:
    """Return the message under which a question's thread stands."""
    return question.thread_ts or question.message_ts


def own_thread(session: Session, row: EscalationRow) -> QuestionRow | None:
    """Return the question below which the receipt may stand; `None`: it goes to the requester directly.

    A thread belongs to one escalation only, so that what is written in it has one place to go.
    """
    question = session.get(QuestionRow, row.question_id) if row.question_id is not None else None
    if question is None or question.address == Address.COMMAND or row.requester_id is None:
        return None
    is_direct = question.address == Address.DIRECT
    channel = stored.channel(session, SlackChannel(question.workspace_id, question.channel_id))
    if is_direct and question.person_id != row.requester_id:
        return None
    if not composing.is_private(Address(question.address), channel, row.practice_id):
        return None
    same = select(EscalationThreadRow.id).where(
        EscalationThreadRow.workspace_id == question.workspace_id,
        EscalationThreadRow.channel_id == question.channel_id,
        EscalationThreadRow.message_ts == root_of(question),
    )
    return None if session.exec(same).first() is not None else question
