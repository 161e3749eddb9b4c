"""What Slack did not take finds another way: no escalation is ever without a card that somebody sees."""

from datetime import timedelta
from typing import Any

import structlog
from msgspec import Struct
from sqlmodel import Session

from bot.domain.escalation.life import State
from bot.domain.escalation.saying import Fault
from bot.domain.network import SlackChannel, SlackUser
from bot.services.bot import Bot
from bot.services.escalations import heads, reaching, telling
from bot.services.escalations.hearing import PEOPLE, Part
from bot.services.escalations.keeping import keepers
from bot.services.escalations.moving import locked
from bot.services.escalations.posting import prefix
from bot.services.escalations.reaching import Place, Reach, channel_of
from bot.services.escalations.records import Event, record
from bot.services.escalations.sides import REQUESTER, company_of, company_side, is_side, thread_of
from bot.storage.queries import directory, outbox
from bot.storage.queries import escalation_lists as lists
from bot.storage.queries import escalation_refusals as stored
from bot.storage.tables import EscalationRow, EscalationThreadRow, OutboxRow

log = structlog.get_logger()

AT_ONCE = 200
RETRY_AFTER, LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)
"""When all places refused it, they are tried again: after an hour, then twice as long, at most a day."""
WORDS = frozenset({"text", "blocks", "reply_broadcast"})
NO_PARENT = "no_parent"
"""What is below a head that failed; see `bot.services.delivering`."""
PLACE_GONE = frozenset(
    {
        "access_denied", "cannot_dm_bot", "cannot_reply_to_message", "channel_is_limited_access",
        "channel_not_found", "is_archived", "is_inactive", "messages_tab_disabled", "no_permission",
        "not_in_channel", "restricted_action", "restricted_action_non_threadable_channel",
        "restricted_action_read_only_channel", "restricted_action_thread_locked",
        "restricted_action_thread_only_channel", "team_access_not_granted", "user_disabled", "user_not_found",
        "user_not_visible", "users_not_found",
    }
)  # fmt: skip
"""Errors that will not pass by themselves at this place: https://docs.slack.dev/reference/methods/chat.postMessage
and https://docs.slack.dev/reference/methods/conversations.open"""
MESSAGE_GONE = frozenset(
    {"message_not_found", "cant_update_message", "edit_window_closed", "thread_not_found"}
)
"""Somebody deleted the card, or it can be changed no more: a new one takes its place."""


def rescue(session: Session, bot: Bot) -> list[str]:
    """Find another way for what Slack did not take, once each; return the references that it concerns.

    Two at once do nothing twice. What no place takes is tried again after a while.
    """
    found = []
    for key in stored.failed(session, AT_ONCE):
        try:
            with session.begin_nested():
                found.append(_rescue(session, bot, key))
        except Exception:
            log.exception("escalation_not_rescued", message=key)
    session.flush()
    return [reference for reference in dict.fromkeys(found) if reference]


def bring_home(session: Session, bot: Bot) -> None:
    """Give companies their cards that were with the default owner, once somebody there is reached."""
    for key, thread_id in stored.kept(session):
        row, thread = locked(session, key), session.get(EscalationThreadRow, thread_id)
        if row is None or thread is None or not thread.is_kept:
            continue
        own = reaching.company_reaches(session, bot, company_of(thread.side) or 0)
        new = next((one for one in own if place_key(one.place) not in thread.refused), None)
        if new is not None:
            heads.begin_anew(session, bot, row, thread, new, f"home {place_key(new.place)}")
            log.info("escalation_brought_home", reference=row.reference, side=thread.side)


def leave_shared(session: Session, bot: Bot) -> None:
    """Take threads away from channels that another organisation came to read."""
    for key, thread_id in stored.overheard(session):
        row, thread = locked(session, key), session.get(EscalationThreadRow, thread_id)
        if row is not None and thread is not None and heads.leave_if_overheard(session, bot, row, thread):
            log.warning("escalation_left_shared_channel", reference=row.reference, side=thread.side)


class _Refusal(Struct, frozen=True):
    """A message that Slack did not take, of an escalation. `what` is its key without the escalation's."""

    row: EscalationRow
    message: OutboxRow

    @property
    def what(self) -> str:
        return self.message.key.removeprefix(f"{prefix(self.row)} ")

    @property
    def is_post(self) -> bool:
        return self.message.method == "chat.postMessage"


def _rescue(session: Session, bot: Bot, key: int) -> str:
    row, refusal = _locked(session, key)
    if refusal is None or row is None:
        return ""
    part, _, rest = refusal.what.partition(" ")
    if row.state == State.CLOSED:
        settle(refusal.message)
    elif is_side(part):
        return row.reference if _rescue_on_side(session, bot, refusal, part) else ""
    elif part in set(Part):
        _tell_somebody_else(session, bot, refusal, Part(part), rest)
        return row.reference
    else:
        settle(refusal.message)
    return ""


def _locked(session: Session, key: int) -> tuple[EscalationRow | None, _Refusal | None]:
    """Return a message and its escalation, held until this transaction ends; nothing if it was dealt with."""
    found = session.get(OutboxRow, key)
    known = lists.by_reference(session, stored.reference_in(found.key)) if found is not None else None
    row = locked(session, known.id or 0) if known is not None else None
    message = session.get(OutboxRow, key, with_for_update=True, populate_existing=True)
    if message is None or message.state != "failed":
        return None, None
    if row is None:
        settle(message)
        return None, None
    return row, _Refusal(row, message)


def settle(message: OutboxRow) -> None:
    """Note that what follows from a failure was done, and forget what the message said."""
    message.state, message.content = "settled", {}


def place_key(place: Place) -> str:
    """Return how a place is noted where it refused something."""
    return f"{place.workspace_id}/{channel_of(place)}"


# ---- on a side -------------------------------------------------------------------------------------


def _rescue_on_side(session: Session, bot: Bot, refusal: _Refusal, side: str) -> bool:
    """Deal with what was said at the head of a side's thread or in it; say whether anybody has to know."""
    thread, message = thread_of(session, refusal.row, side), refusal.message
    if thread is None or (message.error == NO_PARENT and not refusal.is_post):
        settle(message)
        return False
    is_head = message.key == thread.outbox_key
    if not is_head and not _is_current(thread, message):
        _say_again(session, bot, thread, message)
        return False
    if not is_head and message.error == NO_PARENT:
        return False  # It follows its head, which is still looked after.
    if not is_head and message.error not in PLACE_GONE | MESSAGE_GONE:
        _report(session, bot, refusal, side)
        settle(message)
        return True
    _find_place(session, bot, refusal, thread, is_head=is_head)
    return True


def _is_current(thread: EscalationThreadRow, message: OutboxRow) -> bool:
    """Say whether a message belongs where the thread stands now, not where it stood before."""
    content: dict[str, str] = message.content
    refers = (
        (content.get("ts"), thread.head_ts),
        (content.get("update_of"), thread.outbox_key),
        (content.get("thread_ts"), thread.message_ts),
        (content.get("thread_of"), thread.outbox_key),
    )
    is_here = any(said == now for said, now in refers if said)
    return bool(is_here and message.lane == thread.channel_id)


def _find_place(
    session: Session, bot: Bot, refusal: _Refusal, thread: EscalationThreadRow, *, is_head: bool
) -> None:
    """Begin the thread where it was refused least often; a deleted card comes back where it was, once."""
    row, message, here = refusal.row, refusal.message, _place_of(thread)
    refused = [*thread.refused, place_key(here)]
    comes_back = message.error in MESSAGE_GONE and refused.count(place_key(here)) == 1
    best = (
        Reach(here) if comes_back else _least_refused(heads.reaches(session, bot, row, thread.side), refused)
    )
    times = 0 if best is None or comes_back else refused.count(place_key(best.place))
    if (best is None or times) and thread.side != company_side(row.company_id):
        _leave(session, bot, refusal, thread)
        return
    if best is None or (times and _waits(bot, message, times)):
        _report(session, bot, refusal, thread.side)
        return
    thread.refused = refused
    heads.begin_anew(session, bot, row, thread, best, f"again {message.id}")
    if not comes_back:
        _report(session, bot, refusal, thread.side, best)
    if is_head:
        settle(message)
    else:
        _say_again(session, bot, thread, message)


def _least_refused(found: list[Reach], refused: list[str]) -> Reach | None:
    return min(found, key=lambda one: refused.count(place_key(one.place)), default=None)


def _waits(bot: Bot, message: OutboxRow, times: int) -> bool:
    wait: timedelta = min(RETRY_AFTER * 2 ** (times - 1), LONGEST_WAIT)
    return bot.system_clock.now() < message.not_before + wait


def _leave(session: Session, bot: Bot, refusal: _Refusal, thread: EscalationThreadRow) -> None:
    """Give up a side that no place reaches; it is tried again when somebody does something next."""
    is_requester = thread.side == REQUESTER
    _report(session, bot, refusal, thread.side)
    settle(refusal.message)
    session.delete(thread)
    session.flush()
    if is_requester:
        telling.tell_unreached(session, bot, refusal.row)


def _say_again(session: Session, bot: Bot, thread: EscalationThreadRow, message: OutboxRow) -> None:
    """Say it below the thread's new head, under the same key, by which its edits find it."""
    if message.method != "chat.postMessage":
        settle(message)
        return
    key, content = message.key, _words(message)
    session.delete(message)
    session.flush()
    under = {"thread_ts": thread.message_ts} if thread.message_ts else {"thread_of": thread.outbox_key}
    _queue(session, bot, key, _place_of(thread), {**content, **under})


def _report(session: Session, bot: Bot, refusal: _Refusal, side: str, instead: Reach | None = None) -> None:
    """Raise the alarm, once for a message, unless the requester is simply written to directly."""
    row, message = refusal.row, refusal.message
    if not record(
        session, row, Event(f"{Fault.UNDELIVERED} {message.key}", Fault.UNDELIVERED, bot.clock.now())
    ):
        return
    log.error("escalation_undelivered", reference=row.reference, message=message.key, error=message.error)
    if side == REQUESTER:
        asked_by = reaching.person_place(reaching.requester_of(session, row))
        if instead is None or instead.place != asked_by:
            telling.tell_unreached(session, bot, row)
        return
    is_kept = instead is not None and heads.is_kept(session, bot, row, side, instead.place)
    fault = Fault.UNREACHABLE if is_kept else Fault.UNDELIVERED
    named = _called(session, instead) if instead is not None else ""
    telling.tell_keeper(session, bot, row, fault, f"{fault} {message.id}", named)


def _called(session: Session, reach: Reach) -> str:
    if isinstance(reach.place, SlackUser):
        return reach.name
    channel = directory.channel(session, reach.place)
    return f"#{channel.name}" if channel is not None and channel.name else reach.place.channel_id


def _place_of(thread: EscalationThreadRow) -> Place:
    if thread.channel_id.startswith(PEOPLE):
        return SlackUser(thread.workspace_id, thread.channel_id)
    return SlackChannel(thread.workspace_id, thread.channel_id)


# ---- to people alone -------------------------------------------------------------------------------


def _tell_somebody_else(session: Session, bot: Bot, refusal: _Refusal, part: Part, rest: str) -> None:
    """Say in the company's thread what one of its people cannot be told, else to the default owner."""
    row, message = refusal.row, refusal.message
    side = company_side(row.company_id)
    thread = thread_of(session, row, side)
    if part is Part.KEEPER or thread is None or thread.is_kept:
        _tell_next_keeper(session, bot, refusal, rest.partition(" ")[2])
        return
    _report(session, bot, refusal, side, Reach(_place_of(thread), _owner_of(session, thread)))
    under = {"thread_ts": thread.message_ts} if thread.message_ts else {"thread_of": thread.outbox_key}
    key = f"{prefix(row)} {side} instead {message.id}"
    _queue(session, bot, key, _place_of(thread), {**_words(message), **under, "reply_broadcast": True})
    settle(message)


def _owner_of(session: Session, thread: EscalationThreadRow) -> str:
    place = _place_of(thread)
    person = directory.person(session, place) if isinstance(place, SlackUser) else None
    return (person.name or person.email) if person is not None else ""


def _tell_next_keeper(session: Session, bot: Bot, refusal: _Refusal, what: str) -> None:
    """Say it to the next of those who get what nobody else is told; after the last one, wait."""
    row, message = refusal.row, refusal.message
    for keeper in keepers(session, bot):
        key = f"{prefix(row)} {Part.KEEPER} {channel_of(keeper.place)} {what}" if keeper.place else ""
        if keeper.place is not None and outbox.by_key(session, key) is None:
            _queue(session, bot, key, keeper.place, _words(message))
            settle(message)
            return
    if not _waits(bot, message, 1):
        message.state, message.attempts, message.not_before = "waiting", 0, bot.system_clock.now()


def _words(message: OutboxRow) -> dict[str, Any]:
    return {name: value for name, value in message.content.items() if name in WORDS}


def _queue(session: Session, bot: Bot, key: str, place: Place, content: dict[str, Any]) -> None:
    is_heard = content.get("reply_broadcast") and channel_of(place).startswith("C")
    kept = {name: value for name, value in content.items() if name != "reply_broadcast" or is_heard}
    outbox.add(
        session,
        key=key,
        workspace_id=place.workspace_id,
        lane=channel_of(place),
        method="chat.postMessage",
        content={"channel": channel_of(place), **kept},
        now=bot.system_clock.now(),
    )
