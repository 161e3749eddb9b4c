"""The ticks, run as the scheduler runs them, with what they log."""

import asyncio
import shutil
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import update
from sqlmodel import Session, func, select
from structlog.testing import capture_logs

from bot.domain.keeping import Keep
from bot.domain.matching.matcher import Matcher
from bot.domain.scheme import SupportScheme
from bot.files.knowledge import edition_of, read_knowledge
from bot.jobs import Digests, Escalations, Renewals, forget, reread, schedule
from bot.paths import shipped
from bot.services.bot import Bot
from bot.services.forgetting import retention
from bot.services.library import Library, Reader
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.queries import inbox
from bot.storage.queries.inbox import Arrived
from bot.storage.tables import CompanyRow, EscalationRow, InboxRow, LicencePackageRow, PracticeRow
from bot.storage.threads import Transactions
from tests.builders import MORNING, ScriptedMatcher, scheme
from tests.escalations import World as Network
from tests.fakes import HandClock, Notebook
from tests.renewals import DUE, World, nine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("knowledge"), tmp_path / "knowledge"))


def reader_of(folder: Path) -> Reader:
    def load() -> tuple[SupportScheme, Matcher]:
        return read_knowledge(folder), ScriptedMatcher()

    library = Library(Bot(scheme(), ScriptedMatcher(), render))
    return Reader(library, partial(edition_of, folder), load, edition_of(folder))


async def logged_after(reader: Reader, file: Path, text: str) -> list[dict[str, object]]:
    await asyncio.to_thread(file.write_text, text, encoding="utf-8")
    with capture_logs() as logs:
        await reread(reader)
        await reread(reader)
    return [dict(line) for line in logs]


async def test_what_is_taken_up_is_logged_once(folder: Path) -> None:
    file = folder / "clinical.toml"
    (line,) = await logged_after(reader_of(folder), file, file.read_text(encoding="utf-8") + "# seen\n")
    assert (line["event"], line["topics"]) == ("knowledge_taken_up", 18)


async def test_what_is_refused_is_logged_with_file_key_and_remedy_and_without_its_words(folder: Path) -> None:
    wrong = '[phrases]\nen = ["a"]\nde = ["b"]\nfr = ["very private"]\n'
    (line,) = await logged_after(reader_of(folder), folder / "clinical.toml", wrong)
    assert (line["event"], line["log_level"]) == ("knowledge_refused", "error")
    assert (line["file"], line["key"]) == ("clinical.toml", "phrases.fr")
    assert "remove it" in str(line["remedy"])
    assert "very private" not in str(line)


async def test_a_tick_that_breaks_is_logged_and_stops_nothing(folder: Path) -> None:
    def breaks() -> tuple[SupportScheme, Matcher]:
        raise RuntimeError("out of memory")

    library = Library(Bot(scheme(), ScriptedMatcher(), render))
    reader = Reader(library, partial(edition_of, folder), breaks, frozenset())
    with capture_logs() as logs:
        await reread(reader)
    assert [(line["event"], line["tick"]) for line in logs] == [("tick_failed", "reread")]


# ---- forgetting ------------------------------------------------------------------------------------

OLD_ROWS = 2 * retention.AT_ONCE + 1


def old_arrivals(database: Database) -> None:
    with database.transaction() as session:
        inbox.add(session, [Arrived(f"{number}", "asked", "T1", {}) for number in range(OLD_ROWS)], MORNING)
        session.execute(update(InboxRow).values(state="done"))


def forgetful(clock: HandClock) -> Library:
    return Library(Bot(scheme(), ScriptedMatcher(), render, clock=clock, system_clock=clock))


async def test_whoever_writes_gets_their_turn_between_the_batches_of_forgetting(database: Database) -> None:
    old_arrivals(database)
    transactions, clock, left = Transactions(database), HandClock(), list[int]()
    clock.advance(days=31)

    def count(session: Session) -> int:
        return session.exec(select(func.count()).select_from(InboxRow)).one()

    forgetting = asyncio.create_task(forget(transactions, forgetful(clock), Keep()))
    while not forgetting.done():
        left.append(await transactions.run(count))
    await forgetting
    assert {OLD_ROWS - retention.AT_ONCE, OLD_ROWS - 2 * retention.AT_ONCE} & set(left)
    assert await transactions.run(count) == 0
    transactions.close()


async def test_a_rule_that_breaks_is_logged_and_the_others_go_on(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_session: Session, _due: retention.Due) -> int:
        raise RuntimeError("out of memory")

    old_arrivals(sqlite_database)
    first, *others = retention.RULES
    monkeypatch.setattr(retention, "RULES", (replace(first, forget=breaks), *others))
    transactions, clock = Transactions(sqlite_database), HandClock()
    clock.advance(days=31)
    with capture_logs() as logs:
        await forget(transactions, forgetful(clock), Keep())
    assert [(line["event"], line["rule"], line.get("rows")) for line in logs] == [
        ("tick_failed", first.name, None),
        ("forgot", "arrivals", OLD_ROWS),
    ]
    transactions.close()


async def test_a_bot_forgets_soon_after_its_start_and_then_every_hour(sqlite_database: Database) -> None:
    transactions, library = Transactions(sqlite_database), forgetful(HandClock())
    unused: Any = None
    scheduler = schedule(transactions, library, unused, Keep(), unused)
    (job,) = [job for job in scheduler.get_jobs() if job.func is forget]
    assert job.next_run_time == MORNING + timedelta(minutes=1)
    assert job.trigger.interval == timedelta(hours=1)
    transactions.close()


# ---- reminders -------------------------------------------------------------------------------------


def ticking(database: Database, world: World) -> tuple[Renewals, list[int], Transactions]:
    woken: list[int] = []
    transactions = Transactions(database)
    return Renewals(transactions, Library(world.bot), lambda: woken.append(1)), woken, transactions


async def test_a_tick_says_what_is_due_wakes_the_delivery_and_rests_until_the_next_minute(
    sqlite_database: Database,
) -> None:
    world = World(sqlite_database).found()
    world.package("L-1", stages="-90 0")
    world.clock.instant = nine(DUE)
    renewals, woken, transactions = ticking(sqlite_database, world)
    await renewals.tick()
    assert (len(world.outbox()), len(woken)) == (2, 1)
    world.package("L-2", stages="1")
    await renewals.tick()
    assert len(world.outbox()) == 2
    world.clock.advance(days=1)
    await renewals.tick()
    assert len(world.outbox()) == 4
    transactions.close()


async def test_one_recipient_whose_reminders_break_keeps_nobody_else_waiting(
    sqlite_database: Database,
) -> None:
    world = World(sqlite_database).found()
    world.package("L-1", stages="0")
    world.package("L-2", "Praxis Dr. Sommer", stages="0")
    world.change(PracticeRow, 1, time_zone="Nowhere/Land")
    world.clock.instant = nine(DUE)
    renewals, _, transactions = ticking(sqlite_database, world)
    with capture_logs() as logs:
        await renewals.tick()
    broken = {line["recipient"] for line in logs if line["event"] == "reminder_failed"}
    assert "practice:1" in broken
    assert len(world.said_to("UHEIKE")) == len(world.said_to("UKARL")) == 1
    transactions.close()


async def test_a_tick_opens_the_next_period_before_it_reminds(sqlite_database: Database) -> None:
    world = World(sqlite_database).found()
    with sqlite_database.transaction() as session:
        session.add(
            LicencePackageRow(
                number="L-1", practice_id=1, bought_on=DUE.replace(year=2026), next_period_on=DUE
            )
        )
    world.clock.instant = nine(DUE)
    renewals, _, transactions = ticking(sqlite_database, world)
    await renewals.tick()
    assert set(world.due()) == {"practice:1", "company:2"}
    transactions.close()


async def test_a_sweep_is_a_heartbeat_once_a_minute_and_only_when_all_is_well(
    sqlite_database: Database,
) -> None:
    network = Network(sqlite_database).found()
    key = network.open()
    transactions, woken = Transactions(sqlite_database), list[int]()
    escalations = Escalations(transactions, Library(network.bot), lambda: woken.append(1))

    async def logged() -> list[str]:
        with capture_logs() as logs:
            await escalations.tick()
            await escalations.tick()
        return [str(line["event"]) for line in logs]

    assert await logged() == ["escalations_clean"]
    assert woken == []
    with sqlite_database.transaction() as session:
        session.get_one(EscalationRow, key).next_action_at = None
    network.clock.advance(minutes=1)
    assert await logged() == ["escalation_repaired"]
    assert woken == [1]
    network.clock.advance(minutes=1)
    assert await logged() == ["escalations_clean"]
    transactions.close()


async def test_two_replicas_send_each_company_its_week_once(sqlite_database: Database) -> None:
    network = Network(sqlite_database).found()
    network.open()
    network.clock.advance(days=6)
    transactions, woken = Transactions(sqlite_database), list[int]()
    ours, theirs = (Digests(transactions, Library(network.bot), lambda: woken.append(1)) for _ in range(2))

    async def sent() -> int:
        with capture_logs() as logs:
            await asyncio.gather(ours.tick(), theirs.tick())
        return [line["event"] for line in logs].count("digest_sent")

    assert (await sent(), len(woken)) == (2, 2)
    network.clock.advance(minutes=1)
    assert (await sent(), len(woken)) == (0, 2)
    transactions.close()


async def test_one_company_whose_digest_breaks_keeps_no_other_waiting(sqlite_database: Database) -> None:
    network = Network(sqlite_database).found()
    network.open()
    network.clock.advance(days=6)
    with sqlite_database.transaction() as session:
        session.get_one(CompanyRow, network.companies["image"]).role = "unheard-of"
    transactions, woken = Transactions(sqlite_database), list[int]()
    with capture_logs() as logs:
        await Digests(transactions, Library(network.bot), lambda: woken.append(1)).tick()
    assert [line["company"] for line in logs if line["event"] == "digest_failed"] == [1]
    assert woken == [1]
    transactions.close()


async def test_reminders_are_told_and_the_heartbeat_of_a_clean_sweep_only(sqlite_database: Database) -> None:
    world, told = World(sqlite_database).found(), Notebook()
    world.package("L-1", stages="0")
    world.clock.instant = nine(DUE)
    transactions = Transactions(sqlite_database)
    await Renewals(transactions, Library(world.bot), lambda: None, told).tick()
    assert told.reminders == len(world.outbox()) == 2
    escalations = Escalations(transactions, Library(world.bot), lambda: None, told)
    await escalations.tick()
    assert told.heartbeats == [nine(DUE)]
    transactions.close()


async def test_a_sweep_that_had_to_repair_something_is_no_heartbeat(sqlite_database: Database) -> None:
    network, told = Network(sqlite_database).found(), Notebook()
    key = network.open()
    with sqlite_database.transaction() as session:
        session.get_one(EscalationRow, key).next_action_at = None
    transactions = Transactions(sqlite_database)
    await Escalations(transactions, Library(network.bot), lambda: None, told).tick()
    assert told.heartbeats == []
    transactions.close()
