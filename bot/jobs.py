"""The ticks: what happens by the clock. Each calls one use case, which may run twice without harm."""

from datetime import timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.domain.clock import Clock
from bot.services import retention
from bot.storage.threads import Transactions

log = structlog.get_logger()

RETENTION_MINUTES = 60


def schedule(transactions: Transactions, clock: Clock, keep_text_days: int) -> AsyncIOScheduler:
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
    scheduler.add_job(forget, "interval", minutes=RETENTION_MINUTES, misfire_grace_time=None, coalesce=True)
    return scheduler
