"""What is counted, as Prometheus reads it. No label can take more values than are written in our code."""

import asyncio
from datetime import datetime

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from bot.domain.matching.match import Match
from bot.status.stored import StoredFigures

ACKNOWLEDGED_WITHIN = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
"""Slack waits for 3 s."""
DONE_WITHIN = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)


class Metrics:
    """Keeps count (`bot.services.watching.Watch`) in a registry of its own, so that two bots may count."""

    def __init__(self, stored: StoredFigures) -> None:
        self._stored = stored
        self._registry = registry = CollectorRegistry()
        self._events = Counter("signpost_events", "What Slack brought, by kind.", ["kind"], registry=registry)
        self._not_taken = Counter(
            "signpost_events_not_acknowledged", "What failed, and comes again.", ["kind"], registry=registry
        )
        self._acknowledging = Histogram(
            "signpost_acknowledgement_seconds",
            "From arrival to acknowledgement; Slack waits for 3 s.",
            ["kind"],
            buckets=ACKNOWLEDGED_WITHIN,
            registry=registry,
        )
        self._decisions = Counter(
            "signpost_decisions",
            "What the matcher decided, and whether by words alone or by meaning.",
            ["decision", "stage"],
            registry=registry,
        )
        self._settling = Histogram(
            "signpost_settling_seconds",
            "From the stored arrival (a question: asked) to its effect, the queued answer.",
            ["kind"],
            buckets=DONE_WITHIN,
            registry=registry,
        )
        self._set_aside = Counter(
            "signpost_arrivals_set_aside",
            "Arrivals that failed so often that they are tried no more.",
            ["kind"],
            registry=registry,
        )
        self._deliveries = Counter(
            "signpost_deliveries",
            "Tries to send what was queued, by how they ended.",
            ["method", "outcome"],
            registry=registry,
        )
        self._delivering = Histogram(
            "signpost_delivery_seconds",
            "From queued to posted.",
            ["method"],
            buckets=DONE_WITHIN,
            registry=registry,
        )
        self._calls = Counter(
            "signpost_web_api_calls", "Calls of Slack's Web API.", ["method", "outcome"], registry=registry
        )
        self._reminders = Counter(
            "signpost_reminders_sent", "Recipients to whom reminders were queued.", registry=registry
        )
        self._swept = Gauge(
            "signpost_escalations_clean_timestamp_seconds",
            "The heartbeat: when all open escalations were last looked at and found well.",
            registry=registry,
        )
        self._database = Counter(
            "signpost_database_errors",
            "Errors of the database; a conflict is a transaction that is run again.",
            ["kind"],
            registry=registry,
        )
        registry.register(stored)

    async def written(self) -> tuple[bytes, str]:
        """Return all figures in Prometheus's text format, and its content type."""
        await self._stored.refresh()
        return await asyncio.to_thread(generate_latest, self._registry), CONTENT_TYPE_LATEST

    def acknowledged(self, kind: str, seconds: float, *, is_taken: bool) -> None:
        """Count what Slack brought."""
        self._events.labels(kind).inc()
        self._acknowledging.labels(kind).observe(seconds)
        if not is_taken:
            self._not_taken.labels(kind).inc()

    def decided(self, match: Match) -> None:
        """Count a decision."""
        self._decisions.labels(match.decision, "meaning" if match.is_by_meaning else "words").inc()

    def settled(self, kind: str, seconds: float) -> None:
        """Measure how long an arrival waited for its effect."""
        self._settling.labels(kind).observe(seconds)

    def set_aside(self, kind: str) -> None:
        """Count what is tried no more."""
        self._set_aside.labels(kind).inc()

    def delivered(self, method: str, outcome: str, seconds: float) -> None:
        """Count a try, and measure how long it took in all."""
        self._deliveries.labels(method, outcome).inc()
        if outcome == "sent":
            self._delivering.labels(method).observe(seconds)

    def called(self, method: str, outcome: str) -> None:
        """Count a call of the Web API."""
        self._calls.labels(method, outcome).inc()

    def reminded(self, recipients: int) -> None:
        """Count reminders."""
        self._reminders.inc(recipients)

    def swept(self, at: datetime) -> None:
        """Remember the heartbeat."""
        self._swept.set(at.timestamp())

    def database_failed(self, kind: str) -> None:
        """Count an error of the database."""
        self._database.labels(kind).inc()
