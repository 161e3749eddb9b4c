"""Putting what is said of an escalation into the outbox."""

from typing import Any

from sqlmodel import Session

from bot.domain.arrival import FileWanted, Written
from bot.domain.escalation.bridge import BridgeSaying
from bot.domain.escalation.saying import EscalationSaying
from bot.services.bot import Bot
from bot.services.escalations.reaching import Place, channel_of
from bot.storage.queries import outbox
from bot.storage.tables import EscalationRow, EscalationThreadRow


def post(
    session: Session,
    bot: Bot,
    row: EscalationRow,
    part: str,
    place: Place,
    saying: EscalationSaying,
    key: str,
) -> None:
    """Say something to a person alone, outside the threads, as the one who is `part` of it."""
    to = EscalationThreadRow(
        escalation_id=0, side="", workspace_id=place.workspace_id, channel_id=channel_of(place)
    )
    queue(session, bot, to, f"{prefix(row)} {part} {channel_of(place)} {key}", bot.render(saying).content)


def queue(
    session: Session,
    bot: Bot,
    to: EscalationThreadRow,
    key: str,
    content: dict[str, Any],
    method: str = "chat.postMessage",
) -> None:
    """Queue a call for a thread, under a key of its own."""
    # One lane for all of it: the head goes out first, and what refers to it finds it.
    outbox.add(
        session,
        key=key,
        workspace_id=to.workspace_id,
        lane=to.channel_id,
        method=method,
        content={"channel": to.channel_id, **content},
        now=bot.system_clock.now(),
    )


def whisper(session: Session, bot: Bot, to: Written | FileWanted, saying: BridgeSaying, key: str) -> None:
    """Say something in a thread that only one person sees, once under its key."""
    where = {"channel": to.channel_id, "user": to.user.user_id, "thread_ts": to.thread_ts}
    outbox.add(
        session,
        key=f"chat.postEphemeral {key}",
        workspace_id=to.workspace_id,
        lane=to.user.user_id,
        method="chat.postEphemeral",
        content={**where, **bot.render(saying).content},
        now=bot.system_clock.now(),
    )


def prefix(row: EscalationRow) -> str:
    """Return what every key of this escalation begins with."""
    return f"escalation {row.reference}"
