"""Slack's payloads, read into arrivals. Raw dicts are indexed here and nowhere else."""

import re
from typing import Any

from bot.domain.arrival import Asked, HomeOpened, Invited, Press, Pressed, RenewalsAsked
from bot.domain.manners import Address
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.services.people import OwnWords
from bot.slack.blocks.parts import ACTION
from bot.slack.blocks.practice import NAME_BLOCK, VENDOR_BLOCK
from bot.slack.mrkdwn import mentions, plain
from bot.slack.shapes import Id, Key, Shape, Text, Url, carried

Payload = dict[str, Any]

QUESTIONS = frozenset({None, "file_share", "thread_broadcast"})
"""The subtypes of messages that people write; all others are edits, joins and the like."""
TEXT_LIMIT = 4000
"""How much of a message is kept: more says nothing about its topic."""
MAX_DIGITS = 9
"""No question's number has more, and PostgreSQL takes no larger ones."""
_GROUP = re.compile(r"<!subteam\^")


def read_message(body: Payload, bot_user_id: str) -> Asked | None:
    """Read a `message` or `app_mention` event; `None` when a person has not written it just now."""
    event = body["event"]
    if event.get("subtype") not in QUESTIONS or event.get("bot_id") or event.get("hidden"):
        return None
    user_id, text = event.get("user"), event.get("text") or ""
    if not user_id or user_id == bot_user_id:
        return None
    named = mentions(text)
    return Asked(
        workspace_id=body["team_id"],
        user=SlackUser(event.get("user_team") or event.get("team") or body["team_id"], user_id),
        channel_id=event["channel"],
        message_ts=event["ts"],
        text=plain(text, without=bot_user_id)[:TEXT_LIMIT],
        address=_address(event, bot_user_id in named),
        thread_ts=event.get("thread_ts") or "",
        mentions_others=any(who != bot_user_id for who in named) or bool(_GROUP.search(text)),
        has_files=bool(event.get("files")),
        has_image=any(_is_image(file) for file in event.get("files") or []),
    )


def read_command(body: Payload) -> Asked:
    """Read a slash command. Its trigger stands for the message that a command has not."""
    return Asked(
        workspace_id=body["team_id"],
        user=SlackUser(body["team_id"], body["user_id"]),
        channel_id=body["channel_id"],
        message_ts=body["trigger_id"],
        text=plain(body.get("text") or "")[:TEXT_LIMIT],
        address=Address.COMMAND,
        response_url=body["response_url"],
    )


def read_renewals(body: Payload) -> RenewalsAsked:
    """Read the command for renewals."""
    return RenewalsAsked(
        workspace_id=body["team_id"],
        user=SlackUser(body["team_id"], body["user_id"]),
        channel_id=body["channel_id"],
        trigger_id=body["trigger_id"],
        text=plain(body.get("text") or "")[:TEXT_LIMIT],
        response_url=body["response_url"],
    )


def read_home_opened(body: Payload) -> HomeOpened | None:
    """Read `app_home_opened`; `None` when somebody looks at another tab than the Home."""
    event = body["event"]
    if event.get("tab") != "home":
        return None
    user = SlackUser(body["team_id"], event["user"])
    return HomeOpened(body["team_id"], user, event.get("channel") or "", str(event["event_ts"]))


def read_press(body: Payload) -> Pressed | None:
    """Read a pressed button or a chosen option of ours; `None` when its value is not one we gave out."""
    action = body["actions"][0]
    value = str((action.get("selected_option") or action).get("value") or "")
    question, _, topic = value.partition(" ")
    name = str(action["action_id"]).removeprefix(ACTION).partition(".")[0]
    if not question.isdecimal() or len(question) > MAX_DIGITS or name not in set(Press):
        return None
    return Pressed(
        press=Press(name),
        question_id=int(question),
        topic=topic,
        action_ts=action.get("action_ts") or "",
        **read_place(body),
    )


def read_place(body: Payload) -> dict[str, Any]:
    """Read where an interaction happened and who did it, as keyword arguments of `Pressed`."""
    container, user = body.get("container") or {}, body["user"]
    workspace_id = body["team"]["id"]
    return {
        "workspace_id": workspace_id,
        "user": SlackUser(user.get("team_id") or workspace_id, user["id"]),
        "channel_id": (body.get("channel") or {}).get("id") or container.get("channel_id") or "",
        "message_ts": container.get("message_ts") or "",
        "response_url": body.get("response_url") or "" if container.get("is_ephemeral") else "",
    }


def read_say_practice(body: Payload) -> Pressed:
    """Read the button that opens the practice form; question 0 where it stands under no question."""
    action = body["actions"][0]
    value = str(action.get("value") or "")
    question_id = int(value) if value.isdecimal() and len(value) <= MAX_DIGITS else 0
    action_ts = action.get("action_ts") or ""
    return Pressed(press=Press.TOPIC, question_id=question_id, action_ts=action_ts, **read_place(body))


class _Origin(Shape):
    """Where the practice form was opened."""

    language: Language
    press: Press
    question_id: Key
    topic: Text
    channel_id: Id
    message_ts: Id
    action_ts: Id
    response_url: Url


def write_origin(language: Language, origin: Pressed) -> str:
    """Write where the practice form was opened, to be carried through it."""
    return _Origin(
        language=language,
        press=origin.press,
        question_id=origin.question_id,
        topic=origin.topic,
        channel_id=origin.channel_id,
        message_ts=origin.message_ts,
        action_ts=origin.action_ts,
        response_url=origin.response_url,
    ).model_dump_json()


def read_introduction(body: Payload) -> tuple[Language, Pressed, OwnWords]:
    """Read the submitted practice form: its language, where it was opened, and what was said.

    Who submits is taken from the payload, never from what the form carried. Raises `UnreadableError`.
    """
    values = body["view"]["state"]["values"]
    chosen = values.get(VENDOR_BLOCK, {}).get(VENDOR_BLOCK, {}).get("selected_option") or {}
    name = values.get(NAME_BLOCK, {}).get(NAME_BLOCK, {}).get("value") or ""
    opened = carried(_Origin, body["view"]["private_metadata"])
    origin = Pressed(
        workspace_id=body["team"]["id"],
        user=SlackUser(body["user"].get("team_id") or body["team"]["id"], body["user"]["id"]),
        **opened.model_dump(exclude={"language"}),
    )
    return opened.language, origin, OwnWords(name, chosen.get("value") or "")


def read_invitation(body: Payload, bot_user_id: str) -> Invited | None:
    """Read `member_joined_channel`; `None` unless it is the bot who came, and somebody invited it."""
    event = body["event"]
    if event.get("user") != bot_user_id or not event.get("inviter"):
        return None
    user = SlackUser(body["team_id"], event["inviter"])
    return Invited(body["team_id"], user, event["channel"], str(event.get("event_ts") or body["event_id"]))


def _is_image(file: Payload) -> bool:
    """Say whether a file is a picture; an X-ray often is DICOM, which Slack does not know as one."""
    mimetype, name = str(file.get("mimetype") or ""), str(file.get("name") or "")
    return mimetype.startswith("image/") or name.lower().endswith((".dcm", ".dicom"))


def _address(event: Payload, mentioned: bool) -> Address:
    if event.get("channel_type") == "im":
        return Address.DIRECT
    return Address.MENTION if mentioned or event["type"] == "app_mention" else Address.OVERHEARD
