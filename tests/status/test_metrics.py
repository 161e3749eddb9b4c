"""What Prometheus reads: what happened is counted, the database's figures are fresh or not there at all."""

import asyncio

import pytest
from msgspec.structs import replace

from bot.domain.matching.match import Decision
from bot.services.figures import Figures, Queue
from bot.status import stored
from bot.status.metrics import Metrics
from bot.status.stored import StoredFigures
from tests.builders import MORNING, match

FIGURES = Figures(Queue(2, 7.5), Queue(3, 61.0), {"new": 4, "taken": 0}, {"response": 1, "solution": 0})


class Shelf:
    """A database of figures, whose reading may fail or take its time, and a clock beside it."""

    def __init__(self) -> None:
        self.figures, self.reads, self.seconds = FIGURES, 0, 0.0
        self.error: Exception | None = None
        self.ready = asyncio.Event()
        self.ready.set()

    async def read(self) -> Figures:
        self.reads += 1
        await self.ready.wait()
        if self.error is not None:
            raise self.error
        return self.figures

    def monotonic(self) -> float:
        return self.seconds

    def metrics(self) -> Metrics:
        return Metrics(StoredFigures(self.read, self.monotonic))


async def lines(metrics: Metrics) -> set[str]:
    content, content_type = await metrics.written()
    assert content_type.startswith("text/plain")
    return {line for line in content.decode().splitlines() if not line.startswith("#")}


async def test_what_happened_is_counted_by_words_that_the_code_knows() -> None:
    metrics = Shelf().metrics()
    metrics.acknowledged("message", 0.02, is_taken=True)
    metrics.acknowledged("message", 0.2, is_taken=False)
    metrics.decided(match(Decision.ANSWER))
    metrics.decided(replace(match(Decision.CHOOSE), is_by_meaning=True))
    metrics.settled("asked", 0.3)
    metrics.set_aside("asked")
    metrics.delivered("chat.postMessage", "sent", 1.5)
    metrics.delivered("chat.postMessage", "postponed", 0.5)
    metrics.called("chat.postMessage", "ratelimited")
    metrics.reminded(3)
    metrics.swept(MORNING)
    metrics.database_failed("conflict")
    assert {
        'signpost_events_total{kind="message"} 2.0',
        'signpost_events_not_acknowledged_total{kind="message"} 1.0',
        'signpost_acknowledgement_seconds_bucket{kind="message",le="0.025"} 1.0',
        'signpost_decisions_total{decision="answer",stage="words"} 1.0',
        'signpost_decisions_total{decision="choose",stage="meaning"} 1.0',
        'signpost_settling_seconds_sum{kind="asked"} 0.3',
        'signpost_arrivals_set_aside_total{kind="asked"} 1.0',
        'signpost_deliveries_total{method="chat.postMessage",outcome="postponed"} 1.0',
        'signpost_delivery_seconds_count{method="chat.postMessage"} 1.0',
        'signpost_web_api_calls_total{method="chat.postMessage",outcome="ratelimited"} 1.0',
        "signpost_reminders_sent_total 3.0",
        "signpost_escalations_clean_timestamp_seconds 1.7955108e+09",
        'signpost_database_errors_total{kind="conflict"} 1.0',
    } <= await lines(metrics)


async def test_the_database_s_figures_stand_beside_what_was_counted() -> None:
    assert {
        "signpost_database_up 1.0",
        "signpost_inbox_waiting 2.0",
        "signpost_inbox_oldest_seconds 7.5",
        "signpost_outbox_waiting 3.0",
        "signpost_outbox_oldest_seconds 61.0",
        'signpost_escalations_open{state="new"} 4.0',
        'signpost_escalations_open{state="taken"} 0.0',
        'signpost_escalations_overdue{promise="response"} 1.0',
    } <= await lines(Shelf().metrics())


async def test_two_bots_in_one_process_count_apart() -> None:
    one, other = Shelf().metrics(), Shelf().metrics()
    one.reminded(1)
    assert "signpost_reminders_sent_total 0.0" in await lines(other)


async def test_however_often_somebody_asks_the_database_is_read_every_five_seconds() -> None:
    shelf = Shelf()
    metrics = shelf.metrics()
    await asyncio.gather(*(metrics.written() for _ in range(10)))
    shelf.seconds = 4.9
    await metrics.written()
    assert shelf.reads == 1
    shelf.seconds = 5.1
    await metrics.written()
    assert shelf.reads == 2


async def test_a_database_that_fails_takes_its_figures_away_and_nothing_else() -> None:
    shelf = Shelf()
    metrics = shelf.metrics()
    metrics.reminded(1)
    await metrics.written()
    shelf.error, shelf.seconds = OSError("disk is gone"), 10.0
    shown = await lines(metrics)
    assert {"signpost_database_up 0.0", "signpost_reminders_sent_total 1.0"} <= shown
    assert not [line for line in shown if line.startswith("signpost_outbox")]
    shelf.error, shelf.seconds = None, 20.0
    assert "signpost_outbox_waiting 3.0" in await lines(metrics)


async def test_a_database_that_does_not_answer_keeps_no_scrape_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stored, "PATIENCE_SECONDS", 0.01)
    shelf = Shelf()
    shelf.ready.clear()
    assert "signpost_database_up 0.0" in await lines(shelf.metrics())
