"""The message at the head of each side's thread: how it stands, changed in its place as that changes."""

from sqlmodel import Session

from bot.domain.escalation.bridge import Bridged
from bot.domain.escalation.saying import EscalationSaying
from bot.domain.network import SlackChannel
from bot.services.bot import Bot
from bot.services.escalations import composing, reaching
from bot.services.escalations.keeping import keepers
from bot.services.escalations.own_thread import own_thread, root_of
from bot.services.escalations.posting import prefix, queue
from bot.services.escalations.reaching import Place, Reach, channel_of
from bot.services.escalations.sides import REQUESTER, company_of, company_side, language_of, thread_of
from bot.storage.queries import directory, outbox
from bot.storage.tables import EscalationRow, EscalationThreadRow, PersonRow


def show(session: Session, bot: Bot, row: EscalationRow, side: str, again: str = "") -> bool:
    """Show how it stands at the head of a side's thread, which is begun where there is none.

    `again` tells two changes apart between which nobody made a move. Return `False` where nobody of the side
    is reached in Slack; the company that has it is then shown to the default owner.
    """
    thread = thread_of(session, row, side)
    if thread is None:
        return _begin(session, bot, row, side)
    if leave_if_overheard(session, bot, row, thread):
        return True
    which = {"ts": thread.head_ts} if thread.head_ts else {"update_of": thread.outbox_key}
    key = f"{prefix(row)} {side} {row.moves} {again} {UPDATE}"
    content = bot.render(_saying(session, bot, row, side)).content
    queue(session, bot, thread, key, {**which, **content}, "chat.update")
    return True


UPDATE = "update"
"""What the key of a head's change ends with."""


def begin_anew(
    session: Session, bot: Bot, row: EscalationRow, thread: EscalationThreadRow, reach: Reach, key: str
) -> None:
    """Begin a side's thread again where `reach` is; `key` is unique among its beginnings.

    Where that is the same place, it stays under the question that it stood under.
    """
    to = (reach.place.workspace_id, channel_of(reach.place))
    stays_below = to == (thread.workspace_id, thread.channel_id) and thread.message_ts != thread.head_ts
    thread.workspace_id, thread.channel_id = to
    thread.message_ts = thread.message_ts if stays_below else ""
    thread.head_ts, thread.outbox_key = "", f"{prefix(row)} {thread.side} {key}"
    thread.is_kept = is_kept(session, bot, row, thread.side, reach.place)
    session.flush()
    _post(session, bot, row, thread)


def leave_if_overheard(session: Session, bot: Bot, row: EscalationRow, thread: EscalationThreadRow) -> bool:
    """Take a thread away from a channel that others came to read, and empty its head there; say whether."""
    channel = directory.channel(session, SlackChannel(thread.workspace_id, thread.channel_id))
    if channel is None or not channel.is_shared:
        return False
    new = next(iter(reaches(session, bot, row, thread.side)), None)
    if new is None:
        return False
    old = {"ts": thread.head_ts} if thread.head_ts else {"update_of": thread.outbox_key}
    emptied = bot.render(Bridged(language_of(row, thread.side), row.reference, is_elsewhere=True)).content
    key = f"{prefix(row)} {thread.side} left {thread.channel_id}"
    queue(session, bot, thread, f"{key} {UPDATE}", {**old, **emptied}, "chat.update")
    begin_anew(session, bot, row, thread, new, f"left {thread.channel_id}")
    return True


def reaches(session: Session, bot: Bot, row: EscalationRow, side: str) -> list[Reach]:
    """Return where a side can be reached, the best place first; the company that has it always somewhere."""
    company_id = company_of(side)
    if company_id is None:
        asked_by = (session.get(PersonRow, key) for key in (row.requester_id, row.opened_by_id) if key)
        places = ((reaching.person_place(one), one) for one in asked_by)
        return [Reach(place, one.name) for place, one in places if place is not None and one is not None]
    own = reaching.company_reaches(session, bot, company_id)
    return own + [one for one in _last_resort(session, bot, row, side) if one.place not in _places(own)]


def is_kept(session: Session, bot: Bot, row: EscalationRow, side: str, place: Place) -> bool:
    """Say whether this is only the default owner's place, who tells the company in another way."""
    company_id = company_of(side)
    if company_id is None:
        return False
    return place not in _places(reaching.company_reaches(session, bot, company_id))


def _last_resort(session: Session, bot: Bot, row: EscalationRow, side: str) -> list[Reach]:
    """Whoever only hears of it need not be told by others."""
    if side != company_side(row.company_id):
        return []
    return [Reach(one.place, one.name) for one in keepers(session, bot) if one.place is not None]


def _places(found: list[Reach]) -> set[Place]:
    return {one.place for one in found}


def _begin(session: Session, bot: Bot, row: EscalationRow, side: str) -> bool:
    found = reaches(session, bot, row, side)
    question = own_thread(session, row) if side == REQUESTER else None
    if not found:
        return False
    place = (
        SlackChannel(question.workspace_id, question.channel_id) if question is not None else found[0].place
    )
    thread = EscalationThreadRow(
        escalation_id=row.id or 0,
        side=side,
        workspace_id=place.workspace_id,
        channel_id=channel_of(place),
        message_ts=root_of(question) if question else "",
        outbox_key=_first_key(session, row, side),
        is_kept=is_kept(session, bot, row, side, place),
    )
    session.add(thread)
    session.flush()
    _post(session, bot, row, thread)
    return not thread.is_kept


def _first_key(session: Session, row: EscalationRow, side: str) -> str:
    """Return the key of a first head; one that was given up before keeps its own."""
    key = f"{prefix(row)} {side}"
    return key if outbox.by_key(session, key) is None else f"{key} begun {row.moves}"


def _post(session: Session, bot: Bot, row: EscalationRow, thread: EscalationThreadRow) -> None:
    under = {"thread_ts": thread.message_ts} if thread.message_ts else {}
    content = bot.render(_saying(session, bot, row, thread.side)).content
    queue(session, bot, thread, thread.outbox_key, {**under, **content})


def _saying(session: Session, bot: Bot, row: EscalationRow, side: str) -> EscalationSaying:
    company_id = company_of(side)
    if company_id is None:
        return composing.receipt(session, bot, row)
    return composing.card(session, bot, row, company_id)
