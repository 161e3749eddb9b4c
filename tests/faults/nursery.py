"""Where lives come from: a process that has imported everything once, forks for each, and tells how they end.

It takes lives on its standard input and answers on its standard output, a line each: `born NUMBER PID` and
`dead NUMBER STATUS` (the exit code, negative for a signal). At the end of its input it kills what lives.
"""

import asyncio
import os
import pickle
import select
import signal
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.faults.life import Life

ROOT = Path(__file__).parents[2]
PRELOADED = ("alembic.command", "apscheduler.schedulers.asyncio", "babel.dates", "babel.numbers")


class Nursery:
    """The suite's end of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._pids: dict[int, asyncio.Future[int]] = {}
        self._ends: dict[int, asyncio.Future[int]] = {}

    async def bear(self, life: Life) -> int:
        """Begin a life and return its process id."""
        loop = asyncio.get_running_loop()
        self._pids[life.number], self._ends[life.number] = loop.create_future(), loop.create_future()
        assert self._process.stdin is not None
        self._process.stdin.write(b64encode(pickle.dumps(life)) + b"\n")
        return await self._pids[life.number]

    async def ended(self, number: int) -> int:
        """Wait for the end of a life and return its exit code, negative for a signal."""
        return await asyncio.shield(self._ends[number])

    def is_over(self, number: int) -> bool:
        """Whether a life has ended."""
        return self._ends[number].done()

    async def stop(self, number: int) -> int:
        """Ask a life to end, and return how it did."""
        if not self.is_over(number):
            os.kill(await self._pids[number], signal.SIGTERM)
        return await self.ended(number)

    async def kill_all(self) -> None:
        """Kill whoever still lives, so that their numbers are free for others."""
        for number, end in self._ends.items():
            if not end.done():
                os.kill(await self._pids[number], signal.SIGKILL)
                await self.ended(number)

    async def listen(self) -> None:
        """Take what it tells until it closes."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            word, number, value = line.split()
            told = self._pids if word == b"born" else self._ends
            told[int(number)].set_result(int(value))
        for waiting in (*self._pids.values(), *self._ends.values()):
            if not waiting.done():
                waiting.set_exception(RuntimeError("the nursery is gone"))


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """Open a nursery; whoever lives when it closes is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.faults.nursery",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    opened = Nursery(process)
    listening = asyncio.create_task(opened.listen())
    try:
        yield opened
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
        await listening


# ---- the process itself ----------------------------------------------------------------------------


def main() -> None:
    """Take lives until the input ends."""
    from tests.faults import life

    for module in PRELOADED:
        __import__(module)
    life.warm_up()
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    living: dict[int, int] = {}
    unread = b""
    while True:
        readable, _, _ = select.select([0, woken], [], [])
        if woken in readable:
            os.read(woken, 1024)
            _tell_ends(living)
        if 0 in readable:
            taken = os.read(0, 1 << 16)
            if not taken:
                break
            *lines, unread = (unread + taken).split(b"\n")
            for line in lines:
                _fork(pickle.loads(b64decode(line)), living)  # noqa: S301 - our own words
    for pid in living:
        os.kill(pid, signal.SIGKILL)


def _fork(life: Life, living: dict[int, int]) -> None:
    from tests.faults.life import live

    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        live(life)
    living[pid] = life.number
    _say("born", life.number, pid)


def _tell_ends(living: dict[int, int]) -> None:
    while living:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        _say("dead", living.pop(pid), os.waitstatus_to_exitcode(status))


def _say(word: str, number: int, value: int) -> None:
    os.write(1, f"{word} {number} {value}\n".encode())


if __name__ == "__main__":
    main()
