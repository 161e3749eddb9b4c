"""The two short-lived keys that come with an interaction: trigger ids and response addresses."""

import secrets
from datetime import timedelta

from msgspec import Struct, field

from bot.playground.clock import WorkspaceClock
from bot.playground.rules import Limits, RefusedError


class Trigger(Struct, frozen=True):
    """Who did something that may open a view, and in which modal, if in one."""

    user: str
    view_id: str | None = None


class Triggers:
    """Gives out trigger ids and takes each back once, within three seconds (INTERACTIVITY_PAGE)."""

    def __init__(self, clock: WorkspaceClock, limits: Limits) -> None:
        self._clock, self._limits = clock, limits
        self._issued: dict[str, tuple[Trigger, float]] = {}
        self._used: set[str] = set()

    def issue(self, user: str, view_id: str | None = None) -> str:
        """A new trigger id for what this person just did."""
        now = self._clock.now().timestamp()
        trigger_id = f"{int(now * 1000)}.{secrets.randbelow(10**13)}.{secrets.token_hex(16)}"
        self._issued[trigger_id] = (Trigger(user, view_id), now)
        return trigger_id

    def exchange(self, trigger_id: str) -> Trigger:
        """What stands behind a trigger id, once; else the error names of views.open."""
        if trigger_id not in self._issued:
            raise RefusedError("invalid_trigger_id")
        if trigger_id in self._used:
            raise RefusedError("exchanged_trigger_id")
        trigger, issued = self._issued[trigger_id]
        if self._clock.now().timestamp() - issued > self._limits.trigger_seconds:
            raise RefusedError("expired_trigger_id")
        self._used.add(trigger_id)
        return trigger


class ResponseAddress(Struct):
    """What a response_url speaks to: a place, one reader, and the message that was clicked, if any."""

    channel: str
    user: str
    issued: float
    message_ts: str | None = None
    thread_ts: str | None = None
    uses: int = field(default=0)


class ResponseUrls:
    """Gives out response addresses: five uses within thirty minutes (INTERACTIVITY_PAGE)."""

    def __init__(self, clock: WorkspaceClock, limits: Limits) -> None:
        self._clock, self._limits = clock, limits
        self._issued: dict[str, ResponseAddress] = {}

    def issue(
        self, channel: str, user: str, message_ts: str | None = None, thread_ts: str | None = None
    ) -> str:
        """The secret end of a new address."""
        key = secrets.token_urlsafe(16)
        now = self._clock.now().timestamp()
        self._issued[key] = ResponseAddress(channel, user, now, message_ts, thread_ts)
        return key

    def use(self, key: str) -> ResponseAddress:
        """Count one use; an unknown, used-up or old address is refused."""
        address = self._issued.get(key)
        if address is None:
            raise RefusedError("invalid_url")
        lifetime = timedelta(minutes=self._limits.response_url_minutes).total_seconds()
        if self._clock.now().timestamp() - address.issued > lifetime:
            raise RefusedError("expired_url")
        if address.uses >= self._limits.response_url_uses:
            raise RefusedError("used_url")
        address.uses += 1
        return address
