"""The side that bills answers what a practice said: confirms it, denies it, or goes on all the same."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

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
    PackageOption,
    RenewalForm,
    SettleForm,
    read_amount,
    read_reason,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg, last_day
from bot.domain.maintenance.reminder import Word, last_word
from bot.domain.maintenance.saying_answers import (
    AnsweredBefore,
    Deed,
    Did,
    PracticeWord,
    Refusal,
    WordAnswered,
)
from bot.domain.maintenance.state import is_open
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals import telling
from bot.services.renewals.actors import Actor, AnsweredBeforeError, RefusedError, act, names
from bot.services.renewals.arming import company_recipient
from bot.services.renewals.cases import deeds, refresh_about, remember, today_of
from bot.services.renewals.recording import NewEntry, record_all
from bot.services.renewals.records import Record, records
from bot.storage.queries import answers as stored
from bot.storage.tables import MaintenanceEntryRow

_WORDS = {EntryKind.CLAIMED: Word.CLAIMED, EntryKind.NOT_RENEWING: Word.NOT_RENEWING}


# ---- passing on what the practice said -------------------------------------------------------------


def pass_on(session: Session, bot: Bot, origin: Origin, found: Sequence[Record], kind: EntryKind) -> None:
    """Tell whoever bills what was just recorded of these periods, each company its own."""
    by_period = stored.entries_of(session, [one.period_id for one in found])
    for biller_id in dict.fromkeys(one.biller_id for one in found):
        ids = [by_period[one.period_id][-1].id or 0 for one in found if one.biller_id == biller_id]
        to = telling.company_party(session, biller_id)
        key = f"{kind} {origin.key} {company_recipient(biller_id)}"
        telling.tell(session, bot, to, key, practice_word(session, bot, ids, to.language))


def practice_word(session: Session, bot: Bot, entry_ids: Iterable[int], language: Language) -> PracticeWord:
    """Return what a practice said in these entries of one kind, with what became of it since."""
    rows = stored.entry_rows(session, entry_ids)
    found = records(session, bot.scheme.vat, [row.period_id for row in rows])
    first, word = rows[0], _WORDS[EntryKind(rows[0].kind)]
    waiting = _waiting(found, word)
    answered = [one for one in found if one not in waiting]
    why, words = read_reason(first.note) if word is Word.NOT_RENEWING else (None, "")
    return PracticeWord(
        language=language,
        word=word,
        who=names(session, [first.recorded_by])[first.recorded_by],
        practice=found[0].practice,
        packages=tuple(one.package for one in found),
        on=first.happened_on,
        entry_ids=tuple(row.id or 0 for row in rows if row.period_id in {one.period_id for one in waiting}),
        reference=first.reference,
        why=why,
        words=words,
        answers=_answers(session, answered),
    )


def _waiting(found: Iterable[Record], word: Word) -> list[Record]:
    return [one for one in found if is_open(one.account) and last_word(one.account) is word]


def _answers(session: Session, answered: Sequence[Record]) -> tuple[Deed, ...]:
    """Return what became of them; where what the practice said was taken back, who did that."""
    by_period = stored.entries_of(session, [one.period_id for one in answered])
    back = [
        (one, taken)
        for one in answered
        if (taken := _taken_back_last(by_period.get(one.period_id, []))) is not None
    ]
    known = names(session, {entry.recorded_by for _, (entry, _) in back})
    corrected = tuple(
        Deed(did, known[entry.recorded_by], entry.happened_on, (one.package,), note=entry.note)
        for one, (entry, did) in back
    )
    kept = {one.period_id for one, _ in back}
    return (*corrected, *deeds(session, [one for one in answered if one.period_id not in kept]))


def _taken_back_last(entries: Sequence[MaintenanceEntryRow]) -> tuple[MaintenanceEntryRow, Did] | None:
    last = entries[-1] if entries else None
    if last is None or last.kind != EntryKind.CORRECTION:
        return None
    corrected = next(one for one in entries if one.id == last.corrects_id)
    claimed = corrected.kind == EntryKind.CLAIMED
    return last, Did.NOT_RECEIVED if claimed else Did.STILL_RENEWING


# ---- answering it ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Heard:
    """What a practice said in some entries, locked, of what the actor may answer and still waits."""

    actor: Actor
    rows: tuple[MaintenanceEntryRow, ...]
    found: tuple[Record, ...]
    waiting: tuple[Record, ...]


def _hear(session: Session, bot: Bot, origin: Origin, actor: Actor) -> _Heard:
    """Read the entries that a button names. Raises `RefusedError`."""
    rows = stored.entry_rows(session, origin.ids)
    wanted = EntryKind.NOT_RENEWING if origin.step == AnswerStep.STILL_RENEWING else EntryKind.CLAIMED
    rows = [row for row in rows if row.kind == wanted]
    stored.lock_periods(session, [row.period_id for row in rows])
    found = records(session, bot.scheme.vat, [row.period_id for row in rows])
    if not found:
        raise actor.refuse(Refusal.GONE)
    by_right = actor.may_answer if origin.step == AnswerStep.STILL_RENEWING else actor.may_record
    allowed = tuple(one for one in found if by_right(one))
    if not allowed:
        raise actor.refuse(Refusal.NOT_YOURS)
    return _Heard(actor, tuple(rows), allowed, tuple(_waiting(allowed, _WORDS[wanted])))


def open_form(
    session: Session, bot: Bot, origin: Origin, profile: Profile | None = None
) -> tuple[RenewalForm, Origin] | None:
    """Return the form in which whoever bills confirms or denies; `None` when there is nothing to answer.

    Whoever pressed is then told why, and the message is said as it stands now.
    """
    try:
        actor = act(session, bot, origin.user, profile)
        heard = _hear(session, bot, origin, actor)
    except RefusedError as error:
        telling.whisper(session, bot, origin, error.refused)
        return None
    if not heard.waiting:
        _say_anew(session, bot, origin, heard)
        return None
    if origin.step == AnswerStep.NOT_RECEIVED:
        return NotReceivedForm(actor.language, heard.waiting[0].practice), origin
    today = today_of(session, company_recipient(heard.waiting[0].biller_id), bot.clock.now())
    reference = heard.rows[0].reference
    return settle_form(actor.language, heard.waiting, today, reference), origin


def settle_form(
    language: Language, waiting: Sequence[Record], today: date, reference: str = ""
) -> SettleForm:
    """Return the form for what was billed or paid. One period's open amount stands in it already."""
    only = waiting[0] if len(waiting) == 1 else None
    open_cents = only.account.open_cents() if only is not None and _is_known(only) else None
    return SettleForm(language, options(waiting), today, open_cents, reference)


def confirm(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Record what was billed or paid of what the practice claimed, and tell it.

    Raises `FormFaultsError`, `RefusedError` and `AnsweredBeforeError`.
    """
    actor = act(session, bot, origin.user)
    heard = _hear(session, bot, origin, actor)
    if not _is_new(session, bot, origin, heard):
        return
    waiting = heard.waiting
    only_one = len(waiting) == 1 and not filled.period_ids
    chosen = [one for one in waiting if only_one or one.period_id in filled.period_ids]
    settle(session, bot, origin, filled, actor, chosen)
    _update_notice(session, bot, origin, heard)


def settle(
    session: Session,
    bot: Bot,
    origin: Origin,
    filled: Filled,
    actor: Actor,
    chosen: Sequence[Record],
) -> None:
    """Record what was billed or paid of these periods; a practice that claimed it is told.

    Without an amount it is what is open of each. Raises `FormFaultsError`.
    """
    kind = filled.kind or EntryKind.PAID
    amounts, faults = _amounts(chosen, filled, kind)
    if chosen:
        today = today_of(session, company_recipient(chosen[0].biller_id), bot.clock.now())
        faults += [FieldFault(Field.DATE, Fault.IN_FUTURE)] if (filled.on or today) > today else []
    else:
        faults.append(FieldFault(Field.PACKAGES, Fault.NO_PACKAGE))
    if faults:
        raise FormFaultsError(faults)
    remember(session, bot, origin, actor)
    on = filled.on or today
    entries = [
        NewEntry(
            one.period_id,
            kind,
            Leg.PRACTICE,
            on,
            amount_cents=amounts[one.period_id],
            reference=filled.reference,
            cause=origin.key,
        )
        for one in chosen
    ]
    record_all(session, bot, entries, actor.known_as)
    claimed = [one for one in chosen if last_word(one.account) is not Word.NONE]
    _tell_practices(session, bot, origin, claimed, Deed(Did(kind), actor.name, on))
    refresh_about(session, bot, chosen, f"{origin.key} about")


def _amounts(
    chosen: Sequence[Record], filled: Filled, kind: EntryKind
) -> tuple[dict[int, int], list[FieldFault]]:
    """Return what to record of each period in cents, and what is wrong with the amount."""
    if not filled.amount:
        unknown = any(not _is_known(one) for one in chosen)
        faults = [FieldFault(Field.AMOUNT, Fault.AMOUNT_WANTED)] if unknown else []
        return {one.period_id: one.account.open_cents() for one in chosen}, faults
    cents = read_amount(filled.amount)
    if not cents:
        return {}, [FieldFault(Field.AMOUNT, Fault.NO_AMOUNT)]
    if len(chosen) > 1:
        return {}, [FieldFault(Field.AMOUNT, Fault.AMOUNT_FOR_ONE)]
    limits = [one.account.open_cents() for one in chosen if kind is EntryKind.PAID and _is_known(one)]
    if any(cents > limit for limit in limits):
        return {}, [FieldFault(Field.AMOUNT, Fault.AMOUNT_TOO_HIGH)]
    return {one.period_id: cents for one in chosen}, []


def _is_known(one: Record) -> bool:
    """Say whether the amount with VAT is known."""
    return one.account.charge(Leg.PRACTICE).vat.reason is not VatReason.UNKNOWN


def not_received(session: Session, bot: Bot, origin: Origin, filled: Filled) -> None:
    """Take back what the practice claimed, and tell it why; its reminders go on.

    Raises `FormFaultsError`, `RefusedError` and `AnsweredBeforeError`.
    """
    actor = act(session, bot, origin.user)
    heard = _hear(session, bot, origin, actor)
    if not _is_new(session, bot, origin, heard):
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
    _update_notice(session, bot, origin, heard)


def still_renewing(session: Session, bot: Bot, origin: Origin, profile: Profile | None = None) -> None:
    """Take *Not renewing* back, by either side, and tell the other; reminders to the practice go on.

    Whoever may not, or comes too late, is told so.
    """
    try:
        actor = act(session, bot, origin.user, profile)
        heard = _hear(session, bot, origin, actor)
    except RefusedError as error:
        telling.whisper(session, bot, origin, error.refused)
        return
    if not heard.waiting:
        _say_anew(session, bot, origin, heard)
        return
    _take_back(session, bot, origin, heard, "")
    _tell_other_side(session, bot, origin, heard)
    _update_notice(session, bot, origin, heard)


def _take_back(session: Session, bot: Bot, origin: Origin, heard: _Heard, why: str) -> None:
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


def _tell_other_side(session: Session, bot: Bot, origin: Origin, heard: _Heard) -> None:
    first, actor = heard.waiting[0], heard.actor
    by_practice = actor.person.company_id is None
    if by_practice:
        to = telling.company_party(session, first.biller_id)
    else:
        to = telling.practice_party(session, first.practice_id)
    on = today_of(session, company_recipient(first.biller_id), bot.clock.now())
    deed = Deed(Did.STILL_RENEWING, actor.name, on, tuple(one.package for one in heard.waiting))
    saying = WordAnswered(to.language, deed, first.practice)
    telling.tell(session, bot, to, f"told {origin.key}", saying)


# ---- saying what became of it ----------------------------------------------------------------------


def _is_new(session: Session, bot: Bot, origin: Origin, heard: _Heard) -> bool:
    """Say whether there is anything to do: nothing when this submission was taken before.

    Raises `AnsweredBeforeError` when somebody else was quicker.
    """
    if stored.is_taken(session, origin.key):
        return False
    if not heard.waiting:
        before = AnsweredBefore(heard.actor.language, _answers(session, heard.found))
        raise AnsweredBeforeError(before)
    return True


def _say_anew(session: Session, bot: Bot, origin: Origin, heard: _Heard) -> None:
    before = AnsweredBefore(heard.actor.language, _answers(session, heard.found))
    telling.whisper(session, bot, origin, before)
    _update_notice(session, bot, origin, heard)


def _update_notice(session: Session, bot: Bot, origin: Origin, heard: _Heard) -> None:
    """Say the notice anew in which somebody pressed; a reminder is said anew by itself."""
    if origin.step == AnswerStep.STILL_RENEWING and stored.is_reminder_at(session, telling.place_of(origin)):
        return
    language = telling.company_party(session, heard.found[0].biller_id).language
    saying = practice_word(session, bot, [row.id or 0 for row in heard.rows], language)
    telling.update(session, bot, telling.place_of(origin), origin.key, saying)


def _tell_practices(
    session: Session, bot: Bot, origin: Origin, claimed: Sequence[Record], deed: Deed
) -> None:
    """Tell each practice what became of its claims, like ones together."""
    groups: dict[tuple[int, date | None], list[Record]] = {}
    for one in records(session, bot.scheme.vat, [one.period_id for one in claimed]):
        settled = not is_open(one.account)
        until = last_day(one.bought_on, one.account.period.anniversary_on) if settled else None
        groups.setdefault((one.practice_id, until), []).append(one)
    for (practice_id, until), mine in groups.items():
        to = telling.practice_party(session, practice_id)
        packages = tuple(one.package for one in mine)
        said = replace(deed, packages=packages, until=until, biller=mine[0].biller)
        key = f"told {origin.key} {practice_id} {until or ''}".rstrip()
        telling.tell(session, bot, to, key, WordAnswered(to.language, said, to.name))


def options(found: Sequence[Record]) -> tuple[PackageOption, ...]:
    """Return periods to choose from, the first due first; the practice is named where there are several."""
    several = len({one.practice_id for one in found}) > 1
    ordered = sorted(found, key=lambda one: (one.due_on, one.practice, one.package))
    return tuple(
        PackageOption(one.period_id, one.package, one.due_on, one.practice if several else "")
        for one in ordered
    )
