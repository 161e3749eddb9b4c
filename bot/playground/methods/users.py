"""https://docs.slack.dev/reference/methods: the users family."""

from typing import Any

from bot.playground.methods.pages import paged
from bot.playground.payloads import user_json
from bot.playground.rules import TIER_2, TIER_3, TIER_4, RefusedError
from bot.playground.webapi import Method, Services, is_true

Json = dict[str, Any]


async def _info(services: Services, args: Json) -> Json:
    person = services.installation.person(args.get("user"))
    with_locale = is_true(args.get("include_locale"))
    return {"user": user_json(services.installation, person, with_locale=with_locale)}


async def _list(services: Services, args: Json) -> Json:
    installation = services.installation
    with_locale = is_true(args.get("include_locale"))
    page, metadata = paged([*installation.workspace.people.values()], args, default=1000, most=1000)
    members = [user_json(installation, person, with_locale=with_locale) for person in page]
    return {"members": members, "cache_ts": installation.workspace.now_seconds, "response_metadata": metadata}


async def _lookup_by_email(services: Services, args: Json) -> Json:
    installation = services.installation
    wanted = str(args.get("email") or "").strip().lower()
    for person in installation.workspace.people.values():
        if wanted and person.email.lower() == wanted and not person.is_external:
            return {"user": user_json(installation, person)}
    raise RefusedError("users_not_found")


METHODS = {
    "users.info": Method(_info, TIER_4, ("users:read",)),
    "users.list": Method(_list, TIER_2, ("users:read",)),
    "users.lookupByEmail": Method(_lookup_by_email, TIER_3, ("users:read.email",)),
}
