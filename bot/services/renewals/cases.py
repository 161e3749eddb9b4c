"""A reminder message as it stands now: what it is about, what was answered to it, and what is left."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.answers import Origin
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import last_day
from bot.domain.maintenance.reminder import BillerReminder, PracticeReminder, ReminderStep, Word, last_word
from bot.domain.maintenance.saying_answers import AnsweredReminder, Deed, Did, Refusal
from bot.domain.maintenance.state import is_open
from bot.services.bot import Bot
from bot.services.renewals import telling
from bot.services.renewals.actors import Actor, names
from bot.services.renewals.arming import company_recipient, practice_recipient
from bot.services.renewals.recipients import Party, parties
from bot.services.renewals.records import Record, records
from bot.services.renewals.reminder_messages import line_of
from bot.storage.insert import insert_once
from bot.storage.queries import answers as stored
from bot.storage.queries import reminders
from bot.storage.queries.answers import Place
from bot.storage.tables import (
    CompanyRow,
    MaintenanceEntryRow,
    PracticeRow,
    ReminderAnswerRow,
    ReminderMessageRow,
)

_DEEDS = {
    EntryKind.CLAIMED: Did.CLAIMED,
    EntryKind.NOT_RENEWING: Did.NOT_RENEWING,
    EntryKind.BILLED: Did.BILLED,
    EntryKind.PAID: Did.PAID,
    EntryKind.WAIVED: Did.WAIVED,
    EntryKind.CANCELLED: Did.CANCELLED,
}


class Case(Struct, frozen=True):
    """A reminder message with its recipient and the periods it is about, as they are now."""

    message: ReminderMessageRow
    to: Party
    records: tuple[Record, ...]

    @property
    def is_practice_s(self) -> bool:
        """Whether it was said to a practice; else to whoever bills."""
        return self.message.recipient.startswith("practice:")

    @property
    def waiting(self) -> tuple[Record, ...]:
        """The periods that are open, and of which a practice has not had its say."""
        return tuple(
            one
            for one in self.records
            if is_open(one.account) and not (self.is_practice_s and last_word(one.account) is not Word.NONE)
        )


def case_for(session: Session, bot: Bot, origin: Origin, actor: Actor) -> Case:
    """Return the message that was pressed, locked with its periods. Raises `RefusedError`.

    It must stand where the press came from, and hold a period for which the actor may answer; the others are
    left out. A message to whoever bills is only for those who may record payments.
    """
    message = stored.lock_message(session, origin.ids[0]) if origin.ids else None
    if message is None or not _stands_there(session, message, origin):
        raise actor.refuse(Refusal.GONE)
    case = _case(session, bot, message, lock=True)
    allowed = tuple(
        one for one in case.records if (actor.may_answer if case.is_practice_s else actor.may_record)(one)
    )
    if not allowed:
        raise actor.refuse(Refusal.NOT_YOURS)
    return Case(message, case.to, allowed)


def _stands_there(session: Session, message: ReminderMessageRow, origin: Origin) -> bool:
    here = message.workspace_id == origin.workspace_id
    return here and stored.stands_at(session, message, origin.message_ts)


def _case(session: Session, bot: Bot, message: ReminderMessageRow, *, lock: bool = False) -> Case:
    keys = [row.period_id for row in reminders.said_in(session, message.id or 0)]
    if lock:
        stored.lock_periods(session, keys)
    found = [one for one in records(session, bot.scheme.vat, keys) if message.recipient in _recipients(one)]
    return Case(message, parties(session, [message.recipient])[message.recipient], tuple(found))


def _recipients(record: Record) -> tuple[str, str]:
    return practice_recipient(record.practice_id), company_recipient(record.biller_id)


def remember(
    session: Session, bot: Bot, origin: Origin, actor: Actor, *, day: date | None = None, note: str = ""
) -> bool:
    """Keep who answered what, and where; return `False` when this press or submission was taken before."""
    values = {
        "key": origin.key,
        "message_id": origin.ids[0] if origin.ids and origin.step in set(ReminderStep) else None,
        "step": origin.step,
        "person": actor.known_as,
        "answered_at": bot.clock.now(),
        "workspace_id": origin.workspace_id,
        "channel_id": origin.channel_id,
        "message_ts": origin.message_ts,
        "day": day,
        "note": note,
    }
    return insert_once(session, ReminderAnswerRow, values)


def today_of(session: Session, recipient: str, now: datetime) -> date:
    """Return the day that it is for a practice or a company."""
    kind, _, number = recipient.partition(":")
    zone = ""
    if kind == "practice":
        practice = session.get_one(PracticeRow, int(number))
        zone = practice.time_zone or session.get_one(CompanyRow, practice.vendor_id).time_zone
    else:
        zone = session.get_one(CompanyRow, int(number)).time_zone
    return now.astimezone(ZoneInfo(zone or "UTC")).date()


# ---- who did what ----------------------------------------------------------------------------------


def deeds(session: Session, found: Iterable[Record]) -> tuple[Deed, ...]:
    """Return what stands last of each period: said, billed, paid, ended. Like ones are put together."""
    listed = list(found)
    by_period = stored.entries_of(session, [one.period_id for one in listed])
    last = [(one, _last(by_period.get(one.period_id, []))) for one in listed]
    known = names(session, {entry.recorded_by for _, entry in last if entry is not None})
    together: dict[Deed, list[str]] = {}
    for one, entry in last:
        if entry is not None:
            together.setdefault(_deed(one, entry, known), []).append(one.package)
    return tuple(_of(deed, packages) for deed, packages in together.items())


def _last(entries: Sequence[MaintenanceEntryRow]) -> MaintenanceEntryRow | None:
    taken_back = {entry.corrects_id for entry in entries}
    standing = [one for one in entries if one.id not in taken_back and EntryKind(one.kind) in _DEEDS]
    return standing[-1] if standing else None


def _deed(one: Record, entry: MaintenanceEntryRow, known: dict[str, str]) -> Deed:
    did = _DEEDS[EntryKind(entry.kind)]
    settled = not is_open(one.account) and did in (Did.PAID, Did.WAIVED)
    return Deed(
        did=did,
        who=known[entry.recorded_by],
        on=entry.happened_on,
        until=last_day(one.bought_on, one.account.period.anniversary_on) if settled else None,
        note="" if did is Did.NOT_RENEWING else entry.reference,
        biller=one.biller,
    )


def _of(deed: Deed, packages: list[str]) -> Deed:
    return Deed(deed.did, deed.who, deed.on, tuple(packages), deed.day, deed.until, deed.note, deed.biller)


def answered_since(session: Session, message_id: int, seen: int) -> tuple[Deed, ...]:
    """Return what was answered to a message after the answer of number `seen`, the latest last."""
    rows = [row for row in stored.answers(session, message_id) if (row.id or 0) > seen]
    known = names(session, {row.person for row in rows})
    kinds = {
        ReminderStep.RENEWED: Did.CLAIMED,
        ReminderStep.NOT_RENEWING: Did.NOT_RENEWING,
        ReminderStep.REMIND_ON: Did.REMIND_ON,
        ReminderStep.WRONG_CONTACT: Did.WRONG_CONTACT,
    }
    return tuple(
        Deed(
            kinds[ReminderStep(row.step)],
            known[row.person],
            row.answered_at.date(),
            day=row.day,
            note=row.note,
        )
        for row in reversed(rows)
    )


# ---- the message as it stands now ------------------------------------------------------------------


def refresh(session: Session, bot: Bot, message_ids: Iterable[int], cause: str, *also: Place) -> None:
    """Say reminder messages anew where somebody answered them, and the last of them at these places also."""
    for key in message_ids:
        message = session.get_one(ReminderMessageRow, key)
        saying = as_it_stands(session, bot, _case(session, bot, message))
        for place in dict.fromkeys([*stored.places(session, key), *also]):
            telling.update(session, bot, place, f"{cause} {key}", saying)


def refresh_about(session: Session, bot: Bot, found: Iterable[Record], cause: str) -> None:
    """Say anew the reminder messages about these periods that somebody has answered."""
    keys = stored.answered_about(session, [one.period_id for one in found])
    refresh(session, bot, keys, cause)


def as_it_stands(session: Session, bot: Bot, case: Case) -> AnsweredReminder:
    """Put a reminder together with what has been answered to it."""
    to, waiting = case.to, case.waiting
    settled = [one for one in case.records if one not in waiting]
    chosen = {row.step: row for row in reversed(stored.answers(session, case.message.id or 0))}
    kept = [row for step, row in chosen.items() if waiting and step in (_ASKED, _WRONG)]
    known = names(session, {row.person for row in kept})
    choices = tuple(
        Deed(
            Did.REMIND_ON if row.step == _ASKED else Did.WRONG_CONTACT,
            known[row.person],
            row.answered_at.date(),
            day=row.day,
            note=row.note,
        )
        for row in kept
    )
    lines = tuple(line_of(bot, one, today_of(session, to.recipient, bot.clock.now())) for one in waiting)
    kind = PracticeReminder if case.is_practice_s else BillerReminder
    rest = kind(to.language, to.name, lines, case.message.id or 0, bot.renewals_command)
    return AnsweredReminder(
        language=to.language,
        practice=to.name if case.is_practice_s else "",
        deeds=(*deeds(session, settled), *choices),
        rest=rest if lines else None,
        taken_back=_taken_back(settled),
    )


_ASKED, _WRONG = ReminderStep.REMIND_ON, ReminderStep.WRONG_CONTACT


def _taken_back(found: Iterable[Record]) -> tuple[int, ...]:
    """Return the entries that say *Not renewing* and still wait for an answer."""
    return tuple(
        entry.id
        for one in found
        if is_open(one.account) and last_word(one.account) is Word.NOT_RENEWING
        for entry in one.account.standing()
        if entry.kind is EntryKind.NOT_RENEWING
    )
