"""The side that bills answers what a practice said: confirms it, denies it, or goes on all the same."""

from sqlmodel import Session

from bot.domain.maintenance.answers import (
    AnswerStep,
    Fault,
    Field,
    FieldFault,
    Filled,
    FormFaultsError,
    NotReceivedForm,
    Origin,
    RenewalForm,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.saying_answers import (
    Deed,
    Did,
    WordAnswered,
)
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals import telling
from bot.services.renewals.actors import RefusedError, act
from bot.services.renewals.arming import company_recipient
from bot.services.renewals.cases import refresh_about, remember, today_of
from bot.services.renewals.practice_words import Heard, hear, is_new, say_anew, update_notice
from bot.services.renewals.recording import NewEntry, record_all
from bot.services.renewals.settling import settle, settle_form
from bot.storage.queries import answers as stored


def open_form(
    session: Session, bot: Bot, origin: Origin, profile: Profile | None = None
) -> tuple[RenewalForm, Origin] | None:
    """Return the form in which whoever bills confirms or denies; `None` when there is nothing to answer.

    Whoever pressed is then told why, and the message is said as it stands now.
    """
    try:
        actor = act(session, bot, origin.user, profile)
        heard = hear(session, bot, origin, actor)
    except RefusedError as error:
        telling.whisper(session, bot, origin, error.refused)
        return None
    if not heard.waiting:
        say_anew(session, bot, origin, heard)
        return None
    if origin.step == AnswerStep.NOT_RECEIVED:
        return NotReceivedForm(actor.language, heard.waiting[0].practice), origin
    today = today_of(session, company_recipient(heard.waiting[0].biller_id), bot.clock.now())
    reference = heard.rows[0].reference
    return settle_form(actor.language, heard.waiting, today, reference), origin


def confirm(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Record what was billed or paid of what the practice claimed, and tell it.

    Raises `FormFaultsError`, `RefusedError` and `AnsweredBeforeError`.
    """
    actor = act(session, bot, origin.user)
    heard = hear(session, bot, origin, actor)
    if not is_new(session, bot, origin, heard):
        return
    waiting = heard.waiting
    only_one = len(waiting) == 1 and not filled.period_ids
    chosen = [one for one in waiting if only_one or one.period_id in filled.period_ids]
    settle(session, bot, origin, filled, actor, chosen)
    update_notice(session, bot, origin, heard)


def not_received(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Take back what the practice claimed, and tell it why; its reminders go on.

    Raises `FormFaultsError`, `RefusedError` and `AnsweredBeforeError`.
    """
    actor = act(session, bot, origin.user)
    heard = hear(session, bot, origin, actor)
    if not is_new(session, bot, origin, heard):
        return
    if not filled.words:
        raise FormFaultsError([FieldFault(Field.WORDS, Fault.NO_WORDS)])
    _take_back(session, bot, origin, heard, filled.words)
    on = today_of(session, company_recipient(heard.waiting[0].biller_id), bot.clock.now())
    for practice_id in dict.fromkeys(one.practice_id for one in heard.waiting):
        mine = [one for one in heard.waiting if one.practice_id == practice_id]
        to = telling.practice_party(session, practice_id)
        deed = Deed(
            Did.NOT_RECEIVED, actor.name, on, tuple(one.package for one in mine), biller=mine[0].biller
        )
        telling.tell(
            session,
            bot,
            to,
            f"told {origin.key} {practice_id}",
            WordAnswered(to.language, deed, to.name, filled.words),
        )
    update_notice(session, bot, origin, heard)


def still_renewing(session: Session, bot: Bot, origin: Origin, profile: Profile | None = None) -> None:
    """Take *Not renewing* back, by either side, and tell the other; reminders to the practice go on.

    Whoever may not, or comes too late, is told so.
    """
    try:
        actor = act(session, bot, origin.user, profile)
        heard = hear(session, bot, origin, actor)
    except RefusedError as error:
        telling.whisper(session, bot, origin, error.refused)
        return
    if stored.is_taken(session, origin.key):
        return
    if not heard.waiting:
        say_anew(session, bot, origin, heard)
        return
    _take_back(session, bot, origin, heard, "")
    _tell_other_side(session, bot, origin, heard)
    update_notice(session, bot, origin, heard)


def _take_back(session: Session, bot: Bot, origin: Origin, heard: Heard, why: str) -> None:
    remember(session, bot, origin, heard.actor)
    kind = EntryKind(heard.rows[0].kind)
    entries = [
        NewEntry(
            one.period_id,
            EntryKind.CORRECTION,
            entry.leg,
            today_of(session, company_recipient(one.biller_id), bot.clock.now()),
            note=why,
            corrects=entry.id,
            cause=origin.key,
        )
        for one in heard.waiting
        for entry in one.account.standing()
        if entry.kind is kind
    ]
    record_all(session, bot, entries, heard.actor.known_as)
    refresh_about(session, bot, heard.waiting, f"{origin.key} about")


def _tell_other_side(session: Session, bot: Bot, origin: Origin, heard: Heard) -> None:
    first, actor = heard.waiting[0], heard.actor
    by_practice = actor.person.company_id is None
    if by_practice:
        to = telling.company_or_maker(session, first.biller_id, bot.clock.now())
    else:
        to = telling.practice_party(session, first.practice_id)
    on = today_of(session, company_recipient(first.biller_id), bot.clock.now())
    deed = Deed(Did.STILL_RENEWING, actor.name, on, tuple(one.package for one in heard.waiting))
    saying = WordAnswered(to.language, deed, first.practice)
    telling.tell(session, bot, to, f"told {origin.key}", saying)
