"""Bare Bolt with the bot's writes and nothing else: `python -m benchmarks.throughput.ceiling [PORT]`.

Every question is stored before it is acknowledged, claimed, settled, its answer claimed, posted and noted, in
transactions of the same content as the bot's, written by hand for the driver. Nothing is matched, looked up,
or put together. `COMMITS=each` commits every one by itself, `COMMITS=grouped` all that wait as one, as the
bot does.
"""

import asyncio
import json
import os
import queue
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from benchmarks.throughput.bare import ANSWER, make_app, port_wanted, run
from bot.storage.database import Database

Call = tuple[Callable[[Any], Any], asyncio.Future[Any]]
TEXT = "x" * 2500
"""As long as the blocks of an answer are."""
AT_ONCE = 16


class Cursor(Protocol):
    """What both drivers have."""

    def execute(self, statement: str, values: Sequence[Any] = ()) -> Any:
        """Run one statement."""


class Writer:
    """One thread that runs functions over a cursor, in transactions."""

    def __init__(self, database: Database, *, is_grouping: bool) -> None:
        self._database, self._is_grouping = database, is_grouping
        self._loop = asyncio.get_running_loop()
        self._waiting: queue.SimpleQueue[Call] = queue.SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()

    def run(self, write: Callable[[Any], Any]) -> asyncio.Future[Any]:
        """Run `write` in a transaction; what it returned comes after the commit."""
        future = self._loop.create_future()
        self._waiting.put((write, future))
        return future

    def _work(self) -> None:
        connection: Any = self._database.engine.raw_connection().driver_connection
        cursor = connection.cursor()
        is_sqlite = self._database.is_sqlite
        while True:
            calls = [self._waiting.get()]
            while self._is_grouping and not self._waiting.empty():
                calls.append(self._waiting.get())
            if is_sqlite:
                cursor.execute("BEGIN IMMEDIATE")
            done = [(future, write(cursor)) for write, future in calls]
            cursor.execute("COMMIT")
            self._loop.call_soon_threadsafe(_tell, done)


def _tell(done: list[tuple[asyncio.Future[Any], Any]]) -> None:
    for future, result in done:
        future.set_result(result)


class Ceiling:
    """The way of a question, with the bot's writes."""

    def __init__(self, client: Any, *, is_grouping: bool) -> None:
        database = Database(os.environ["DATABASE_URL"])
        self._mark = "?" if database.is_sqlite else "%s"
        self._client = client
        self._writer = Writer(database, is_grouping=is_grouping)
        self._arrived, self._queued = asyncio.Event(), asyncio.Event()
        self._tasks = {asyncio.create_task(self._settle()), asyncio.create_task(self._deliver())}

    async def take(self, event: dict[str, Any]) -> None:
        """Store an event."""
        values = _arrival(event)
        statement = self._insert("inbox", values)
        await self._writer.run(lambda cursor: cursor.execute(statement, tuple(values.values())))
        self._arrived.set()

    async def _settle(self) -> None:
        while True:
            rows = await self._writer.run(self._claim_arrivals)
            for key, row in rows:
                self._start(self._answer(key, json.loads(row) if isinstance(row, str) else row))
            if not rows:
                self._arrived.clear()
                await self._arrived.wait()

    async def _answer(self, key: int, event: dict[str, Any]) -> None:
        question, reply = _question(event), _reply(event)
        asking, replying = self._insert("question", question), self._insert("outbox", reply)
        finishing = self._marked("UPDATE inbox SET state='done', content='{}', claimed_until=NULL WHERE id=?")

        def write(cursor: Cursor) -> None:
            cursor.execute(asking, tuple(question.values()))
            cursor.execute(replying, tuple(reply.values()))
            cursor.execute(finishing, (key,))

        await self._writer.run(write)
        self._queued.set()

    async def _deliver(self) -> None:
        while True:
            rows = await self._writer.run(self._claim_messages)
            for key, lane, row in rows:
                self._start(self._post(key, lane, json.loads(row) if isinstance(row, str) else row))
            if not rows:
                self._queued.clear()
                await self._queued.wait()

    async def _post(self, key: int, lane: str, content: dict[str, Any]) -> None:
        answer = await self._client.chat_postMessage(
            channel=content["channel"], thread_ts=content["thread_ts"], text=ANSWER
        )
        sending = self._marked(
            "UPDATE outbox SET state='sent', sent_at=?, dispatched_ts=?, content='{}' WHERE id=?"
        )
        freeing = self._marked("UPDATE lane_lease SET held_until=? WHERE workspace_id=? AND lane=?")

        def write(cursor: Cursor) -> None:
            cursor.execute(sending, (_now(), answer["ts"], key))
            cursor.execute(freeing, (_now(seconds=1), "T0BENCH", lane))

        await self._writer.run(write)

    def _claim_arrivals(self, cursor: Cursor) -> list[tuple[int, Any]]:
        waiting = "SELECT id, content FROM inbox WHERE state='waiting' AND claimed_until IS NULL"
        rows = cursor.execute(f"{waiting} ORDER BY id LIMIT {AT_ONCE}").fetchall()
        claim = self._marked("UPDATE inbox SET claimed_until=?, attempts=1 WHERE id=?")
        for key, _ in rows:
            cursor.execute(claim, (_now(seconds=60), key))
        return list(rows)

    def _claim_messages(self, cursor: Cursor) -> list[tuple[int, str, Any]]:
        waiting = "SELECT id, lane, content FROM outbox WHERE state='waiting'"
        rows = cursor.execute(f"{waiting} ORDER BY id LIMIT {AT_ONCE}").fetchall()
        lease = self._marked(
            "INSERT INTO lane_lease (workspace_id, lane, held_until) VALUES (?, ?, ?)"
            " ON CONFLICT (workspace_id, lane) DO UPDATE SET held_until = excluded.held_until"
        )
        claim = self._marked("UPDATE outbox SET state='sending', attempts=1 WHERE id=?")
        for key, lane, _ in rows:
            cursor.execute(lease, ("T0BENCH", lane, _now(seconds=30)))
            cursor.execute(claim, (key,))
        return list(rows)

    def _insert(self, table: str, values: dict[str, Any]) -> str:
        places = ", ".join(self._mark for _ in values)
        return f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})"  # noqa: S608 - our own names

    def _marked(self, statement: str) -> str:
        return statement.replace("?", self._mark)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _arrival(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": f"T0BENCH {event['channel']} {event['ts']}",
        "kind": "asked",
        "workspace_id": "T0BENCH",
        "content": json.dumps({key: event[key] for key in ("channel", "user", "ts", "text")}),
        "state": "waiting",
        "attempts": 0,
        "not_before": _now(),
        "received_at": _now(),
        "reference": "",
    }


def _question(event: dict[str, Any]) -> dict[str, Any]:
    return {
        "workspace_id": "T0BENCH",
        "channel_id": event["channel"],
        "message_ts": event["ts"],
        "thread_ts": "",
        "person_id": None,
        "practice_id": None,
        "address": "direct",
        "language": "en",
        "text": event["text"],
        "reaction": "answer",
        "topic": "activation",
        "score": 0.9,
        "candidates": "activation",
        "asked_at": _now(),
        "outcome": "",
    }


def _reply(event: dict[str, Any]) -> dict[str, Any]:
    content = {"channel": event["channel"], "thread_ts": event["ts"], "text": ANSWER, "blocks": TEXT}
    return {
        "key": f"chat.postMessage {event['channel']} {event['ts']}",
        "workspace_id": "T0BENCH",
        "lane": event["channel"],
        "method": "chat.postMessage",
        "content": json.dumps(content),
        "state": "waiting",
        "attempts": 0,
        "not_before": _now(),
        "queued_at": _now(),
        "dispatched_ts": "",
        "error": "",
    }


def _now(*, seconds: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")


def main() -> None:
    """Run until the process is ended."""
    app = make_app(process_before_response=True)
    ceilings: list[Ceiling] = []

    async def on_message(event: dict[str, Any]) -> None:
        if not ceilings:
            ceilings.append(Ceiling(app.client, is_grouping=os.environ.get("COMMITS") != "each"))
        await ceilings[0].take(event)

    app.event("message")(on_message)
    run(app, port_wanted())


if __name__ == "__main__":
    main()
