"""A practice's own licence packages, as it sees them."""

from collections.abc import Sequence
from itertools import groupby

from sqlmodel import Session

from bot.domain.maintenance.overview import OVER, Names, OwnPackage, own_package
from bot.domain.maintenance.saying_overview import Helper, PracticePart
from bot.services.bot import Bot
from bot.services.renewals.records import Record, records
from bot.services.renewals.viewing import today_in
from bot.storage.queries import directory as stored
from bot.storage.queries import renewal_lists
from bot.storage.tables import CompanyRow, PracticeRow


def practice_part(session: Session, bot: Bot, practice_id: int, most: int) -> PracticePart:
    """Return a practice's packages, what is open first and by due date, at most `most`."""
    practice = session.get_one(PracticeRow, practice_id)
    packages = renewal_lists.packages_of(session, [practice_id])
    keys = renewal_lists.period_keys_of(session, [package.id or 0 for package in packages])
    of_package = sorted(records(session, bot.scheme.vat, keys), key=lambda record: record.package_id)
    grouped = [list(group) for _, group in groupby(of_package, lambda record: record.package_id)]
    owned = sorted(
        (_own(session, bot, practice, group) for group in grouped),
        key=lambda own: (own.line.state in OVER, own.line.due_on, own.line.names.package),
    )
    return PracticePart(
        practice=practice.name,
        packages=tuple(owned[:most]),
        helpers=_helpers(session, bot, practice, of_package),
        more=max(0, len(owned) - most),
    )


def names_of(record: Record) -> Names:
    """Return what a period belongs to."""
    return Names(record.package, record.practice, record.biller)


def _own(session: Session, bot: Bot, practice: PracticeRow, history: Sequence[Record]) -> OwnPackage:
    newest = history[-1]
    biller = session.get_one(CompanyRow, newest.biller_id)
    day = today_in(bot, practice.time_zone or biller.time_zone)
    accounts = [record.account for record in history]
    return own_package(names_of(newest), newest.bought_on, accounts, day, bot.terms)


def _helpers(
    session: Session, bot: Bot, practice: PracticeRow, history: Sequence[Record]
) -> tuple[Helper, ...]:
    """Return whom to ask at each company that bills the practice's latest periods."""
    latest = {record.package_id: record.biller_id for record in history}
    found = []
    for biller_id in dict.fromkeys(latest.values()):
        company = stored.company(session, biller_id)
        if company is not None:
            preferred = practice.vendor_contact if biller_id == practice.vendor_id else ""
            today = today_in(bot, company.calendar.time_zone)
            whom = company.whom(today, public_only=False, preferred_email=preferred)
            found.append(Helper(company.name, whom.contact if whom else None))
    return tuple(found)
