"""Figures that the database knows: read when somebody asks, kept for some seconds, never in the way."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.services.figures import Figures, Queue

log = structlog.get_logger()

KEPT_SECONDS = 5.0
PATIENCE_SECONDS = 2.0
"""A scrape gives up after 10 s by default, and also wants what the database does not have to tell."""


class StoredFigures(Collector):
    """Reads figures with `read`; while that fails there are none, since old ones would be a lie."""

    def __init__(
        self, read: Callable[[], Awaitable[Figures]], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._monotonic = monotonic
        self._figures: Figures | None = None
        self._read_at: float | None = None
        self._reading = asyncio.Lock()

    async def refresh(self) -> None:
        """Read again what is older than some seconds; this never fails, nor takes long."""
        async with self._reading:
            now = self._monotonic()
            if self._read_at is not None and now - self._read_at < KEPT_SECONDS:
                return
            self._read_at = now
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    self._figures = await self._read()
            except Exception as error:
                log.warning("figures_unavailable", error=type(error).__name__)
                self._figures = None

    def describe(self) -> list[GaugeMetricFamily]:
        """Promise nothing, so that registering reads nothing."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Tell what was read last."""
        figures = self._figures
        up = "Whether the figures below could be read: 1, or 0 and there are none."
        yield GaugeMetricFamily("signpost_database_up", up, value=float(figures is not None))
        if figures is not None:
            yield from _queue("inbox", "arrivals that have no effect yet", figures.inbox)
            yield from _queue("outbox", "calls that Slack has not taken yet", figures.outbox)
            yield _by("escalations_open", "Escalations that are not closed.", "state", figures.escalations)
            yield _by("escalations_overdue", "Promises that are broken now.", "promise", figures.overdue)


def _queue(name: str, what: str, queue: Queue) -> Iterator[GaugeMetricFamily]:
    yield GaugeMetricFamily(f"signpost_{name}_waiting", f"How many {what}.", value=queue.waiting)
    oldest = f"How long the oldest of the {what} waits; 0 where there is none."
    yield GaugeMetricFamily(f"signpost_{name}_oldest_seconds", oldest, value=queue.oldest_seconds)


def _by(name: str, what: str, label: str, counts: dict[str, int]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"signpost_{name}", what, labels=[label])
    for value, count in counts.items():
        family.add_metric([value], count)
    return family
