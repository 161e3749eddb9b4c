"""https://docs.slack.dev/reference/methods: files.getUploadURLExternal and files.completeUploadExternal."""

from typing import Any

from bot.playground.drafts import checked_blocks
from bot.playground.methods.chat import may_post
from bot.playground.payloads import file_json
from bot.playground.rules import TIER_4, RefusedError
from bot.playground.webapi import Method, Services, whole_number
from bot.playground.workspace import Message

Json = dict[str, Any]
_WRITE = ("files:write",)


async def _get_upload_url(services: Services, args: Json) -> Json:
    key, file_id = services.shelf.begin(str(args.get("filename") or ""), whole_number(args.get("length"), 0))
    return {"upload_url": f"{services.installation.base_url}/upload/v1/{key}", "file_id": file_id}


async def _complete_upload(services: Services, args: Json) -> Json:
    installation = services.installation
    entries = args.get("files")
    if not isinstance(entries, list) or not entries:
        raise RefusedError("invalid_arguments")
    channel = installation.channel(args["channel_id"]) if args.get("channel_id") else None
    if channel:
        may_post(installation, channel)
    stored = tuple(
        services.shelf.finish(str(entry.get("id")), str(entry.get("title") or ""), installation.bot_user)
        for entry in entries
    )
    if channel:
        message = Message(
            channel=channel.id,
            ts="",
            user=installation.bot_user,
            text=str(args.get("initial_comment") or ""),
            blocks=checked_blocks(args.get("blocks")),
            thread_ts=args.get("thread_ts") or None,
            subtype="file_share",
            files=stored,
            bot_id=installation.bot_id,
        )
        installation.workspace.post(message)
    return {"files": [file_json(installation, each) for each in stored]}


METHODS = {
    "files.getUploadURLExternal": Method(_get_upload_url, TIER_4, _WRITE),
    "files.completeUploadExternal": Method(_complete_upload, TIER_4, _WRITE),
}
