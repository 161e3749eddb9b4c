"""A local workspace with the real bot in it, and what belongs to one practice and its distributor.

It lives in a thread of its own, so that tests which are no coroutines (Hypothesis wants those) can drive it.
"""

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Coroutine, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Self, TypeVar

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import text
from sqlmodel import Session, select

from bot.app.trial import Transport, open_trial
from bot.domain.escalation.life import Move, Urgency
from bot.domain.escalation.note import Details
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.scheme import Language
from bot.playground import LocalSlack
from bot.playground.delivery import Acknowledgement, Envelope
from bot.playground.workspace import Person
from bot.services.bot import Bot
from bot.services.escalations import moving
from bot.services.escalations.opening import Opened, Request, open_escalation
from bot.services.renewals.recording import NewEntry, record_all
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.queries import directory
from bot.storage.tables import (
    AbsenceRow,
    BridgedMessageRow,
    ContactRow,
    DataFixRow,
    EscalationRow,
    EscalationThreadRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    MembershipRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
    ReminderMessageRow,
    metadata,
)
from tests.builders import ScriptedMatcher, scheme
from tests.fakes import running_from
from tests.scenarios.conftest import serving

Result = TypeVar("Result")
Json = dict[str, Any]
MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)
NINE = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
"""Before and after the hour at which reminders are said."""
PRACTICE, DISTRIBUTOR = "Kieferorthopädie am Markt", "nord-dental"
"""Whose the things are that others must not see or change."""
EXTERNAL = "eve"
"""Somebody of another workspace, in a channel that both share."""
QUEUES = frozenset({"inbox", "outbox", "lane_lease", "person", "digest_notice"})
"""Tables that change by themselves, or when somebody merely writes: who wrote, and what is said to them."""
FAILURES = frozenset(
    {"listener_failed", "settling_failed", "putting_off_failed", "set_aside", "delivery_failed"}
    | {"inbox_unavailable", "outbox_unavailable"}
)
"""What the bot logs of what did not work; that Slack knows no such message or channel is not its fault."""


class Foreign(Struct, frozen=True):
    """The keys of what belongs to `PRACTICE` and `DISTRIBUTOR`, by what they are."""

    keys: dict[str, list[int]]
    references: list[str]

    def __getitem__(self, kind: str) -> list[int]:
        return self.keys[kind]


@dataclass
class World:
    """Use as a context manager. `trouble` is what the bot logged of what did not work."""

    folder: Path
    database_url: str
    transport: Transport = "socket"
    trouble: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=count)

    def __enter__(self) -> Self:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._stop, self._ready = asyncio.Event(), threading.Event()
        self._living = asyncio.run_coroutine_threadsafe(self._live(), self._loop)
        while not self._ready.wait(0.05):
            if self._living.done():
                self._living.result()
        self.database = Database(self.database_url)
        self.foreign = self.run(self._told())
        self.calm()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._living.result()
        self.database.close()
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _live(self) -> None:
        clock = running_from(MONDAY)
        opening = open_trial(
            self.folder, transport=self.transport, database_url=self.database_url, clock=clock
        )
        watched = _Watching(self.trouble)
        logging.getLogger().addHandler(watched)
        try:
            async with opening as self.trial:
                self._let_in_a_stranger()
                with _watching_structlog(self.trouble):
                    async with serving(self.trial):
                        clock.advance_to(NINE)
                        self._ready.set()
                        await self._stop.wait()
        finally:
            logging.getLogger().removeHandler(watched)

    # ---- what stands there -------------------------------------------------------------------------

    @property
    def slack(self) -> LocalSlack:
        """The workspace."""
        return self.trial.slack

    def _let_in_a_stranger(self) -> None:
        workspace = self.slack.workspace
        zone = "Europe/Berlin"
        stranger = Person("U0EVE", EXTERNAL, "Eve", "", "", "en-GB", zone, "T0ELSE", is_external=True)
        workspace.add_person(stranger)
        support = self.slack.channel_id("support")
        workspace.channels[support] = replace(workspace.channels[support], is_shared=True)
        workspace.join(support, "U0EVE")
        workspace.direct("U0EVE", self.slack.bot_user_id)

    async def _told(self) -> Foreign:
        """Let something happen to the practice, and return the keys of it."""
        anna, tom = self.slack.person("anna"), self.slack.person("tom")
        await anna.sees_answer(await anna.says("the second PC cannot find the server", in_="@Signpost"))
        asked = await anna.mentions("the second PC cannot find the server", in_="#support")
        self.answer_ts = (await anna.sees_answer(asked)).ts
        await anna.sees("Software maintenance for", in_="@Signpost", within=20)
        await tom.sees("Softwarepflege", in_="@Signpost", within=20)
        return await asyncio.to_thread(self.database.run, self._filled)

    def _filled(self, session: Session) -> Foreign:
        bot = Bot(scheme(), ScriptedMatcher(), render, clock=self.trial.clock)
        people = {row.email.partition("@")[0]: row for row in session.exec(select(PersonRow)).all()}
        practice, company = (
            directory.practice_by_name(session, PRACTICE),
            directory.company_id(session, DISTRIBUTOR),
        )
        assert practice is not None
        assert company is not None
        references = [_escalate(session, bot, practice.id or 0, people["anna"].id or 0, n) for n in (1, 2)]
        first, second = session.exec(select(EscalationRow)).all()
        moving.move(session, bot, second.id or 0, Move.TAKE, people["tom"].id or 0)
        moving.move(
            session, bot, second.id or 0, Move.RESOLVE, people["tom"].id or 0, Details(text="Port 16300")
        )
        period = session.exec(select(MaintenancePeriodRow)).first()
        assert period is not None
        claimed = NewEntry(period.id or 0, EntryKind.CLAIMED, Leg.PRACTICE, NINE.date(), 0, "PO 4711")
        record_all(session, bot, [claimed], by=people["anna"].email)
        session.add(
            AbsenceRow(company_id=company, first_on=NINE.date(), last_on=NINE.date(), note="Inventur")
        )
        session.add(
            DataFixRow(
                practice_id=practice.id,
                company_id=company,
                subject="renewal-contact",
                note=": Jonas",
                opened_at=NINE,
                opened_by="anna",
            )
        )
        session.add(MembershipRow(person_id=people["heike"].id or 0, practice_id=practice.id or 0))
        thread = session.exec(select(EscalationThreadRow)).first()
        assert thread is not None
        linked = [{"name": "opg.png", "link": "https://files.example/opg.png"}]
        session.add(
            BridgedMessageRow(
                escalation_id=first.id or 0,
                to_thread_id=thread.id or 0,
                files=linked,
                workspace_id=thread.workspace_id,
                channel_id=thread.channel_id,
                message_ts="1.1",
            )
        )
        session.flush()
        keys = {
            "question": session.exec(select(QuestionRow.id)).all(),
            "escalation": [first.id, second.id],
            "message": session.exec(
                select(ReminderMessageRow.id).where(
                    ReminderMessageRow.recipient.in_([f"practice:{practice.id}", f"company:{company}"])  # type: ignore[attr-defined]
                )
            ).all(),
            "period": [period.id],
            "entry": session.exec(
                select(MaintenanceEntryRow.id).where(MaintenanceEntryRow.period_id == period.id)
            ).all(),
            "fix": session.exec(select(DataFixRow.id)).all(),
            "file": session.exec(select(BridgedMessageRow.id)).all(),
            "company": [company],
            "contact": session.exec(select(ContactRow.id).where(ContactRow.company_id == company)).all(),
            "absence": session.exec(select(AbsenceRow.id)).all(),
            "practice": [practice.id],
            "claimant": [people["heike"].id],
            "staff": [people["tom"].id],
        }
        assert all(keys.values()), keys
        return Foreign({kind: [one or 0 for one in found] for kind, found in keys.items()}, references)

    # ---- driving it --------------------------------------------------------------------------------

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run a coroutine beside the bot, and wait for what it returns."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def send(self, kind: str, payload: Json) -> Acknowledgement:
        """Bring a payload to the bot as Slack would, and wait until all that it led to is settled."""
        # Nobody presses so quickly; Slack would no longer open a modal.
        self.slack.web_api._services.pacer._seen.clear()
        answer = self.run(self.slack.courier.ask(Envelope(kind, payload, accepts_response_payload=True)))
        self.settle()
        return answer

    def settle(self) -> None:
        """Wait until nothing that arrived waits any more."""
        self._wait_while("SELECT count(*) FROM inbox WHERE state = 'waiting'")

    def calm(self) -> None:
        """Wait until all that is to be said has been said."""
        self._wait_while("SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')")

    def _wait_while(self, query: str) -> None:
        deadline = self._loop.time() + 20
        while self._loop.time() < deadline:
            with self.database.engine.connect() as connection:
                if not connection.execute(text(query)).scalar():
                    return
            if self.trouble:
                return
            threading.Event().wait(0.003)
        raise AssertionError(f"this never ends: {query}")

    def next(self) -> str:
        """Return a number that was not there before."""
        return f"{next(self._numbers):06}"

    def said_since(self, row_id: int) -> list[tuple[str, Json]]:
        """Return what was queued after a row of the outbox: the method and its content."""
        with self.database.transaction() as session:
            rows = session.exec(select(OutboxRow).where(OutboxRow.id > row_id).order_by(OutboxRow.id)).all()  # type: ignore[operator, arg-type]
            return [(row.method, row.content) for row in rows]

    def last_said(self) -> int:
        """Return the newest row of the outbox."""
        with self.database.engine.connect() as connection:
            return int(connection.execute(text("SELECT coalesce(max(id), 0) FROM outbox")).scalar() or 0)

    def stored(self) -> set[tuple[str, str]]:
        """Return all that stands in the database, but for what changes when somebody merely writes."""
        found: set[tuple[str, str]] = set()
        with self.database.engine.connect() as connection:
            for table in metadata.tables.values():
                if table.name not in QUEUES:
                    found |= {(table.name, repr(tuple(row))) for row in connection.execute(table.select())}
        return found


def _escalate(session: Session, bot: Bot, practice_id: int, person_id: int, number: int) -> str:
    request = Request(
        nonce=f"world {number}",
        opened_by=person_id,
        requester=person_id,
        practice_id=practice_id,
        topic="server-installation",
        urgency=Urgency.STOPPED,
        happened=f"The second PC finds no server ({number}).",
        reach_me="+49 40 66969 301",
        language=Language.EN,
        package="OC-10417",
    )
    opened = open_escalation(session, bot, request)
    assert isinstance(opened, Opened)
    return opened.reference


class _Watching(logging.Handler):
    """Notes the errors of libraries: they mean that something reached them raw."""

    def __init__(self, into: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._into = into

    def emit(self, record: logging.LogRecord) -> None:
        self._into.append(f"{record.name}: {record.getMessage()[:300]}")


@contextlib.contextmanager
def _watching_structlog(into: list[str]) -> Iterator[None]:
    def watch(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        if event["event"] in FAILURES:
            error = event.get("exc_info")
            into.append(f"{event['event']}: {error!r} {event.get('error', '')} {event.get('key', '')}"[:600])
        return event

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[_with_error, watch, *before])
    try:
        yield
    finally:
        structlog.configure(processors=before)


def _with_error(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Note which error it was, while it is being handled."""
    return {**event, "exc_info": sys.exc_info()[1]} if event.get("exc_info") is True else event
