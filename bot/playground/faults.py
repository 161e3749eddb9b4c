"""What can go wrong between Slack and the app, on demand."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

from aiohttp import web
from msgspec import Struct

if TYPE_CHECKING:
    from bot.playground.delivery import Envelope

EVERY_METHOD = "*"


class _Fault(Struct):
    method: str
    times: int
    status: int = 0
    retry_after_seconds: int = 0
    hang_seconds: float = 0.0
    happens_after: bool = False

    def fits(self, method: str) -> bool:
        return self.times > 0 and self.method in {EVERY_METHOD, method}


class FaultsOnDemand:
    """Every fault a test can order. Each counts down its `times` and is then over.

    storm        429 with Retry-After, the call has no effect
    breaks       500 (or another status), the call has no effect
    hangs_up     the connection closes before the call has an effect
    stores_then_hangs_up   the call has its effect, then the connection closes without an answer
    stores_then_breaks     the call has its effect, then comes a 500
    slow         every answer comes so many seconds late
    duplicate    the next events come twice, with the same event_id
    reorder      the next events are held back and come in reverse order
    lose         the next deliveries never reach the app
    lose_acknowledgements  the next deliveries reach the app, and its answer does not come back
    """

    def __init__(self) -> None:
        self._faults: list[_Fault] = []
        self._latency: dict[str, float] = {}
        self._duplicates = 0
        self._held: list[Envelope] = []
        self._hold = 0
        self._lost = self._unheard = 0

    # -- orders

    def storm(
        self, method: str = "chat.postMessage", *, times: int = 3, retry_after_seconds: int = 1
    ) -> None:
        """Answer the next calls with 429."""
        self._faults.append(_Fault(method, times, 429, retry_after_seconds))

    def breaks(self, method: str = EVERY_METHOD, *, times: int = 1, status: int = 500) -> None:
        """Answer the next calls with a server error."""
        self._faults.append(_Fault(method, times, status))

    def hangs_up(self, method: str = EVERY_METHOD, *, times: int = 1) -> None:
        """Close the connection on the next calls before they have an effect."""
        self._faults.append(_Fault(method, times))

    def stores_then_hangs_up(
        self, method: str = "chat.postMessage", *, times: int = 1, hang_seconds: float = 0.0
    ) -> None:
        """Do what the next calls ask, then say nothing for so long and close the connection."""
        self._faults.append(_Fault(method, times, hang_seconds=hang_seconds, happens_after=True))

    def stores_then_breaks(
        self, method: str = "chat.postMessage", *, times: int = 1, status: int = 500
    ) -> None:
        """Do what the next calls ask, then answer with a server error."""
        self._faults.append(_Fault(method, times, status, happens_after=True))

    def slow(self, seconds: float, method: str = EVERY_METHOD) -> None:
        """Make every answer late; 0 ends it."""
        self._latency[method] = seconds

    def duplicate(self, events: int = 1) -> None:
        """Deliver the next events twice."""
        self._duplicates += events

    def reorder(self, events: int = 2) -> None:
        """Hold the next events back until so many have come together, then deliver the last one first."""
        self._hold = events

    def lose(self, deliveries: int = 1) -> None:
        """Lose the next deliveries on their way to the app."""
        self._lost += deliveries

    def lose_acknowledgements(self, deliveries: int = 1) -> None:
        """Lose what the app answers to the next deliveries that reach it."""
        self._unheard += deliveries

    def clear(self) -> None:
        """End all faults; events that are held back are dropped."""
        self._faults.clear()
        self._latency.clear()
        self._held.clear()
        self._duplicates = self._hold = self._lost = self._unheard = 0

    # -- effects

    async def before(self, method: str) -> web.Response | None:
        """What befalls a call before it has an effect: the answer that it gets instead, or None."""
        delay = self._latency.get(method, self._latency.get(EVERY_METHOD, 0.0))
        if delay:
            await asyncio.sleep(delay)
        return await self._strike(method, after=False)

    async def after(self, method: str) -> web.Response | None:
        """What befalls a call after it has had its effect: the answer that it gets instead, or None."""
        return await self._strike(method, after=True)

    async def _strike(self, method: str, *, after: bool) -> web.Response | None:
        fault = next((f for f in self._faults if f.happens_after is after and f.fits(method)), None)
        if fault is None:
            return None
        fault.times -= 1
        if fault.hang_seconds:
            await asyncio.sleep(fault.hang_seconds)
        if not fault.status:
            raise ConnectionAbortedError(method)
        if fault.status == web.HTTPTooManyRequests.status_code:
            headers = {"Retry-After": str(fault.retry_after_seconds)}
            return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)
        return web.Response(text="Server Error", status=fault.status)

    def loses(self) -> bool:
        """Whether this delivery gets lost on its way."""
        self._lost, is_lost = max(self._lost - 1, 0), self._lost > 0
        return is_lost

    def loses_acknowledgement(self) -> bool:
        """Whether the answer to this delivery gets lost."""
        self._unheard, is_lost = max(self._unheard - 1, 0), self._unheard > 0
        return is_lost

    def arrange(self, envelope: "Envelope") -> Iterable["Envelope"]:
        """What is delivered now instead of this one event."""
        if self._hold:
            self._held.append(envelope)
            if len(self._held) < self._hold:
                return ()
            arranged, self._held, self._hold = self._held[::-1], [], 0
            return arranged
        if self._duplicates:
            self._duplicates -= 1
            return (envelope, envelope)
        return (envelope,)
