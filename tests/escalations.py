"""A small network in which somebody escalates: two vendors, the manufacturer, a partner, and their people."""

from datetime import datetime
from typing import Any

from msgspec import Struct, field
from sqlmodel import Session, col, select

from bot.domain.escalation.life import Move, Urgency
from bot.domain.escalation.note import Details
from bot.domain.scheme import Language
from bot.services.bot import Bot, EscalationHabits
from bot.services.escalations import moving, opening, sweeping
from bot.services.escalations.moving import Outcome
from bot.services.escalations.opening import Opened, Opening, Request
from bot.services.escalations.sweeping import Swept
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import (
    ChannelRow,
    CompanyRow,
    CompanyTargetRow,
    ContactRow,
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    MembershipRow,
    OutboxRow,
    PersonRow,
    PracticeRow,
)
from tests.builders import MORNING, WEEKDAYS, ScriptedMatcher, scheme
from tests.fakes import HandClock

TEAM = "T0SIGN"
NETWORK = "network of escalations"
"""The name under which an engine keeps what `World.found` founds."""
LEVEL_0, LEVEL_1 = "server-installation", "database-restore"
NOTE = Details(text="restarted the server", error_text="none", version="3.2.180", has_consent=True)
"""All that handing over wants."""
ENOUGH: dict[Move, Details] = {
    Move.ASK_BACK: Details(text="Which version?"),
    Move.REPLY: Details(text="3.2.180"),
    Move.HAND_OVER: NOTE,
    Move.SEND_BACK: Details(text="not for us"),
    Move.RESOLVE: Details(text="port 16300 was closed"),
    Move.GIVE_UP: Details(text="we do not know this"),
}
"""What each move needs; for those that name a person or company see `World.details`."""


class World(Struct):
    """The network in a database, with a clock that the test moves."""

    database: Database
    clock: HandClock = field(default_factory=lambda: HandClock(MORNING))
    owner: str = "karl@image.example"
    companies: dict[str, int] = field(default_factory=dict)
    people: dict[str, int] = field(default_factory=dict)
    practices: dict[str, int] = field(default_factory=dict)
    nonces: int = 0

    @property
    def bot(self) -> Bot:
        return Bot(
            scheme(),
            ScriptedMatcher(),
            render,
            clock=self.clock,
            system_clock=HandClock(),
            admins=frozenset({"UADA"}),
            escalations=EscalationHabits(self.owner),
        )

    def found(self) -> "World":
        """Found the network: Anna asks, Tom and Tina are her vendor's, Karl and Kim the manufacturer's."""
        self.company("image", "manufacturer", "Image Instruments")
        self.company("nord", "distributor", "Nord Dental")
        self.company("alpine", "distributor", "Alpine Ortho")
        self.company("school", "support-partner", "Ortho School")
        self.practice("Praxis Dr. Berg", "nord", support_partner="school")
        self.practice("Praxis Dr. Tal", "alpine")
        self.practice("Praxis Direkt", "image")
        for name, company in (
            ("karl", "image"),
            ("kim", "image"),
            ("tom", "nord"),
            ("tina", "nord"),
            ("lena", "alpine"),
            ("tara", "school"),
        ):
            self.person(name, company=company)
        for name, practice in (
            ("anna", "Praxis Dr. Berg"),
            ("arzt", "Praxis Dr. Berg"),
            ("tilo", "Praxis Dr. Tal"),
            ("dora", "Praxis Direkt"),
        ):
            self.person(name, practice=practice)
        self.person("ada")
        self.person("otto")
        return self

    def acquainted(self) -> "World":
        """Get to know the network that was founded here before."""
        with self.database.transaction() as session:
            self.companies = {row.slug: row.id or 0 for row in session.exec(select(CompanyRow)).all()}
            self.practices = {row.name: row.id or 0 for row in session.exec(select(PracticeRow)).all()}
            people = session.exec(select(PersonRow)).all()
            self.people = {row.name.lower(): row.id or 0 for row in people}
        return self

    # ---- building --------------------------------------------------------------------------------

    def company(self, slug: str, role: str, name: str, *, is_reachable: bool = True) -> int:
        """Add a company with its own channel, and a lead who is its first person."""
        with self.database.transaction() as session:
            row = CompanyRow(
                slug=slug,
                name=name,
                role=role,
                country="DE",
                subdivision="SN",
                time_zone="Europe/Berlin",
                languages="en",
                opening_hours=WEEKDAYS,
            )
            session.add(row)
            session.flush()
            channel = f"C{slug.upper()}"
            session.add(ChannelRow(workspace_id=TEAM, channel_id=channel, name=slug))
            first = {"image": "karl", "nord": "tom", "alpine": "lena", "school": "tara"}.get(slug, slug)
            for rank, (called, place) in enumerate(
                ((first, {"email": f"{first}@{slug}.example"}), ("desk", {"slack_channel_id": channel}))
            ):
                session.add(
                    ContactRow(
                        company_id=row.id or 0,
                        rank=rank,
                        name=called,
                        is_public=False,
                        email=place.get("email", ""),
                        slack_channel_id=place.get("slack_channel_id", "") if is_reachable else "",
                        slack_workspace_id=TEAM if is_reachable else "",
                    )
                )
            self.companies[slug] = row.id or 0
        return self.companies[slug]

    def practice(self, name: str, vendor: str, support_partner: str = "") -> int:
        with self.database.transaction() as session:
            row = PracticeRow(
                name=name,
                vendor_id=self.companies[vendor],
                support_partner_id=self.companies.get(support_partner),
            )
            session.add(row)
            session.flush()
            self.practices[name] = row.id or 0
        return self.practices[name]

    def person(self, name: str, company: str = "", practice: str = "", *, is_confirmed: bool = True) -> int:
        with self.database.transaction() as session:
            row = PersonRow(
                workspace_id=TEAM,
                user_id=f"U{name.upper()}",
                name=name.title(),
                email=f"{name}@{company or 'practice'}.example",
                company_id=self.companies.get(company),
            )
            session.add(row)
            session.flush()
            self.people[name] = row.id or 0
            if practice:
                confirmed = MORNING if is_confirmed else None
                session.add(
                    MembershipRow(
                        person_id=row.id or 0, practice_id=self.practices[practice], confirmed_at=confirmed
                    )
                )
        return self.people[name]

    def promise(self, slug: str, response: int | None, solution: int | None) -> None:
        """Let a company promise minutes of its working time, for every urgency."""
        with self.database.transaction() as session:
            for urgency in Urgency:
                session.merge(
                    CompanyTargetRow(
                        company_id=self.companies[slug],
                        urgency=urgency,
                        response_minutes=response,
                        solution_minutes=solution,
                    )
                )

    # ---- doing -----------------------------------------------------------------------------------

    def request(self, by: str = "anna", **changes: Any) -> Request:
        self.nonces += 1
        values: dict[str, Any] = {
            "nonce": f"nonce {self.nonces}",
            "opened_by": self.people[by],
            "requester": self.people[by],
            "practice_id": self.practices["Praxis Dr. Berg"] if by in ("anna", "arzt") else None,
            "topic": LEVEL_0,
            "urgency": Urgency.HINDERED,
            "happened": "The second PC finds no server.",
            "reach_me": "+49 371 555 0123",
            "language": Language.EN,
        }
        return Request(**{**values, **changes})

    def ask(self, request: Request) -> Opening:
        return self.database.run(lambda session: opening.open_escalation(session, self.bot, request))

    def open(self, by: str = "anna", **changes: Any) -> int:
        """Open one that must succeed; return its key."""
        opened = self.ask(self.request(by, **changes))
        assert isinstance(opened, Opened)
        return opened.escalation_id

    def move(self, key: int, move: Move, by: str, details: Details | None = None) -> Outcome:
        """Let somebody make a move, with all that it needs."""
        given = details if details is not None else self.details(key, move)
        person = self.people[by]
        return self.database.run(lambda session: moving.move(session, self.bot, key, move, person, given))

    def details(self, key: int, move: Move) -> Details:
        if move is Move.REASSIGN:
            with self.database.transaction() as session:
                company = session.get_one(EscalationRow, key).company_id
                query = select(PersonRow.id).where(PersonRow.company_id == company)
                return Details(to_person=session.exec(query.order_by(col(PersonRow.id))).first())
        if move is Move.PASS_ON:
            return Details(to_company=self.companies["alpine"])
        return ENOUGH.get(move, Details())

    def sweep(self) -> Swept:
        return self.database.run(lambda session: sweeping.sweep(session, self.bot, self.clock.now()))

    def sweep_at(self, instant: datetime) -> Swept:
        self.clock.instant = instant
        return self.sweep()

    # ---- looking ---------------------------------------------------------------------------------

    def row(self, key: int) -> EscalationRow:
        with self.database.transaction() as session:
            return session.get_one(EscalationRow, key)

    def events(self, key: int) -> list[EscalationEventRow]:
        query = select(EscalationEventRow).where(EscalationEventRow.escalation_id == key)
        with self.database.transaction() as session:
            return list(session.exec(query.order_by(col(EscalationEventRow.id))).all())

    def kinds(self, key: int) -> list[str]:
        return [event.kind for event in self.events(key)]

    def said(self, channel: str = "", *, updates: bool = False) -> list[OutboxRow]:
        """Return what is queued for a channel or person, or for everybody."""
        query = select(OutboxRow).where(col(OutboxRow.key).startswith("escalation "))
        if channel:
            query = query.where(OutboxRow.lane == channel)
        if not updates:
            query = query.where(OutboxRow.method == "chat.postMessage")
        with self.database.transaction() as session:
            return list(session.exec(query.order_by(col(OutboxRow.id))).all())

    def texts(self, channel: str) -> list[str]:
        return [str(row.content["text"]) for row in self.said(channel)]

    def threads(self, key: int) -> dict[str, str]:
        query = select(EscalationThreadRow).where(EscalationThreadRow.escalation_id == key)
        with self.database.transaction() as session:
            return {row.side: row.channel_id for row in session.exec(query).all()}

    def contacts(self, session: Session, slug: str) -> dict[str, ContactRow]:
        """Return a company's contacts by name, to be changed."""
        query = select(ContactRow).where(ContactRow.company_id == self.companies[slug])
        return {row.name: row for row in session.exec(query).all()}

    def side(self, slug: str) -> str:
        return f"company:{self.companies[slug]}"
