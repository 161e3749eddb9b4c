"""Putting together what is said of an escalation, from what the database knows now."""

from collections.abc import Iterable

from msgspec.structs import replace
from sqlmodel import Session, select

from bot.domain.escalation.agenda import Step
from bot.domain.escalation.bonds import ACTION_OF
from bot.domain.escalation.life import Move, State, Urgency, moves_from
from bot.domain.escalation.saying import Card, Receipt, Summary
from bot.domain.network import shown_in
from bot.domain.rights import Action
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.escalations.maintaining import maintenance_of
from bot.services.escalations.reaching import company_place, requester_of
from bot.services.escalations.records import informed_ids, position_of, terms_of, top_id
from bot.storage.queries import directory as stored
from bot.storage.tables import (
    CompanyRow,
    EscalationEventRow,
    EscalationRow,
    EscalationThreadRow,
    PersonRow,
    PracticeRow,
)

ONLY_BY_TIME_OR_WORDS = frozenset({Move.CLOSE, Move.REPLY})
"""Moves that are no buttons: a reply is written in the thread."""


def summary(session: Session, bot: Bot, row: EscalationRow) -> Summary:
    """Return an escalation in short."""
    terms = terms_of(row)
    practice = session.get(PracticeRow, row.practice_id) if row.practice_id is not None else None
    by_other = row.opened_by_id is not None and row.opened_by_id != row.requester_id
    return Summary(
        escalation_id=row.id or 0,
        reference=row.reference,
        state=State(row.state),
        urgency=Urgency(row.urgency),
        level=row.level,
        company=terms.name,
        contact=terms.contact,
        owner=name_of(session, row.owner_id),
        keeper=keeper_name(session, row.keeper),
        practice=practice.name if practice else "",
        package=row.package,
        topic=bot.scheme.topic(row.topic) if row.topic and bot.scheme.has_topic(row.topic) else None,
        requester=name_of(session, row.requester_id),
        opened_by=name_of(session, row.opened_by_id) if by_other else "",
        respond_by=row.response_due_at,
        solve_by=row.solution_due_at,
        time_zone=terms.calendar.time_zone,
        manufacturer=terms_of(row, top_id(row)).name if top_id(row) is not None else "",
        lower=_company_name(session, row.lower_id),
        is_unconfirmed=_is_unconfirmed(session, row),
        is_by_former=row.requester_id is None and row.opened_by_id is None,
    )


def card(session: Session, bot: Bot, row: EscalationRow, company_id: int) -> Card:
    """Return what a company's channel sees: of the company that has it, with the buttons."""
    has_it = company_id == row.company_id
    short = summary(session, bot, row)
    return Card(
        language=terms_of(row, company_id).language,
        summary=short,
        happened=row.happened,
        reach_me=row.reach_me,
        asked=row.asked,
        tried=row.tried,
        error_text=row.error_text,
        version=row.version,
        has_consent=row.has_consent or (False if _was_asked_for_consent(session, row) else None),
        handed_over_by=short.lower,
        moves=company_moves(row) if has_it else (),
        is_informed=not has_it,
        informed=informed_names(session, row),
        maintenance=maintenance_of(session, bot, row, company_id),
        bounces=row.bounces,
        next_step=Step(row.next_action.partition(" ")[0]) if row.next_action else None,
        next_at=row.next_action_at,
        link=_link_for(session, bot, row, company_id),
    )


def receipt(session: Session, bot: Bot, row: EscalationRow) -> Receipt:
    """Return what the requester sees."""
    short, reader = summary(session, bot, row), requester_of(session, row)
    where = (reader.workspace_id or "") if reader is not None else ""
    contact = shown_in(short.contact, where) if short.contact is not None else None
    return Receipt(
        language=Language(row.language),
        summary=replace(short, contact=contact),
        moves=requester_moves(row),
        informed=informed_names(session, row),
    )


def company_moves(row: EscalationRow) -> tuple[Move, ...]:
    """Return what the company's people can do now."""
    return _buttons(row, {Action.WORK_ESCALATION})


def requester_moves(row: EscalationRow) -> tuple[Move, ...]:
    """Return what the requester can do now."""
    return _buttons(row, {Action.JUDGE_RESOLUTION, Action.TAKE_UP})


def informed_names(session: Session, row: EscalationRow) -> tuple[str, ...]:
    """Return the names of the companies that hear of it, without the one that has it."""
    found = [session.get(CompanyRow, key) for key in informed_ids(row) if key != row.company_id]
    return tuple(one.name for one in found if one is not None)


def keeper_name(session: Session, keeper: str) -> str:
    """Name who sees to it, as far as the directory knows; else as they were set down."""
    known = stored.people_known_as(session, frozenset({keeper})) if keeper else []
    return next((person.name for person in known if person.name), keeper)


def name_of(session: Session, person_id: int | None) -> str:
    """Return how a person is called; empty where nobody is meant."""
    person = session.get(PersonRow, person_id) if person_id is not None else None
    return (person.name or person.email or person.user_id or "") if person else ""


def _link_for(session: Session, bot: Bot, row: EscalationRow, company_id: int) -> str:
    """Return the link of what was asked where the company can open it: in the same workspace."""
    opener = session.get(PersonRow, row.opened_by_id) if row.opened_by_id is not None else None
    if not row.link or opener is None or opener.workspace_id != _workspace_of(session, bot, row, company_id):
        return ""
    return row.link


def _workspace_of(session: Session, bot: Bot, row: EscalationRow, company_id: int) -> str:
    """Return the workspace in which a company has its side of it, or will have it; empty for none."""
    query = select(EscalationThreadRow.workspace_id).where(
        EscalationThreadRow.escalation_id == row.id, EscalationThreadRow.side == f"company:{company_id}"
    )
    known = session.exec(query).first()
    if known is not None:
        return known
    place = company_place(session, bot, company_id)
    return place.workspace_id if place is not None else ""


def _company_name(session: Session, company_id: int | None) -> str:
    company = session.get(CompanyRow, company_id) if company_id is not None else None
    return company.name if company else ""


def _is_unconfirmed(session: Session, row: EscalationRow) -> bool:
    """Say whether the requester only claims to belong to the practice."""
    mine = stored.memberships(session, row.requester_id) if row.requester_id is not None else []
    return any(one.practice_id == row.practice_id and one.confirmed_at is None for one in mine)


def _was_asked_for_consent(session: Session, row: EscalationRow) -> bool:
    """Say whether somebody handed it over, which takes an answer of the practice."""
    query = select(EscalationEventRow.id).where(
        EscalationEventRow.escalation_id == row.id, EscalationEventRow.kind == Move.HAND_OVER
    )
    return session.exec(query).first() is not None


def _buttons(row: EscalationRow, actions: Iterable[Action]) -> tuple[Move, ...]:
    possible = moves_from(position_of(row), top_id=top_id(row))
    return tuple(
        move for move in possible if move not in ONLY_BY_TIME_OR_WORDS and ACTION_OF[move] in set(actions)
    )
