"""The ticks: what happens by the clock. Each calls one use case, which may run twice without harm."""

import asyncio
from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.clock import Clock
from bot.services import retention
from bot.services.library import Reader, Refused, TakenUp
from bot.storage.threads import Transactions

log = structlog.get_logger()

RETENTION_MINUTES = 60
KNOWLEDGE_SECONDS = 5


def schedule(
    transactions: Transactions, clock: Clock, reader: Reader, keep_text_days: int
) -> AsyncIOScheduler:
    """Return a scheduler with all ticks, not started. It stores nothing: each replica ticks on its own."""

    async def forget() -> None:
        try:
            keep = timedelta(days=keep_text_days)
            done = await transactions.run(lambda session: retention.forget_old(session, clock, keep))
        except Exception:
            log.exception("tick_failed", tick="forget")
        else:
            log.info("forgot", questions=done.questions, arrivals=done.arrivals, messages=done.messages)

    scheduler = AsyncIOScheduler()
    late = {"misfire_grace_time": None, "coalesce": True}
    scheduler.add_job(forget, "interval", minutes=RETENTION_MINUTES, **late)
    scheduler.add_job(reread, "interval", args=[reader], seconds=KNOWLEDGE_SECONDS, **late)
    return scheduler


async def reread(reader: Reader) -> None:
    """Take up an edit of the knowledge, or log why not; reading and learning happen in a thread."""
    try:
        outcome = await asyncio.to_thread(reader.look)
    except Exception:
        log.exception("tick_failed", tick="reread")
    else:
        _tell(outcome)


def _tell(outcome: TakenUp | Refused | None) -> None:
    match outcome:
        case TakenUp(scheme):
            log.info("knowledge_taken_up", topics=len(scheme.topics), revision=scheme.source.revision)
        case Refused(faults):
            for fault in faults:
                log.error("knowledge_refused", file=fault.file, key=fault.key, remedy=fault.remedy)
