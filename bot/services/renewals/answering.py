"""Answering a reminder: what its buttons open, and what their forms do."""

from collections.abc import Sequence
from datetime import date, timedelta

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.maintenance.answers import (
    ClaimForm,
    Fault,
    Field,
    FieldFault,
    Filled,
    FormFaultsError,
    NotRenewingForm,
    Origin,
    PostponeForm,
    RenewalForm,
    WhyNot,
    WrongContactForm,
    latest_postponement,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.ladder import Workdays
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.reminder import ReminderStep
from bot.domain.maintenance.saying_answers import AnsweredBefore, Refusal
from bot.domain.maintenance.turn import asked_stage
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals import practice_words, settling, telling
from bot.services.renewals.actors import Actor, AnsweredBeforeError, RefusedError, act
from bot.services.renewals.arming import company_days, practice_days
from bot.services.renewals.cases import (
    Case,
    answered_since,
    as_it_stands,
    case_for,
    deeds,
    refresh,
    remember,
    today_of,
)
from bot.services.renewals.recording import NewEntry, record_all
from bot.services.renewals.records import Record
from bot.storage.queries import answers as stored
from bot.storage.queries import maintenance
from bot.storage.queries.companies import closed_days
from bot.storage.tables import CompanyRow, ReminderDueRow


def open_form(
    session: Session, bot: Bot, origin: Origin, profile: Profile | None = None
) -> tuple[RenewalForm, Origin] | None:
    """Return the form that a reminder's button opens, and what it carries; `None` when there is none.

    Whoever pressed is then told why, and the message is said as it stands now.
    """
    try:
        actor = act(session, bot, origin.user, profile)
        case = case_for(session, bot, origin, actor)
        form = _form(session, bot, origin, actor, case) if case.waiting else None
    except RefusedError as error:
        telling.whisper(session, bot, origin, error.refused)
        return None
    if form is None:
        before = AnsweredBefore(actor.language, deeds(session, case.records))
        telling.whisper(session, bot, origin, before)
        telling.update(session, bot, telling.place_of(origin), origin.key, as_it_stands(session, bot, case))
        return None
    return form, replace(origin, seen=stored.last_answer(session, case.message.id or 0))


def _form(session: Session, bot: Bot, origin: Origin, actor: Actor, case: Case) -> RenewalForm:
    language, today = actor.language, today_of(session, case.message.recipient, bot.clock.now())
    match ReminderStep(origin.step):
        case ReminderStep.RENEWED if _records(actor, case):
            return settling.settle_form(language, case.waiting, today)
        case ReminderStep.RENEWED:
            return ClaimForm(language, settling.options(case.waiting), today)
        case ReminderStep.REMIND_ON:
            latest = _latest(bot, case, today)
            if latest is None:
                raise actor.refuse(Refusal.TOO_LATE)
            proposed = _workdays(session, case).after(today + timedelta(days=1))
            return PostponeForm(language, min(proposed, latest), latest)
        case ReminderStep.NOT_RENEWING:
            return NotRenewingForm(language, settling.options(case.waiting), case.waiting[0].biller)
        case ReminderStep.WRONG_CONTACT:
            return WrongContactForm(language)


# ---- what the forms do -----------------------------------------------------------------------------


def enter(session: Session, bot: Bot, origin: Origin) -> tuple[Actor, Case] | None:
    """Check anew who submits a form and what its message is about, and that nobody was quicker.

    Returns `None` for a submission that was taken before. Raises `RefusedError`, and `AnsweredBeforeError`
    with who did what.
    """
    actor = act(session, bot, origin.user)
    case = case_for(session, bot, origin, actor)
    if any(row.key == origin.key for row in stored.answers(session, origin.ids[0])):
        return None
    since = answered_since(session, origin.ids[0], origin.seen)
    if since or not case.waiting:
        raise AnsweredBeforeError(AnsweredBefore(actor.language, since or deeds(session, case.records)))
    return actor, case


def renewed(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Take that something was renewed: from a practice as a claim, from the side that bills as a fact.

    Raises `FormFaultsError`, `RefusedError` and `AnsweredBeforeError`.
    """
    entered = enter(session, bot, origin)
    if entered is None:
        return
    actor, case = entered
    if _records(actor, case):
        chosen = pick(case.waiting, filled)
        settling.settle(session, bot, origin, filled, actor, chosen)
        refresh(session, bot, origin.ids, origin.key)
    else:
        _claim(session, bot, origin, filled, actor, case)


def _claim(session: Session, bot: Bot, origin: Origin, filled: Filled, actor: Actor, case: Case) -> None:
    chosen = pick(case.waiting, filled)
    today = today_of(session, case.message.recipient, bot.clock.now())
    on, reference = filled.on or today, filled.claimed_reference
    _refuse(
        no_package(chosen),
        [] if reference else [FieldFault(Field.PO_NUMBER, Fault.NO_NUMBER)],
        [FieldFault(Field.DATE, Fault.IN_FUTURE)] if on > today else [],
    )
    remember(session, bot, origin, actor)
    entries = [
        NewEntry(one.period_id, EntryKind.CLAIMED, Leg.PRACTICE, on, reference=reference, cause=origin.key)
        for one in chosen
    ]
    record_all(session, bot, entries, actor.known_as)
    practice_words.pass_on(session, bot, origin, chosen, EntryKind.CLAIMED)
    refresh(session, bot, origin.ids, origin.key)


def not_renewing(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Take that a practice will not renew, and tell whoever bills. Nothing is cancelled by that alone.

    Reminders to the practice rest until whoever bills decides. Raises as `renewed` does.
    """
    entered = enter(session, bot, origin)
    if entered is None:
        return
    actor, case = entered
    chosen = pick(case.waiting, filled)
    wants_words = filled.why is WhyNot.OTHER and not filled.words
    _refuse(
        no_package(chosen),
        [FieldFault(Field.WHY, Fault.NO_WORDS)] if filled.why is None else [],
        [FieldFault(Field.WORDS, Fault.NO_WORDS)] if wants_words else [],
    )
    remember(session, bot, origin, actor)
    today = today_of(session, case.message.recipient, bot.clock.now())
    entries = [
        NewEntry(
            one.period_id,
            EntryKind.NOT_RENEWING,
            Leg.PRACTICE,
            today,
            note=filled.reason,
            cause=origin.key,
        )
        for one in chosen
    ]
    record_all(session, bot, entries, actor.known_as)
    practice_words.pass_on(session, bot, origin, chosen, EntryKind.NOT_RENEWING)
    refresh(session, bot, origin.ids, origin.key)


def postpone(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Set the recipient's next reminder of what the message is about to the day asked for.

    It comes at nine o'clock, on a closed day on the next working day. Raises as `renewed` does.
    """
    entered = enter(session, bot, origin)
    if entered is None:
        return
    actor, case = entered
    today = today_of(session, case.message.recipient, bot.clock.now())
    latest = _latest(bot, case, today)
    if latest is None:
        raise actor.refuse(Refusal.TOO_LATE)
    if filled.on is None or filled.on <= today:
        raise FormFaultsError([FieldFault(Field.DATE, Fault.TOO_EARLY, today + timedelta(days=1))])
    if filled.on > latest:
        raise FormFaultsError([FieldFault(Field.DATE, Fault.TOO_LATE, latest)])
    workdays = _workdays(session, case)
    day = workdays.after(filled.on)
    remember(session, bot, origin, actor, day=day)
    for one in _postponable(bot, case, today):
        _set_due(session, one.period_id, case.message.recipient, workdays, day)
    session.flush()
    refresh(session, bot, origin.ids, origin.key)


def _set_due(session: Session, period_id: int, recipient: str, workdays: Workdays, day: date) -> None:
    row = session.get(ReminderDueRow, (period_id, recipient), with_for_update=True)
    stage, at = asked_stage(day), workdays.instant(day)
    if row is None:
        session.add(ReminderDueRow(period_id=period_id, recipient=recipient, stage=stage, at=at))
    else:
        row.stage, row.at = stage, at


def pick(waiting: Sequence[Record], filled: Filled) -> list[Record]:
    """Return the chosen periods among those that wait; a form with only one does not ask."""
    if len(waiting) == 1 and not filled.period_ids:
        return list(waiting)
    return [one for one in waiting if one.period_id in filled.period_ids]


def no_package(chosen: Sequence[Record]) -> list[FieldFault]:
    """Return what is wrong when none was chosen."""
    return [] if chosen else [FieldFault(Field.PACKAGES, Fault.NO_PACKAGE)]


def _refuse(*faults: list[FieldFault]) -> None:
    found = [one for some in faults for one in some]
    if found:
        raise FormFaultsError(found)


def _records(actor: Actor, case: Case) -> bool:
    """Say whether pressing *Renewed* settles: whoever bills needs nobody to confirm it."""
    return all(actor.may_record(one) for one in case.waiting)


def _postponable(bot: Bot, case: Case, today: date) -> list[Record]:
    return [one for one in case.waiting if one.due_on + timedelta(days=bot.terms.grace_days) > today]


def _latest(bot: Bot, case: Case, today: date) -> date | None:
    due_dates = [one.due_on for one in case.waiting]
    return latest_postponement(due_dates, today + timedelta(days=1), bot.terms.grace_days)


def _workdays(session: Session, case: Case) -> Workdays:
    if not case.is_practice_s:
        company_id = int(case.message.recipient.partition(":")[2])
        closed = closed_days(session).get(company_id, ())
        return company_days(session.get_one(CompanyRow, company_id), closed)
    key = case.records[0].period_id
    return practice_days(maintenance.periods(session, [key])[key])
