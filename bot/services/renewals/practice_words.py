"""What a practice said of its renewal, passed on to whoever bills, with what became of it."""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.answers import (
    AnswerStep,
    Origin,
    read_reason,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.reminder import Word, last_word
from bot.domain.maintenance.saying_answers import (
    AnsweredBefore,
    Deed,
    Did,
    PracticeWord,
    Refusal,
)
from bot.domain.maintenance.state import is_open
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.renewals import telling
from bot.services.renewals.actors import Actor, AnsweredBeforeError, names
from bot.services.renewals.arming import company_recipient
from bot.services.renewals.cases import deeds
from bot.services.renewals.records import Record, records
from bot.storage.queries import answers as stored
from bot.storage.tables import MaintenanceEntryRow

WORDS = {EntryKind.CLAIMED: Word.CLAIMED, EntryKind.NOT_RENEWING: Word.NOT_RENEWING}


def pass_on(session: Session, bot: Bot, origin: Origin, found: Sequence[Record], kind: EntryKind) -> None:
    """Tell whoever bills what was just recorded of these periods, each company its own."""
    by_period = stored.entries_of(session, [one.period_id for one in found])
    for biller_id in dict.fromkeys(one.biller_id for one in found):
        ids = [by_period[one.period_id][-1].id or 0 for one in found if one.biller_id == biller_id]
        to = telling.company_or_maker(session, biller_id, bot.clock.now())
        key = f"{kind} {origin.key} {company_recipient(biller_id)}"
        telling.tell(session, bot, to, key, practice_word(session, bot, ids, to.language))


def practice_word(session: Session, bot: Bot, entry_ids: Iterable[int], language: Language) -> PracticeWord:
    """Return what a practice said in these entries of one kind, with what became of it since."""
    rows = stored.entry_rows(session, entry_ids)
    found = records(session, bot.scheme.vat, [row.period_id for row in rows])
    first, word = rows[0], WORDS[EntryKind(rows[0].kind)]
    waiting = waiting_of(found, word, rows)
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
        answers=answers_to(session, answered),
    )


def waiting_of(found: Iterable[Record], word: Word, rows: Iterable[MaintenanceEntryRow]) -> list[Record]:
    """Return the open periods of which a practice said this last, in one of these very entries."""
    ids = {row.id for row in rows}
    return [
        one
        for one in found
        if is_open(one.account)
        and last_word(one.account) is word
        and any(entry.id in ids for entry in one.account.standing())
    ]


def answers_to(session: Session, answered: Sequence[Record]) -> tuple[Deed, ...]:
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


class Heard(Struct, frozen=True):
    """What a practice said in some entries, locked, of what the actor may answer and still waits."""

    actor: Actor
    rows: tuple[MaintenanceEntryRow, ...]
    found: tuple[Record, ...]
    waiting: tuple[Record, ...]


def hear(session: Session, bot: Bot, origin: Origin, actor: Actor) -> Heard:
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
    return Heard(actor, tuple(rows), allowed, tuple(waiting_of(allowed, WORDS[wanted], rows)))


def is_new(session: Session, bot: Bot, origin: Origin, heard: Heard) -> bool:
    """Say whether there is anything to do: nothing when this submission was taken before.

    Raises `AnsweredBeforeError` when somebody else was quicker.
    """
    if stored.is_taken(session, origin.key):
        return False
    if not heard.waiting:
        before = AnsweredBefore(heard.actor.language, answers_to(session, heard.found))
        raise AnsweredBeforeError(before)
    return True


def say_anew(session: Session, bot: Bot, origin: Origin, heard: Heard) -> None:
    """Tell whoever comes second who was first, and say the message as it stands now."""
    before = AnsweredBefore(heard.actor.language, answers_to(session, heard.found))
    telling.whisper(session, bot, origin, before)
    update_notice(session, bot, origin, heard)


def update_notice(session: Session, bot: Bot, origin: Origin, heard: Heard) -> None:
    """Say the notice anew in which somebody pressed; a reminder is said anew by itself."""
    if origin.step == AnswerStep.STILL_RENEWING and stored.is_reminder_at(session, telling.place_of(origin)):
        return
    language = telling.company_or_maker(session, heard.found[0].biller_id, bot.clock.now()).language
    saying = practice_word(session, bot, [row.id or 0 for row in heard.rows], language)
    telling.update(session, bot, telling.place_of(origin), origin.key, saying)
