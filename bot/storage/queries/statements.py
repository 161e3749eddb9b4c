"""Statements as they were sent, and which maintenance periods belong into one."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from bot.domain.maintenance.statement import Amounts, Line, Mark, Statement
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Provider
from bot.storage.tables import CompanyRow, MaintenancePeriodRow, StatementLineRow, StatementRow


def lock_company(session: Session, company_id: int) -> CompanyRow:
    """Return a company's row and keep others from it until the transaction ends."""
    return session.get_one(CompanyRow, company_id, with_for_update=True)


def distributors(session: Session) -> Sequence[CompanyRow]:
    """Return all distributors, by name."""
    query = select(CompanyRow).where(CompanyRow.role == Provider.DISTRIBUTOR)
    return session.exec(query.order_by(col(CompanyRow.name), col(CompanyRow.id))).all()


def company(session: Session, named: str) -> CompanyRow | None:
    """Return the company of this slug, else of exactly this name."""
    by_slug = session.exec(select(CompanyRow).where(CompanyRow.slug == named)).first()
    return by_slug or session.exec(select(CompanyRow).where(CompanyRow.name == named)).first()


def resold(session: Session, company_id: int, begins_on: date, ends_on: date) -> list[int]:
    """Return the periods that a company bills and passes on, due between two days (both included)."""
    query = (
        select(MaintenancePeriodRow.id)
        .where(MaintenancePeriodRow.biller_id == company_id, col(MaintenancePeriodRow.is_resold))
        .where(col(MaintenancePeriodRow.due_on).between(begins_on, ends_on))
        .order_by(col(MaintenancePeriodRow.due_on), col(MaintenancePeriodRow.id))
    )
    return [key for key in session.exec(query).all() if key is not None]


def sent(session: Session, company_id: int) -> dict[int, StatementRow]:
    """Return a distributor's sent statements by the number of their billing year."""
    rows = session.exec(select(StatementRow).where(StatementRow.distributor_id == company_id)).all()
    return {row.year: row for row in rows}


def lines(session: Session, statement_ids: Iterable[int]) -> list[Line]:
    """Return the lines of sent statements, in the order in which they were written."""
    query = select(StatementLineRow).where(col(StatementLineRow.statement_id).in_(list(statement_ids)))
    return [_line(row) for row in session.exec(query.order_by(col(StatementLineRow.id))).all()]


def keep(session: Session, company_id: int, statement: Statement, at: datetime, by: str) -> None:
    """Freeze a statement with its lines."""
    year = statement.year
    row = StatementRow(
        distributor_id=company_id,
        year=year.number,
        begins_on=year.begins_on,
        ends_on=year.ends_on,
        remit_by=year.remit_by,
        currency=statement.currency,
        carried_cents=statement.carried_cents,
        sent_at=at,
        sent_by=by,
    )
    session.add(row)
    session.flush()
    session.add_all(_row(row.id or 0, line) for line in (*statement.lines, *statement.changes))
    session.flush()


def _row(statement_id: int, line: Line) -> StatementLineRow:
    amounts = line.amounts
    return StatementLineRow(
        statement_id=statement_id,
        period_id=line.period_id,
        is_adjustment=line.is_adjustment,
        practice=line.practice,
        package=line.package,
        begins_on=line.begins_on,
        ends_on=line.ends_on,
        due_on=line.due_on,
        mark=line.mark,
        net_cents=amounts.net_cents,
        vat_cents=amounts.vat_cents,
        vat_reason=line.vat_reason,
        billed_cents=amounts.billed_cents,
        collected_cents=amounts.collected_cents,
        remitted_cents=amounts.remitted_cents,
    )


def _line(row: StatementLineRow) -> Line:
    return Line(
        period_id=row.period_id,
        practice=row.practice,
        package=row.package,
        begins_on=row.begins_on,
        ends_on=row.ends_on,
        due_on=row.due_on,
        mark=Mark(row.mark),
        vat_reason=VatReason(row.vat_reason),
        amounts=Amounts(
            row.net_cents, row.vat_cents, row.billed_cents, row.collected_cents, row.remitted_cents
        ),
        is_adjustment=row.is_adjustment,
    )
