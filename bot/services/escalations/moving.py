"""What people do with an escalation: each move is checked on what the database knows now."""

from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.escalation.life import (
    BOUNCES_TO_LEAD,
    CHANGES_COMPANY,
    Move,
    Position,
    State,
    after,
    is_possible,
)
from bot.domain.escalation.note import Details, missing
from bot.domain.scheme import Provider
from bot.services.bot import Bot
from bot.services.escalations import composing, telling
from bot.services.escalations.actors import actor_in
from bot.services.escalations.freezing import freeze, start_with_company
from bot.services.escalations.reaching import named_person
from bot.services.escalations.records import Event, position_of, put, record, terms_of, top_id, touch
from bot.storage.tables import CompanyRow, EscalationRow, PersonRow


class Moved(Struct, frozen=True):
    """It was done. `is_new` is false where the same person had done it before."""

    reference: str
    move: Move
    state: State
    company: str
    owner: str
    is_new: bool = True


class Taken(Struct, frozen=True):
    """Somebody else of the company has it already."""

    reference: str
    by: str


class NotNow(Struct, frozen=True):
    """The move leads nowhere from where the escalation stands by now."""

    reference: str
    move: Move
    state: State
    company: str


class Forbidden(Struct, frozen=True):
    """Whoever asks may not do this; nothing of the escalation is told."""


class Incomplete(Struct, frozen=True):
    """Fields of `Details` that the move wants: empty, or naming nobody that it could go to."""

    reference: str
    missing: tuple[str, ...]


class Gone(Struct, frozen=True):
    """There is no such escalation."""


Outcome = Moved | Taken | NotNow | Forbidden | Incomplete | Gone
NOTHING = Details()


def move(
    session: Session, bot: Bot, escalation_id: int, move: Move, actor_id: int, details: Details = NOTHING
) -> Outcome:
    """Make a move for a person, record it, and tell everybody; of two at the same moment one wins."""
    row = locked(session, escalation_id)
    person = session.get(PersonRow, actor_id)
    if row is None:
        return Gone()
    if person is None or not actor_in(session, bot, row, person).may_make(move):
        return Forbidden()
    if not is_possible(position_of(row), move, top_id=top_id(row)):
        return _why_not(session, row, move, person)
    wanted = missing(move, details) or _nowhere(session, row, move, details)
    if wanted:
        return Incomplete(row.reference, wanted)
    make(session, bot, row, move, person, details)
    return _moved(session, row, move, is_new=True)


def locked(session: Session, escalation_id: int) -> EscalationRow | None:
    """Return an escalation that nobody else changes until this transaction ends."""
    return session.get(EscalationRow, escalation_id, with_for_update=True, populate_existing=True)


def make(
    session: Session, bot: Bot, row: EscalationRow, move: Move, person: PersonRow | None, details: Details
) -> None:
    """Make a move that is possible; `person` is `None` where time makes it."""
    now, before = bot.clock.now(), position_of(row)
    if move is Move.PASS_ON and details.to_company is not None:
        freeze(session, bot, row, details.to_company)
    put(row, _leads_to(session, bot, row, move, person, details))
    row.moves += 1
    _stamp(row, before, move, now)
    _keep(row, move, details)
    if move in CHANGES_COMPANY:
        row.spell += 1
        start_with_company(session, bot, row, now)
    touch(row, bot, now)
    _record(session, row, move, person, details, now)
    session.flush()
    telling.tell_move(session, bot, row, move, before=before, by=person, text=details.text)


def _leads_to(
    session: Session, bot: Bot, row: EscalationRow, move: Move, person: PersonRow | None, details: Details
) -> Position:
    by = details.to_person if move is Move.REASSIGN else person.id if person else None
    position = after(
        position_of(row),
        move,
        top_id=top_id(row),
        by=by,
        to_company=details.to_company,
        to_level=_level_of(session, details.to_company),
    )
    if move not in CHANGES_COMPANY or position.bounces < BOUNCES_TO_LEAD:
        return position
    # Round in circles often enough: from now on a named person has it.
    named = named_person(session, bot, terms_of(row, position.company_id))
    return replace(position, owner_id=named.id, state=State.TAKEN) if named else position


def _level_of(session: Session, company_id: int | None) -> int | None:
    company = session.get(CompanyRow, company_id) if company_id is not None else None
    levels = {Provider.DISTRIBUTOR: 0, Provider.MANUFACTURER: 1}
    return levels.get(Provider(company.role)) if company else None


def _nowhere(session: Session, row: EscalationRow, move: Move, details: Details) -> tuple[str, ...]:
    """Return the field that names nobody to whom this may go."""
    if move is Move.REASSIGN:
        person = session.get(PersonRow, details.to_person)
        return () if person is not None and person.company_id == row.company_id else ("to_person",)
    if move is Move.PASS_ON:
        return () if session.get(CompanyRow, details.to_company) is not None else ("to_company",)
    return ()


def _stamp(row: EscalationRow, before: Position, move: Move, now: datetime) -> None:
    if move in CHANGES_COMPANY:
        row.responded_at = None
    elif before.state is State.NEW and row.responded_at is None:
        row.responded_at = now
    if move in (Move.RESOLVE, Move.GIVE_UP):
        row.resolved_at = now
    elif row.state not in (State.RESOLVED, State.CLOSED):
        row.resolved_at = None
    row.closed_at = now if row.state == State.CLOSED else None


def _keep(row: EscalationRow, move: Move, details: Details) -> None:
    """Keep the newest note where the company looks for it; the timeline has all of them."""
    if move is Move.HAND_OVER:
        row.tried, row.error_text, row.version = details.text, details.error_text, details.version
        row.has_consent = bool(details.has_consent)
    elif move is Move.RESOLVE:
        row.helped = details.text


def _record(
    session: Session,
    row: EscalationRow,
    move: Move,
    person: PersonRow | None,
    details: Details,
    now: datetime,
) -> None:
    facts = {"state": row.state, "company": row.company_id, "level": row.level, "owner": row.owner_id}
    if move is Move.HAND_OVER:
        facts |= {"error_text": details.error_text, "version": details.version}
        facts |= {"has_consent": details.has_consent}
    by = (person.id, person.company_id) if person else (None, None)
    record(session, row, Event(f"{row.moves} {move}", move, now, by, details.text, facts))


def _why_not(session: Session, row: EscalationRow, move: Move, person: PersonRow) -> Outcome:
    if move is Move.TAKE and row.owner_id is not None and row.state != State.CLOSED:
        if row.owner_id == person.id:
            return _moved(session, row, move, is_new=False)
        return Taken(row.reference, composing.name_of(session, row.owner_id))
    return NotNow(row.reference, move, State(row.state), terms_of(row).name)


def _moved(session: Session, row: EscalationRow, move: Move, *, is_new: bool) -> Moved:
    owner = composing.name_of(session, row.owner_id)
    return Moved(row.reference, move, State(row.state), terms_of(row).name, owner, is_new)
