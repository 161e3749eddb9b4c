"""Whose renewals somebody may see, by the server's own data."""

from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session

from bot.domain.network import Role
from bot.domain.rights import Action, may
from bot.domain.scheme import Language
from bot.services import people
from bot.services.bot import Bot
from bot.services.renewals.books import Books
from bot.storage.queries import directory as stored
from bot.storage.queries import maintenance
from bot.storage.tables import CompanyRow, PersonRow

COMPANIES = frozenset({Role.ADMIN, Role.MANUFACTURER, Role.DISTRIBUTOR})


class Viewer(Struct, frozen=True):
    """Somebody who looks. `practice_ids` are the practices whose licences this person may see.

    `unconfirmed_id` is a practice that the person only claims. `company` bills: the distributor's own, and
    the manufacturer for its people and for admins. `person_id` is the viewer's key.
    """

    role: Role
    language: Language
    practice_ids: tuple[int, ...] = ()
    unconfirmed_id: int | None = None
    company: CompanyRow | None = None
    person_id: int | None = None

    @property
    def sees_all(self) -> bool:
        """Whether everything may be seen, also of other companies."""
        return may(self.role, Action.SEE_RENEWALS, is_own=False)


def viewer_of(session: Session, bot: Bot, person: PersonRow) -> Viewer:
    """Return what a person may see. Membership that nobody confirmed shows nothing."""
    role = people.role(session, person, bot.admins)
    memberships = stored.memberships(session, person.id or 0)
    own = tuple(row.practice_id for row in memberships if row.confirmed_at is not None)
    claimed = [row.practice_id for row in memberships if row.confirmed_at is None]
    is_practice = role is Role.PRACTICE
    practice = stored.practice(session, (*own, *claimed)[0]) if is_practice else None
    return Viewer(
        role=role,
        language=people.language_for(practice, None, person.locale),
        practice_ids=own if is_practice and may(role, Action.SEE_RENEWALS, is_own=True) else (),
        unconfirmed_id=next(iter(claimed), None) if is_practice else None,
        company=_company(session, role, person),
        person_id=person.id,
    )


def today_in(bot: Bot | Books, zone: str) -> date:
    """Return the day that it is now in a time zone."""
    return bot.clock.now().astimezone(ZoneInfo(zone or "UTC")).date()


def _company(session: Session, role: Role, person: PersonRow) -> CompanyRow | None:
    if not may(role, Action.SEE_RENEWALS, is_own=True) or role not in COMPANIES:
        return None
    if role is Role.DISTRIBUTOR:
        return session.get(CompanyRow, person.company_id)
    return maintenance.manufacturer(session)
