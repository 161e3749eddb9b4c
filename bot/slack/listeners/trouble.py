"""When something cannot be read, or a listener fails: an event that failed comes again, a person is told."""

from collections.abc import Awaitable, Callable

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.saying import Remark
from bot.domain.scheme import Language
from bot.slack.blocks.notice import remark_view
from bot.slack.shapes import UnreadableError, check
from bot.wording import say

log = structlog.get_logger()


def register(app: AsyncApp) -> None:
    """Check what comes before any listener sees it, and log what failed.

    What cannot be read is acknowledged, since it would not be better the next time. Of what failed only a
    command is answered: answering an event would acknowledge it.
    """

    async def on_arrival(request: AsyncBoltRequest, next_: Callable[[], Awaitable[None]]) -> None:
        check(request.body)
        await next_()

    async def on_error(error: Exception, request: AsyncBoltRequest) -> BoltResponse | None:
        body = request.body
        reference = f"RX-{str(body.get('trigger_id') or body.get('event_id') or '')[-8:]}"
        if isinstance(error, UnreadableError):
            log.warning("unreadable", at=error.at, reference=reference)
            return _unreadable(request)
        log.error("listener_failed", type=body.get("type"), reference=reference, exc_info=error)
        if not body.get("command"):
            return None
        return BoltResponse(
            status=200, body=say(Language.EN, f"remark.{Remark.TROUBLE}", reference=reference)
        )

    app.use(on_arrival)
    app.error(on_error)


def _unreadable(request: AsyncBoltRequest) -> BoltResponse:
    if request.body.get("type") == "view_submission":
        view = remark_view(Language.EN, Remark.UNREADABLE)
        return BoltResponse(status=200, body={"response_action": "update", "view": view.to_dict()})
    words = say(Language.EN, f"remark.{Remark.UNREADABLE}") if request.body.get("command") else ""
    return BoltResponse(status=200, body=words)
