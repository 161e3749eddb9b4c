"""Filling the form in which somebody opens an escalation, with what is known already."""

from msgspec import Struct
from sqlmodel import Session

from bot.domain import privacy
from bot.domain.escalation.form import (
    Carried,
    EscalateForm,
    FormOrigin,
    FormRefusal,
    FormRefused,
)
from bot.domain.manners import Address
from bot.domain.matching.match import Match
from bot.domain.network import Practice, Role, SlackChannel
from bot.domain.saying import Notice, Remark
from bot.domain.scheme import Language
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations.opening import NotAllowed, Opened, opened_for_question
from bot.services.escalations.reach import Reach, may_escalate, reach_of
from bot.services.people import Profile
from bot.storage.queries import directory as stored
from bot.storage.queries import escalations, renewal_lists
from bot.storage.tables import PersonRow, QuestionRow

Prepared = tuple[EscalateForm, Carried] | Opened | FormRefused
MOST_PACKAGES = 99
"""Slack takes a hundred options, and one says that it is not known."""


class _Scene(Struct, frozen=True):
    """Who wants to escalate what."""

    origin: FormOrigin
    person: PersonRow
    question: QuestionRow | None
    reach: Reach
    language: Language
    practice_id: int | None


def usage(session: Session, bot: Bot, origin: FormOrigin, profile: Profile | None) -> Notice:
    """Say how the command is used."""
    person = people.meet(session, origin.user, bot.clock.now(), profile)
    language = people.language_for(None, None, person.locale)
    return Notice(language, Remark.ESCALATE_HELP, (("escalate", bot.escalate_command),))


def prepare(
    session: Session, bot: Bot, origin: FormOrigin, profile: Profile | None, found: Match | None, nonce: str
) -> Prepared:
    """Return the form; what is open for the question already; or why there is none.

    `found` is what `origin.text` seems to be about.
    """
    person = people.meet(session, origin.user, bot.clock.now(), profile)
    question = _question(session, origin)
    if question is not None and not may_escalate(session, bot, person, question):
        if origin.question_id:
            return FormRefused(people.language_for(None, None, person.locale), FormRefusal.NOT_YOURS)
        question = None
    scene = _scene(session, bot, origin, person, question, found)
    if question is not None:
        before = opened_for_question(session, bot, question.id or 0, person)
        if isinstance(before, NotAllowed):
            return FormRefused(scene.language, FormRefusal.NOT_YOURS)
        if before is not None:
            return before
    form = _form(session, bot, scene, found)
    return form, _carried(scene, form, nonce)


def _question(session: Session, origin: FormOrigin) -> QuestionRow | None:
    """Return the question it is about; one that a forged number names elsewhere is none."""
    where = SlackChannel(origin.workspace_id, origin.channel_id)
    if not origin.question_id:
        return escalations.question_at(session, where, origin.message_ts, origin.thread_ts)
    question = session.get(QuestionRow, origin.question_id)
    if question is None or (question.workspace_id, question.channel_id) != (
        where.workspace_id,
        where.channel_id,
    ):
        return None
    return question


def _scene(
    session: Session,
    bot: Bot,
    origin: FormOrigin,
    person: PersonRow,
    question: QuestionRow | None,
    found: Match | None,
) -> _Scene:
    reach = reach_of(session, bot, person, question)
    keys = [one.practice_id for one in reach.practices]
    wanted = question.practice_id if question is not None else None
    first = next(iter(keys), None) if not reach.is_staff else None
    practice_id = wanted if wanted in keys else first
    practice = None if reach.is_staff else stored.practice(session, practice_id)
    spoken = Language(question.language) if question is not None else found.language if found else None
    language = people.language_for(practice, spoken, person.locale)
    return _Scene(origin, person, question, reach, language, practice_id)


def _form(session: Session, bot: Bot, scene: _Scene, found: Match | None) -> EscalateForm:
    person, question, reach, origin = scene.person, scene.question, scene.reach, scene.origin
    practice = stored.practice(session, scene.practice_id)
    topic = (question.topic if question is not None else None) or (found.topic if found else None) or ""
    return EscalateForm(
        language=scene.language,
        scheme=bot.scheme,
        topic=topic if bot.scheme.has_topic(topic) else "",
        practices=reach.practices,
        practice_id=scene.practice_id,
        names_practice=not reach.practices,
        is_for_others=reach.is_staff,
        packages=_packages(session, scene),
        asked=_asked(bot, scene),
        happened=origin.text if origin.is_report else "",
        reach_me="" if reach.is_staff else person.phone or person.email,
        manufacturer=_above(session, bot, scene, practice),
        vendor=practice.vendor.name if practice else "",
    )


def _asked(bot: Bot, scene: _Scene) -> str:
    """Return what was asked, unless it seems to tell who a patient is: that is for its writer to repeat."""
    if scene.question is not None and scene.question.text:
        return scene.question.text
    text = "" if scene.origin.is_report else scene.origin.text
    today = bot.clock.now().date()
    return "" if privacy.names_patient(text, has_image=False, today=today) else text


def _packages(session: Session, scene: _Scene) -> tuple[tuple[str, str], ...]:
    """Return the packages of the practices that confirmed this person; a claim alone shows no licences."""
    if scene.reach.is_staff:
        return ()
    names = {one.practice_id: one.name for one in scene.reach.practices}
    keys = [key for key in scene.reach.confirmed if key in names]
    rows = renewal_lists.packages_of(session, keys)
    return tuple((row.number, names[row.practice_id]) for row in rows[:MOST_PACKAGES])


def _above(session: Session, bot: Bot, scene: _Scene, practice: Practice | None) -> str:
    """Return the manufacturer's name for who has a distributor before it."""
    maker = stored.directory(session).manufacturer
    is_practice = people.role(session, scene.person, bot.admins) in (Role.PRACTICE, Role.OUTSIDER)
    if maker is None or practice is None or not is_practice:
        return ""
    return "" if practice.vendor.slug == maker.slug else maker.name


def _carried(scene: _Scene, form: EscalateForm, nonce: str) -> Carried:
    is_fixed = not form.is_for_others and len(form.practices) == 1
    channel_id, message_ts = _message(scene)
    return Carried(
        language=scene.language,
        nonce=nonce,
        question_id=scene.question.id or 0 if scene.question is not None else 0,
        practice_id=scene.practice_id or 0 if is_fixed else 0,
        channel_id=channel_id,
        message_ts=message_ts,
    )


def _message(scene: _Scene) -> tuple[str, str]:
    """Return channel and timestamp of the message that was asked; empty where none can be linked."""
    question, origin = scene.question, scene.origin
    if question is None:
        return (origin.channel_id, origin.message_ts) if origin.message_ts else ("", "")
    if question.address == Address.COMMAND:
        return "", ""
    return question.channel_id, question.message_ts
