"""A digest that Slack took at no company's channel goes to the next place at which the company is reached."""

import structlog
from sqlmodel import Session, col, select

from bot.services.bot import Bot
from bot.services.escalations.reaching import Place, channel_of, company_reaches
from bot.services.escalations.rescuing import PLACE_GONE, settle
from bot.storage.queries import outbox
from bot.storage.tables import OutboxRow

log = structlog.get_logger()

AGAIN = " at "
"""What follows it in a message's key is the place where it is tried again."""


def reroute(session: Session, bot: Bot) -> int:
    """Queue what a place refused for good at the next one; return how many messages that are.

    Each place is tried once: what all of them refused is given up, which the log says.
    """
    query = select(OutboxRow).where(
        OutboxRow.state == "failed",
        col(OutboxRow.key).contains(" digest "),
        col(OutboxRow.error).in_(PLACE_GONE),
    )
    refused = session.exec(query.order_by(col(OutboxRow.id)).with_for_update(skip_locked=True)).all()
    return sum(_reroute(session, bot, row) for row in refused)


def _reroute(session: Session, bot: Bot, row: OutboxRow) -> bool:
    key = row.key.partition(AGAIN)[0]
    _, _, company_id, *_ = key.split(" ")
    place, content = _next_place(session, bot, int(company_id), key), row.content
    settle(row)
    session.flush()
    if place is None:
        log.warning("digest_not_delivered", key=key)
        return False
    channel = channel_of(place)
    return outbox.add(
        session,
        key=f"{key}{AGAIN}{place.workspace_id}/{channel}",
        workspace_id=place.workspace_id,
        lane=channel,
        method=row.method,
        content={**content, "channel": channel},
        now=bot.system_clock.now(),
    )


def _next_place(session: Session, bot: Bot, company_id: int, key: str) -> Place | None:
    tried = session.exec(
        select(OutboxRow.lane).where(
            (col(OutboxRow.key) == key) | col(OutboxRow.key).startswith(f"{key}{AGAIN}")
        )
    ).all()
    reaches = company_reaches(session, bot, company_id)
    return next((one.place for one in reaches if channel_of(one.place) not in tried), None)
