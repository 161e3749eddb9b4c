"""Licence packages of the sample's practices in every state, for stories that are told today."""

from datetime import date, datetime, timedelta

from msgspec import Struct
from sqlmodel import Session

from bot.app.trial import Trial
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.services.bot import Bot
from bot.services.renewals.recording import NewEntry, record_all
from bot.slack.blocks import render
from bot.storage.database import Database
from tests.builders import ScriptedMatcher, licence_package, scheme
from tests.fakes import HandClock

MARKT, LUEBECK = "Kieferorthopädie am Markt", "Zahnspangenwerk Lübeck"
SOMMER, SEEBLICK = "KFO-Praxis Dr. Sommer", "Kieferorthopädie Seeblick"
SMILE, NORTHGATE = "Smile Orthodontics Manchester", "Northgate Orthodontic Centre"


class _Package(Struct, frozen=True):
    """A package that is due so many days from today, and what happened to it so many cents at a time."""

    number: str
    practice: str
    due_in_days: int
    happened: tuple[tuple[EntryKind, int], ...] = ()


_PAID, _BILLED = EntryKind.PAID, EntryKind.BILLED
_REMITTED, _CLAIMED = EntryKind.REMITTED, EntryKind.CLAIMED
PACKAGES = (
    _Package("SEEN-101", MARKT, 40),
    _Package("SEEN-102", MARKT, -10, ((_BILLED, 11781),)),
    _Package("SEEN-103", MARKT, -200, ((_BILLED, 11781), (_PAID, 11781), (_REMITTED, 11781))),
    _Package("SEEN-104", LUEBECK, 0),
    _Package("SEEN-105", LUEBECK, -60),
    _Package("SEEN-106", LUEBECK, 20, ((_CLAIMED, 0),)),
    _Package("SEEN-107", SOMMER, -5),
    _Package("SEEN-108", SEEBLICK, -90, ((_BILLED, 10702), (_PAID, 10702), (_REMITTED, 9900))),
    _Package("SEEN-109", SEEBLICK, 60),
    _Package("SEEN-110", SMILE, -150),
    _Package("SEEN-111", NORTHGATE, -300, ((_BILLED, 11880), (_PAID, 11880), (_REMITTED, 9900))),
)


def store_packages(trial: Trial) -> None:
    """Store the packages in a trial's database, as they stand on its clock's day."""
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        fill(session, trial.clock.now())
    database.close()


def fill(session: Session, now: datetime) -> None:
    """Store the packages, as they stand at `now`."""
    bot = Bot(scheme(), ScriptedMatcher(), render, clock=HandClock(now))
    for package in PACKAGES:
        due_on = now.date() + timedelta(days=package.due_in_days)
        period_id = licence_package(session, package.number, package.practice, due_on, now=now)[0]
        entries = [_entry(period_id, kind, due_on, cents) for kind, cents in package.happened]
        record_all(session, bot, entries, by="tom@nord-dental.example")


def _entry(period_id: int, kind: EntryKind, due_on: date, cents: int) -> NewEntry:
    leg = Leg.REMITTANCE if kind is _REMITTED else Leg.PRACTICE
    reference = f"INV-{due_on:%Y}-7" if kind is _BILLED or kind is _PAID else ""
    return NewEntry(period_id, kind, leg, due_on, cents, reference)
