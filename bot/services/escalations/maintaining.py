"""Whether the licence package of an escalation is maintained, for companies that may see that."""

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
from bot.storage.queries import directory
from bot.storage.queries import maintenance as stored
from bot.storage.tables import CompanyRow, EscalationRow


def maintenance_of(session: Session, bot: Bot, row: EscalationRow, company_id: int) -> MaintenanceNote | None:
    """Return how the package's maintenance stands; `None` where it is not known or not theirs to see.

    A package counts only if it is the practice's, whatever the form said.
    """
    package = stored.package_by_number(session, row.package) if row.package else None
    if package is None or package.practice_id != row.practice_id:
        return None
    keys = [one.id or 0 for one in stored.periods_of_package(session, package.id or 0)]
    found = records(session, bot.scheme.vat, keys)
    if not found or not _may_see(session, company_id, found[-1].biller_id):
        return None
    day = today_in(bot, session.get_one(CompanyRow, found[-1].biller_id).time_zone)
    until = maintained_until(package.bought_on, [one.account for one in found], day, bot.terms)
    return MaintenanceNote(_validity(bot, found, day, until), until, found[-1].biller)


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
