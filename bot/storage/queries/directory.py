"""Reading the support network out of its tables, as domain values."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import bindparam, sql
from sqlmodel import Session, col, select

from bot.domain.network import Company, Directory, Practice, SlackChannel, SlackUser, practice_key
from bot.domain.scheme import Language, Provider
from bot.storage.core import execute
from bot.storage.queries.companies import Companies, companies_now
from bot.storage.tables import (
    ChannelRow,
    CompanyRow,
    MembershipRow,
    PersonRow,
    PracticeDomainRow,
    PracticeRow,
    table_of,
)


def company(session: Session, company_id: int | None) -> Company | None:
    """Return a company with its contacts in their order."""
    return None if company_id is None else companies_now(session).by_id.get(company_id)


def companies(session: Session, role: Provider) -> tuple[Company, ...]:
    """Return the companies of a role, by name."""
    return companies_now(session).of(role)


def company_id(session: Session, slug: str) -> int | None:
    """Return the key of the company with this slug."""
    return session.exec(select(CompanyRow.id).where(CompanyRow.slug == slug)).first()


def directory(session: Session, *, is_sample: bool = False) -> Directory:
    """Return what every answer needs of the network."""
    return directory_of(companies_now(session), is_sample=is_sample)


def directory_of(known: Companies, *, is_sample: bool = False) -> Directory:
    """Return what every answer needs of companies that are read already."""
    return Directory(
        manufacturer=next(iter(known.of(Provider.MANUFACTURER)), None),
        support_partners=known.of(Provider.SUPPORT_PARTNER),
        is_sample=is_sample,
    )


def is_empty(session: Session) -> bool:
    """Say whether no company is known at all."""
    return session.exec(select(CompanyRow.id).limit(1)).first() is None


PRACTICE_COLUMNS = [
    table_of(PracticeRow).c[name]
    for name in ("name", "vendor_id", "support_partner_id", "vendor_contact", "language")
]
"""What `practice_of_row` reads."""
_PRACTICE = sql.select(*PRACTICE_COLUMNS).where(table_of(PracticeRow).c.id == bindparam("practice_id"))


def practice(session: Session, practice_id: int | None) -> Practice | None:
    """Return a practice with its vendor and support partner."""
    if practice_id is None:
        return None
    row = execute(session, _PRACTICE, {"practice_id": practice_id}).first()
    return None if row is None else practice_of_row(row, companies_now(session))


def practice_of_row(row: Any, known: Companies) -> Practice:
    """Make a practice of what `PRACTICE_COLUMNS` gave."""
    return Practice(
        name=row.name,
        vendor=known.by_id[row.vendor_id],
        support_partner=known.by_id.get(row.support_partner_id),
        vendor_contact=row.vendor_contact,
        language=Language(row.language) if row.language else None,
    )


def practice_by_name(session: Session, name: str) -> PracticeRow | None:
    """Return the practice of exactly this name; capitals count, since the licence is bound to them."""
    return session.exec(select(PracticeRow).where(PracticeRow.name == practice_key(name))).first()


def first_resold_practice(session: Session) -> str:
    """Return the name of the first practice that bought from a distributor, empty when there is none."""
    query = select(PracticeRow.name).join(CompanyRow, col(CompanyRow.id) == col(PracticeRow.vendor_id))
    query = query.where(CompanyRow.role == Provider.DISTRIBUTOR).order_by(col(PracticeRow.id))
    return session.exec(query.limit(1)).first() or ""


def practice_of_domain(session: Session, email: str) -> int | None:
    """Return the practice known by the domain of an e-mail address."""
    domain = email.rpartition("@")[2].lower()
    row = session.get(PracticeDomainRow, domain) if domain else None
    return row.practice_id if row else None


def practices_named_in(session: Session, text: str) -> list[int]:
    """Return the practices whose whole name stands in `text` (capitals do not count), the longest first."""
    folded = f" {' '.join(text.split())} ".casefold()
    rows = session.exec(select(PracticeRow.id, PracticeRow.name)).all()
    named = [(len(name), key) for key, name in rows if key and name.casefold() in folded]
    return [key for _, key in sorted(named, reverse=True)]


_PERSON = select(PersonRow).where(
    PersonRow.workspace_id == bindparam("workspace_id"), PersonRow.user_id == bindparam("user_id")
)


def person(session: Session, user: SlackUser) -> PersonRow | None:
    """Return the person with this Slack id."""
    return session.exec(_PERSON, params=asdict(user)).first()


_PEOPLE = table_of(PersonRow)
ONE_OF_THESE = _PEOPLE.c.workspace_id.in_(bindparam("workspace_ids", expanding=True)) & (
    _PEOPLE.c.user_id.in_(bindparam("user_ids", expanding=True))
)
"""Wants the values of `ids_of`. Without the workspaces no engine sees that the index of both will do.

The workspace of one and the id of another find a third at most, whom nobody asked for.
"""


def ids_of(users: Iterable[SlackUser]) -> dict[str, list[str]]:
    """Return the ids by which people are found."""
    known = set(users)
    return {
        "workspace_ids": sorted({user.workspace_id for user in known}),
        "user_ids": sorted({user.user_id for user in known}),
    }


_LOOKED_UP = sql.select(_PEOPLE.c.workspace_id, _PEOPLE.c.user_id, _PEOPLE.c.looked_up_at).where(ONE_OF_THESE)


def looked_up_at(session: Session, users: Iterable[SlackUser]) -> dict[SlackUser, datetime | None]:
    """Return when Slack was last asked who each of these is; who is not known is not in it."""
    rows = execute(session, _LOOKED_UP, ids_of(users))
    return {SlackUser(row.workspace_id, row.user_id): row.looked_up_at for row in rows}


def person_awaited(session: Session, email: str) -> PersonRow | None:
    """Return an imported person of this e-mail address whose Slack id is not known yet."""
    query = select(PersonRow).where(PersonRow.email == email.lower(), col(PersonRow.user_id).is_(None))
    return session.exec(query).first() if email else None


def people_known_as(session: Session, keys: frozenset[str]) -> list[PersonRow]:
    """Return the people whose Slack id or e-mail address is among `keys`."""
    known_as = col(PersonRow.user_id).in_(keys) | col(PersonRow.email).in_(keys)
    return list(session.exec(select(PersonRow).where(known_as)).all())


class Membership(Struct, frozen=True):
    """A practice of somebody's. `confirmed_at` is empty while only the person says so."""

    practice_id: int
    confirmed_at: datetime | None


_MEMBERSHIPS = sql.select(
    table_of(MembershipRow).c.practice_id, table_of(MembershipRow).c.confirmed_at
).where(table_of(MembershipRow).c.person_id == bindparam("person_id"))


def memberships(session: Session, person_id: int) -> list[Membership]:
    """Return a person's practices, confirmed ones first, then by practice key."""
    rows = execute(session, _MEMBERSHIPS, {"person_id": person_id})
    return in_order(Membership(row.practice_id, row.confirmed_at) for row in rows)


def in_order(memberships: Iterable[Membership]) -> list[Membership]:
    """Return confirmed memberships first, then by practice key."""
    return sorted(memberships, key=lambda row: (row.confirmed_at is None, row.practice_id))


def channel(session: Session, where: SlackChannel) -> ChannelRow | None:
    """Return what is known of a channel."""
    return session.get(ChannelRow, (where.workspace_id, where.channel_id))
