"""Takes arrivals in, durably, and gives each its effect."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.arrival import Arrival, Asked, RenewalsAsked, Withdrawn, Written, kind_of
from bot.domain.matching.match import Match
from bot.services import asking, inbox
from bot.services.bot import Bot
from bot.services.inbox import Considered, Work
from bot.services.library import Library
from bot.services.people import ChannelFacts, Profile
from bot.services.renewals import command, plotting
from bot.services.watching import NOBODY, Watch
from bot.slack.crew import Crew, wait_for
from bot.slack.shapes import clean
from bot.storage.joint import Joint
from bot.storage.threads import Transactions

log = structlog.get_logger()

ARRIVALS_AT_ONCE = 24
"""More would keep the event loop longer from acknowledging what comes, and be no faster."""
IDLE_SECONDS = 1.0
"""How often to look for work that another process or an earlier run left behind."""
LOOKUP_SECONDS = 2.5


HEAD_LOOKS, HEAD_SECONDS = 20, 0.1
"""How often, and how far apart, to look whose thread it is that is being begun; Slack waits for 3 s."""


class HeadUnderWayError(Exception):
    """Somebody wrote in a thread whose first message we are still sending, as far as we know."""


class Worker:
    """The way from acknowledgement to effect. `spoken` is called when there is something to deliver."""

    def __init__(
        self,
        transactions: Transactions,
        library: Library,
        client_for: Callable[[str], Awaitable[AsyncWebClient]],
        spoken: Callable[[], None],
        watch: Watch = NOBODY,
    ) -> None:
        self._transactions = transactions
        self._library = library
        self._client_for = client_for
        self._spoken = spoken
        self._watch = watch
        self._arrived = asyncio.Event()
        self._stopping = False
        self._under_way: set[int] = set()

    async def receive(self, arrival: Arrival) -> None:
        """Store an arrival; when this returns it is safe to acknowledge, and when it raises it is not."""
        bot = self._library.bot
        if await self._transactions.run(Joint(inbox.receive, bot, arrival), is_brief=True):
            log.debug("received", key=arrival.key)
            self._arrived.set()

    async def receive_in_thread(self, said: Written | Withdrawn, *, is_below_ours: bool) -> bool:
        """Store what belongs to a thread of an escalation, and return whether it does.

        `is_below_ours`: a message of ours may head the thread. Raises `HeadUnderWayError` where it cannot be
        told in time whose it is: what is not acknowledged comes again.
        """
        bot = self._library.bot
        for _ in range(HEAD_LOOKS):
            belongs = await self._transactions.run(
                lambda session: inbox.receive_in_thread(session, bot, said), is_brief=True
            )
            if belongs:
                log.debug("received", key=said.key)
                self._arrived.set()
            if belongs is not None or not is_below_ours:
                return bool(belongs)
            await asyncio.sleep(HEAD_SECONDS)
        raise HeadUnderWayError(said.key)

    async def run(self) -> None:
        """Work until `stop`; what is under way is finished first."""
        crew = Crew(ARRIVALS_AT_ONCE, self._arrived.set)
        while not self._stopping:
            self._arrived.clear()
            batch = await self._take(crew.free)
            for work in batch:
                self._under_way.add(work.row_id)
                crew.start(self._settle(work))
            if not batch:
                await wait_for(self._arrived, IDLE_SECONDS)
        await crew.finish()

    def stop(self) -> None:
        """Let `run` return after what it is doing."""
        self._stopping = True
        self._arrived.set()

    async def _take(self, limit: int) -> list[Work]:
        if not limit:
            return []
        bot, under_way = self._library.bot, frozenset(self._under_way)
        try:
            return await self._transactions.claim(
                lambda session: inbox.take(session, bot, limit, under_way), is_brief=True
            )
        except Exception:
            log.exception("inbox_unavailable")
            return []

    async def _consider(self, bot: Bot, work: Work) -> Considered:
        """Find out what the transaction needs, outside of it: the topic, and what Slack knows."""
        arrival = work.arrival
        match = None
        if isinstance(arrival, Asked):
            match = await recognise(bot, arrival)
            self._watch.decided(match)
        client = await self._client_for(arrival.workspace_id)
        profile = await look_up_person(client, arrival.user.user_id) if work.wants_profile else None
        facts = await look_up_channel(client, arrival.channel_id) if work.wants_channel else None
        # What came back may have died of its picture, and takes less time without one.
        is_first = work.attempt == 1
        picture = await self._draw(bot, arrival) if isinstance(arrival, RenewalsAsked) and is_first else None
        return Considered(match, profile, facts, picture)

    async def _draw(self, bot: Bot, asked: RenewalsAsked) -> bytes | None:
        """Draw beforehand what may go with the answer: that takes longer than a transaction may."""
        if not plotting.can_draw():
            return None
        plot = await self._transactions.run_behind(lambda session: command.wanted_plot(session, bot, asked))
        return None if plot is None else await asyncio.to_thread(plotting.draw, plot)

    async def _settle(self, work: Work) -> None:
        bot = self._library.bot  # One for the whole arrival: matched and answered with the same knowledge.
        try:
            found = await self._consider(bot, work)
            is_settled = await self._transactions.run_behind(
                Joint(inbox.settle, bot, (work, found)),
                is_brief=isinstance(work.arrival, Asked),
            )
        except Exception:
            log.exception("settling_failed", key=work.arrival.key)
            await self._put_off(bot, work)
        else:
            log.info("settled" if is_settled else "settled_elsewhere", key=work.arrival.key)
            if is_settled:
                waited = bot.system_clock.now() - work.received_at
                self._watch.settled(kind_of(work.arrival), waited.total_seconds())
        finally:
            self._under_way.discard(work.row_id)
        self._spoken()

    async def _put_off(self, bot: Bot, work: Work) -> None:
        try:
            aside = await self._transactions.run_behind(partial(inbox.put_off, bot=bot, work=work))
        except Exception:
            # The claim runs out by itself, and the row is taken again.
            log.exception("putting_off_failed", key=work.arrival.key)
            return
        if aside:
            log.error("set_aside", key=work.arrival.key, reference=aside)
            self._watch.set_aside(kind_of(work.arrival))


async def recognise(bot: Bot, asked: Asked) -> Match:
    """Say what a message is about; what takes thought is thought about in another thread."""
    clear = asking.recognise_at_once(bot, asked)
    return clear if clear is not None else await asyncio.to_thread(asking.recognise, bot, asked)


async def look_up_person(client: AsyncWebClient, user_id: str) -> Profile | None:
    """Ask Slack who this is; `None` when it does not say, which must not keep anybody waiting."""
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            user = (await client.users_info(user=user_id, include_locale=True))["user"]
            clean(user)
    except (SlackClientError, TimeoutError, OSError) as error:
        log.warning("person_unknown", user=user_id, error=type(error).__name__)
        return None
    profile = user.get("profile") or {}
    name = profile.get("real_name") or user.get("real_name") or user.get("name") or ""
    return Profile(name, profile.get("email") or "", user.get("locale") or "", user.get("tz") or "")


async def look_up_channel(client: AsyncWebClient, channel_id: str) -> ChannelFacts | None:
    """Ask Slack what this channel is; `None` when it does not say."""
    try:
        async with asyncio.timeout(LOOKUP_SECONDS):
            channel = (await client.conversations_info(channel=channel_id))["channel"]
            clean(channel)
    except (SlackClientError, TimeoutError, OSError) as error:
        log.warning("channel_unknown", channel=channel_id, error=type(error).__name__)
        return None
    shared = bool(channel.get("is_ext_shared") or channel.get("is_org_shared"))
    return ChannelFacts(channel.get("name") or "", shared)
