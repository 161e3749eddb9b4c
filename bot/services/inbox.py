"""From arrival to effect: nothing acknowledged is lost, nothing is done twice, one failure stops no other."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import compress, groupby

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.arrival import (
    Arrival,
    Asked,
    FileWanted,
    HomeOpened,
    Invited,
    Pressed,
    RenewalsAsked,
    Withdrawn,
    Written,
    from_content,
    kind_of,
    thread_key,
    to_content,
)
from bot.domain.escalation.bridge import ThreadRemark
from bot.domain.manners import Address, ChannelMode
from bot.domain.matching.match import Match
from bot.domain.network import SlackChannel
from bot.domain.saying import Notice, Remark
from bot.domain.scheme import Language
from bot.services import asking, discretion, home, inviting, people, pressing
from bot.services import saying as say
from bot.services.asking import Question
from bot.services.bot import Bot
from bot.services.escalations import bridging, showing_files
from bot.services.people import ChannelFacts, Profile
from bot.services.renewals import command
from bot.storage.afresh import start_afresh
from bot.storage.queries import directory as stored
from bot.storage.queries import inbox
from bot.storage.queries.inbox import Arrived, Claimed
from bot.storage.tables import InboxRow

LEASE = timedelta(seconds=60)
"""How long a claimed row is left to its holder before somebody else takes it."""
MAX_ATTEMPTS = 5
IN_ORDER = frozenset({"written", "withdrawn"})
"""The kinds of what belongs to one thread, and is settled in the order in which it came."""


class Work(Struct, frozen=True):
    """A claimed arrival, and what should be asked of Slack before it is settled.

    `attempt` counts the claims of the arrival up to this one: when the row counts more, it is not ours.
    """

    row_id: int
    attempt: int
    arrival: Arrival
    wants_profile: bool
    wants_channel: bool
    received_at: datetime


class Considered(Struct, frozen=True):
    """What was found out, or drawn, for an arrival outside the transaction."""

    match: Match | None = None
    profile: Profile | None = None
    facts: ChannelFacts | None = None
    picture: bytes | None = None


def receive(session: Session, bot: Bot, arrivals: Sequence[Arrival]) -> list[bool]:
    """Store arrivals; return of each whether it is something new to do.

    What is overheard in a channel that the bot does not listen to is not stored at all.
    """
    wanted = [not _is_ignored(session, arrival) for arrival in arrivals]
    rows = [
        Arrived(arrival.key, kind_of(arrival), arrival.workspace_id, to_content(arrival))
        for arrival in compress(arrivals, wanted)
    ]
    new = iter(inbox.add(session, rows, bot.system_clock.now()))
    return [is_wanted and next(new) for is_wanted in wanted]


def _is_ignored(session: Session, arrival: Arrival) -> bool:
    if not isinstance(arrival, Asked) or arrival.address is not Address.OVERHEARD:
        return False
    return not _listens(session, arrival.channel)


def receive_in_thread(session: Session, bot: Bot, said: Written | Withdrawn) -> bool | None:
    """Store what was written in a thread of an escalation; return whether it belongs to one.

    Nothing is stored of any other thread. `None`: that cannot be told yet, so ask again in a moment.
    """
    if bridging.find_thread(session, said) is None:
        return None if bridging.may_belong_soon(session, said) else False
    receive(session, bot, [said])
    return True


def take(session: Session, bot: Bot, limit: int, but: frozenset[int] = frozenset()) -> list[Work]:
    """Claim up to `limit` arrivals, oldest first; of one thread of an escalation only the oldest.

    `but` are the rows that are under way here: a clock that jumps ahead ends their claims, and nothing else.

    One that was taken too often and never came back is set aside: it seems to stop whoever works on it.
    """
    now = bot.system_clock.now()
    rows = inbox.claim(session, now=now, until=now + LEASE, limit=limit, but=but)
    rows = [row for row in rows if _is_next(session, bot, row)]
    return _works(session, bot, rows)


def _is_next(session: Session, bot: Bot, claimed: Claimed) -> bool:
    """Say whether a row is to be worked on now; else set it aside, or leave it for later."""
    if claimed.attempts > MAX_ATTEMPTS:
        _set_aside(session, bot, session.get_one(InboxRow, claimed.row_id))
        return False
    return claimed.kind not in IN_ORDER or not _waits_for_older(session, claimed)


def settle(session: Session, bot: Bot, works: Sequence[tuple[Work, Considered]]) -> list[bool]:
    """Give arrivals their effect in their order and mark them as done, in one transaction.

    Return of each whether it was ours to settle: it is not, and nothing is done, when somebody took it over
    after the lease and was done, or gave it up, before us.
    """
    ours = inbox.finish(session, [work.row_id for work, _ in works])
    wanted = [one for one in works if one[0].row_id in ours]
    for are_questions, some in groupby(wanted, lambda one: isinstance(one[0].arrival, Asked)):
        if are_questions:
            asking.settle(session, bot, list(_questions(bot, some)))
            continue
        for work, considered in some:
            _give_effect(session, bot, work, considered)
            start_afresh(session)
    return [work.row_id in ours for work, _ in works]


def _questions(bot: Bot, works: Iterable[tuple[Work, Considered]]) -> Iterator[Question]:
    for work, considered in works:
        if isinstance(work.arrival, Asked):
            found = considered.match or asking.recognise(bot, work.arrival)
            yield Question(work.arrival, found, considered.profile, considered.facts)


def _give_effect(session: Session, bot: Bot, work: Work, considered: Considered) -> None:
    arrival, profile, facts = work.arrival, considered.profile, considered.facts
    match arrival:
        case Pressed():
            pressing.settle(session, bot, arrival, profile)
        case Invited():
            inviting.settle(session, bot, arrival, profile, facts)
        case RenewalsAsked():
            command.settle(session, bot, arrival, profile, considered.picture)
        case HomeOpened():
            home.settle(session, bot, arrival, profile)
        case Written():
            bridging.settle(session, bot, arrival, profile)
        case Withdrawn():
            bridging.withdraw(session, bot, arrival)
        case FileWanted():
            showing_files.settle(session, bot, arrival, profile)


def put_off(session: Session, bot: Bot, work: Work) -> str | None:
    """Let a failed arrival be tried again later; after `MAX_ATTEMPTS` set it aside and return its reference.

    Whoever addressed the bot is then told once, with the reference. Nothing changes when somebody else took
    the arrival after our lease: it is theirs, or done.
    """
    row = session.get_one(InboxRow, work.row_id)
    if row.state != "waiting" or row.attempts != work.attempt:
        return None
    row.claimed_until = None
    if row.attempts < MAX_ATTEMPTS:
        row.not_before = bot.system_clock.now() + timedelta(seconds=2**row.attempts)
        return None
    return _set_aside(session, bot, row)


def _waits_for_older(session: Session, claimed: Claimed) -> bool:
    """Leave an arrival for later while an older one of its thread is not settled."""
    said = from_content(claimed.kind, claimed.content)
    assert isinstance(said, Written | Withdrawn)  # noqa: S101 - those are the kinds that keep their order
    older = inbox.waiting_before(session, thread_key(said), claimed.row_id)
    if older is None:
        return False
    row = session.get_one(InboxRow, claimed.row_id)
    row.claimed_until, row.attempts = None, row.attempts - 1
    # Where the older one failed and waits, others need not look at this one until then.
    row.not_before = max(row.not_before, older.not_before)
    return True


def _set_aside(session: Session, bot: Bot, row: InboxRow) -> str:
    row.state, row.reference, row.claimed_until = "failed", f"IN-{row.id}", None
    arrival = from_content(row.kind, row.content)
    notice = Notice(_language(session, arrival), Remark.TROUBLE, (("reference", row.reference),))
    if isinstance(arrival, RenewalsAsked):
        say.respond(session, bot, arrival, notice)
    elif isinstance(arrival, Asked) and arrival.address is not Address.OVERHEARD:
        say.reply(session, bot, arrival, notice)
    elif isinstance(arrival, Pressed | FileWanted):
        say.whisper(session, bot, arrival, replace(notice, remark=Remark.PRESS_TROUBLE), aside="trouble")
    elif isinstance(arrival, Written):
        _not_carried(session, bot, row, arrival)
    if isinstance(arrival, Asked) and discretion.names_patient(bot, arrival, ChannelMode.LISTEN):
        row.content = {**row.content, "text": ""}
    return row.reference


def _not_carried(session: Session, bot: Bot, row: InboxRow, written: Written) -> None:
    """Tell the writer that nobody else reads it, and keep nothing of what may be about a patient."""
    row.content = {**row.content, "text": "", "files": []}
    if not written.is_internal:
        person = stored.person(session, written.user)
        locale = person.locale if person else ""
        bridging.tell_alone(session, bot, written, locale, ThreadRemark.NOT_CARRIED, written.key)


def _language(session: Session, arrival: Arrival) -> Language:
    person = stored.person(session, arrival.user)
    return people.language_for(None, None, person.locale if person else "")


def _listens(session: Session, where: SlackChannel) -> bool:
    return asking.mode_of(stored.channel(session, where)) is ChannelMode.LISTEN


def _works(session: Session, bot: Bot, claimed: list[Claimed]) -> list[Work]:
    now, arrivals = bot.clock.now(), [from_content(row.kind, row.content) for row in claimed]
    users = {arrival.user for arrival in arrivals if arrival.user.user_id}
    unknown = people.to_look_up(session, users, now) if users else set()
    return [
        Work(
            row_id=row.row_id,
            attempt=row.attempts,
            arrival=arrival,
            wants_profile=arrival.user in unknown,
            wants_channel=_wants_channel(session, arrival, now),
            received_at=row.received_at,
        )
        for row, arrival in zip(claimed, arrivals, strict=True)
    ]


def _wants_channel(session: Session, arrival: Arrival, now: datetime) -> bool:
    is_direct = isinstance(arrival, Asked) and arrival.address is Address.DIRECT
    if is_direct or not isinstance(arrival, Asked | Invited):
        return False
    return people.wants_channel(session, SlackChannel(arrival.workspace_id, arrival.channel_id), now)
