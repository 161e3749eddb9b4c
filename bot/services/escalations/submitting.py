"""Taking the form in which somebody opens an escalation; nothing that it carried is believed."""

from msgspec import Struct
from sqlmodel import Session

from bot.domain.escalation.form import (
    Carried,
    Field,
    FilledForm,
    FormFault,
    FormFaults,
    FormRefusal,
    FormRefused,
    Wish,
)
from bot.domain.escalation.route import VendorFirst
from bot.domain.network import SlackUser
from bot.domain.rights import Action, may
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations.opening import (
    NoCompanies,
    NotAllowed,
    Opened,
    Request,
    Unfinished,
    open_escalation,
)
from bot.services.escalations.reach import Reach, may_escalate, may_serve, reach_of
from bot.services.escalations.sides import REQUESTER, thread_of
from bot.services.people import OwnWords
from bot.storage.queries import directory as stored
from bot.storage.queries import renewal_lists
from bot.storage.tables import EscalationRow, PersonRow, PracticeRow, QuestionRow

Submitted = Opened | FormFaults | VendorFirst | FormRefused


class _Taken(Struct, frozen=True):
    """Who submits what, with what the database knows of it."""

    person: PersonRow
    question: QuestionRow | None
    reach: Reach
    practice: PracticeRow | None


def submit(
    session: Session, bot: Bot, user: SlackUser, carried: Carried, filled: FilledForm, link: str = ""
) -> Submitted:
    """Open what the form asks for, once for its nonce and once for its question.

    `link` leads to the message that was asked. With faults nothing is changed.
    """
    person = people.meet(session, user, bot.clock.now(), None)
    question = session.get(QuestionRow, carried.question_id) if carried.question_id else None
    if question is not None and not may_escalate(session, bot, person, question):
        return FormRefused(carried.language, FormRefusal.NOT_YOURS)
    reach = reach_of(session, bot, person, question)
    taken = _Taken(person, question, reach, _practice(session, carried, filled))
    faults = tuple(_faults(session, bot, taken, filled))
    if faults:
        return FormFaults(faults)
    if filled.practice_name and not reach.is_staff:
        _remember(session, bot, person, filled.practice_name)
    return _outcome(
        open_escalation(session, bot, _request(session, user, carried, filled, taken, link)), carried
    )


def thread_at(session: Session, escalation_id: int, workspace_id: str) -> tuple[str, str]:
    """Return where the requester's thread is: a channel or person, and the message above it if known.

    Both are empty where it is in another workspace than this one, from where it cannot be opened.
    """
    row = session.get(EscalationRow, escalation_id)
    thread = thread_of(session, row, REQUESTER) if row is not None else None
    if thread is None or thread.workspace_id != workspace_id:
        return "", ""
    return thread.channel_id, thread.message_ts


def _outcome(
    opening: Opened | NotAllowed | Unfinished | NoCompanies | VendorFirst, carried: Carried
) -> Submitted:
    match opening:
        case Unfinished(missing):
            fields = {"happened": Field.HAPPENED, "reach_me": Field.REACH_ME}
            return FormFaults(tuple((fields[name], FormFault.EMPTY) for name in missing))
        case NotAllowed():
            return FormRefused(carried.language, FormRefusal.NOT_YOURS)
        case NoCompanies(admins):
            return FormRefused(carried.language, FormRefusal.NO_COMPANIES, admins)
        case _:
            return opening


# ---- the practice ----------------------------------------------------------------------------------


def _practice(session: Session, carried: Carried, filled: FilledForm) -> PracticeRow | None:
    if filled.practice_name:
        return stored.practice_by_name(session, filled.practice_name)
    key = filled.practice_id or carried.practice_id
    return session.get(PracticeRow, key) if key else None


def _faults(session: Session, bot: Bot, taken: _Taken, filled: FilledForm) -> list[tuple[Field, FormFault]]:
    faults = [
        (field, FormFault.EMPTY)
        for field, value in ((Field.HAPPENED, filled.happened), (Field.REACH_ME, filled.reach_me))
        if not value.strip()
    ]
    key = taken.practice.id if taken.practice is not None else None
    # Somebody else's practice is answered as one that does not exist: who is a customer is confidential.
    is_foreign = taken.reach.is_staff and not may_serve(session, bot, taken.person, key)
    if filled.practice_name and (key is None or is_foreign):
        faults.append((Field.PRACTICE, FormFault.UNKNOWN_PRACTICE))
    if filled.package and key in taken.reach.confirmed:
        own = {row.number for row in renewal_lists.packages_of(session, [key])}
        if own and filled.package not in own:
            faults.append((Field.PACKAGE, FormFault.OTHER_PACKAGE))
    return faults


def _remember(session: Session, bot: Bot, person: PersonRow, name: str) -> None:
    """Take somebody's word for it, unconfirmed until the vendor says so too."""
    if may(people.role(session, person, bot.admins), Action.SAY_OWN_PRACTICE, is_own=True):
        people.remember(session, person, OwnWords(practice_name=name))
        session.flush()


# ---- the request -----------------------------------------------------------------------------------


def _request(
    session: Session, user: SlackUser, carried: Carried, filled: FilledForm, taken: _Taken, link: str
) -> Request:
    practice_id = taken.practice.id if taken.practice is not None else None
    return Request(
        nonce=f"{user.workspace_id} {user.user_id} {carried.nonce}",
        opened_by=taken.person.id or 0,
        requester=_requester(session, taken, practice_id),
        practice_id=practice_id,
        topic=filled.topic or None,
        urgency=filled.urgency,
        happened=filled.happened,
        reach_me=filled.reach_me,
        language=carried.language,
        package=filled.package,
        asked=filled.asked,
        link=link,
        tried=filled.tried,
        error_text=filled.error_text,
        version=filled.version,
        question_id=taken.question.id if taken.question is not None else None,
        is_billing=Wish.BILLING in filled.wishes,
        wants_manufacturer=Wish.DIRECT in filled.wishes,
    )


def _requester(session: Session, taken: _Taken, practice_id: int | None) -> int | None:
    """Return whom it is for: oneself; on behalf of a practice, its person who asked, if it was one."""
    if not taken.reach.is_staff or practice_id is None:
        return taken.person.id
    asked_by = taken.question.person_id if taken.question is not None else None
    if asked_by is None:
        return None
    known = [row.practice_id for row in stored.memberships(session, asked_by)]
    return asked_by if practice_id in known else None
