"""The moments between two effects at which a process may die, seen from outside: at the engine, on the wire.

Nothing here knows the bot's own functions, so that it holds whatever they become.
"""

import os
import re
import signal
import threading
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from msgspec import Struct
from sqlalchemy import Engine, event
from sqlalchemy.engine.default import DefaultDialect

_WRITES = re.compile(r"\s*(INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", re.IGNORECASE)
CONNECTING = frozenset({"apps.connections.open", "auth.test"})
"""Calls of the Web API that nothing waits for."""


class Point(StrEnum):
    """Where a process may die."""

    BEFORE_WRITE = "before a write"
    AFTER_WRITE = "after a write"
    BEFORE_COMMIT = "before a commit"
    AFTER_COMMIT = "after a commit"
    BEFORE_CALL = "before a call"
    AFTER_CALL = "after a call, before its result is stored"
    BEFORE_ACK = "before an acknowledgement"
    AFTER_ACK = "after an acknowledgement"


class End(Struct, frozen=True):
    """A process dies the `nth` time it comes to this point, or, with `nth` 0, where none died before.

    Without a point it is any of them; then a commit counts for each table that was written.
    """

    point: Point | None
    nth: int = 0


class Watch:
    """Counts the points that a process comes to, notes new ones in `folder`, and lets it die at its end."""

    def __init__(self, folder: Path, end: End | None) -> None:
        self._end, self._count, self._lock = end, 0, threading.Lock()
        self._reached_file, self._died_file = folder / "reached.txt", folder / "died.txt"
        self._reached, self._died = lines_of(self._reached_file), lines_of(self._died_file)
        self._died_by_table = by_table(self._died)

    def reached(self, point: Point, what: str) -> None:
        """Note that the process is at a point; it may not return from here."""
        place = f"{point}: {what}"
        with self._lock:
            if place not in self._reached:
                self._reached.add(place)
                _add_line(self._reached_file, place)
            if self._end is not None and self._end.point in {point, None} and self._is_end(place):
                _add_line(self._died_file, place)
                os.kill(os.getpid(), signal.SIGKILL)

    def _is_end(self, place: str) -> bool:
        assert self._end is not None
        if not self._end.nth:
            return (
                place not in self._died if self._end.point else not by_table([place]) <= self._died_by_table
            )
        self._count += 1
        return self._count == self._end.nth


def by_table(places: Iterable[str]) -> frozenset[str]:
    """Tell the commits of several tables apart: use cases that are joined make ever new sets of them."""
    told = (place.split(": ", 1) for place in places)
    return frozenset(f"{point}: {name}" for point, names in told for name in names.split())


def lines_of(file: Path) -> set[str]:
    """Return the lines of a file; none where there is no file."""
    return set(file.read_text().splitlines()) if file.exists() else set()


def _add_line(file: Path, line: str) -> None:
    # One unbuffered write: the process may be killed at the next moment.
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def watch(seen: Watch) -> None:
    """Watch everything that this process writes, calls and acknowledges from now on."""
    _watch_statements(seen)
    _watch_commits(seen)
    _watch_calls(seen)
    _watch_sockets(seen)
    _watch_responses(seen)


def _watch_statements(seen: Watch) -> None:
    def before(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found = _WRITES.match(statement)
        if found:
            connection.info.setdefault("written", set()).add(found[2].lower())
            seen.reached(Point.BEFORE_WRITE, found[2].lower())

    def after(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found = _WRITES.match(statement)
        if found:
            seen.reached(Point.AFTER_WRITE, found[2].lower())

    event.listen(Engine, "before_cursor_execute", before)
    event.listen(Engine, "after_cursor_execute", after)
    event.listen(Engine, "begin", lambda connection: connection.info.pop("written", None))


def _watch_commits(seen: Watch) -> None:
    commit = DefaultDialect.do_commit

    def watched(self: DefaultDialect, connection: Any) -> None:
        written = " ".join(sorted(connection.info.pop("written", ())))
        if written:
            seen.reached(Point.BEFORE_COMMIT, written)
        commit(self, connection)  # type: ignore[no-untyped-call]
        if written:
            seen.reached(Point.AFTER_COMMIT, written)

    DefaultDialect.do_commit = watched  # type: ignore[method-assign]


def _watch_calls(seen: Watch) -> None:
    request = aiohttp.ClientSession._request

    async def watched(self: aiohttp.ClientSession, method: str, url: Any, **options: Any) -> Any:
        name = _name_of(str(url))
        if name:
            seen.reached(Point.BEFORE_CALL, name)
        answer = await request(self, method, url, **options)
        if name:
            seen.reached(Point.AFTER_CALL, name)
        return answer

    aiohttp.ClientSession._request = watched  # type: ignore[method-assign, assignment]


def _name_of(url: str) -> str:
    path = url.partition("?")[0]
    if "/actions/" in path:
        return "response_url"
    name = path.rpartition("/api/")[2] if "/api/" in path else ""
    return "" if name in CONNECTING else name


def _watch_sockets(seen: Watch) -> None:
    send = aiohttp.ClientWebSocketResponse.send_str

    async def watched(self: Any, data: str, compress: int | None = None) -> None:
        seen.reached(Point.BEFORE_ACK, "socket")
        await send(self, data, compress)
        seen.reached(Point.AFTER_ACK, "socket")

    aiohttp.ClientWebSocketResponse.send_str = watched  # type: ignore[method-assign]


def _watch_responses(seen: Watch) -> None:
    prepare, write_eof = web.StreamResponse.prepare, web.Response.write_eof

    async def prepared(self: Any, request: web.BaseRequest) -> Any:
        seen.reached(Point.BEFORE_ACK, "http")
        return await prepare(self, request)

    async def written(self: Any, data: bytes = b"") -> None:
        await write_eof(self, data)
        seen.reached(Point.AFTER_ACK, "http")

    web.StreamResponse.prepare = prepared  # type: ignore[method-assign]
    web.Response.write_eof = written  # type: ignore[method-assign]
