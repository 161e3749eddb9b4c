"""https://docs.slack.dev/reference/methods: the conversations family, and users.conversations."""

from collections.abc import Sequence
from typing import Any

from bot.playground.installation import Installation
from bot.playground.methods.pages import paged
from bot.playground.payloads import channel_json, message_json, thread_json
from bot.playground.rules import TIER_2, TIER_3, TIER_4, RefusedError
from bot.playground.webapi import Method, Services, is_true
from bot.playground.workspace import Channel, Kind, Message

Json = dict[str, Any]

_TYPES = {"public_channel": Kind.CHANNEL, "private_channel": Kind.GROUP, "im": Kind.IM, "mpim": Kind.MPIM}


async def _open(services: Services, args: Json) -> Json:
    installation = services.installation
    if args.get("channel"):
        channel = installation.channel(args["channel"])
    else:
        wanted = args.get("users") or ""
        users = (
            [*wanted]
            if isinstance(wanted, list)
            else [u.strip() for u in str(wanted).split(",") if u.strip()]
        )
        if not users:
            raise RefusedError("users_list_not_supplied")
        installation.need("im:write" if len(users) == 1 else "mpim:write")
        people = [installation.person(user).id for user in users]
        channel = installation.workspace.direct(installation.bot_user, *people)
    if is_true(args.get("return_im")):
        return {"channel": channel_json(installation, channel)}
    return {"channel": {"id": channel.id}}


async def _info(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = installation.channel(args.get("channel"))
    installation.need_for(channel, "read")
    shape = channel_json(installation, channel, with_count=is_true(args.get("include_num_members")))
    return {"channel": shape | ({"locale": "en-US"} if is_true(args.get("include_locale")) else {})}


async def _list(services: Services, args: Json) -> Json:
    installation = services.installation
    channels = _of_types(installation, args)
    if is_true(args.get("exclude_archived")):
        channels = [channel for channel in channels if not channel.is_archived]
    page, metadata = paged(channels, args, default=100, most=1000)
    shapes = [channel_json(installation, channel, with_count=True) for channel in page]
    return {"channels": shapes, "response_metadata": metadata}


async def _members(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = installation.channel(args.get("channel"))
    installation.need_for(channel, "read")
    page, metadata = paged(channel.members, args, default=100, most=1000)
    return {"members": [*page], "response_metadata": metadata}


async def _of_user(services: Services, args: Json) -> Json:
    installation = services.installation
    user = installation.person(args.get("user") or installation.bot_user).id
    channels = [channel for channel in _of_types(installation, args) if user in channel.members]
    page, metadata = paged(channels, args, default=100, most=999)
    return {"channels": [channel_json(installation, c) for c in page], "response_metadata": metadata}


async def _history(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = _readable_channel(installation, args)
    messages = [message for message in installation.workspace.public(channel.id) if message.is_in_channel]
    newest_first = _between(messages, args)[::-1]
    page, metadata = paged(newest_first, args, default=100, most=999)
    return _listed(installation, page, metadata, args)


async def _replies(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = _readable_channel(installation, args)
    asked = installation.workspace.message(channel.id, str(args.get("ts") or ""))
    if asked is None or asked.visible_to is not None:
        raise RefusedError("thread_not_found")
    parent = installation.workspace.message(channel.id, asked.thread_ts or asked.ts) or asked
    replies = installation.workspace.replies(channel.id, parent.ts)
    page, metadata = paged([parent, *_between(replies, args)], args, default=1000, most=1000)
    return _listed(installation, page, metadata, args)


def _readable_channel(installation: Installation, args: Json) -> Channel:
    channel = installation.channel(args.get("channel"))
    installation.need_for(channel, "history")
    if not installation.is_member(channel):
        raise RefusedError("not_in_channel")
    return channel


def _between(messages: Sequence[Message], args: Json) -> list[Message]:
    """The messages after `oldest` and before `latest`; the borders count only with `inclusive`."""
    oldest = float(args.get("oldest") or 0)
    latest = float(args.get("latest") or "inf")
    is_inclusive = is_true(args.get("inclusive"))
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest or (is_inclusive and float(message.ts) in {oldest, latest})
    ]


def _listed(installation: Installation, page: Sequence[Message], metadata: Json, args: Json) -> Json:
    with_metadata = is_true(args.get("include_all_metadata"))
    shapes = [
        message_json(installation, message, with_metadata=with_metadata) | thread_json(installation, message)
        for message in page
    ]
    answer: Json = {"messages": shapes, "has_more": bool(metadata["next_cursor"]), "pin_count": 0}
    return answer | ({"response_metadata": metadata} if metadata["next_cursor"] else {})


def _of_types(installation: Installation, args: Json) -> list[Channel]:
    names = [name.strip() for name in str(args.get("types") or "public_channel").split(",")]
    if unknown := [name for name in names if name not in _TYPES]:
        raise RefusedError("invalid_types", detail=",".join(unknown))
    kinds = {_TYPES[name] for name in names}
    allowed = installation.readable("read")
    if missing := kinds - allowed:
        families = {Kind.CHANNEL: "channels", Kind.GROUP: "groups", Kind.IM: "im", Kind.MPIM: "mpim"}
        installation.need(*(f"{families[kind]}:read" for kind in sorted(missing)))
    channels = installation.workspace.channels.values()
    return [channel for channel in channels if channel.kind in kinds and installation.sees(channel)]


METHODS = {
    "conversations.open": Method(_open, TIER_3),
    "conversations.info": Method(_info, TIER_3),
    "conversations.list": Method(_list, TIER_2),
    "conversations.members": Method(_members, TIER_4),
    "users.conversations": Method(_of_user, TIER_3),
    "conversations.history": Method(_history, TIER_3),
    "conversations.replies": Method(_replies, TIER_3),
}
