"""When a listener fails: an event stays unacknowledged and comes again, a person is told."""

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.domain.saying import Remark
from bot.domain.scheme import Language
from bot.wording import say

log = structlog.get_logger()


def register(app: AsyncApp) -> None:
    """Log what failed. Only a command is answered here; answering an event would acknowledge it."""

    async def on_error(error: Exception, request: AsyncBoltRequest) -> BoltResponse | None:
        body = request.body
        reference = f"RX-{str(body.get('trigger_id') or body.get('event_id') or '')[-8:]}"
        log.error("listener_failed", type=body.get("type"), reference=reference, exc_info=error)
        if not body.get("command"):
            return None
        return BoltResponse(
            status=200, body=say(Language.EN, f"remark.{Remark.TROUBLE}", reference=reference)
        )

    app.error(on_error)
