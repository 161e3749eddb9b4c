"""Slack's payloads about opening an escalation, read into values; nothing in them is believed."""

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec.json import encode
from pydantic import Field as Limit

from bot.domain.escalation.form import Carried, Field, FilledForm, FormOrigin, Wish
from bot.domain.escalation.life import Urgency
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.slack.blocks.escalate_form import LONGEST, UNKNOWN, block_id
from bot.slack.mrkdwn import plain
from bot.slack.reading import MAX_DIGITS, TEXT_LIMIT, Payload, read_place
from bot.slack.shapes import Key, Shape, Text, UnreadableError, carried

LONGEST_ID = 100
"""No id or timestamp of Slack's is longer, and no nonce of ours."""
ShortId = Annotated[Text, Limit(max_length=LONGEST_ID)]


def read_escalate_command(body: Payload) -> FormOrigin:
    """Read the command; what stands after it says what happened."""
    return FormOrigin(
        user=SlackUser(body["team_id"], body["user_id"]),
        workspace_id=body["team_id"],
        channel_id=body["channel_id"],
        text=plain(body.get("text") or "")[:TEXT_LIMIT],
        is_report=True,
    )


def read_escalate_shortcut(body: Payload) -> FormOrigin:
    """Read the shortcut on a message."""
    place, message = read_place(body), body["message"]
    is_person = not message.get("bot_id")
    return FormOrigin(
        user=place["user"],
        workspace_id=place["workspace_id"],
        channel_id=place["channel_id"],
        message_ts=str(body.get("message_ts") or message.get("ts") or ""),
        thread_ts=str(message.get("thread_ts") or ""),
        text=plain(message.get("text") or "")[:TEXT_LIMIT] if is_person else "",
    )


def read_escalate_press(body: Payload) -> FormOrigin:
    """Read the button; question 0 where it stands under no question, or its value is not one of ours."""
    place = read_place(body)
    return FormOrigin(
        user=place["user"],
        workspace_id=place["workspace_id"],
        channel_id=place["channel_id"],
        question_id=_number(body["actions"][0].get("value")),
    )


def write_form(carried: Carried) -> str:
    """Write what goes through the form unread."""
    return encode(carried).decode()


def read_form(body: Payload) -> tuple[SlackUser, Carried | None, FilledForm]:
    """Read the submitted form; `None` where what it carried is not what we gave out.

    Who submits is taken from the payload, never from what the form carried.
    """
    user = SlackUser(body["user"].get("team_id") or body["team"]["id"], body["user"]["id"])
    return user, _carried(body["view"]["private_metadata"]), _filled(body["view"]["state"]["values"])


class _Origin(Shape):
    """Where the form was opened, as `write_form` writes it."""

    language: Language
    nonce: ShortId
    question_id: Key
    practice_id: Key
    channel_id: ShortId
    message_ts: ShortId


def _carried(written: str) -> Carried | None:
    try:
        return Carried(**carried(_Origin, written).model_dump())
    except UnreadableError:
        return None


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= MAX_DIGITS else 0


def _filled(values: Mapping[str, Any]) -> FilledForm:
    urgency, package = _option(values, Field.URGENCY), _option(values, Field.PACKAGE)
    ticked = {str(one.get("value")) for one in _of(values, Field.WISHES, "selected_options") or ()}
    return FilledForm(
        topic=_option(values, Field.TOPIC)[:LONGEST_ID],
        practice_id=_number(_option(values, Field.PRACTICE)),
        practice_name=_text(values, Field.PRACTICE),
        package=""
        if package == UNKNOWN
        else package[: LONGEST[Field.PACKAGE]] or _text(values, Field.PACKAGE),
        asked=_text(values, Field.ASKED),
        happened=_text(values, Field.HAPPENED),
        reach_me=_text(values, Field.REACH_ME),
        urgency=Urgency(urgency) if urgency in set(Urgency) else Urgency.HINDERED,
        tried=_text(values, Field.TRIED),
        error_text=_text(values, Field.ERROR_TEXT),
        version=_text(values, Field.VERSION),
        wishes=frozenset(wish for wish in Wish if wish in ticked),
    )


def _of(values: Mapping[str, Any], field: Field, name: str) -> Any:
    return values.get(block_id(field), {}).get(block_id(field), {}).get(name)


def _text(values: Mapping[str, Any], field: Field) -> str:
    return str(_of(values, field, "value") or "").strip()[: LONGEST[field]]


def _option(values: Mapping[str, Any], field: Field) -> str:
    return str((_of(values, field, "selected_option") or {}).get("value") or "")
