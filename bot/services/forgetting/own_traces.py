"""Traces of a person in what they said and did: themselves, questions, messages, escalations."""

from collections.abc import Sequence

from sqlalchemy import String, cast, or_
from sqlmodel import Session, col, select

from bot.domain.escalation.life import State
from bot.services.forgetting.erasing import empty_events, forget_words, remove_person
from bot.services.forgetting.somebody import Somebody
from bot.services.forgetting.traces import Rows, Trace, nothing_else, remove_rows
from bot.storage.tables import (
    AbsenceRow,
    BridgedMessageRow,
    EditorRow,
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    InboxRow,
    LaneLeaseRow,
    MembershipRow,
    OutboxRow,
    PersonRow,
    QuestionRow,
    VerdictRow,
)

CONVERSATION = "D"
"""How the ids of conversations begin that somebody has with the bot alone."""


def _persons(session: Session, who: Somebody) -> Rows:
    return session.exec(select(PersonRow).where(col(PersonRow.id).in_(who.ids))).all()


def _remove_persons(session: Session, _who: Somebody, rows: Sequence[PersonRow]) -> None:
    for row in rows:
        remove_person(session, row)


def _memberships(session: Session, who: Somebody) -> Rows:
    return session.exec(select(MembershipRow).where(col(MembershipRow.person_id).in_(who.ids))).all()


def _absences(session: Session, who: Somebody) -> Rows:
    return session.exec(select(AbsenceRow).where(col(AbsenceRow.person_id).in_(who.ids))).all()


def _rights(session: Session, who: Somebody) -> Rows:
    return session.exec(select(EditorRow).where(col(EditorRow.person_id).in_(who.ids))).all()


def _questions(session: Session, who: Somebody) -> Sequence[QuestionRow]:
    query = select(QuestionRow).where(col(QuestionRow.person_id).in_(who.ids))
    return session.exec(query.order_by(col(QuestionRow.id))).all()


def _verdicts(session: Session, who: Somebody) -> Rows:
    return session.exec(select(VerdictRow).where(col(VerdictRow.person_id).in_(who.ids))).all()


def _lanes(session: Session, who: Somebody) -> frozenset[str]:
    """Return the conversations that they have with the bot alone, and their ids, which name them too."""
    asked_in = {row.channel_id for row in _questions(session, who) if row.channel_id.startswith(CONVERSATION)}
    return who.user_ids | asked_in


def _arrivals(session: Session, who: Somebody) -> Rows:
    content = cast(col(InboxRow.content), String)
    named = [
        content.contains(f'"{user}"') | col(InboxRow.key).contains(user, autoescape=True)
        for user in who.user_ids
    ]
    return session.exec(select(InboxRow).where(or_(*named))).all() if named else []


def _messages(session: Session, who: Somebody) -> Rows:
    """Messages to them, but for those on their way: what these say is forgotten once they arrived."""
    named = [col(OutboxRow.key).contains(user, autoescape=True) for user in who.user_ids]
    query = select(OutboxRow).where(or_(col(OutboxRow.lane).in_(_lanes(session, who)), *named))
    return session.exec(query.where(OutboxRow.state != "sending")).all()


def _leases(session: Session, who: Somebody) -> Rows:
    return session.exec(select(LaneLeaseRow).where(col(LaneLeaseRow.lane).in_(_lanes(session, who)))).all()


def _escalations(session: Session, who: Somebody) -> Sequence[EscalationRow]:
    asked = col(EscalationRow.requester_id).in_(who.ids) | col(EscalationRow.opened_by_id).in_(who.ids)
    return session.exec(select(EscalationRow).where(asked).order_by(col(EscalationRow.id))).all()


def _empty_escalations(session: Session, _who: Somebody, rows: Sequence[EscalationRow]) -> None:
    """How to reach them goes at once; what they wrote goes too unless somebody still works on it."""
    for row in rows:
        row.reach_me = ""
        if row.state == State.CLOSED:
            forget_words(row)
    session.flush()


def _events(session: Session, who: Somebody) -> Sequence[EscalationEventRow]:
    query = select(EscalationEventRow).where(col(EscalationEventRow.person_id).in_(who.ids))
    return session.exec(query.order_by(col(EscalationEventRow.id))).all()


def _empty_events(session: Session, _who: Somebody, rows: Sequence[EscalationEventRow]) -> None:
    closed = select(EscalationRow.id).where(EscalationRow.state == State.CLOSED)
    ids = set(session.exec(closed.where(col(EscalationRow.id).in_({row.escalation_id for row in rows}))))
    empty_events(row for row in rows if row.escalation_id in ids)
    session.flush()


def _threads(session: Session, who: Somebody) -> Sequence[EscalationThreadRow]:
    """Threads in conversations that they have with the bot alone, or that were to be there."""
    refused = cast(col(EscalationThreadRow.refused), String)
    tried = [refused.contains(f'/{user}"', autoescape=True) for user in who.user_ids]
    query = select(EscalationThreadRow).where(
        or_(col(EscalationThreadRow.channel_id).in_(_lanes(session, who)), *tried)
    )
    return session.exec(query).all()


def _leave_threads(session: Session, who: Somebody, rows: Sequence[EscalationThreadRow]) -> None:
    """Where they were alone with the bot, nobody is left to read on."""
    lanes = _lanes(session, who)
    for row in rows:
        if row.channel_id in lanes:
            session.delete(row)
        else:
            row.refused = [place for place in row.refused if place.rpartition("/")[2] not in lanes]
    session.flush()


def _bridged(session: Session, who: Somebody) -> Sequence[BridgedMessageRow]:
    """Messages of theirs, or of their escalations, with links to files."""
    mine = {row.id for row in _escalations(session, who)}
    place = col(BridgedMessageRow.channel_id).in_(_lanes(session, who))
    query = select(BridgedMessageRow).where(place | col(BridgedMessageRow.escalation_id).in_(mine))
    return [row for row in session.exec(query) if row.files or row.channel_id in _lanes(session, who)]


def _unlink(session: Session, who: Somebody, rows: Sequence[BridgedMessageRow]) -> None:
    lanes = _lanes(session, who)
    for row in rows:
        row.files = []
        if row.channel_id in lanes:
            session.delete(row)
    session.flush()


_QUESTION = ("text", "channel_id", "message_ts", "thread_ts")
_WRITTEN = ("happened", "reach_me", "asked", "link", "tried", "error_text", "version", "helped")
OPEN_ONES = "what an open escalation says stays until it closes: somebody works on it"

OWN_TRACES = (
    Trace("escalations", ("reference", *_WRITTEN), _escalations, _empty_escalations, OPEN_ONES),
    Trace("escalation timeline", ("kind", "at", "text", "facts"), _events, _empty_events, OPEN_ONES),
    Trace("escalation files", ("channel_id", "message_ts", "files"), _bridged, _unlink),
    Trace("escalation threads", ("channel_id", "message_ts", "head_ts", "refused"), _threads, _leave_threads),
    Trace("arrivals", ("key", "content", "received_at"), _arrivals, remove_rows),
    Trace("messages", ("key", "lane", "content", "queued_at"), _messages, remove_rows),
    Trace("leases", ("lane",), _leases, remove_rows),
    Trace("verdicts", ("kind", "topic", "given_at"), _verdicts, nothing_else),
    Trace("memberships", ("practice_id", "confirmed_at"), _memberships, nothing_else),
    Trace("absences", ("first_on", "last_on", "note"), _absences, nothing_else),
    Trace("editor's rights", ("appointed_by", "appointed_at"), _rights, nothing_else),
    Trace("questions", ("asked_at", "topic", *_QUESTION), _questions, nothing_else),
)
PERSON = Trace(
    "person",
    (
        "workspace_id",
        "user_id",
        "name",
        "email",
        "phone",
        "locale",
        "time_zone",
        "company_id",
        "looked_up_at",
    ),
    _persons,
    _remove_persons,
)
"""Goes last: the others are found by it."""
