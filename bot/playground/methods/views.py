"""https://docs.slack.dev/reference/methods: the views family."""

from typing import Any

from bot.playground.payloads import view_json
from bot.playground.rules import TIER_4
from bot.playground.webapi import Method, Services
from bot.playground.workspace import View

Json = dict[str, Any]


async def _open(services: Services, args: Json) -> Json:
    return _shown(services, services.views.open(str(args.get("trigger_id") or ""), args.get("view")))


async def _push(services: Services, args: Json) -> Json:
    return _shown(services, services.views.push(str(args.get("trigger_id") or ""), args.get("view")))


async def _update(services: Services, args: Json) -> Json:
    view = services.views.update(
        args.get("view"),
        view_id=str(args.get("view_id") or ""),
        external_id=str(args.get("external_id") or ""),
        known_hash=str(args.get("hash") or ""),
    )
    return _shown(services, view)


async def _publish(services: Services, args: Json) -> Json:
    known_hash = str(args.get("hash") or "")
    return _shown(
        services, services.views.publish(str(args.get("user_id") or ""), args.get("view"), known_hash)
    )


def _shown(services: Services, view: View) -> Json:
    return {"view": view_json(services.installation, view)}


METHODS = {
    "views.open": Method(_open, TIER_4),
    "views.push": Method(_push, TIER_4),
    "views.update": Method(_update, TIER_4),
    "views.publish": Method(_publish, TIER_4),
}
