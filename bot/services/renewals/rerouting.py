"""A reminder reached the wrong person: it goes to the right one, and somebody mends the directory."""

from msgspec import Struct
from sqlmodel import Session, select

from bot.domain.maintenance.answers import Filled, Origin
from bot.domain.maintenance.saying_answers import ContactFix, Refusal, Refused
from bot.domain.network import SlackUser
from bot.domain.rights import Action, may
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals import telling
from bot.services.renewals.actors import Actor, RefusedError, act, names
from bot.services.renewals.answering import enter
from bot.services.renewals.cases import Case, as_it_stands, refresh, remember
from bot.storage.queries import directory
from bot.storage.queries import maintenance as stored
from bot.storage.queries.answers import COPY
from bot.storage.tables import CompanyRow, DataFixRow, PersonRow, PracticeRow

SUBJECT, PASSED_ON, SET = "renewal-contact", "passed on", "passed on and set"
"""What a data fix is about, and how its note begins when the bot did something already."""
_SEPARATOR = ": "


class _Right(Struct, frozen=True):
    """Who is right, as far as somebody said: `name` is their words, `person` whoever may get the reminder."""

    name: str
    person: PersonRow | None


def wrong_contact(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Send the reminder to the right person and let whoever keeps the data mend it.

    It goes only to people who may see it: confirmed members of the practice, or staff of the company. Of
    anybody else whoever bills is told. Raises `RefusedError` and `AnsweredBeforeError`.
    """
    entered = enter(session, bot, origin)
    if entered is None:
        return
    actor, case = entered
    right = _right(session, origin, filled, case)
    remember(session, bot, origin, actor, note=right.name)
    is_set = right.person is not None and _set_contact(session, actor, case, right.person)
    if right.person is not None:
        _pass_on(session, bot, case, right.person)
    note = SET if is_set else PASSED_ON if right.person is not None else ""
    _open_fix(session, bot, origin, actor, case, f"{note}{_SEPARATOR}{right.name}")
    refresh(session, bot, origin.ids, origin.key)


def _right(session: Session, origin: Origin, filled: Filled, case: Case) -> _Right:
    """Find who is meant; somebody whom the bot does not know keeps the words."""
    person = None
    if filled.user_id:
        person = directory.person(session, SlackUser(origin.workspace_id, filled.user_id))
    elif "@" in filled.name:
        person = session.exec(select(PersonRow).where(PersonRow.email == filled.name.lower())).first()
    is_theirs = person is not None and _belongs(session, person, case)
    # Whoever knows an address of somebody else's people does not learn from us whose it is.
    known = person.name if person is not None and (is_theirs or filled.user_id) else ""
    name = known or filled.name or (f"<@{filled.user_id}>" if filled.user_id else "")
    return _Right(name, person if is_theirs and person is not None and person.user_id else None)


def _belongs(session: Session, person: PersonRow, case: Case) -> bool:
    key = int(case.message.recipient.partition(":")[2])
    if not case.is_practice_s:
        return person.company_id == key
    members = directory.memberships(session, person.id or 0)
    return any(one.practice_id == key and one.confirmed_at is not None for one in members)


def _set_contact(session: Session, actor: Actor, case: Case, person: PersonRow) -> bool:
    """Remind this person from now on, if the presser may say so: for their own practice."""
    key = int(case.message.recipient.partition(":")[2])
    if not case.is_practice_s or key not in actor.practices or not person.email:
        return False
    session.get_one(PracticeRow, key).renewal_contact = person.email
    return True


def _pass_on(session: Session, bot: Bot, case: Case, person: PersonRow) -> None:
    """Say the same reminder, with the same buttons, to somebody else; again it is not said twice."""
    to = SlackUser(person.workspace_id or "", person.user_id or "")
    key = f"{case.message.outbox_key}{COPY}{to.workspace_id} {to.user_id}"
    telling.tell_person(session, bot, to, key, as_it_stands(session, bot, case))


def _open_fix(session: Session, bot: Bot, origin: Origin, actor: Actor, case: Case, note: str) -> None:
    """Open a data fix for the vendor; for a company's own contact it is the manufacturer's."""
    practice_id = case.records[0].practice_id if case.is_practice_s else None
    maker = stored.manufacturer(session)
    biller_id = case.records[0].biller_id
    company_id = biller_id if case.is_practice_s or maker is None else maker.id or 0
    fix = DataFixRow(
        practice_id=practice_id,
        company_id=company_id,
        subject=SUBJECT if case.is_practice_s else f"{SUBJECT} {biller_id}",
        note=note,
        opened_at=bot.clock.now(),
        opened_by=actor.known_as,
    )
    session.add(fix)
    session.flush()
    to = telling.company_or_maker(session, company_id, bot.clock.now())
    telling.tell(session, bot, to, f"data fix {fix.id}", contact_fix(session, fix, to.language))


def contact_fix(session: Session, fix: DataFixRow, language: Language) -> ContactFix:
    """Return what a data fix says, with who closed it."""
    known = names(session, {one for one in (fix.opened_by, fix.closed_by) if one})
    how, _, right = fix.note.partition(_SEPARATOR)
    return ContactFix(
        language=language,
        fix_id=fix.id or 0,
        about=_about(session, fix),
        who=known[fix.opened_by],
        right=right,
        is_passed_on=how in (PASSED_ON, SET),
        is_set=how == SET,
        closed_by=known.get(fix.closed_by, ""),
        closed_on=fix.closed_at.date() if fix.closed_at else None,
    )


def _about(session: Session, fix: DataFixRow) -> str:
    if fix.practice_id is not None:
        return session.get_one(PracticeRow, fix.practice_id).name
    company = session.get(CompanyRow, int(fix.subject.removeprefix(SUBJECT)))
    return company.name if company else ""


def close_fix(session: Session, bot: Bot, origin: Origin, profile: Profile | None = None) -> None:
    """Close a data fix, with who and when; whoever comes second is told who was first."""
    actor = act(session, bot, origin.user, profile)
    fix = session.get(DataFixRow, origin.ids[0], with_for_update=True) if origin.ids else None
    try:
        _check(actor, fix)
    except RefusedError as error:
        telling.whisper(session, bot, origin, error.refused)
        return
    assert fix is not None  # noqa: S101 - it was checked
    if not remember(session, bot, origin, actor):
        return
    if fix.closed_at is not None:
        said = contact_fix(session, fix, actor.language)
        before = Refused(actor.language, Refusal.FIX_CLOSED, said.closed_by, said.closed_on)
        telling.whisper(session, bot, origin, before)
    else:
        fix.closed_at, fix.closed_by = bot.clock.now(), actor.known_as
    language = telling.company_or_maker(session, fix.company_id, bot.clock.now()).language
    saying = contact_fix(session, fix, language)
    telling.update(session, bot, telling.place_of(origin), origin.key, saying)


def _check(actor: Actor, fix: DataFixRow | None) -> None:
    if fix is None:
        raise actor.refuse(Refusal.GONE)
    is_own = actor.person.company_id == fix.company_id
    if not may(actor.role, Action.RECORD_PAYMENT, is_own=is_own):
        raise actor.refuse(Refusal.NOT_YOURS)
