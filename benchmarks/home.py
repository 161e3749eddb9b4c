"""How long a Home takes to put together: `python -m benchmarks.home [PACKAGES]` (default 20000).

One distributor has all packages, spread over a year, one in five billed and one in ten remitted; its Home and
the manufacturer's are timed on SQLite, from reading the database to the finished blocks.
"""

import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

from sqlalchemy import insert
from sqlmodel import Session, select

from bot.domain.maintenance.saying_overview import Home
from bot.files.knowledge import read_knowledge
from bot.paths import shipped
from bot.services import home
from bot.services.bot import Bot
from bot.services.renewals.viewing import viewer_of
from bot.services.sample import load_sample
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.schema import upgrade
from bot.storage.tables import (
    CompanyRow,
    LicencePackageRow,
    MaintenanceEntryRow,
    MaintenancePeriodRow,
    PersonRow,
    PracticeRow,
)
from tests.builders import ScriptedMatcher
from tests.fakes import HandClock

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
TIMES = 7


def main(count: int) -> None:
    """Build the database in a folder of its own and print the median of several runs."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'home.db'}")
        upgrade(database)
        with database.transaction() as session:
            load_sample(session)
            fill(session, count)
        clock = HandClock(NOW)
        bot = Bot(read_knowledge(shipped("knowledge")), ScriptedMatcher(), render, clock=clock)
        for name in ("tom", "karl"):
            with database.transaction() as session:
                seconds = median(timed(lambda: draw(session, bot, name)) for _ in range(TIMES))  # noqa: B023
            print(f"{count} packages, Home of {name}: {seconds * 1000:.0f} ms")
        database.close()


def fill(session: Session, count: int) -> None:
    """Store packages of one distributor in bulk, each with its period and one in five with entries."""
    distributor = session.exec(select(CompanyRow).where(CompanyRow.slug == "nord-dental")).one()
    start, today = NOW.date() - timedelta(days=182), NOW.date()
    practices = [
        PracticeRow(id=1000 + n, name=f"Practice {n}", vendor_id=distributor.id or 0) for n in range(count)
    ]
    many(session, practices)
    many(session, [
        LicencePackageRow(
            id=1000 + n, number=f"B-{n}", practice_id=1000 + n, bought_on=today.replace(year=2020)
        )
        for n in range(count)
    ])  # fmt: skip
    many(session, [
        MaintenancePeriodRow(
            id=1000 + n, package_id=1000 + n, anniversary_on=start + timedelta(days=n % 365),
            due_on=start + timedelta(days=n % 365), net_cents=9900, currency="EUR",
            biller_id=distributor.id or 0, is_resold=True, is_open=n % 10 != 0,
        )
        for n in range(count)
    ])  # fmt: skip
    kinds = [("billed", "practice"), ("paid", "practice"), ("remitted", "remittance")]
    many(session, [
        MaintenanceEntryRow(
            period_id=1000 + n, key=f"{n} {kind}", kind=kind, leg=leg, happened_on=today,
            amount_cents=11781, recorded_at=NOW, recorded_by="benchmark",
        )
        for n in range(0, count, 5)
        for kind, leg in (kinds if n % 10 == 0 else kinds[:1])
    ])  # fmt: skip


def many(
    session: Session,
    rows: list[PracticeRow]
    | list[LicencePackageRow]
    | list[MaintenancePeriodRow]
    | list[MaintenanceEntryRow],
) -> None:
    """Insert rows of one table at once."""
    values = [
        row.model_dump(exclude={"id"} if isinstance(row, MaintenanceEntryRow) else set()) for row in rows
    ]
    session.execute(insert(type(rows[0])), values)


def draw(session: Session, bot: Bot, name: str) -> None:
    """Put somebody's Home together, blocks and all."""
    session.expire_all()
    person = session.exec(select(PersonRow).where(PersonRow.email.startswith(name))).one()
    viewer = viewer_of(session, bot, person)
    parts = tuple(part for section in home.SECTIONS for part in section(session, bot, viewer))
    render(Home(viewer.language, parts))


def timed(work: Callable[[], None]) -> float:
    """Return how many seconds something takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
