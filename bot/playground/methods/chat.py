"""https://docs.slack.dev/reference/methods: the chat family, and reactions.add."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from bot.playground.drafts import checked_blocks, checked_metadata, checked_text
from bot.playground.installation import Installation
from bot.playground.payloads import message_json
from bot.playground.rules import ADMIT_ALL, SPECIAL, TIER_3, TIER_4, RefusedError
from bot.playground.webapi import Method, Services, is_true
from bot.playground.workspace import Channel, Kind, Message

Json = dict[str, Any]

_TS = re.compile(r"\d{1,11}\.\d{6}")
_WRITE = ("chat:write",)


async def _post_message(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = _place(installation, args.get("channel"))
    may_post(installation, channel)
    draft = _draft(installation, channel, args)
    limits = installation.limits
    services.pacer.admit(
        f"chat.postMessage/{channel.id}", most=limits.post_burst, within_seconds=limits.seconds_between_posts
    )
    posted = installation.workspace.post(draft)
    return {"channel": channel.id, "ts": posted.ts, "message": message_json(installation, posted)}


async def _post_ephemeral(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = installation.channel(args.get("channel"))
    may_post(installation, channel)
    if not args.get("user") or str(args["user"]) not in channel.members:
        raise RefusedError("user_not_in_channel")
    draft = replace(_draft(installation, channel, args), visible_to=str(args["user"]), metadata=None)
    return {"message_ts": installation.workspace.post(draft).ts}


async def _update(services: Services, args: Json) -> Json:
    installation = services.installation
    message = _own_message(installation, args, "cant_update_message")
    text, blocks = _content(args)
    if text is None and not blocks:
        raise RefusedError("no_text")
    if text and len(str(text)) > installation.limits.updated_text_characters:
        raise RefusedError("msg_too_long")
    changes: Json = {
        "text": checked_text(text, blocks, installation.limits),
        # Blocks that are not sent along go away when there is text, as Slack has it.
        "blocks": blocks,
    }
    if "metadata" in args:
        changes["metadata"] = checked_metadata(args["metadata"], installation.limits)
    after = installation.workspace.edit(message, **changes)
    answer = {"channel": after.channel, "ts": after.ts, "text": after.text}
    return answer | {"message": message_json(installation, after)}


async def _delete(services: Services, args: Json) -> Json:
    message = _own_message(services.installation, args, "cant_delete_message")
    services.installation.workspace.delete(message)
    return {"channel": message.channel, "ts": message.ts}


async def _get_permalink(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = installation.channel(args.get("channel"))
    message = _message(installation, channel, args.get("message_ts"))
    return {"channel": channel.id, "permalink": permalink(installation, message)}


def permalink(installation: Installation, message: Message) -> str:
    """The address of a message, which the page opens too."""
    address = f"{installation.base_url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        address += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return address


async def _add_reaction(services: Services, args: Json) -> Json:
    installation = services.installation
    channel = installation.channel(args.get("channel"))
    name = str(args.get("name", "")).strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise RefusedError("invalid_name")
    if not installation.is_member(channel):
        raise RefusedError("not_in_channel")
    if channel.is_archived:
        raise RefusedError("is_archived")
    message = _message(installation, channel, args.get("timestamp"))
    try:
        installation.workspace.react(message, name, installation.bot_user)
    except ValueError:
        raise RefusedError("already_reacted") from None
    return {}


def _place(installation: Installation, wanted: Any) -> Channel:
    """Where to post: a conversation, or a person, who is then written to directly."""
    if isinstance(wanted, str) and wanted in installation.workspace.people:
        return installation.workspace.direct(installation.bot_user, wanted)
    return installation.channel(wanted)


def may_post(installation: Installation, channel: Channel) -> None:
    """Refuse a place where the bot may not write."""
    if channel.is_archived:
        raise RefusedError("is_archived")
    may_unjoined = channel.kind is Kind.CHANNEL and installation.may("chat:write.public")
    if not installation.is_member(channel) and not may_unjoined:
        raise RefusedError("not_in_channel")
    if channel.kind is Kind.IM and not installation.manifest.has_messages:
        raise RefusedError("messages_tab_disabled")


def _draft(installation: Installation, channel: Channel, args: Json) -> Message:
    text, blocks = _content(args)
    thread_ts = _thread(installation, channel, args.get("thread_ts"))
    is_broadcast = thread_ts is not None and is_true(args.get("reply_broadcast"))
    return Message(
        channel=channel.id,
        ts="",
        user=installation.bot_user,
        text=checked_text(text, blocks, installation.limits),
        blocks=blocks,
        thread_ts=thread_ts,
        subtype="thread_broadcast" if is_broadcast else None,
        metadata=checked_metadata(args.get("metadata"), installation.limits),
        bot_id=installation.bot_id,
    )


def _content(args: Json) -> tuple[Any, tuple[Mapping[str, Any], ...]]:
    """Text and blocks, also where they come as one `markdown_text`."""
    text, markdown = args.get("text"), args.get("markdown_text")
    if markdown and (text or args.get("blocks")):
        raise RefusedError("markdown_text_conflict")
    if markdown:
        return markdown, checked_blocks([{"type": "markdown", "text": markdown}])
    return text, checked_blocks(args.get("blocks"))


def _thread(installation: Installation, channel: Channel, wanted: Any) -> str | None:
    """The thread's own ts, also when a reply's is given."""
    if not wanted:
        return None
    if not _TS.fullmatch(str(wanted)):
        raise RefusedError("invalid_thread_ts")
    parent = installation.workspace.message(channel.id, str(wanted))
    if parent is None or parent.visible_to is not None:
        raise RefusedError("thread_not_found")
    return parent.thread_ts if parent.is_reply else parent.ts


def _message(installation: Installation, channel: Channel, ts: Any) -> Message:
    message = installation.workspace.message(channel.id, str(ts or ""))
    # Ephemeral messages are nowhere to be found afterwards, also for the app that posted them.
    if message is None or message.visible_to is not None:
        raise RefusedError("message_not_found")
    return message


def _own_message(installation: Installation, args: Json, error: str) -> Message:
    channel = installation.channel(args.get("channel"))
    message = _message(installation, channel, args.get("ts"))
    if message.user != installation.bot_user:
        raise RefusedError(error)
    return message


METHODS = {
    "chat.postMessage": Method(_post_message, ADMIT_ALL, _WRITE),
    "chat.postEphemeral": Method(_post_ephemeral, TIER_4, _WRITE),
    "chat.update": Method(_update, TIER_3, _WRITE),
    "chat.delete": Method(_delete, TIER_3, _WRITE),
    "chat.getPermalink": Method(_get_permalink, SPECIAL),
    "reactions.add": Method(_add_reaction, TIER_3, ("reactions:write",)),
}
