"""What knocks at the HTTP door with a signature, right or wrong, and what must be answered."""

import asyncio
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from hypothesis import strategies as st
from msgspec import Struct

from bot.slack.http_door import FORM, JSON, MAX_BODY_BYTES, HttpDoor
from bot.slack.paths import EVENTS_PATH
from tests.fuzz.texts import HOSTILE, NUMBERS
from tests.slack.test_doors import SECRET, make_app

CHALLENGE = json.dumps({"type": "url_verification", "challenge": "is it me?"}).encode()
FRESH_SECONDS = 240
"""Well within Slack's five minutes, so that a slow machine does not make it old."""


def _is_text(body: bytes) -> bool:
    """Whether Slack's own code can check a signature over it at all."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


class Knock(Struct, frozen=True):
    """A request. `signed` is what its signature is over and `secret` what with; `None`: `signature` as is."""

    body: bytes
    content_type: bytes
    age_seconds: int | None = 0
    timestamp: bytes = b""
    signed: bytes | None = None
    secret: str = SECRET
    signature: bytes = b""
    other: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def is_slacks(self) -> bool:
        """Whether whoever has the secret signed just this, just now."""
        if not _is_text(self.body):
            return False
        is_fresh = self.age_seconds is not None and abs(self.age_seconds) <= FRESH_SECONDS
        return is_fresh and self.signed == self.body and self.secret == SECRET and not self.other

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the headers as they go over the wire."""
        timestamp = self.timestamp
        if self.age_seconds is not None:
            timestamp = str(int(time.time()) - self.age_seconds).encode()
        signature = self.signature
        if self.signed is not None:
            base = b"v0:" + timestamp + b":" + self.signed
            signature = b"v0=" + hmac.new(self.secret.encode(), base, hashlib.sha256).hexdigest().encode()
        return [
            (b"Host", b"127.0.0.1"),
            (b"Connection", b"close"),
            (b"Content-Length", str(len(self.body)).encode()),
            (b"Content-Type", self.content_type),
            (b"X-Slack-Request-Timestamp", timestamp),
            (b"X-Slack-Signature", signature),
            *self.other,
        ]


class OpenDoor:
    """A door that listens; `knock` returns the status that it answers with."""

    def __init__(self, port: int) -> None:
        self._port = port

    def knock(self, knock: Knock) -> int:
        """Send a request byte for byte, as no client would let us."""
        lines = [b"POST " + EVENTS_PATH.encode() + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in knock.headers()]
        with socket.create_connection(("127.0.0.1", self._port), 10) as connection:
            answer = b""
            try:
                connection.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + knock.body)
                answer = connection.recv(4096)
            except (BrokenPipeError, ConnectionResetError):  # It answers before it has read all, and closes.
                answer = answer or _rest(connection)
        return int(answer.split(b" ", 2)[1]) if answer else 0


def _rest(connection: socket.socket) -> bytes:
    try:
        return connection.recv(4096)
    except OSError:
        return b""


@contextmanager
def open_door() -> Iterator[OpenDoor]:
    """Open a door with an app behind it that asks Slack nothing, in a thread of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    door = HttpDoor(make_app(), SECRET, "127.0.0.1", 0)
    address = asyncio.run_coroutine_threadsafe(door.open(), loop).result(10)
    try:
        yield OpenDoor(int(address.rpartition(":")[2].partition("/")[0]))
    finally:
        asyncio.run_coroutine_threadsafe(door.close(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def check_door(door: OpenDoor, knock: Knock) -> None:
    """Only Slack gets in; others are told 401, or 400 and 413 for what is no request or far too large."""
    status = door.knock(knock)
    if len(knock.body) > MAX_BODY_BYTES:
        assert status in {413, 0}, status
    elif not knock.is_slacks:
        assert status in {401, 400}, status
    elif knock.body == CHALLENGE and knock.content_type == JSON.encode():
        assert status == 200, status
    else:
        assert status in {200, 400, 404}, status


# ---- what knocks -----------------------------------------------------------------------------------

_BYTES = st.one_of(st.binary(max_size=60), HOSTILE.map(lambda text: text.encode("utf-8", "surrogatepass")))
_VALUE = _BYTES.map(lambda value: value[:4000].replace(b"\r", b" ").replace(b"\n", b" "))
_TIMESTAMP = st.one_of(_VALUE, st.sampled_from(NUMBERS).map(str.encode))
_BODY = st.one_of(
    st.just(CHALLENGE),
    _BYTES,
    st.sampled_from([b"{}", b"[]", b'{"a":' * 3000, b"payload=%7B%7D", b"command=%2Fsupport", b"\xff\xfe"]),
)
_TYPE = st.one_of(st.sampled_from([JSON.encode(), FORM.encode(), b"text/plain", b""]), _VALUE)
_OTHER = st.sampled_from([b"X-Slack-Signature", b"X-Slack-Request-Timestamp", b"X-Slack-Retry-Num"])

_AGE = st.integers(-(10**6), 10**6).filter(lambda age: abs(age) <= FRESH_SECONDS or abs(age) > 360)
_READ = st.sampled_from([JSON.encode(), FORM.encode()])

KNOCKS: st.SearchStrategy[Knock] = st.one_of(
    # By whoever has no secret.
    st.builds(Knock, _BODY, _TYPE, signature=_VALUE),
    st.builds(Knock, _BODY, _TYPE, age_seconds=st.none(), timestamp=_TIMESTAMP, signature=_VALUE),
    st.builds(Knock, _BODY, _TYPE, signed=_BODY, secret=st.sampled_from(["", "x", "é"])),
    # By somebody who heard Slack, and changes or repeats it.
    st.builds(Knock, _BODY, _TYPE, signed=_BODY),
    st.builds(lambda body, kind, age: Knock(body, kind, age, signed=body), _BODY, _READ, _AGE),
    st.builds(lambda body, kind, at: Knock(body, kind, None, at, signed=body), _BODY, _READ, _TIMESTAMP),
    # By Slack.
    st.builds(lambda body, kind: Knock(body, kind, signed=body), _BODY, _READ),
    # With one header twice, and far too large.
    st.builds(
        lambda body, kind, one: Knock(body, kind, other=(one,)), _BODY, _READ, st.tuples(_OTHER, _VALUE)
    ),
    st.integers(1, 20).map(lambda more: Knock(b"x" * (MAX_BODY_BYTES + more), JSON.encode())),
)
