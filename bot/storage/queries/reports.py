"""What a report counts: questions of a period, and escalations that lived in it."""

from collections.abc import Mapping, Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from bot.domain.arrival import Press
from bot.domain.report import Period
from bot.storage.queries.maintenance import batches
from bot.storage.tables import (
    CompanyRow,
    EscalationEventRow,
    EscalationRow,
    PracticeRow,
    QuestionRow,
    VerdictRow,
)


class Scope(Struct, frozen=True):
    """Whose report: a distributor's (`vendor_id`), a support partner's (`partner_id`), or all (neither)."""

    vendor_id: int | None = None
    partner_id: int | None = None


def questions(session: Session, period: Period, scope: Scope) -> Sequence[tuple[QuestionRow, str]]:
    """Return the questions of a period, each with the name of its practice's vendor, or nothing."""
    query = (
        select(QuestionRow, CompanyRow.name)
        .join(PracticeRow, col(PracticeRow.id) == col(QuestionRow.practice_id), isouter=True)
        .join(CompanyRow, col(CompanyRow.id) == col(PracticeRow.vendor_id), isouter=True)
        .where(col(QuestionRow.asked_at) >= period.since, col(QuestionRow.asked_at) < period.until)
    )
    if scope.vendor_id is not None:
        query = query.where(PracticeRow.vendor_id == scope.vendor_id)
    if scope.partner_id is not None:
        query = query.where(PracticeRow.support_partner_id == scope.partner_id)
    return [(row, name or "") for row, name in session.exec(query.order_by(col(QuestionRow.id))).all()]


def missed(session: Session, period: Period) -> frozenset[int]:
    """Return the keys of the questions of a period whose answer was refused."""
    query = (
        select(VerdictRow.question_id)
        .join(QuestionRow, col(QuestionRow.id) == col(VerdictRow.question_id))
        .where(
            col(QuestionRow.asked_at) >= period.since,
            col(QuestionRow.asked_at) < period.until,
            VerdictRow.kind == Press.NOT_THIS,
        )
    )
    return frozenset(session.exec(query).all())


def escalations(session: Session, period: Period, scope: Scope) -> Sequence[tuple[EscalationRow, str]]:
    """Return what was opened before the end of a period and not closed before its beginning."""
    query = (
        select(EscalationRow, CompanyRow.name)
        .join(PracticeRow, col(PracticeRow.id) == col(EscalationRow.practice_id), isouter=True)
        .join(CompanyRow, col(CompanyRow.id) == col(PracticeRow.vendor_id), isouter=True)
        .where(
            col(EscalationRow.opened_at) < period.until,
            col(EscalationRow.closed_at).is_(None) | (col(EscalationRow.closed_at) >= period.since),
        )
    )
    if scope.vendor_id is not None:
        query = query.where(or_(*_of_vendor(scope.vendor_id)))
    if scope.partner_id is not None:
        query = query.where(EscalationRow.company_id == scope.partner_id)
    return [(row, name or "") for row, name in session.exec(query.order_by(col(EscalationRow.id))).all()]


def events(session: Session, escalation_ids: Sequence[int]) -> Mapping[int, list[EscalationEventRow]]:
    """Return what happened to escalations, by their keys, the oldest first."""
    found: dict[int, list[EscalationEventRow]] = {}
    order = (col(EscalationEventRow.at), col(EscalationEventRow.id))
    for keys in batches(escalation_ids):
        query = select(EscalationEventRow).where(col(EscalationEventRow.escalation_id).in_(list(keys)))
        for row in session.exec(query.order_by(*order)).all():
            found.setdefault(row.escalation_id, []).append(row)
    return found


def _of_vendor(company_id: int) -> list[ColumnElement[bool]]:
    """Its own practices', and what it has although it is of no practice that is known."""
    has_it = (col(EscalationRow.company_id) == company_id) & col(EscalationRow.practice_id).is_(None)
    return [col(PracticeRow.vendor_id) == company_id, has_it]
