"""A small network with licence packages whose maintenance falls due, to be reminded of."""

from datetime import UTC, date, datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from sqlmodel import col, select

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.vat import VatTable
from bot.services.bot import Bot
from bot.services.renewals import reminding
from bot.services.renewals.arming import arm
from bot.services.renewals.recording import NewEntry, record_all
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import (
    CompanyRow,
    ContactRow,
    LicencePackageRow,
    MaintenancePeriodRow,
    MembershipRow,
    OutboxRow,
    PersonRow,
    PracticeRow,
    ReminderDueRow,
    ReminderRow,
)
from tests.builders import ScriptedMatcher, scheme
from tests.fakes import HandClock

TEAM = "T0SIGN"
VAT = VatTable(
    rates={"DE": ((date(2007, 1, 1), 1900),), "AT": ((date(2007, 1, 1), 2000),)},
    union={"DE": (date(1958, 1, 1), None), "AT": (date(1995, 1, 1), None)},
)
DUE = date(2027, 6, 15)
"""A Tuesday."""


def nine(day: date) -> datetime:
    """Return a moment after nine o'clock in Berlin, in winter and in summer."""
    return datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)


class World(Struct):
    """The network in a database, with a clock that the test moves."""

    database: Database
    clock: HandClock = field(default_factory=lambda: HandClock(datetime(2027, 1, 4, 6, tzinfo=UTC)))

    @property
    def bot(self) -> Bot:
        known = replace(scheme(), vat=VAT)
        return Bot(known, ScriptedMatcher(), render, clock=self.clock, system_clock=HandClock())

    def found(self) -> "World":
        """Found the network: a manufacturer, a distributor with a practice, and a direct customer."""
        with self.database.transaction() as session:
            place: dict[str, Any] = {"country": "DE", "time_zone": "Europe/Berlin", "languages": "en"}
            maker = CompanyRow(slug="image", name="Image Instruments", role="manufacturer", **place)
            nord = CompanyRow(slug="nord", name="Nord Dental", role="distributor", **place)
            session.add_all([maker, nord])
            session.flush()
            for company, user in ((maker, "UKARL"), (nord, "UTOM")):
                session.add(
                    ContactRow(
                        company_id=company.id or 0,
                        rank=1,
                        name=user.title(),
                        slack_workspace_id=TEAM,
                        slack_user_id=user,
                    )
                )
        self.practice("Praxis am Markt", "UANNA", "nord")
        self.practice("Praxis Dr. Sommer", "UHEIKE", "image")
        return self

    def practice(self, name: str, user: str = "", vendor: str = "nord", **values: Any) -> int:
        """Add a practice, with a person in Slack if `user` is given."""
        with self.database.transaction() as session:
            vendor_id = session.exec(select(CompanyRow.id).where(CompanyRow.slug == vendor)).one() or 0
            place = {"country": "DE", "subdivision": "HH", "time_zone": "Europe/Berlin"}
            row = PracticeRow(name=name, vendor_id=vendor_id, **{**place, **values})
            person = PersonRow(
                workspace_id=TEAM if user else None,
                user_id=user or None,
                name=name.rsplit(maxsplit=1)[-1],
                email=f"{name.rsplit(maxsplit=1)[-1].lower()}@practice.example",
            )
            session.add_all([row, person])
            session.flush()
            when = datetime(2026, 1, 1, tzinfo=UTC)
            session.add(MembershipRow(person_id=person.id or 0, practice_id=row.id or 0, confirmed_at=when))
            return row.id or 0

    def package(
        self, number: str, practice: str = "Praxis am Markt", due_on: date = DUE, **values: Any
    ) -> int:
        """Add a package with one open period, armed; return the period's key."""
        with self.database.transaction() as session:
            owner = session.exec(select(PracticeRow).where(PracticeRow.name == practice)).one()
            biller = session.get_one(CompanyRow, owner.vendor_id)
            bought_on = due_on.replace(year=due_on.year - 1)
            package = LicencePackageRow(
                number=number, practice_id=owner.id or 0, bought_on=bought_on, **values
            )
            session.add(package)
            session.flush()
            period = MaintenancePeriodRow(
                package_id=package.id or 0,
                anniversary_on=due_on,
                due_on=due_on,
                net_cents=9900,
                currency="EUR",
                biller_id=biller.id or 0,
                is_resold=biller.role == "distributor",
            )
            session.add(period)
            session.flush()
            arm(session, [period.id or 0], self.clock.now())
            return period.id or 0

    def record(self, period_id: int, kind: EntryKind, **values: Any) -> None:
        """Record that something happened now."""
        leg = Leg.REMITTANCE if kind is EntryKind.REMITTED else Leg.PRACTICE
        entry = NewEntry(period_id, kind, leg, self.clock.now().date(), **values)
        self.database.run(lambda session: record_all(session, self.bot, [entry], "tester"))

    def tick(self) -> int:
        """Say everything that is due now, as the tick does; return how many recipients it was for."""
        total = 0
        while True:
            done = self.database.run(lambda session: reminding.remind(session, self.bot, self.clock.now()))
            if not done:
                return total
            total += done

    def go(self, instant: datetime) -> list[OutboxRow]:
        """Move the clock, tick, and return what was queued by it."""
        before = {row.key for row in self.outbox()}
        self.clock.instant = instant
        self.tick()
        return [row for row in self.outbox() if row.key not in before]

    def outbox(self) -> list[OutboxRow]:
        """Return all messages, in the order they were queued."""
        with self.database.transaction() as session:
            rows = session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all()
            return [row for row in rows if row.method == "chat.postMessage"]

    def said_to(self, user: str) -> list[str]:
        """Return the texts queued for somebody."""
        return [row.content["text"] for row in self.outbox() if row.content.get("channel") == user]

    def ledger(self) -> list[ReminderRow]:
        """Return the stages dealt with."""
        with self.database.transaction() as session:
            return list(session.exec(select(ReminderRow).order_by(col(ReminderRow.id))).all())

    def stages(self, recipient: str, outcome: str = "queued") -> list[str]:
        """Return the stages of one recipient with an outcome."""
        return [row.stage for row in self.ledger() if (row.recipient, row.outcome) == (recipient, outcome)]

    def due(self) -> dict[str, tuple[str, datetime]]:
        """Return what comes next for each recipient (of the last period, where there are several)."""
        with self.database.transaction() as session:
            rows = session.exec(select(ReminderDueRow).order_by(col(ReminderDueRow.period_id))).all()
            return {row.recipient: (row.stage, row.at) for row in rows}

    def change(self, table: Any, key: int, **values: Any) -> None:
        """Change a row by its key."""
        with self.database.transaction() as session:
            row = session.get_one(table, key)
            for name, value in values.items():
                setattr(row, name, value)
