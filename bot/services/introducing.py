"""Somebody says which practice or vendor is theirs."""

from sqlmodel import Session

from bot.domain.arrival import Pressed
from bot.domain.network import Company, SlackUser
from bot.domain.rights import Action, may
from bot.domain.scheme import Language
from bot.services import commands, composing, home, people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.composing import Frame
from bot.services.people import OwnWords
from bot.storage.queries import directory as stored
from bot.storage.queries.acquaintance import acquaintance_with
from bot.storage.tables import PersonRow, QuestionRow


def form_for(
    session: Session, bot: Bot, user: SlackUser, question_id: int
) -> tuple[Language, tuple[Company, ...]]:
    """Return the language for the form, and the vendors to choose from."""
    question = session.get(QuestionRow, question_id) if question_id else None
    person = people.meet(session, user, bot.clock.now(), None)
    language = Language(question.language) if question else people.language_for(None, None, person.locale)
    return language, people.vendors(session)


def introduce(session: Session, bot: Bot, words: OwnWords, origin: Pressed) -> None:
    """Remember what the person said and renew the answer it was said about.

    Raises `UnknownPracticeError`; then nothing is remembered.
    """
    person = people.meet(session, origin.user, bot.clock.now(), None)
    if may(people.role(session, person, bot.admins), Action.SAY_OWN_PRACTICE, is_own=True):
        people.remember(session, person, words)
        session.flush()
    question = session.get(QuestionRow, origin.question_id) if origin.question_id else None
    if not origin.channel_id:  # Said in the Home, where no message stands to be replaced.
        home.show(session, bot, person, origin.key)
    elif question is None or question.person_id != person.id:
        # Others may read along where a button stands that was given to somebody else.
        is_alone = bool(origin.response_url) or (question is None and origin.channel_id.startswith("D"))
        tell = say.replace if is_alone else say.whisper
        tell(session, bot, origin, commands.who_am_i(_frame(session, bot, person)))
    else:
        who = acquaintance_with(session, person)
        question.practice_id = people.practice_of(session, who, None, "", bot.admins)
        frame = composing.frame_of(session, bot, question)
        if question.topic is not None and bot.scheme.has_topic(question.topic):
            say.replace(session, bot, origin, composing.answer(bot, frame, question.topic))


def _frame(session: Session, bot: Bot, person: PersonRow) -> Frame:
    who = acquaintance_with(session, person)
    practice_id = people.practice_of(session, who, None, "", bot.admins)
    language = people.language_for(who.practice(session, practice_id), None, person.locale)
    asker = people.asker(session, who, practice_id, language)
    return Frame(asker, stored.directory_of(who.companies), True, workspace_id=person.workspace_id or "")
