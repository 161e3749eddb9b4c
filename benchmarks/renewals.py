"""What a tick of reminders costs: looking, where a million packages rest, and queueing ten thousand.

    python -m benchmarks.renewals [--save]

Looking must not depend on how much there is: with 1,000 packages due it should cost about the same among
10,000 and among 1,000,000. Each database is a SQLite file, filled by bulk inserts.
"""

import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlalchemy import func, insert
from sqlmodel import select

from bot.domain.clock import SystemClock
from bot.domain.maintenance.vat import VatTable
from bot.files.knowledge import read_knowledge
from bot.paths import shipped
from bot.services.bot import Bot
from bot.services.renewals import periods, reminding
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.schema import upgrade
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

NOW = datetime(2027, 3, 17, 9, 0, tzinfo=UTC)
"""A Wednesday, ten o'clock in Berlin."""
DUE = date(2027, 6, 15)
"""90 days ahead: its first stage is due now."""
DISTRIBUTORS = 100
PRACTICES = 10_000
PORTION = 20_000
RUNS = 7
VAT = VatTable({"DE": ((date(2007, 1, 1), 1900),)}, {"DE": (date(1958, 1, 1), None)})


def main() -> None:
    """Measure, print, and save with `--save`."""
    lines = [
        f"{datetime.now(UTC).date().isoformat()}, {platform.machine()}, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite file with synchronous=FULL",
        "",
    ]
    folder = Path(tempfile.mkdtemp(prefix="signpost-benchmark-"))
    try:
        lines += measure_looking(folder)
        lines += measure_queueing(folder)
    finally:
        shutil.rmtree(folder)
    text = "\n".join(lines)
    print(text)
    if "--save" in sys.argv:
        Path(__file__).with_suffix(".md").write_text(f"# Reminders\n\n{text}\n", encoding="utf-8")


def measure_looking(folder: Path) -> list[str]:
    """Compare what finding and weighing 1,000 due packages costs among few and among many."""
    few, many = (filled(folder / f"{count}.db", count, due=1_000) for count in (10_000, 1_000_000))
    bot = speaking()
    looks: list[tuple[str, Callable[[Database], None]]] = [
        ("nothing due (an hour earlier)", lambda database: look(database, bot, NOW - timedelta(hours=2))),
        ("1,000 packages due, all said (rolled back)", lambda database: look(database, bot, NOW)),
    ]
    lines = ["| a tick with | 10,000 packages | 1,000,000 packages | ratio |", "|---|---|---|---|"]
    for name, work in looks:
        small, large = alternately(partial(work, few), partial(work, many))
        lines.append(f"| {name} | {small * 1000:.1f} ms | {large * 1000:.1f} ms | {large / small:.2f} |")
    few.close()
    many.close()
    return [*lines, ""]


def measure_queueing(folder: Path) -> list[str]:
    """Measure how long it takes until 10,000 due reminders are in the outbox."""
    lines = ["| 10,000 reminders, each to another practice | wall clock | processor |", "|---|---|---|"]
    for name, is_first in (("a later stage", False), ("the first, each with its calendar file", True)):
        database = filled(folder / f"queue-{is_first}.db", 10_000, due=10_000, both=False)
        if not is_first:
            pretend_announced(database)
        bot, begun, busy = speaking(), time.perf_counter(), time.process_time()
        said = 0
        while done := remind_some(database, bot):
            said += done
        seconds, processor = time.perf_counter() - begun, time.process_time() - busy
        assert said == posts(database) == 10_000
        database.close()
        lines.append(f"| {name} | {seconds:.1f} s | {processor:.1f} s |")
    return lines


def remind_some(database: Database, bot: Bot) -> int:
    """Do one transaction's worth."""
    with database.transaction() as session:
        return reminding.remind(session, bot, NOW)


def posts(database: Database) -> int:
    """Count the messages in the outbox."""
    with database.transaction() as session:
        query = select(func.count()).select_from(OutboxRow).where(OutboxRow.method == "chat.postMessage")
        return session.exec(query).one()


def pretend_announced(database: Database) -> None:
    """Let an earlier stage have been said, so that no calendar file is due."""
    with database.transaction() as session:
        session.execute(
            insert(ReminderRow),
            [
                {
                    "period_id": key,
                    "due_on": DUE,
                    "stage": "-120",
                    "recipient": f"practice:{key}",
                    "outcome": "queued",
                    "dealt_at": NOW - timedelta(days=30),
                }
                for key in range(1, 10_001)
            ],
        )


class RolledBackError(Exception):
    """Ends a measurement without effect."""


def look(database: Database, bot: Bot, now: datetime) -> None:
    """Do what a tick does, and take it back."""
    try:
        with database.transaction() as session:
            periods.continue_due(session, bot.scheme, now)
            while reminding.remind(session, bot, now):
                pass
            raise RolledBackError
    except RolledBackError:
        pass


def alternately(first: Callable[[], None], second: Callable[[], None]) -> tuple[float, float]:
    """Return the medians of both, taken in turn after one run each to warm up."""
    measured: tuple[list[float], list[float]] = ([], [])
    for _ in range(RUNS + 1):
        for work, times in zip((first, second), measured, strict=True):
            begun = time.perf_counter()
            work()
            times.append(time.perf_counter() - begun)
    small, large = (statistics.median(times[1:]) for times in measured)
    return small, large


def speaking() -> Bot:
    """Return a bot that speaks with the shipped knowledge; nothing is matched here."""
    unused: Any = None
    scheme = replace(read_knowledge(shipped("knowledge")), vat=VAT)
    return Bot(scheme, unused, render, system_clock=SystemClock())


def filled(path: Path, count: int, *, due: int, both: bool = True) -> Database:
    """Return a database with so many packages, of as many practices, of which `due` are due now."""
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.transaction() as session:
        for table, rows in content(count, due, both=both):
            while portion := list(islice(rows, PORTION)):
                session.execute(insert(table), portion)
        session.connection().exec_driver_sql("ANALYZE")
    return database


def content(count: int, due: int, *, both: bool) -> Iterator[tuple[Any, Iterator[dict[str, Any]]]]:
    """Give the rows of each table. What is not due now is due at some other time of the two years to come."""
    place = {"country": "DE", "subdivision": "HH", "time_zone": "Europe/Berlin"}
    keys, owners = range(1, count + 1), range(1, min(count, PRACTICES) + 1)
    vendors = range(1, DISTRIBUTORS + 1)
    when = datetime(2026, 1, 1, tzinfo=UTC)
    yield (
        CompanyRow,
        ({"id": k, "slug": f"d{k}", "name": f"D {k}", "role": "distributor", **place} for k in vendors),
    )
    yield (
        ContactRow,
        (
            {"company_id": k, "rank": 1, "name": "C", "slack_workspace_id": "T1", "slack_user_id": f"UD{k}"}
            for k in vendors
        ),
    )
    yield PracticeRow, ({"id": k, "name": f"Praxis {k}", "vendor_id": vendor(k), **place} for k in owners)
    yield PersonRow, ({"id": k, "workspace_id": "T1", "user_id": f"U{k}"} for k in owners)
    yield MembershipRow, ({"person_id": k, "practice_id": k, "confirmed_at": when} for k in owners)
    yield (
        LicencePackageRow,
        (
            {
                "id": k,
                "number": f"L-{k}",
                "practice_id": owner(k),
                "bought_on": day_of(k, due).replace(year=2020),
                "next_period_on": day_of(k, due) + timedelta(days=1),
            }
            for k in keys
        ),
    )
    yield (
        MaintenancePeriodRow,
        (
            {
                "id": k,
                "package_id": k,
                "anniversary_on": day_of(k, due),
                "due_on": day_of(k, due),
                "net_cents": 9900,
                "currency": "EUR",
                "biller_id": vendor(k),
                "is_resold": True,
            }
            for k in keys
        ),
    )
    yield (
        ReminderDueRow,
        (
            {"period_id": k, "recipient": recipient, "stage": "-90", "at": at_of(k, due)}
            for k in keys
            for recipient in (f"practice:{owner(k)}", f"company:{vendor(k)}")[: 2 if both else 1]
        ),
    )


def owner(key: int) -> int:
    """Return a package's practice; those that are due have one each."""
    return (key - 1) % PRACTICES + 1


def vendor(key: int) -> int:
    """Return a package's distributor."""
    return key % DISTRIBUTORS + 1


def day_of(key: int, due: int) -> date:
    """Return when a package is due."""
    return DUE if key <= due else DUE + timedelta(days=1 + key % 600)


def at_of(key: int, due: int) -> datetime:
    """Return when its first reminder is."""
    return NOW - timedelta(hours=1) if key <= due else NOW + timedelta(days=1 + key % 600)


if __name__ == "__main__":
    main()
