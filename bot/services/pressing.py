"""Somebody pressed a button or chose a topic under an answer."""

from sqlmodel import Session, select

from bot.domain.arrival import Press, Pressed
from bot.domain.saying import Notice, Opening, Remark, Saying
from bot.services import composing, people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.storage.insert import insert_once
from bot.storage.tables import PersonRow, QuestionRow, VerdictRow


def settle(session: Session, bot: Bot, pressed: Pressed, profile: Profile | None) -> None:
    """Record the verdict and put what follows from it in the message's place."""
    actor = people.meet(session, pressed.user, bot.clock.now(), profile)
    question = session.get(QuestionRow, pressed.question_id)
    if question is None or not _stands_here(question, pressed):
        language = people.language_for(None, None, actor.locale)
        say.whisper(session, bot, pressed, Notice(language, Remark.STALE))
        return
    frame = composing.frame_of(session, bot, question)
    if not people.may_judge(session, actor, (question.person_id, question.practice_id), bot.admins):
        say.whisper(session, bot, pressed, Notice(frame.asker.language, Remark.NOT_YOURS))
        return
    saying = _judge(session, bot, pressed, question, actor, frame)
    if saying is not None:
        say.replace(session, bot, pressed, saying)


def _judge(
    session: Session,
    bot: Bot,
    pressed: Pressed,
    question: QuestionRow,
    actor: PersonRow,
    frame: composing.Frame,
) -> Saying | None:
    match pressed.press:
        case Press.NOT_THIS:
            _record(session, bot, pressed, actor, question.topic or "")
            question.outcome, question.topic = "missed", None
            return composing.choice(bot, frame, Opening.NOT_THIS, _remaining(session, question))
        case Press.TOPIC:
            if not bot.scheme.has_topic(pressed.topic):
                return None
            _record(session, bot, pressed, actor, pressed.topic)
            question.outcome, question.topic = "picked", pressed.topic
            return composing.answer(bot, frame, pressed.topic)
        case Press.SOLVED:
            if question.topic is None or not bot.scheme.has_topic(question.topic):
                return None
            _record(session, bot, pressed, actor, question.topic)
            question.outcome = "solved"
            return composing.answer(bot, frame, question.topic, solved=True)


def _stands_here(question: QuestionRow, pressed: Pressed) -> bool:
    """Say whether the question belongs to where the button is; a forged number names another place."""
    here = (pressed.workspace_id, pressed.channel_id)
    return (question.workspace_id, question.channel_id) == here


def _record(session: Session, bot: Bot, pressed: Pressed, actor: PersonRow, topic: str) -> None:
    values = {
        "question_id": pressed.question_id,
        "person_id": actor.id,
        "kind": pressed.press,
        "topic": topic,
        "given_at": bot.clock.now(),
    }
    insert_once(session, VerdictRow, values)


def _remaining(session: Session, question: QuestionRow) -> list[str]:
    """Return the next best topics, without those that were refused."""
    query = select(VerdictRow.topic).where(
        VerdictRow.question_id == question.id, VerdictRow.kind == Press.NOT_THIS
    )
    refused = set(session.exec(query).all())
    return [topic for topic in question.candidates.split() if topic not in refused][: composing.OFFERED]
