"""The ticks: what happens by the clock. Each calls one use case, which may run twice without harm."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import ParamSpec

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger
from sqlmodel import Session

from bot.domain.keeping import Keep
from bot.services.bot import Bot
from bot.services.escalations import sweeping
from bot.services.forgetting import retention
from bot.services.library import Library, Reader, Refused, TakenUp
from bot.services.renewals import follow_up, periods, reminding, remittances
from bot.services.reports import digests, drawing, rerouting
from bot.services.watching import NOBODY, Watch
from bot.storage.queries import reminders
from bot.storage.threads import Transactions

log = structlog.get_logger()
Ticked = ParamSpec("Ticked")

RETENTION_MINUTES = 60
BREATH_SECONDS = 0.03
"""The pause between two batches of forgetting."""
KNOWLEDGE_SECONDS = 5
LOOK_SECONDS = 1
"""How often to look whether a minute of the business clock has passed, which a trial moves by days."""


def schedule(
    transactions: Transactions,
    library: Library,
    reader: Reader,
    keep: Keep,
    wake: Callable[[], None],
    watch: Watch = NOBODY,
) -> AsyncIOScheduler:
    """Return a scheduler with all ticks, not started. It stores nothing: each replica ticks on its own.

    `wake` is called when there is something to deliver.
    """
    scheduler = SteadyScheduler()
    late = {"misfire_grace_time": None, "coalesce": True}
    scheduler.add_job(
        forget,
        Every(timedelta(minutes=RETENTION_MINUTES)),
        args=[transactions, library, keep],
        # Soon after the start as well, or a bot that is started every hour would keep everything.
        next_run_time=library.bot.system_clock.now() + timedelta(minutes=1),
        **late,
    )
    scheduler.add_job(reread, Every(timedelta(seconds=KNOWLEDGE_SECONDS)), args=[reader], **late)
    for kind in (Renewals, Escalations, Digests):
        tick = kind(transactions, library, wake, watch).tick
        scheduler.add_job(tick, Every(timedelta(seconds=LOOK_SECONDS)), max_instances=2, **late)
    return scheduler


class Every(BaseTrigger):  # type: ignore[misc] # APScheduler has no types
    """Fires a step after it fired last, once, however many steps the wall clock has skipped since.

    An interval would count them all: after a weekend asleep hundreds of thousands, which stops everything.
    """

    def __init__(self, interval: timedelta) -> None:
        self.interval = interval

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        """Return when to fire next."""
        return now + self.interval


class SteadyScheduler(AsyncIOScheduler):  # type: ignore[misc] # APScheduler has no types
    """Goes on when the wall clock is put back, instead of waiting until it is as late again as it was.

    Jobs have the trigger `Every`. The scheduler wakes by a timer that no clock moves.
    """

    def wakeup(self) -> None:
        """Bring what lies further ahead than it ever should to now, and look what is due."""
        now = datetime.now(UTC)
        for job in self.get_jobs():
            if job.next_run_time - now > job.trigger.interval:
                job.modify(next_run_time=now)
        super().wakeup()


def ends_in_silence(
    tick: Callable[Ticked, Awaitable[None]],
) -> Callable[Ticked, Coroutine[None, None, None]]:
    """Let the bot's stop cut a tick off without a word: the next start does the rest.

    The scheduler cancels what runs when it stops, and logs that as a failure.
    """

    @wraps(tick)
    async def cut_off(*arguments: Ticked.args, **named: Ticked.kwargs) -> None:
        with suppress(asyncio.CancelledError):
            await tick(*arguments, **named)

    return cut_off


@ends_in_silence
async def forget(transactions: Transactions, library: Library, keep: Keep) -> None:
    """Forget what is old by every rule, a batch at a time; one rule's failure does not stop the others."""
    for rule in retention.RULES:
        try:
            await _forget_by(rule, transactions, library.bot, keep)
        except Exception:
            log.exception("tick_failed", tick="forget", rule=rule.name)


async def _forget_by(rule: retention.Rule, transactions: Transactions, bot: Bot, keep: Keep) -> None:
    rows, batch = 0, retention.AT_ONCE
    while batch == retention.AT_ONCE:
        batch = await transactions.claim(lambda session: retention.forget(session, bot, keep, rule))
        rows += batch
        # Other processes that write to the same SQLite file only see that it is free if it is for a while.
        await asyncio.sleep(BREATH_SECONDS if batch == retention.AT_ONCE else 0)
    if rows:
        log.info("forgot", rule=rule.name, rows=rows)


class MinuteTick(ABC):
    """Work for every minute of the business clock, and for whenever that is moved; one at a time.

    `name` stands in the log when a tick fails; the next minute tries again.
    """

    name: str

    def __init__(
        self,
        transactions: Transactions,
        library: Library,
        wake: Callable[[], None],
        watch: Watch = NOBODY,
    ) -> None:
        self._run = transactions.run_behind
        self._library = library
        self._wake = wake
        self._watch = watch
        self._minute: datetime | None = None
        self._is_busy = False

    @ends_in_silence
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
            self._watch.reminded(done)
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


@ends_in_silence
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
            self._watch.swept(now)

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
        if await self._run(lambda session: rerouting.reroute(session, bot)):
            self._wake()

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
