"""What is written in one side's thread is carried into the others', and stays as its writer wants it."""

from msgspec import Struct
from sqlmodel import Session

from bot.domain.arrival import WITHDRAWN, Withdrawn, Written
from bot.domain.escalation.bridge import Bridged, ThreadNotice, ThreadRemark
from bot.domain.escalation.life import Move, State, is_possible
from bot.domain.escalation.note import Details
from bot.domain.network import SlackChannel
from bot.domain.rights import Action
from bot.domain.scheme import Language
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations import composing, moving, telling
from bot.services.escalations.actors import Actor, actor_in
from bot.services.escalations.posting import prefix, queue, whisper
from bot.services.escalations.records import Event, position_of, record, top_id, touch
from bot.services.escalations.sides import REQUESTER, language_of
from bot.services.escalations.sides import threads as threads_of
from bot.services.people import Profile
from bot.storage.queries import directory as stored
from bot.storage.queries import escalation_threads as threads
from bot.storage.tables import (
    BridgedMessageRow,
    CompanyRow,
    EscalationRow,
    EscalationThreadRow,
    PracticeRow,
)

MESSAGE = "message"
"""The kind of a message's entry in the timeline: who wrote and when. The words stay in Slack."""


class _Said(Struct, frozen=True):
    """A message that arrived, with the escalation and thread that it belongs to, and its rows."""

    row: EscalationRow
    thread: EscalationThreadRow
    own: BridgedMessageRow
    copies: dict[int, BridgedMessageRow]


def find_thread(session: Session, said: Written | Withdrawn) -> EscalationThreadRow | None:
    """Return the thread of an escalation in which this was written; `None` for any other."""
    place = (said.workspace_id, said.channel_id)
    if isinstance(said, Withdrawn) and not said.thread_ts:
        return threads.thread_of_message(session, *place, said.message_ts)
    return threads.thread_at(session, *place, said.thread_ts, said.user)


def may_belong_soon(session: Session, said: Written | Withdrawn) -> bool:
    """Say whether its thread may be one whose head Slack shows already, although we do not know yet where."""
    return threads.is_head_under_way(session, said.workspace_id, said.channel_id, said.user)


def settle(session: Session, bot: Bot, written: Written, profile: Profile | None) -> None:
    """Carry what was written, or edited, to the other sides; what is internal is taken back there.

    A version older than one that was seen changes nothing: Slack does not promise the order of events.
    """
    said = _take_up(session, written, written.version)
    if said is None:
        return
    if written.is_internal:
        said.own.files = []
        _take_back(session, bot, said, written)
        return
    person = people.meet(session, written.user, bot.clock.now(), profile)
    actor = actor_in(session, bot, said.row, person)
    is_first = not said.copies
    # What was carried once may be put right, also by a company that has handed over since.
    if is_first and not actor.may(Action.WRITE_IN_ESCALATION):
        _turn_away(session, bot, said, written, actor)
        return
    said.own.files = [{"name": file.name, "link": file.link} for file in written.files]
    _carry(session, bot, said, written, actor)
    if is_first:
        _follow(session, bot, said, written, actor)


def withdraw(session: Session, bot: Bot, withdrawn: Withdrawn) -> None:
    """Say in the place of the copies that the message was taken back."""
    said = _take_up(session, withdrawn, WITHDRAWN)
    if said is not None:
        said.own.files = []
        _take_back(session, bot, said, withdrawn)


def _take_up(session: Session, arrived: Written | Withdrawn, version: str) -> _Said | None:
    """Note that this version arrived; `None` where it belongs nowhere, or a newer one was seen."""
    thread = find_thread(session, arrived)
    row = moving.locked(session, thread.escalation_id) if thread else None
    if thread is None or row is None:
        return None
    place = (arrived.workspace_id, arrived.channel_id, arrived.message_ts)
    known = threads.copies(session, *place)
    own = next((one for one in known if threads.is_own(one)), None)
    if own is not None and version <= own.version:
        return None
    if own is None:
        own = _mapped(arrived, row, thread, "")
        session.add(own)
    own.version = version
    session.flush()
    copies = {one.to_thread_id: one for one in known if not threads.is_own(one)}
    return _Said(row, thread, own, copies)


def _mapped(
    arrived: Written | Withdrawn, row: EscalationRow, to: EscalationThreadRow, outbox_key: str
) -> BridgedMessageRow:
    return BridgedMessageRow(
        escalation_id=row.id or 0,
        workspace_id=arrived.workspace_id,
        channel_id=arrived.channel_id,
        message_ts=arrived.message_ts,
        to_thread_id=to.id or 0,
        outbox_key=outbox_key,
    )


# ---- to the other sides ----------------------------------------------------------------------------


def _carry(session: Session, bot: Bot, said: _Said, written: Written, actor: Actor) -> None:
    """Say it on every other side. An edit follows its copies, and goes nowhere that the message did not."""
    for to in threads_of(session, said.row):
        if to.id == said.thread.id or (said.copies and to.id not in said.copies):
            continue
        line = _line(session, said, to, written, actor)
        copy = said.copies.get(to.id or 0)
        if copy is not None:
            _change(session, bot, copy, to, written.version, line)
            continue
        key = f"said {said.thread.id} {written.message_ts}"
        telling.add_line(session, bot, said.row, to.side, line, key)
        session.add(_mapped(written, said.row, to, f"{prefix(said.row)} {to.side} {key}"))
    session.flush()


def _line(session: Session, said: _Said, to: EscalationThreadRow, written: Written, actor: Actor) -> Bridged:
    language, reference = language_of(said.row, to.side), said.row.reference
    if _is_shared(session, to):
        return Bridged(language, reference, is_elsewhere=True)
    is_far = to.workspace_id != written.workspace_id
    return Bridged(
        language=language,
        reference=reference,
        by=composing.name_of(session, actor.person.id),
        of=_home(session, said.row, actor),
        text=written.text,
        names=threads.names_of(session, written.workspace_id, written.mentioned),
        files=written.files,
        message_id=said.own.id or 0,
        original="" if is_far else address_of(written),
        is_edited=bool(written.version),
        is_far=is_far,
    )


def address_of(written: Written) -> str:
    """Return where in Slack a message stands: https://docs.slack.dev/messaging/retrieving-messages."""
    place = f"https://slack.com/archives/{written.channel_id}/p{written.message_ts.replace('.', '')}"
    return f"{place}?thread_ts={written.thread_ts}&cid={written.channel_id}"


def _is_shared(session: Session, to: EscalationThreadRow) -> bool:
    """Say whether others read along: where that came to be later, nothing more of a practice is shown."""
    channel = stored.channel(session, SlackChannel(to.workspace_id, to.channel_id))
    return channel is not None and channel.is_shared


def _home(session: Session, row: EscalationRow, actor: Actor) -> str:
    company = session.get(CompanyRow, actor.person.company_id) if actor.person.company_id else None
    if company is not None:
        return company.name
    practice = session.get(PracticeRow, row.practice_id) if row.practice_id is not None else None
    return practice.name if practice is not None and actor.bonds.is_requester else ""


def _take_back(session: Session, bot: Bot, said: _Said, arrived: Written | Withdrawn) -> None:
    version = arrived.version if isinstance(arrived, Written) else WITHDRAWN
    for to in threads_of(session, said.row):
        copy = said.copies.get(to.id or 0)
        if copy is not None:
            language = language_of(said.row, to.side)
            line = Bridged(language, said.row.reference, is_withdrawn=True)
            _change(session, bot, copy, to, version, line)


def _change(
    session: Session, bot: Bot, copy: BridgedMessageRow, to: EscalationThreadRow, version: str, line: Bridged
) -> None:
    """Put something else in a copy's place, also while it still waits to be sent."""
    which = {"ts": copy.copy_ts} if copy.copy_ts else {"update_of": copy.outbox_key}
    key = f"{copy.outbox_key} {version}"
    queue(session, bot, to, key, {**which, **bot.render(line).content}, "chat.update")


# ---- what follows ----------------------------------------------------------------------------------


def _follow(session: Session, bot: Bot, said: _Said, written: Written, actor: Actor) -> None:
    """Let a message count as something that was done.

    What the requester writes is the answer that was waited for; otherwise it does not begin the following up
    anew, or whoever writes again and again would silence the alarms about a company that does not answer.
    """
    row, person, now = said.row, actor.person, bot.clock.now()
    by = (person.id, person.company_id)
    key = f"{MESSAGE} {written.workspace_id} {written.channel_id} {written.message_ts}"
    record(session, row, Event(key, MESSAGE, now, by, facts={"side": said.thread.side}))
    is_answer = said.thread.side == REQUESTER and actor.bonds.is_requester
    if is_answer and is_possible(position_of(row), Move.REPLY, top_id=top_id(row)):
        moving.make(session, bot, row, Move.REPLY, person, Details())
    elif (actor.bonds.is_owner and not is_answer) or row.state == State.RESOLVED:
        touch(row, bot, now)


def _turn_away(session: Session, bot: Bot, said: _Said, written: Written, actor: Actor) -> None:
    """Tell somebody who may not write here that nobody else reads it: once, and nobody else."""
    key = f"{prefix(said.row)} not passed on {said.thread.id} {actor.person.id}"
    tell_alone(session, bot, written, actor.person.locale, ThreadRemark.NOT_PASSED_ON, key)


def tell_alone(
    session: Session, bot: Bot, written: Written, locale: str, remark: ThreadRemark, key: str
) -> None:
    """Tell whoever wrote something that only they see."""
    language: Language = people.language_for(None, None, locale)
    whisper(session, bot, written, ThreadNotice(language, remark), key)
