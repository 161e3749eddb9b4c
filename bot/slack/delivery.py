"""The only place that posts: what is in the outbox goes to Slack, once each."""

import asyncio
from base64 import b64decode
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
import structlog
from msgspec.structs import replace
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.clock import Clock
from bot.domain.parcel import Parcel
from bot.services import delivering
from bot.services.delivering import Sent, backoff
from bot.services.watching import NOBODY, Watch
from bot.slack.calls import CALL_SECONDS
from bot.slack.crew import Crew, wait_for
from bot.slack.verdicts import Again, Done, Refused, Verdict, error_name, judge
from bot.storage.joint import Joint
from bot.storage.threads import Transactions

log = structlog.get_logger()

CALLS_AT_ONCE = 48
KEPT_OPEN_SECONDS = 10
"""How long a connection is kept for the next call; Slack's side keeps it longer."""
SEND_SECONDS = delivering.LEASE.total_seconds() - 5
"""How long a parcel may take with all its calls, from when it is taken: later somebody else may take it."""
IDLE_SECONDS = 0.25
EVENT_TYPE = "signpost"
"""The metadata by which a post of ours is found again."""
EXPIRED_LINK = frozenset({404, 410})
LOOK_BACK = 200
CLOCKS_APART = timedelta(minutes=1)
"""How far our clock may be from Slack's."""
UPLOAD = "files.upload"
"""A file by its bytes; it takes Slack three calls."""
ADDRESSED = frozenset({"chat.postMessage", "chat.update", UPLOAD})
PEOPLE = ("U", "W")
"""How the ids of people begin; those of conversations begin with C, D or G."""


class LinkBrokenError(SlackClientError):
    """A command's link answered with a status that says nothing about what became of the message."""


class Delivery:
    """Sends what is queued. One post a second and in order within a channel; channels beside each other."""

    def __init__(
        self,
        transactions: Transactions,
        clock: Clock,
        client_for: Callable[[str], Awaitable[AsyncWebClient]],
        watch: Watch = NOBODY,
    ) -> None:
        self._transactions = transactions
        self._clock = clock
        self._client_for = client_for
        self._watch = watch
        self._queued = asyncio.Event()
        self._stopping = False
        self._connections: aiohttp.ClientSession | None = None
        self._under_way: set[int] = set()

    def wake(self) -> None:
        """Say that there is something to deliver."""
        self._queued.set()

    def stop(self) -> None:
        """Let `run` return after what it is doing."""
        self._stopping = True
        self._queued.set()

    async def run(self) -> None:
        """Deliver until `stop`; what is under way is finished first."""
        async with _connections() as self._connections:
            crew = Crew(CALLS_AT_ONCE, self.wake)
            while not self._stopping:
                self._queued.clear()
                until = asyncio.get_running_loop().time() + SEND_SECONDS
                parcels = await self._take(crew.free)
                for parcel in parcels:
                    self._under_way.add(parcel.row_id)
                    crew.start(self._carry(parcel, until))
                if not parcels:
                    await wait_for(self._queued, IDLE_SECONDS)
            await crew.finish()

    async def _take(self, limit: int) -> list[Parcel]:
        if not limit:
            return []
        clock, under_way = self._clock, frozenset(self._under_way)
        try:
            return await self._transactions.claim(
                lambda session: delivering.take(session, clock, limit, under_way), is_brief=True
            )
        except Exception:
            log.exception("outbox_unavailable")
            return []

    async def _carry(self, parcel: Parcel, until: float) -> None:
        """Send one parcel and note what came of it; a failure here never stops the others."""
        try:
            ts, verdict = await self._try(parcel, until)
            await self._note(parcel, ts, verdict)
        except Exception:
            # Its lease runs out by itself, and it is taken up again.
            log.exception("delivery_failed", key=parcel.key)
        finally:
            self._under_way.discard(parcel.row_id)

    async def _try(self, parcel: Parcel, until: float) -> tuple[str, Verdict]:
        try:
            async with asyncio.timeout_at(until):
                return await self._send(parcel), Done()
        except SlackApiError as error:
            return "", judge(error, parcel.attempts)
        except (SlackClientError, aiohttp.ClientError, TimeoutError, OSError) as error:
            # Nobody knows whether it arrived: the next try looks before it sends.
            return "", Again(backoff(parcel.attempts), is_uncertain=True, error=type(error).__name__)

    async def _note(self, parcel: Parcel, ts: str, verdict: Verdict) -> None:
        clock, run = self._clock, partial(self._transactions.claim, is_brief=True)
        match verdict:
            case Done():
                await run(Joint(delivering.sent, clock, Sent(parcel, ts)))
                log.info("delivered", key=parcel.key)
                self._tell(parcel, "sent")
            case Refused(error):
                await run(lambda session: delivering.refused(session, clock, parcel, error))
                log.error("refused", key=parcel.key, error=error)
                self._tell(parcel, "refused")
            case Again(wait, is_uncertain, error):
                kept = await run(
                    lambda session: delivering.again(
                        session, clock, parcel, wait, is_uncertain=is_uncertain, error=error
                    )
                )
                outcome, seconds = "postponed" if kept else "given_up", wait.total_seconds()
                log.warning(outcome, key=parcel.key, error=error, seconds=seconds)
                self._tell(parcel, outcome)

    def _tell(self, parcel: Parcel, outcome: str) -> None:
        waited = self._clock.now() - parcel.queued_at
        self._watch.delivered(parcel.method, outcome, waited.total_seconds())

    async def _send(self, parcel: Parcel) -> str:
        client = await self._client(parcel.workspace_id)
        if parcel.method == "response_url":
            if await respond(parcel):
                return ""
            parcel = directly(parcel)
        if parcel.method in ADDRESSED:
            parcel = await addressed(client, parcel)
        if parcel.method not in ("chat.postMessage", UPLOAD):
            answer = await client.api_call(parcel.method, json=parcel.content)
            return str(answer.get("ts") or answer.get("message_ts") or "")
        if parcel.is_uncertain:
            posted = await find_post(client, parcel)
            if posted:
                return posted
        if parcel.method == UPLOAD:
            await upload(client, parcel)
            return ""
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"key": parcel.key}}
        quiet = {"unfurl_links": False, "unfurl_media": False}
        answer = await client.api_call(parcel.method, json={**parcel.content, **quiet, "metadata": metadata})
        return str(answer["ts"])

    async def _client(self, workspace_id: str) -> AsyncWebClient:
        """Return a workspace's client, made to keep its connections: a new one costs more than the call."""
        client = await self._client_for(workspace_id)
        client.session = self._connections
        return client


async def respond(parcel: Parcel) -> bool:
    """Answer through a command's link; return `False` when that has run out."""
    content = {key: value for key, value in parcel.content.items() if key not in ("response_url", "user")}
    response = await AsyncWebhookClient(parcel.content["response_url"], retry_handlers=[]).send_dict(
        {"response_type": "ephemeral", **content}
    )
    if response.status_code == 200:
        return True
    if response.status_code not in EXPIRED_LINK:
        raise LinkBrokenError(response.status_code)
    return False


def directly(parcel: Parcel) -> Parcel:
    """Return the answer to a command as a message to the person."""
    message = {key: parcel.content[key] for key in ("text", "blocks") if key in parcel.content}
    content: dict[str, Any] = {"channel": parcel.content["user"]}
    return replace(parcel, method="chat.postMessage", content=content | message)


def _connections() -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=CALL_SECONDS),
        connector=aiohttp.TCPConnector(keepalive_timeout=KEPT_OPEN_SECONDS),
    )


async def addressed(client: AsyncWebClient, parcel: Parcel) -> Parcel:
    """Return the parcel with the conversation in the place of the person it is for.

    Slack would take the person's id for posting, but not for looking whether a post arrived, nor for a file.
    """
    to = str(parcel.content["channel"])
    if not to.startswith(PEOPLE):
        return parcel
    opened = await client.conversations_open(users=to)
    return replace(parcel, content={**parcel.content, "channel": str(opened["channel"]["id"])})


async def upload(client: AsyncWebClient, parcel: Parcel) -> None:
    """Send a file: https://docs.slack.dev/messaging/working-with-files#upload."""
    content = parcel.content
    await client.files_upload_v2(
        filename=content["filename"],
        title=content.get("title") or content["filename"],
        content=b64decode(content["data"]),
        channel=content["channel"],
        thread_ts=content.get("thread_ts"),
        initial_comment=content.get("text") or None,
    )


async def find_post(client: AsyncWebClient, parcel: Parcel) -> str:
    """Return the timestamp under which Slack already has this parcel, empty if it has not.

    Looks at what came into the channel or thread since it was queued for the parcel's key in the metadata; a
    file carries none, so it is known by its name and title. Raises `SlackApiError` where Slack does not say
    just now: then it may not be posted either.
    """
    thread = parcel.content.get("thread_ts")
    where: dict[str, Any] = {
        "channel": parcel.content["channel"],
        "limit": LOOK_BACK,
        "include_all_metadata": True,
    }
    try:
        if thread:
            pages = await client.conversations_replies(ts=thread, **where)
        else:
            pages = await client.conversations_history(**where)
        async for page in pages:
            for message in page["messages"]:
                if _is(parcel, message):
                    return str(message["ts"])
            # History begins with the newest, so behind what was there before there is nothing of ours.
            if not thread and not all(_is_since(parcel, message) for message in page["messages"][-1:]):
                break
    except SlackApiError as error:
        if isinstance(judge(error, parcel.attempts), Again):
            raise
        log.warning("not_looked_up", key=parcel.key, error=error_name(error))
    return ""


def _is(parcel: Parcel, message: dict[str, Any]) -> bool:
    if parcel.method != UPLOAD:
        payload = (message.get("metadata") or {}).get("event_payload") or {}
        return bool(payload.get("key") == parcel.key)
    name, title = parcel.content["filename"], parcel.content.get("title") or parcel.content["filename"]
    return _is_since(parcel, message) and any(
        (one.get("name"), one.get("title")) == (name, title) for one in message.get("files") or ()
    )


def _is_since(parcel: Parcel, message: dict[str, Any]) -> bool:
    """Say whether a message may have come after the parcel was queued."""
    return float(message["ts"]) >= (parcel.queued_at - CLOCKS_APART).timestamp()
