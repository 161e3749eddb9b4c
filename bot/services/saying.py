"""Queueing what is to be said, in the same transaction as what led to it."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from bot.domain.arrival import Asked, FileWanted, Invited, Pressed, RenewalsAsked
from bot.domain.maintenance.saying_overview import Home
from bot.domain.manners import Address
from bot.domain.saying import Saying
from bot.services.bot import Bot
from bot.storage.queries import outbox
from bot.storage.queries.outbox import Outgoing
from bot.storage.tables import PersonRow


def send(session: Session, bot: Bot, outgoing: Sequence[Outgoing]) -> None:
    """Queue calls in this order."""
    outbox.add_all(session, outgoing, bot.system_clock.now())


def reply(session: Session, bot: Bot, asked: Asked, saying: Saying) -> None:
    """Answer where the question stands: in its thread, or to the person alone after a command."""
    send(session, bot, [to_reply(bot, asked, saying)])


def to_reply(bot: Bot, asked: Asked, saying: Saying) -> Outgoing:
    """Return the call that answers where the question stands."""
    message = bot.render(saying).content
    if asked.address is Address.COMMAND:
        return _call(asked, "response_url", {"response_url": asked.response_url, **message})
    where = {"channel": asked.channel_id, "thread_ts": asked.thread_ts or asked.message_ts}
    return _call(asked, "chat.postMessage", {**where, **message})


def whisper(
    session: Session, bot: Bot, to: Asked | Pressed | FileWanted | Invited, saying: Saying, *, aside: str = ""
) -> None:
    """Say something that only this person sees, in the channel where they are.

    `aside` names what is said beside something else; of each name only one is said.
    """
    send(session, bot, [to_whisper(bot, to, saying, aside=aside)])


def to_whisper(
    bot: Bot, to: Asked | Pressed | FileWanted | Invited, saying: Saying, *, aside: str = ""
) -> Outgoing:
    """Return the call that whispers."""
    thread = {"thread_ts": to.thread_ts} if isinstance(to, Asked | FileWanted) and to.thread_ts else {}
    content = {"channel": to.channel_id, "user": to.user.user_id, **thread, **bot.render(saying).content}
    return _call(to, "chat.postEphemeral", content, aside)


def to_thumb(asked: Asked, emoji: str) -> Outgoing:
    """Return the call that reacts to a message with an emoji."""
    content = {"channel": asked.channel_id, "timestamp": asked.message_ts, "name": emoji}
    return _call(asked, "reactions.add", content)


def replace(session: Session, bot: Bot, pressed: Pressed, saying: Saying) -> None:
    """Put something else in the place of the message in which a button was pressed."""
    message = bot.render(saying).content
    if pressed.response_url:
        content = {"response_url": pressed.response_url, "replace_original": True, **message}
        send(session, bot, [_call(pressed, "response_url", content)])
        return
    content = {"channel": pressed.channel_id, "ts": pressed.message_ts, **message}
    send(session, bot, [_call(pressed, "chat.update", content)])


def respond(session: Session, bot: Bot, asked: RenewalsAsked, saying: Saying) -> None:
    """Answer a command for this person alone."""
    content = {"response_url": asked.response_url, **bot.render(saying).content}
    send(session, bot, [_call(asked, "response_url", content)])


def send_file(session: Session, bot: Bot, asked: RenewalsAsked, filename: str, data: bytes) -> None:
    """Send a file to this person alone, after the answer to a command."""
    content = {
        "channel": asked.user.user_id,
        "filename": filename,
        "title": filename,
        "text": "",
        "data": b64encode(data).decode("ascii"),
    }
    send(session, bot, [_call(asked, "files.upload", content)])


def publish_home(session: Session, bot: Bot, person: PersonRow, home: Home, cause: str) -> None:
    """Give a person a new Home; one that still waits for Slack is no longer wanted.

    It goes through the outbox, although opening the Home again would draw it anew: Slack limits how often it
    takes one, what a person did must show without opening it again, and a Home never overtakes a newer one.
    """
    if person.workspace_id is None or person.user_id is None:
        return
    key, lane = f"views.publish {person.user_id} {cause}", f"home {person.user_id}"
    is_new = outbox.add(
        session,
        key=key,
        workspace_id=person.workspace_id,
        lane=lane,
        method="views.publish",
        content={
            "user_id": person.user_id,
            "view": {"type": "home", "blocks": list(bot.render(home).blocks)},
        },
        now=bot.system_clock.now(),
    )
    if is_new:
        outbox.drop_waiting(session, person.workspace_id, lane, but=key)


Cause = Asked | Pressed | FileWanted | Invited | RenewalsAsked


def _lane(cause: Cause, method: str) -> str:
    """Only posts share a channel's pace; nothing waits for them that need not."""
    if method in _PRIVATE or isinstance(cause, RenewalsAsked | FileWanted):
        return cause.user.user_id
    if method == "chat.postMessage":
        return cause.channel_id
    return f"{cause.channel_id} {cause.key if isinstance(cause, Invited) else cause.message_ts}"


_PRIVATE = frozenset({"response_url", "chat.postEphemeral"})


def _call(cause: Cause, method: str, content: dict[str, Any], aside: str = "") -> Outgoing:
    return Outgoing(
        key=f"{method} {cause.key} {aside}".rstrip(),
        workspace_id=cause.workspace_id,
        lane=_lane(cause, method),
        method=method,
        content={"user": cause.user.user_id, **content} if method == "response_url" else content,
    )
