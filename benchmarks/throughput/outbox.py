"""How fast the outbox empties, with few and with very many rows kept, and after they are purged."""

import asyncio
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct
from sqlalchemy import insert
from sqlmodel import Session

from benchmarks.throughput.engines import Engine
from bot.domain.clock import SystemClock
from bot.services import delivering
from bot.services.delivering import Sent
from bot.services.forgetting.retention import AT_ONCE, RULES, Due
from bot.slack.delivery import CALLS_AT_ONCE
from bot.storage.database import Database
from bot.storage.joint import Joint
from bot.storage.queries import outbox
from bot.storage.tables import LaneLeaseRow, OutboxRow
from bot.storage.threads import Transactions

KEPT = (1_000, 10_000, 100_000)
MESSAGES = 600
LANES = 200
KEEP = timedelta(days=30)


class Emptying(Struct, frozen=True):
    """How many messages a second left while `kept` rows of earlier ones lay there."""

    engine: str
    kept: int
    per_second: float
    note: str = ""


async def measure_outbox(engine: Engine) -> list[Emptying]:
    """Fill the outbox in steps and empty what is new each time; then purge what is old and do it again."""
    done: list[Emptying] = []
    with tempfile.TemporaryDirectory(prefix="signpost-bench-", ignore_cleanup_errors=True) as folder:
        database = Database(engine.new_url(Path(folder), 10))
        transactions = Transactions(database)
        await _empty(transactions, 0)
        kept = 0
        for number, wanted in enumerate(KEPT, start=1):
            database.run(lambda session: _keep(session, kept, wanted))  # noqa: B023 - run at once
            kept = wanted
            done.append(Emptying(engine.name, kept, await _empty(transactions, number)))
        begun = time.perf_counter()
        purged = _purge(database)
        seconds = time.perf_counter() - begun
        rate = await _empty(transactions, 9)
        done.append(Emptying(engine.name, 0, rate, f"after {purged} were purged in {seconds:.1f} s"))
        transactions.close()
        database.close()
    return done


def _purge(database: Database) -> int:
    """Forget all old messages, a batch at a time, and return how many there were."""
    rule, now = next(one for one in RULES if one.name == "messages"), SystemClock().now()
    due, purged, done = Due(now, now - KEEP, AT_ONCE), 0, AT_ONCE
    while done == AT_ONCE:
        done = database.run(lambda session: rule.forget(session, due))
        purged += done
    return purged


async def _empty(transactions: Transactions, number: int) -> float:
    """Queue messages and send them to nobody, as many at once as the delivery does; return the rate."""
    clock = SystemClock()
    await transactions.run(lambda session: _queue(session, number))
    left = MESSAGES
    begun = time.perf_counter()
    while left:
        parcels = await transactions.claim(lambda session: delivering.take(session, clock, CALLS_AT_ONCE))
        left -= len(parcels)
        sent = [Joint(delivering.sent, clock, Sent(parcel, f"1.{parcel.row_id}")) for parcel in parcels]
        await asyncio.gather(*map(transactions.claim, sent))
    return MESSAGES / (time.perf_counter() - begun)


def _queue(session: Session, number: int) -> None:
    for message in range(MESSAGES):
        outbox.add(
            session,
            key=f"new {number} {message}",
            workspace_id="T0BENCH",
            lane=f"message {message % LANES}",
            # An update has no pause after it, so that Slack's pace is not what is measured.
            method="chat.update",
            content={"text": "x" * 2000},
            now=datetime.now(UTC),
        )


def _keep(session: Session, first: int, last: int) -> None:
    """Store messages that were sent long ago, and the leases of their lanes."""
    long_ago = datetime.now(UTC) - KEEP - timedelta(days=1)
    session.execute(insert(OutboxRow), list(_old(first, last, long_ago)))
    session.execute(
        insert(LaneLeaseRow),
        [
            {"workspace_id": "T0BENCH", "lane": f"old {n}", "held_until": long_ago}
            for n in range(first, last, 4)
        ],
    )


def _old(first: int, last: int, at: datetime) -> Iterator[dict[str, Any]]:
    for number in range(first, last):
        yield {
            "key": f"old {number}",
            "workspace_id": "T0BENCH",
            "lane": f"old {number // 4}",
            "method": "chat.postMessage",
            "content": {},
            "state": "sent",
            "attempts": 1,
            "not_before": at,
            "queued_at": at,
            "sent_at": at,
            "dispatched_ts": f"1700000000.{number:06d}",
            "error": "",
        }
