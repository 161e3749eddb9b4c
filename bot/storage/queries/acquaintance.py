"""All that an answer needs to know of whoever asks, read at once: it is the busiest way of all."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Row, bindparam
from sqlmodel import Session, col, select

from bot.domain.network import Company, Practice, SlackUser
from bot.storage.queries import directory
from bot.storage.queries.companies import EDITION, Companies, companies_now, companies_of
from bot.storage.queries.directory import PRACTICE_COLUMNS, Membership, in_order
from bot.storage.tables import MembershipRow, PersonRow, PracticeRow


@dataclass(frozen=True)
class Acquaintance:
    """Somebody with their practices, confirmed ones first, and the companies as they are now."""

    person: PersonRow
    memberships: Sequence[Membership]
    companies: Companies
    _own: Mapping[int, Practice] = field(default_factory=dict)

    def company(self, company_id: int | None) -> Company | None:
        """Return a company."""
        return None if company_id is None else self.companies.by_id.get(company_id)

    def practice(self, session: Session, practice_id: int | None) -> Practice | None:
        """Return a practice, for a further query where it is not the person's own."""
        own = None if practice_id is None else self._own.get(practice_id)
        return own or directory.practice(session, practice_id)


_ALL = (
    select(
        PersonRow,
        EDITION.scalar_subquery().label("edition"),
        MembershipRow.practice_id,
        MembershipRow.confirmed_at,
        *PRACTICE_COLUMNS,
    )
    .join(MembershipRow, col(MembershipRow.person_id) == col(PersonRow.id), isouter=True)
    .join(PracticeRow, col(PracticeRow.id) == col(MembershipRow.practice_id), isouter=True)
    .where(PersonRow.workspace_id == bindparam("workspace_id"), PersonRow.user_id == bindparam("user_id"))
)


def acquaintance(session: Session, user: SlackUser) -> Acquaintance | None:
    """Return the person with this Slack id; `None` when nobody is known by it."""
    rows: Sequence[Row[Any]] = session.execute(_ALL, asdict(user)).all()
    if not rows:
        return None
    companies = companies_of(session, rows[0].edition)
    joined = [row for row in rows if row.practice_id is not None]
    return Acquaintance(
        rows[0][0],
        in_order(Membership(row.practice_id, row.confirmed_at) for row in joined),
        companies,
        {row.practice_id: directory.practice_of_row(row, companies) for row in joined},
    )


def acquaintance_with(session: Session, person: PersonRow) -> Acquaintance:
    """Return what there is to know of a person who is read already."""
    return Acquaintance(person, directory.memberships(session, person.id or 0), companies_now(session))
