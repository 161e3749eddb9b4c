"""How Slack brings something to the app, waits for the acknowledgement, and comes again."""

import asyncio
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from bot.playground.faults import FaultsOnDemand
from bot.playground.rules import Limits

Json = dict[str, Any]


class Envelope(Struct, frozen=True):
    """One delivery; `kind` is events_api, slash_commands or interactive, as in Socket Mode."""

    kind: str
    payload: Json
    accepts_response_payload: bool = False
    retry_attempt: int = 0
    retry_reason: str = ""


class Acknowledgement(Struct, frozen=True):
    """What came back. `reason` says why nothing did, in the words of `retry_reason`."""

    is_given: bool
    body: Any = None
    reason: str = ""
    forbids_retry: bool = False


LOST = Acknowledgement(is_given=False, reason="timeout")
"""What comes back when either way is broken."""


class Transport(Protocol):
    """A way to the app: Socket Mode or HTTP."""

    async def deliver(self, envelope: Envelope, within_seconds: float) -> Acknowledgement:
        """Hand over once and wait so long for the acknowledgement."""


class Courier:
    """Delivers events with Slack's redeliveries, and everything else once."""

    def __init__(self, transport: Transport, limits: Limits, faults: FaultsOnDemand) -> None:
        self._transport, self._limits, self._faults = transport, limits, faults
        self._tasks: set[asyncio.Task[None]] = set()
        self._first_attempts = 0
        self._settled = asyncio.Event()
        self._settled.set()
        self.delivered: list[Envelope] = []
        self.failures: list[tuple[Envelope, Acknowledgement]] = []

    def send_event(self, payload: Json, *, attempt: int = 0, reason: str = "") -> None:
        """Start the delivery of an Events API payload, and do not wait for it; `attempt` 0 is the first."""
        envelope = Envelope("events_api", payload, retry_attempt=attempt, retry_reason=reason)
        for arranged in self._faults.arrange(envelope):
            self._start(arranged)

    def carries(self, transport: Transport) -> bool:
        """Whether deliveries go this way."""
        return self._transport is transport

    @property
    def is_busy(self) -> bool:
        """Whether an event waits for its acknowledgement, or to be brought again."""
        return bool(self._tasks)

    async def ask(self, envelope: Envelope) -> Acknowledgement:
        """Deliver a command or an interaction: once, and the person sees when it fails."""
        return await self._attempt(envelope)

    async def settled(self) -> None:
        """Wait until no event waits for its first acknowledgement any more."""
        await self._settled.wait()

    async def close(self) -> None:
        """Give up all deliveries under way."""
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, envelope: Envelope) -> None:
        self._first_attempts += 1
        self._settled.clear()
        task = asyncio.get_running_loop().create_task(self._deliver(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, envelope: Envelope) -> None:
        try:
            answer = await self._attempt(envelope)
        finally:
            self._first_attempts -= 1
            if not self._first_attempts:
                self._settled.set()
        for attempt, delay in enumerate(self._limits.redelivery_delays_seconds, start=1):
            if answer.is_given or answer.forbids_retry:
                return
            await asyncio.sleep(delay)
            answer = await self._attempt(replace(envelope, retry_attempt=attempt, retry_reason=answer.reason))

    async def _attempt(self, envelope: Envelope) -> Acknowledgement:
        self.delivered.append(envelope)
        answer = LOST
        if not self._faults.loses():
            answer = await self._transport.deliver(envelope, self._limits.acknowledge_within_seconds)
            answer = LOST if self._faults.loses_acknowledgement() else answer
        if not answer.is_given:
            self.failures.append((envelope, answer))
        return answer
