"""The ticks: what happens by the clock. Each calls one use case, which may run twice without harm."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlmodel import Session

from bot.services import retention
from bot.services.bot import Bot
from bot.services.escalations import sweeping
from bot.services.library import Library, Reader, Refused, TakenUp
from bot.services.renewals import follow_up, periods, reminding, remittances
from bot.services.reports import digests, drawing
from bot.storage.queries import reminders
from bot.storage.threads import Transactions

log = structlog.get_logger()

RETENTION_MINUTES = 60
KNOWLEDGE_SECONDS = 5
LOOK_SECONDS = 1
"""How often to look whether a minute of the business clock has passed, which a trial moves by days."""


def schedule(
    transactions: Transactions,
    library: Library,
    reader: Reader,
    keep_text_days: int,
    wake: Callable[[], None],
) -> AsyncIOScheduler:
    """Return a scheduler with all ticks, not started. It stores nothing: each replica ticks on its own.

    `wake` is called when there is something to deliver.
    """
    clock = library.bot.clock

    async def forget() -> None:
        try:
            keep = timedelta(days=keep_text_days)
            done = await transactions.run_behind(lambda session: retention.forget_old(session, clock, keep))
        except Exception:
            log.exception("tick_failed", tick="forget")
        else:
            log.info("forgot", questions=done.questions, arrivals=done.arrivals, messages=done.messages)

    scheduler = AsyncIOScheduler()
    late = {"misfire_grace_time": None, "coalesce": True}
    scheduler.add_job(forget, "interval", minutes=RETENTION_MINUTES, **late)
    scheduler.add_job(reread, "interval", args=[reader], seconds=KNOWLEDGE_SECONDS, **late)
    for kind in (Renewals, Escalations, Digests):
        tick = kind(transactions, library, wake).tick
        scheduler.add_job(tick, "interval", seconds=LOOK_SECONDS, max_instances=2, **late)
    return scheduler


class MinuteTick(ABC):
    """Work for every minute of the business clock, and for whenever that is moved; one at a time.

    `name` stands in the log when a tick fails; the next minute tries again.
    """

    name: str

    def __init__(self, transactions: Transactions, library: Library, wake: Callable[[], None]) -> None:
        self._run = transactions.run_behind
        self._library = library
        self._wake = wake
        self._minute: datetime | None = None
        self._is_busy = False

    async def tick(self) -> None:
        """Do the work, unless that was tried in this minute already."""
        bot = self._library.bot
        now = bot.clock.now()
        minute = now.replace(second=0, microsecond=0)
        if self._is_busy or minute == self._minute:
            return
        self._minute, self._is_busy = minute, True
        try:
            await self._work(bot, now)
        except Exception:
            log.exception("tick_failed", tick=self.name)
        finally:
            self._is_busy = False

    @abstractmethod
    async def _work(self, bot: Bot, now: datetime) -> None:
        """Do what is due at `now` (aware)."""


class Renewals(MinuteTick):
    """Opens periods and says what is due, every minute by the business clock, and whenever that is moved."""

    name = "renewals"

    async def _work(self, bot: Bot, now: datetime) -> None:
        await self._open_periods(bot, now)
        await self._remind(bot, now)
        await self._follow_up(bot, now)
        await self._hear_of_remittances(bot, now)

    async def _open_periods(self, bot: Bot, now: datetime) -> None:
        def open_some(session: Session) -> int:
            return periods.continue_due(session, bot.scheme, now)

        while await self._run(open_some) == periods.AT_ONCE:
            pass

    async def _remind(self, bot: Bot, now: datetime) -> None:
        """Say all that is due; whoever's reminders cannot be put together is left for the next minute."""
        failed: set[str] = set()

        def remind(session: Session) -> int:
            return reminding.remind(session, bot, now, without=failed)

        while True:
            try:
                done = await self._run(remind)
            except Exception:
                log.exception("reminders_failed")
                failed |= await self._one_by_one(bot, now, failed)
                continue
            if not done:
                return
            log.info("reminded", recipients=done)
            self._wake()

    async def _one_by_one(self, bot: Bot, now: datetime, failed: set[str]) -> set[str]:
        """Say each recipient's reminders apart, and return those whose reminders break."""
        limit = reminding.AT_ONCE
        whose = await self._run(lambda session: reminders.recipients_due(session, now, limit, failed))
        return {recipient for recipient in whose if not await self._say(bot, now, recipient)}

    async def _say(self, bot: Bot, now: datetime, recipient: str) -> bool:
        try:
            await self._run(lambda session: reminding.remind_these(session, bot, now, [recipient]))
        except Exception:
            log.exception("reminder_failed", recipient=recipient)
            return False
        return True

    async def _follow_up(self, bot: Bot, now: datetime) -> None:
        done = await self._run(lambda session: follow_up.tell_of_refused(session, bot, now))
        if done:
            log.warning("reminders_refused", messages=done)
            self._wake()

    async def _hear_of_remittances(self, bot: Bot, now: datetime) -> None:
        done = await self._run(lambda session: remittances.tick_statements(session, bot, now))
        if done:
            log.info("remittances_heard", messages=done)
            self._wake()


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


class Escalations(MinuteTick):
    """Sweeps over all open escalations, at start and every minute by the business clock."""

    name = "escalations"

    async def _work(self, bot: Bot, now: datetime) -> None:
        """Only a clean sweep is a heartbeat."""
        if await self._sweep(bot, now):
            log.info("escalations_clean")

    async def _sweep(self, bot: Bot, now: datetime) -> bool:
        is_clean, due = True, sweeping.AT_ONCE
        while due == sweeping.AT_ONCE:
            swept = await self._run(lambda session: sweeping.sweep(session, bot, now))
            is_clean, due = is_clean and swept.is_clean, swept.due
            if due or not swept.is_clean:
                self._wake()
        return is_clean


class Digests(MinuteTick):
    """Sends each company its week, looked at every minute by the business clock."""

    name = "digests"

    async def _work(self, bot: Bot, now: datetime) -> None:
        for company_id in await self._run(lambda session: digests.due(session, now)):
            await self._send(bot, company_id, now)

    async def _send(self, bot: Bot, company_id: int, now: datetime) -> None:
        """Send one company's; another one's failure does not stop it."""
        try:
            weekly = await self._run(lambda session: digests.weekly(session, bot, company_id, now))
            # Drawing takes longer than a transaction may.
            picture = await asyncio.to_thread(drawing.drawn, weekly.digest) if weekly.has_news else None
            is_sent = await self._run(lambda session: digests.send(session, bot, weekly, picture, now))
        except Exception:
            log.exception("digest_failed", company=company_id)
            return
        if is_sent:
            log.info("digest_sent", company=company_id, week=weekly.week)
            self._wake()
