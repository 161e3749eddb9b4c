"""What people write, edit and delete in threads, read into values."""

from typing import Any

from bot.domain.arrival import FileWanted, Withdrawn, Written
from bot.domain.escalation.bridge import LinkedFile, is_internal
from bot.domain.network import SlackUser
from bot.slack.mrkdwn import mentions
from bot.slack.reading import MAX_DIGITS, QUESTIONS, Payload, read_place

THREAD_TEXT_LIMIT = 12_000
"""More than Slack lets people write at once."""


def read_thread_message(body: Payload, bot_user_id: str) -> Written | Withdrawn | None:
    """Read a `message` or `app_mention` event of a thread; `None` for what no person wrote there."""
    event = body["event"]
    match event.get("subtype"):
        case "message_changed":
            message, before = event.get("message") or {}, event.get("previous_message")
            if not _is_edit(message, before):
                return None
            return _written(body, message, bot_user_id, str(event.get("event_ts") or event["ts"]))
        case "message_deleted":
            return _withdrawn(body, bot_user_id)
        case _:
            edited = (event.get("edited") or {}).get("ts") or ""
            return None if event.get("hidden") else _written(body, event, bot_user_id, str(edited))


def is_below_ours(body: Payload, bot_user_id: str) -> bool:
    """Say whether a message of ours may head the thread; Slack does not always say whose does."""
    event = body["event"]
    message = event.get("message") or event.get("previous_message") or event
    return message.get("parent_user_id") in (None, bot_user_id)


def _written(body: Payload, message: Payload, bot_user_id: str, version: str) -> Written | None:
    thread_ts = message.get("thread_ts") or ""
    if message.get("subtype") not in QUESTIONS or not thread_ts or thread_ts == message.get("ts"):
        return None
    if not _is_person(message, bot_user_id):
        return None
    text = str(message.get("text") or "")
    is_locked = is_internal(text)
    # What is internal goes nowhere, so nothing of it is taken in.
    return Written(
        workspace_id=body["team_id"],
        user=_writer(body, message),
        channel_id=body["event"]["channel"],
        thread_ts=thread_ts,
        message_ts=message["ts"],
        version=version,
        text="" if is_locked else text[:THREAD_TEXT_LIMIT],
        is_internal=is_locked,
        mentioned=() if is_locked else tuple(dict.fromkeys(mentions(text))),
        files=() if is_locked else _files(message),
    )


def _withdrawn(body: Payload, bot_user_id: str) -> Withdrawn | None:
    event = body["event"]
    before = event.get("previous_message") or {}
    if before and not _is_person(before, bot_user_id):
        return None
    return Withdrawn(
        workspace_id=body["team_id"],
        user=_writer(body, before),
        channel_id=event["channel"],
        thread_ts=before.get("thread_ts") or "",
        message_ts=event.get("deleted_ts") or before.get("ts") or "",
    )


def read_file_wanted(body: Payload) -> FileWanted | None:
    """Read the button of a file; `None` when its value is not one that we gave out."""
    action, place = body["actions"][0], read_place(body)
    numbers = str(action.get("value") or "").split()
    if len(numbers) != 2 or not all(one.isdecimal() and len(one) <= MAX_DIGITS for one in numbers):
        return None
    container: dict[str, Any] = body.get("container") or {}
    return FileWanted(
        workspace_id=place["workspace_id"],
        user=place["user"],
        channel_id=place["channel_id"],
        thread_ts=container.get("thread_ts") or place["message_ts"],
        action_ts=action.get("action_ts") or "",
        message_id=int(numbers[0]),
        number=int(numbers[1]),
    )


def _is_person(message: Payload, bot_user_id: str) -> bool:
    return bool(message.get("user")) and message["user"] != bot_user_id and not message.get("bot_id")


def _is_edit(message: Payload, before: Payload | None) -> bool:
    """Say whether somebody changed it; Slack tells the same of links it unfolds and of languages it finds."""
    if not before:
        return bool(message.get("edited"))
    return (message.get("text"), _files(message)) != (before.get("text"), _files(before))


def _writer(body: Payload, message: Payload) -> SlackUser:
    team = message.get("user_team") or message.get("team") or body["team_id"]
    return SlackUser(team, message.get("user") or "")


def _files(message: Payload) -> tuple[LinkedFile, ...]:
    """Return the files that are still there, by their links."""
    return tuple(
        LinkedFile(str(file.get("title") or file.get("name") or file.get("id") or ""), str(file["permalink"]))
        for file in message.get("files") or ()
        if str(file.get("permalink") or "").startswith(("https://", "http://"))
    )
