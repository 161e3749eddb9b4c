"""A digest that Slack took at no company's channel goes to the next place at which the company is reached."""

import structlog
from sqlmodel import Session

from bot.services.bot import Bot
from bot.services.escalations.reaching import Place, channel_of, company_reaches
from bot.services.escalations.rescuing import PLACE_GONE, settle
from bot.storage.queries import digest_refusals as refusals
from bot.storage.queries import outbox
from bot.storage.queries.digest_refusals import AGAIN
from bot.storage.tables import OutboxRow

log = structlog.get_logger()


def reroute(session: Session, bot: Bot) -> int:
    """Queue what a place refused for good at the next one; return how many messages that are.

    Each place is tried once. What all of them refused, or one for another reason, is given up, which the log
    says.
    """
    return sum(_reroute(session, bot, row) for row in refusals.failed(session))


def _reroute(session: Session, bot: Bot, row: OutboxRow) -> bool:
    key, content = row.key.partition(AGAIN)[0], row.content
    place = _next_place(session, bot, key) if row.error in PLACE_GONE else None
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


def _next_place(session: Session, bot: Bot, key: str) -> Place | None:
    _, _, company_id, *_ = key.split(" ")
    tried = refusals.lanes_tried(session, key)
    reaches = company_reaches(session, bot, int(company_id))
    return next((one.place for one in reaches if channel_of(one.place) not in tried), None)
