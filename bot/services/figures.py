"""How much waits, and for how long: what whoever runs the bot wants to see at a glance."""

from datetime import datetime

from msgspec import Struct
from sqlmodel import Session

from bot.domain.escalation.clocks import ClockKind
from bot.domain.escalation.life import State
from bot.services.bot import Bot
from bot.storage.queries import figures as stored


class Queue(Struct, frozen=True):
    """A queue's length, and the age of its oldest row; 0 for an empty one."""

    waiting: int
    oldest_seconds: float


class Figures(Struct, frozen=True):
    """The queues, and the open escalations by state and by the promise that is broken now."""

    inbox: Queue
    outbox: Queue
    escalations: dict[str, int]
    overdue: dict[str, int]


def figures(session: Session, bot: Bot) -> Figures:
    """Read the figures as they are now; every state and promise is there, also with nothing in it."""
    by_state, now = stored.escalations_by_state(session), bot.clock.now()
    response, solution = stored.overdue(session, now)
    return Figures(
        inbox=_queue(stored.inbox(session), bot.system_clock.now()),
        outbox=_queue(stored.outbox(session), bot.system_clock.now()),
        escalations={state: by_state.get(state, 0) for state in State if state is not State.CLOSED},
        overdue={ClockKind.RESPONSE: response, ClockKind.SOLUTION: solution},
    )


def _queue(found: tuple[int, datetime | None], now: datetime) -> Queue:
    waiting, oldest = found
    age = (now - oldest).total_seconds() if oldest is not None else 0.0
    return Queue(waiting, max(age, 0.0))
