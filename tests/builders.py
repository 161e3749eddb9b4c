"""Small worlds to test in: companies, practices, the shipped scheme, and what is said about them.

Each builder gives a whole value that makes sense; a test names only what it is about.
"""

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.arrival import Asked, Press, Pressed
from bot.domain.manners import Address
from bot.domain.matching.match import Candidate, Decision, Match
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.place import CHANNEL, Place
from bot.domain.network import Asker, Charge, Company, Contact, Directory, Practice, SlackUser
from bot.domain.opening import OpeningCalendar
from bot.domain.responsibility import responsible_for
from bot.domain.saying import Answer, Because, Choice, Opening, Overview
from bot.domain.scheme import Language, Provider, SupportScheme, Topic
from bot.files.knowledge import read_knowledge
from bot.paths import shipped
from bot.services.renewals.arming import arm
from bot.services.renewals.periods import open_from
from bot.storage.queries import directory as stored
from bot.storage.tables import LicencePackageRow

WEEKDAYS = "Mo-Fr 08:00-12:00,13:00-17:00"
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
"""A Tuesday, 12:00 in Berlin: the lunch break of whoever keeps `WEEKDAYS`."""
MORNING = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = MORNING.date()
"""The same Tuesday, 10:00 in Berlin."""

LEVEL_0_TOPICS = [
    "server-installation",
    "client-installation",
    "server-client-connection",
    "pms-interface",
    "ims-interface",
    "activation-request",
    "activation",
    "licence-renewal",
    "database-backup",
    "software-update",
    "database-migration",
]
LEVEL_1_TOPICS = ["patch-installation", "system-settings", "database-restore", "troubleshooting"]
MAINTENANCE, TECHNICAL, USER_SUPPORT = "software-maintenance", "technical-support", "user-support"

TEAM = "T0SIGN"
ANNA = SlackUser(TEAM, "U0ANNA")


def calendar(hours: str = WEEKDAYS, time_zone: str = "Europe/Berlin", **changes: Any) -> OpeningCalendar:
    return OpeningCalendar(hours, time_zone, **changes)


def contact(name: str = "Nora Nord", **changes: Any) -> Contact:
    return replace(Contact(name, email="nora@nord.example", phone="+49 371 555 0100"), **changes)


def distributor(slug: str = "nord-dental", **changes: Any) -> Company:
    company = Company(slug, "Nord Dental", Provider.DISTRIBUTOR, calendar(), contacts=(contact(),))
    return replace(company, **changes)


def manufacturer(**changes: Any) -> Company:
    helpdesk = Contact("Support Desk", email="support@image.example", phone="+49 371 555 0200")
    company = Company(
        "image-instruments", "Image Instruments", Provider.MANUFACTURER, calendar(), contacts=(helpdesk,)
    )
    return replace(company, **changes)


def partner(slug: str = "ortho-school", **changes: Any) -> Company:
    trainer = Contact("Tara Train", email="tara@school.example")
    company = Company(slug, "Ortho School", Provider.SUPPORT_PARTNER, calendar(), contacts=(trainer,))
    return replace(company, **changes)


def practice(name: str = "Praxis Dr. Berg", **changes: Any) -> Practice:
    return replace(Practice(name, vendor=distributor()), **changes)


def directory(**changes: Any) -> Directory:
    others = (partner(), partner("alpha-academy", name="Alpha Academy"))
    return replace(Directory(manufacturer(), support_partners=others), **changes)


@cache
def scheme() -> SupportScheme:
    """Return the shipped scheme, the one that people really get."""
    return read_knowledge(shipped("knowledge"))


def topic(topic_id: str = "database-backup") -> Topic:
    return scheme().topic(topic_id)


def answer(topic_id: str = "database-backup", asker: Asker | None = None, **changes: Any) -> Answer:
    """Return an answer as the use case puts it together, for a practice that is known and reads alone."""
    asker = asker or Asker(Language.EN, practice=practice())
    who = responsible_for(topic(topic_id), asker, directory())
    whom = who.whom(TODAY, public_only=False)
    whole = Answer(
        language=asker.language,
        responsibility=who,
        scheme=scheme(),
        contact=whom.contact if whom else None,
        availability=who.company.calendar.at(MORNING) if who.company else None,
        now=MORNING,
        practice_name=asker.practice.name if asker.practice else "",
        because=Because("back up the database", 0.91),
        question_id=7,
    )
    return replace(whole, **changes)


def choice(opening: Opening = Opening.UNSURE, **changes: Any) -> Choice:
    offered = (topic("database-backup"), topic("database-restore"), topic("database-migration"))
    whole = Choice(
        Language.EN,
        opening,
        offered,
        scheme(),
        vendor=distributor(),
        contact=contact(),
        question_id=7,
    )
    return replace(whole, **changes)


def overview(**changes: Any) -> Overview:
    known = directory()
    whole = Overview(Language.EN, scheme(), distributor(), known.manufacturer, known.support_partners)
    return replace(whole, **changes)


def licence_package(
    session: Session, number: str, practice_name: str, due_on: date, *, now: datetime = MORNING
) -> list[int]:
    """Store a licence package of a stored practice first due on `due_on`, a year after it was bought.

    Returns the keys of its periods, the earliest first: one a year until the next to come.
    """
    owner = stored.practice_by_name(session, practice_name)
    assert owner is not None
    bought_on = due_on.replace(year=due_on.year - 1)
    package = LicencePackageRow(number=number, practice_id=owner.id or 0, bought_on=bought_on)
    session.add(package)
    session.flush()
    opened = open_from(session, scheme(), package, due_on, now.date())
    arm(session, opened, now)
    return opened


def charging(charge: Charge, note: str = "") -> Practice:
    """Return a practice whose vendor charges for level 0 in this way."""
    return practice(vendor=distributor(charge=charge, charge_note=note))


def match(decision: Decision = Decision.ANSWER, *topic_ids: str, **changes: Any) -> Match:
    """Return what a matcher might say; without topics the best is the database backup."""
    ids = topic_ids or ("database-backup", "database-restore", "database-migration", "software-update")
    candidates = tuple(Candidate(topic_id, 0.9 / (place + 1)) for place, topic_id in enumerate(ids))
    found = Match(
        decision, candidates, 0.95, clinical=False, language=Language.EN, phrase=f"phrase of {ids[0]}"
    )
    return replace(found, **changes)


class ScriptedMatcher(Matcher):
    """Says what it is told to say of every text, and breaks on the texts in `broken`."""

    def __init__(self, found: Match | None = None) -> None:
        self.found = found or match()
        self.broken: set[str] = set()

    def match(self, text: str, place: Place = CHANNEL) -> Match:
        if text in self.broken:
            raise RuntimeError(f"broken on {text}")
        return self.found

    def match_at_once(self, text: str, place: Place = CHANNEL) -> Match | None:
        return None


def asked(text: str = "how do I back up the database?", **changes: Any) -> Asked:
    message = Asked(TEAM, ANNA, "D0ANNA", "1700000000.000100", text, Address.DIRECT)
    return replace(message, **changes)


def pressed(press: Press = Press.SOLVED, question_id: int = 1, **changes: Any) -> Pressed:
    button = Pressed(TEAM, ANNA, "D0ANNA", "1700000001.000100", "1700000002.5", press, question_id)
    return replace(button, **changes)
