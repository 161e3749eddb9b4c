"""What is queued goes out: paced, in order, tried again, and never twice."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.clock import Clock
from bot.domain.parcel import Parcel
from bot.storage.queries import escalation_refusals as refusals
from bot.storage.queries import escalations, outbox, reminders
from bot.storage.queries.digest_refusals import is_of_digest
from bot.storage.queries.outbox import Standing
from bot.storage.tables import OutboxRow

LEASE = timedelta(seconds=30)
"""Longer than any call is allowed to take."""
PACE = timedelta(seconds=1)
"""Slack takes about one post a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits"""
POSTS = ("chat.postMessage", "files.upload")
MAX_ATTEMPTS = 12
OUTLASTED = timedelta(days=1)
"""Longer than Slack is ever out; until then an outage, a limit or a bad token costs no message."""
OF_ITS_OWN = frozenset({"internal_error", "fatal_error"})
"""Errors that may lie in the message itself, so that it must not hold up its lane for long."""
MAX_WAIT = timedelta(minutes=5)
"""The longest that is waited for another try, whatever Slack asks for (`outbox.FURTHEST`)."""


def take(session: Session, clock: Clock, limit: int, but: frozenset[int] = frozenset()) -> list[Parcel]:
    """Claim what can be sent now, at most one a lane, and note that the calls are about to be made.

    `but` are the rows that are under way here: a clock that jumps ahead ends their leases, and nothing else.
    """
    now = clock.now()
    taken = outbox.claim(session, now=now, until=now + LEASE, limit=limit, but=but)
    placed = [_placed(session, clock, parcel) for parcel in taken]
    return [parcel for parcel in placed if parcel is not None]


class Sent(Struct, frozen=True):
    """A parcel that Slack has, under `ts`; that is empty where Slack gives none."""

    parcel: Parcel
    ts: str


def sent(session: Session, clock: Clock, news: Sequence[Sent]) -> list[None]:
    """Note what Slack has, and forget what it said.

    That is so also when somebody took a parcel after our lease; only the lane is theirs then.
    """
    now = clock.now()
    rows = outbox.mark_sent(session, {new.parcel.row_id: new.ts for new in news}, at=now)
    for new in news:
        if rows[new.parcel.row_id].was_open and refusals.is_of_escalation(new.parcel.key):
            escalations.note_head(session, new.parcel.key, new.ts)
    ours = [new.parcel for new in news if _is_held(rows[new.parcel.row_id], new.parcel)]
    outbox.free_lanes(session, {parcel.place: now + _pace(parcel) for parcel in ours})
    return [None] * len(news)


def refused(session: Session, clock: Clock, parcel: Parcel, error: str) -> None:
    """Note that Slack will never take it; nothing when somebody else took the parcel after our lease."""
    row = session.get_one(OutboxRow, parcel.row_id, with_for_update=True)
    if not _is_held(row, parcel):
        return
    if row.state in outbox.OPEN:
        _fail(session, clock, row, error)
    _free(session, clock, parcel, timedelta())


def again(
    session: Session, clock: Clock, parcel: Parcel, wait: timedelta, *, is_uncertain: bool, error: str
) -> bool:
    """Try again after `wait`; return `False` when it was tried often and long enough, and is given up.

    Nothing changes when somebody else took the parcel after our lease: it is theirs to try.
    """
    row = session.get_one(OutboxRow, parcel.row_id, with_for_update=True)
    if not _is_held(row, parcel):
        return True
    if row.state not in outbox.OPEN:
        _free(session, clock, parcel, timedelta())
        return True
    row.error = error
    is_long_enough = error in OF_ITS_OWN or clock.now() - parcel.queued_at >= OUTLASTED
    if parcel.attempts >= MAX_ATTEMPTS and is_long_enough:
        _fail(session, clock, row, error)
        _free(session, clock, parcel, timedelta())
        return False
    # Once in doubt, always in doubt: looking once more costs little, a post too many cannot be taken back.
    row.state = "sending" if is_uncertain or parcel.is_uncertain else "waiting"
    wait = min(wait, MAX_WAIT)
    row.not_before = clock.now() + wait
    _free(session, clock, parcel, wait)
    return True


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: one second, doubling, five minutes at most."""
    return min(timedelta(seconds=2 ** max(attempts - 1, 0)), MAX_WAIT)


def _is_held(row: OutboxRow | Standing, parcel: Parcel) -> bool:
    """Say whether nobody took it after whoever holds `parcel`, so that the lane is theirs as well.

    The row need not be open any more: an earlier holder may have come late, with the word that it is sent.
    """
    return row.attempts == parcel.attempts


REFERENCES = {"thread_of": "thread_ts", "update_of": "ts"}
"""Names in a row's content that refer to another row by its key, and what stands there in the end."""


def _fail(session: Session, clock: Clock, row: OutboxRow, error: str) -> None:
    """Give a message up, and forget what it said, unless it is said in another way soon."""
    row.state, row.error, row.not_before = "failed", error, clock.now()
    if not (refusals.is_of_escalation(row.key) or is_of_digest(row.key)):
        row.content = {}
    reminders.mark_refused(session, row.key)


def _placed(session: Session, clock: Clock, parcel: Parcel) -> Parcel | None:
    """Put what belongs under another message there, and an update onto it; give it up with that message.

    The other message is an earlier row of the same lane. Where that was forgotten already, a message stands
    alone and an update is given up.
    """
    names = REFERENCES.keys() & parcel.content.keys()
    if not names:
        return parcel
    row = session.get_one(OutboxRow, parcel.row_id)
    for name in names:
        content = dict(row.content)
        key = content.pop(name)
        parent = outbox.by_key(session, key)
        ts = parent.dispatched_ts if parent is not None else escalations.head_ts(session, key)
        is_lost = parent is not None and parent.state in ("failed", "settled")
        if is_lost or (not ts and name == "update_of"):
            _fail(session, clock, row, "no_parent")
            _free(session, clock, parcel, timedelta())
            return None
        row.content = {**content, **({REFERENCES[name]: ts} if ts else {})}
    return replace(parcel, content=row.content)


def _pace(parcel: Parcel) -> timedelta:
    return PACE if parcel.method in POSTS else timedelta()


def _free(session: Session, clock: Clock, parcel: Parcel, wait: timedelta) -> None:
    outbox.free_lanes(session, {parcel.place: clock.now() + wait})
