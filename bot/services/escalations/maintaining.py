"""Whether the licence packages of an escalation are maintained, for companies that may see that."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session

from bot.domain.escalation.work import MaintenanceNote, Validity
from bot.domain.maintenance.overview import maintained_until
from bot.domain.maintenance.state import State, state_on
from bot.domain.network import role_of
from bot.domain.rights import Action, may
from bot.services.bot import Bot
from bot.services.renewals.records import Record, records
from bot.services.renewals.viewing import today_in
from bot.storage.queries import directory, renewal_lists
from bot.storage.queries import maintenance as stored
from bot.storage.tables import CompanyRow, EscalationRow, LicencePackageRow

MOST = 5
"""So many packages are looked at where none was named."""


def maintenance_of(
    session: Session, bot: Bot, row: EscalationRow, company_id: int
) -> tuple[MaintenanceNote, ...]:
    """Return how maintenance stands: of the package that was named, else of the practice's first few.

    A package counts only if it is the practice's, whatever the form said, and if it is known and the
    company's to see.
    """
    notes = (_note(session, bot, package, company_id) for package in _packages(session, row))
    return tuple(note for note in notes if note is not None)


def _packages(session: Session, row: EscalationRow) -> Sequence[LicencePackageRow]:
    if row.practice_id is None:
        return ()
    if not row.package:
        return renewal_lists.packages_of(session, [row.practice_id])[:MOST]
    package = stored.package_by_number(session, row.package)
    return (package,) if package is not None and package.practice_id == row.practice_id else ()


def _note(session: Session, bot: Bot, package: LicencePackageRow, company_id: int) -> MaintenanceNote | None:
    keys = [one.id or 0 for one in stored.periods_of_package(session, package.id or 0)]
    found = records(session, bot.scheme.vat, keys)
    if not found or not _may_see(session, company_id, found[-1].biller_id):
        return None
    day = today_in(bot, session.get_one(CompanyRow, found[-1].biller_id).time_zone)
    until = maintained_until(package.bought_on, [one.account for one in found], day, bot.terms)
    return MaintenanceNote(package.number, _validity(bot, found, day, until), until, found[-1].biller)


def _may_see(session: Session, company_id: int, biller_id: int) -> bool:
    role = role_of(directory.company(session, company_id), is_admin=False, has_practice=False)
    return may(role, Action.SEE_RENEWALS, is_own=company_id == biller_id)


def _validity(bot: Bot, found: Sequence[Record], day: date, until: date) -> Validity:
    if until >= day:
        return Validity.VALID
    states = [state_on(one.account, day, bot.terms) for one in found]
    if states[-1] is State.CANCELLED:
        return Validity.ENDED
    return Validity.LAPSED if State.LAPSED in states else Validity.DUE
