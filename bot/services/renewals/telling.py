"""Queueing what follows from an answer: to the other side, in the message's place, or to one person alone."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.maintenance.answers import Origin
from bot.domain.maintenance.saying_answers import AnswerSaying
from bot.domain.network import SlackUser
from bot.domain.saying import Saying
from bot.services.bot import Bot
from bot.services.renewals.arming import practice_recipient
from bot.services.renewals.recipients import Party, company_party, parties
from bot.storage.queries import maintenance as stored
from bot.storage.queries import outbox
from bot.storage.queries.answers import Place


def practice_party(session: Session, practice_id: int) -> Party:
    """Return a practice as somebody to tell something."""
    key = practice_recipient(practice_id)
    return parties(session, [key])[key]


def company_or_maker(session: Session, company_id: int, now: datetime) -> Party:
    """Return a company as somebody to tell something; the manufacturer where nobody reaches it in Slack.

    The manufacturer may do for any distributor what is asked, so that nothing waits for nobody. Of each it
    is somebody who is there at `now`, if anybody is.
    """
    maker = stored.manufacturer(session)
    wanted = company_party(session, company_id, now)
    return wanted if wanted.slack is not None or maker is None else company_party(session, maker.id or 0, now)


def tell(session: Session, bot: Bot, to: Party, key: str, saying: Saying) -> bool:
    """Queue a message of its own, once for each key; return whether there is a way to say it at all."""
    if to.slack is None:
        return False
    outbox.add(
        session,
        key=key,
        workspace_id=to.slack.workspace_id,
        lane=to.channel,
        method="chat.postMessage",
        content={"channel": to.channel, **bot.render(saying).content},
        now=bot.system_clock.now(),
    )
    return True


def tell_person(session: Session, bot: Bot, to: SlackUser, key: str, saying: Saying) -> None:
    """Queue a direct message, once for each key."""
    outbox.add(
        session,
        key=key,
        workspace_id=to.workspace_id,
        lane=to.user_id,
        method="chat.postMessage",
        content={"channel": to.user_id, **bot.render(saying).content},
        now=bot.system_clock.now(),
    )


def update(session: Session, bot: Bot, place: Place, cause: str, saying: Saying) -> None:
    """Queue that a message is replaced where it stands, for everybody who sees it."""
    outbox.add(
        session,
        key=f"chat.update {cause} {place.channel_id} {place.message_ts}",
        workspace_id=place.workspace_id,
        lane=f"{place.channel_id} {place.message_ts}",
        method="chat.update",
        content={"channel": place.channel_id, "ts": place.message_ts, **bot.render(saying).content},
        now=bot.system_clock.now(),
    )


def whisper(session: Session, bot: Bot, origin: Origin, saying: AnswerSaying) -> None:
    """Queue what only whoever pressed sees."""
    outbox.add(
        session,
        key=f"chat.postEphemeral {origin.key}",
        workspace_id=origin.workspace_id,
        lane=origin.user.user_id,
        method="chat.postEphemeral",
        content={"channel": origin.channel_id, "user": origin.user.user_id, **bot.render(saying).content},
        now=bot.system_clock.now(),
    )


def place_of(origin: Origin) -> Place:
    """Return where the message stands in which somebody pressed."""
    return Place(origin.workspace_id, origin.channel_id, origin.message_ts)
