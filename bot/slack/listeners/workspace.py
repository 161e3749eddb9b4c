"""Through which workspace something reaches us, when several have the app and share channels."""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.async_context import AsyncBoltContext


def register(app: AsyncApp) -> None:
    """Let every payload name the workspace whose token answers it.

    In a shared channel Slack may name another one there: where the event happened, or where somebody else's
    app is. https://docs.slack.dev/apis/slack-connect
    """

    async def name_it(
        body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]
    ) -> None:
        if context.team_id:
            if "team_id" in body:
                body["team_id"] = context.team_id
            if isinstance(body.get("team"), dict):
                body["team"]["id"] = context.team_id
        await next_()

    app.middleware(name_it)
