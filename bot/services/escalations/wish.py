"""Somebody asks in words to escalate: people of another workspace have neither command nor shortcut."""

from sqlmodel import Session

from bot.domain.arrival import Asked
from bot.domain.escalation.form import wish_in
from bot.domain.manners import Address
from bot.services.bot import Bot
from bot.services.escalations.reach import may_escalate
from bot.storage.queries import escalations
from bot.storage.tables import PersonRow, QuestionRow

ADDRESSED = frozenset({Address.MENTION, Address.DIRECT})


def is_wish(asked: Asked) -> bool:
    """Say whether a message to the bot asks to escalate."""
    return asked.address in ADDRESSED and wish_in(asked.text) is not None


def text_of(asked: Asked) -> str:
    """Return what a message is about, without the word that asks to escalate."""
    rest = wish_in(asked.text) if asked.address in ADDRESSED else None
    return asked.text if rest is None else rest


def question_above(session: Session, bot: Bot, asked: Asked, person: PersonRow) -> QuestionRow | None:
    """Return the question in whose thread it was said, if this person may escalate it."""
    question = escalations.question_at(session, asked.channel, asked.thread_ts)
    return question if question is not None and may_escalate(session, bot, person, question) else None
