"""All that an answer needs to know of whoever asks, read at once: it is the busiest way of all."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct, field
from sqlalchemy import Row, sql
from sqlmodel import Session

from bot.domain.network import Company, Practice, SlackUser
from bot.storage.core import execute
from bot.storage.queries import directory
from bot.storage.queries.companies import EDITION, Companies, companies_now, companies_of
from bot.storage.queries.directory import ONE_OF_THESE, PRACTICE_COLUMNS, Membership, ids_of, in_order
from bot.storage.tables import MembershipRow, PersonRow, PracticeRow, table_of


class Somebody(NamedTuple):
    """What an answer needs of a person's row, under the same names."""

    id: int
    user_id: str | None
    email: str
    locale: str
    company_id: int | None
    said_vendor_id: int | None


class Acquaintance(Struct, frozen=True):
    """Somebody with their practices, confirmed ones first, and the companies as they are now."""

    person: Somebody
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


_PERSON, _MEMBERSHIP, _PRACTICE = table_of(PersonRow), table_of(MembershipRow), table_of(PracticeRow)
_ALL = (
    sql.select(
        _PERSON.c.workspace_id,
        *(_PERSON.c[name] for name in Somebody._fields),
        EDITION.scalar_subquery().label("edition"),
        _MEMBERSHIP.c.practice_id,
        _MEMBERSHIP.c.confirmed_at,
        *PRACTICE_COLUMNS,
    )
    .join_from(_PERSON, _MEMBERSHIP, _MEMBERSHIP.c.person_id == _PERSON.c.id, isouter=True)
    .join(_PRACTICE, _PRACTICE.c.id == _MEMBERSHIP.c.practice_id, isouter=True)
    .where(ONE_OF_THESE)
)


def acquaintances(session: Session, users: Collection[SlackUser]) -> dict[SlackUser, Acquaintance]:
    """Return the people with these Slack ids; who is not known is not in it."""
    if not users:
        return {}
    found: dict[SlackUser, list[Row[Any]]] = {}
    for row in execute(session, _ALL, ids_of(users)):
        found.setdefault(SlackUser(row.workspace_id, row.user_id), []).append(row)
    return {user: _acquaintance(session, rows) for user, rows in found.items()}


def _acquaintance(session: Session, rows: Sequence[Row[Any]]) -> Acquaintance:
    """Make it of a person's rows, one a practice."""
    companies = companies_of(session, rows[0].edition)
    joined = [row for row in rows if row.practice_id is not None]
    return Acquaintance(
        Somebody(*rows[0][1 : len(Somebody._fields) + 1]),
        in_order(Membership(row.practice_id, row.confirmed_at) for row in joined),
        companies,
        {row.practice_id: directory.practice_of_row(row, companies) for row in joined},
    )


def acquaintance_with(session: Session, person: PersonRow) -> Acquaintance:
    """Return what there is to know of a person who is read already."""
    somebody = Somebody(*(getattr(person, name) for name in Somebody._fields))
    return Acquaintance(somebody, directory.memberships(session, somebody.id), companies_now(session))
