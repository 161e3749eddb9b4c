"""When something cannot be read, or a listener fails: an event that failed comes again, a person is told."""

import re
from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.saying import Remark
from bot.domain.scheme import Language
from bot.slack.blocks.notice import remark_view
from bot.slack.shapes import UnreadableError, check, clean
from bot.wording import say

log = structlog.get_logger()


def register(app: AsyncApp) -> None:
    """Take what no other listener takes, and log what failed.

    What cannot be read is acknowledged, since it would not be better the next time. Of what failed only a
    command is answered: answering an event would acknowledge it.
    """

    async def on_unknown() -> None:
        """Say so where an earlier version's form or a command of another name comes back."""
        raise UnreadableError("what no listener takes")

    async def on_error(error: Exception, request: AsyncBoltRequest) -> BoltResponse | None:
        if isinstance(error, UnreadableError):
            return _unreadable(error, request)
        body, reference = request.body, _reference(request)
        log.error("listener_failed", type=body.get("type"), reference=reference, exc_info=error)
        if not body.get("command"):
            return None
        return BoltResponse(
            status=200, body=say(Language.EN, f"remark.{Remark.TROUBLE}", reference=reference)
        )

    for takes in (app.command, app.view, app.shortcut):
        takes(re.compile(".*"))(on_unknown)
    app.error(on_error)


def check_first(app: AsyncApp) -> None:
    """Look at every payload before anything else does: what comes after may rely on its shape."""
    app.use(_Checking())


class _Checking(AsyncMiddleware):
    """Comes before the listeners, and before Bolt looks for their arguments in what may be anything."""

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - as Bolt calls it
    ) -> BoltResponse | None:
        """Answer what cannot be read, and let the rest go on."""
        try:
            check(req.body)
            clean(req.context)  # Bolt took the ids that stand there out of the body as it came.
        except UnreadableError as error:
            return _unreadable(error, req)
        return await next()


def _unreadable(error: UnreadableError, request: AsyncBoltRequest) -> BoltResponse:
    log.warning("unreadable", at=error.at, reference=_reference(request))
    if request.body.get("type") == "view_submission":
        view = remark_view(Language.EN, Remark.UNREADABLE)
        return BoltResponse(status=200, body={"response_action": "update", "view": view.to_dict()})
    words = say(Language.EN, f"remark.{Remark.UNREADABLE}") if request.body.get("command") else ""
    return BoltResponse(status=200, body=words)


def _reference(request: AsyncBoltRequest) -> str:
    """Return what a person can tell an admin, to be found in the log."""
    body = request.body
    return f"RX-{str(body.get('trigger_id') or body.get('event_id') or '')[-8:]}"
