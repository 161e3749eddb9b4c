"""A workspace takes the app away, or its token: nothing of it is kept that could speak for it."""

from typing import Any

from slack_bolt.app.async_app import AsyncApp

from bot.slack.intake import Intake


def register(app: AsyncApp, intake: Intake) -> None:
    """Take the end of an installation. Slack sends both events, in any order and more than once."""

    async def on_uninstalled(body: dict[str, Any]) -> None:
        await intake.gone(body["team_id"], int(body.get("event_time") or 0))

    async def on_revoked(body: dict[str, Any]) -> None:
        if (body["event"].get("tokens") or {}).get("bot"):
            await intake.gone(body["team_id"], int(body.get("event_time") or 0))

    app.event("app_uninstalled")(on_uninstalled)
    app.event("tokens_revoked")(on_revoked)
