"""Recording what was billed or paid, by the side that bills; a practice that reported it is told."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.maintenance.answers import (
    Fault,
    Field,
    FieldFault,
    Filled,
    FormFaultsError,
    Origin,
    PackageOption,
    SettleForm,
)
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg, last_day
from bot.domain.maintenance.reminder import Word, last_word
from bot.domain.maintenance.saying_answers import (
    Deed,
    Did,
    WordAnswered,
)
from bot.domain.maintenance.state import is_open
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.files.maintenance_values import cents as read_cents
from bot.services.bot import Bot
from bot.services.renewals import telling
from bot.services.renewals.actors import Actor
from bot.services.renewals.arming import company_recipient
from bot.services.renewals.cases import refresh_about, remember, today_of
from bot.services.renewals.recording import NewEntry, record_all
from bot.services.renewals.records import Record, records

MOST_CENTS = 100_000_000
"""No period costs more: whoever writes it has mistyped."""


def settle_form(
    language: Language, waiting: Sequence[Record], today: date, reference: str = ""
) -> SettleForm:
    """Return the form for what was billed or paid. One period's open amount stands in it already."""
    only = waiting[0] if len(waiting) == 1 else None
    open_cents = only.account.open_cents() if only is not None and _is_known(only) else None
    return SettleForm(language, options(waiting), today, open_cents, reference)


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
    cents = _read_cents(filled.amount)
    if not 0 < cents <= MOST_CENTS:
        return {}, [FieldFault(Field.AMOUNT, Fault.NO_AMOUNT)]
    if len(chosen) > 1:
        return {}, [FieldFault(Field.AMOUNT, Fault.AMOUNT_FOR_ONE)]
    limits = [one.account.open_cents() for one in chosen if kind is EntryKind.PAID and _is_known(one)]
    if any(cents > limit for limit in limits):
        return {}, [FieldFault(Field.AMOUNT, Fault.AMOUNT_TOO_HIGH)]
    return {one.period_id: cents for one in chosen}, []


def _read_cents(text: str) -> int:
    """Read an amount as people write it; 0 where it is none, or may be two."""
    try:
        return read_cents(text)
    except ValueError:
        return 0


def _is_known(one: Record) -> bool:
    """Say whether the amount with VAT is known."""
    return one.account.charge(Leg.PRACTICE).vat.reason is not VatReason.UNKNOWN


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
