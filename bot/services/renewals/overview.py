"""What somebody sees of renewals, by role: in the App Home and as the answer to `/renewals`."""

from sqlmodel import Session

from bot.domain.maintenance.overview import Chapter, chapter_of, line_of
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.saying_overview import (
    Hint,
    Lack,
    NoPart,
    OverdueLines,
    PackageHistory,
    Renewals,
    RenewalsHint,
    RenewalsPart,
)
from bot.domain.network import Role
from bot.domain.saying import Saying
from bot.services.bot import Bot
from bot.services.renewals.bill_lists import biller_part, late_lists
from bot.services.renewals.network_sums import network_part
from bot.services.renewals.own_packages import names_of, practice_part
from bot.services.renewals.records import Record, records
from bot.services.renewals.viewing import COMPANIES, Viewer, today_in
from bot.storage.queries import directory as stored
from bot.storage.queries import maintenance, renewal_lists
from bot.storage.queries.renewal_lists import OpenPeriods
from bot.storage.tables import LicencePackageRow, PracticeRow

PRACTICES_SHOWN = 4
PACKAGES_SHOWN = 8
LINES_SHOWN = 5
LATE_SHOWN = 40
CHAPTERS_SHOWN = 10


def renewals(session: Session, bot: Bot, viewer: Viewer) -> Saying:
    """Answer `/renewals`."""
    return Renewals(viewer.language, bot.renewals_command, parts(session, bot, viewer))


def parts(session: Session, bot: Bot, viewer: Viewer) -> tuple[RenewalsPart, ...]:
    """Return what a person sees of renewals; somebody who may see none gets one sentence."""
    if viewer.role in COMPANIES:
        network = (network_part(session, bot),) if viewer.sees_all else ()
        company = viewer.company
        billed = () if company is None else (biller_part(session, bot, company, LINES_SHOWN),)
        return (*network, *billed) or (NoPart(Lack.UNKNOWN),)
    if viewer.practice_ids:
        shown = viewer.practice_ids[:PRACTICES_SHOWN]
        return tuple(practice_part(session, bot, key, PACKAGES_SHOWN) for key in shown)
    return (_lack(session, viewer),)


def overdue(session: Session, bot: Bot, viewer: Viewer) -> Saying:
    """Answer `/renewals overdue` with what the person may see of it; everything for the manufacturer."""
    if viewer.sees_all:
        whose = OpenPeriods(billers=renewal_lists.vendor_ids(session))
    elif viewer.company is not None:
        whose = OpenPeriods(billers=(viewer.company.id or 0,))
    elif viewer.practice_ids:
        whose = OpenPeriods(practices=viewer.practice_ids)
    else:
        return Renewals(viewer.language, bot.renewals_command, (_lack(session, viewer),))
    day = today_in(bot, _zone(session, viewer))
    return OverdueLines(viewer.language, late_lists(session, bot, whose, day, LATE_SHOWN))


def history(session: Session, bot: Bot, viewer: Viewer, number: str) -> Saying:
    """Answer `/renewals package NUMBER`. One that the person may not see is as if it were not there."""
    package = maintenance.package_by_number(session, number)
    found = [] if package is None else _periods(session, bot, viewer, package)
    if package is None or not found:
        return RenewalsHint(viewer.language, Hint.NO_PACKAGE, bot.renewals_command, number)
    newest = list(reversed(found))
    return PackageHistory(
        language=viewer.language,
        package=package.number,
        practice=newest[0].practice,
        bought_on=package.bought_on,
        chapters=tuple(_chapter(session, bot, viewer, record) for record in newest[:CHAPTERS_SHOWN]),
        more=max(0, len(newest) - CHAPTERS_SHOWN),
    )


def _periods(session: Session, bot: Bot, viewer: Viewer, package: LicencePackageRow) -> list[Record]:
    """Return the periods that the viewer may see: a distributor those which it bills itself."""
    keys = renewal_lists.period_keys_of(session, [package.id or 0])
    found = records(session, bot.scheme.vat, keys)
    if viewer.sees_all or package.practice_id in viewer.practice_ids:
        return found
    company_id = viewer.company.id if viewer.company is not None else None
    return [record for record in found if record.biller_id == company_id]


def _chapter(session: Session, bot: Bot, viewer: Viewer, record: Record) -> Chapter:
    legs = frozenset({Leg.PRACTICE}) if viewer.role is Role.PRACTICE else frozenset(Leg)
    day = today_in(bot, _zone(session, viewer))
    return chapter_of(line_of(names_of(record), record.account, day, bot.terms), record.account, legs)


def _zone(session: Session, viewer: Viewer) -> str:
    if viewer.company is not None:
        return viewer.company.time_zone
    key = next(iter(viewer.practice_ids), None)
    practice = session.get(PracticeRow, key) if key is not None else None
    return practice.time_zone if practice else ""


def _lack(session: Session, viewer: Viewer) -> NoPart:
    if viewer.role is Role.PARTNER:
        return NoPart(Lack.PARTNER)
    practice = stored.practice(session, viewer.unconfirmed_id)
    if practice is None:
        return NoPart(Lack.UNKNOWN)
    return NoPart(Lack.UNCONFIRMED, practice.name, practice.vendor.name)
