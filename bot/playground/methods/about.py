"""https://docs.slack.dev/reference/methods/auth.test, apps.connections.open, team.info."""

from typing import Any

from bot.playground.rules import SPECIAL, TIER_1, TIER_3, RefusedError
from bot.playground.webapi import Method, Services

Json = dict[str, Any]


async def _auth_test(services: Services, args: Json) -> Json:
    installation = services.installation
    bot = installation.workspace.people[installation.bot_user]
    return {
        "url": f"{installation.base_url}/",
        "team": installation.workspace.team_name,
        "user": bot.handle,
        "team_id": installation.team_id,
        "user_id": bot.id,
        "bot_id": installation.bot_id,
        "is_enterprise_install": False,
    }


async def _connections_open(services: Services, args: Json) -> Json:
    if services.sockets.is_disabled:
        raise RefusedError("socket_mode_not_enabled")
    installation = services.installation
    address = installation.base_url.replace("http", "ws", 1)
    ticket = services.sockets.ticket()
    return {"url": f"{address}/link/?ticket={ticket}&app_id={installation.app_id}"}


async def _team_info(services: Services, args: Json) -> Json:
    installation = services.installation
    return {
        "team": {
            "id": installation.team_id,
            "name": installation.workspace.team_name,
            "domain": "local",
            "url": f"{installation.base_url}/",
            "email_domain": "",
            "icon": {"image_default": True},
        }
    }


METHODS = {
    "auth.test": Method(_auth_test, SPECIAL),
    "apps.connections.open": Method(_connections_open, TIER_1, needs_app_token=True),
    "team.info": Method(_team_info, TIER_3, ("team:read",)),
}
