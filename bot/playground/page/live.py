"""What changed for whom: the stream that keeps a page fresh."""

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

from aiohttp import web

from bot.playground.changes import (
    Change,
    Deleted,
    Edited,
    HomePublished,
    Posted,
    Reacted,
    ReadMarked,
    ViewsChanged,
)

if TYPE_CHECKING:
    from bot.playground.page.scene import Scene
    from bot.playground.server import LocalSlack

_ALL_PARTS = ("sidebar", "timeline", "thread", "modal", "home")
_KEEP_ALIVE_SECONDS = 15.0
# Several changes at once, such as an answer and its reaction, make one refresh.
_GATHER_SECONDS = 0.02


async def stream(request: web.Request, slack: "LocalSlack", scene: "Scene") -> web.StreamResponse:
    """Name the parts of the page that look different now, until the page goes or the workspace closes."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    waiting: set[str] = set(_ALL_PARTS)
    changed = asyncio.Event()
    changed.set()

    def note(change: Change | None) -> None:
        waiting.update(_parts(change, scene) if change else ("sidebar",))
        changed.set()

    end = slack.workspace.on_change(note)
    end_clock = slack.clock.on_move(lambda: note(None))
    slack.pages.add(changed)
    try:
        while not slack.closing.is_set():
            await _send_waiting(response, changed, waiting)
    except ConnectionResetError:
        pass
    finally:
        end()
        end_clock()
        slack.pages.discard(changed)
    return response


async def _send_waiting(response: web.StreamResponse, changed: asyncio.Event, waiting: set[str]) -> None:
    try:
        async with asyncio.timeout(_KEEP_ALIVE_SECONDS):
            await changed.wait()
    except TimeoutError:
        await response.write(b": still here\n\n")
        return
    await asyncio.sleep(_GATHER_SECONDS)
    changed.clear()
    parts = [part for part in _ALL_PARTS if part in waiting]
    waiting.clear()
    for part in parts:
        await response.write(f"event: {part}\ndata: .\n\n".encode())


def _parts(change: Change, scene: "Scene") -> Iterator[str]:
    if isinstance(change, Posted | Edited | Deleted | Reacted):
        message = change.after if isinstance(change, Edited) else change.message
        if message.channel == scene.channel.id:
            yield "timeline"
            yield "thread"
        if isinstance(change, Posted | Deleted):
            yield "sidebar"
    elif isinstance(change, ViewsChanged):
        if change.user == scene.person.id:
            yield "modal"
    elif isinstance(change, HomePublished):
        if change.user == scene.person.id:
            yield "home"
    elif isinstance(change, ReadMarked):
        if change.user == scene.person.id:
            yield "sidebar"
    else:
        yield "sidebar"
        yield "timeline"
