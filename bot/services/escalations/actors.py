"""Who somebody is to an escalation, by what the database knows now."""

from msgspec import Struct
from sqlmodel import Session

from bot.domain.escalation.bonds import Bonds, may_do, may_make
from bot.domain.escalation.life import Move
from bot.domain.network import Role
from bot.domain.rights import Action
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations.records import informed_ids
from bot.storage.queries import directory as stored
from bot.storage.tables import EscalationRow, PersonRow


class Actor(Struct, frozen=True):
    """Somebody who wants something of an escalation."""

    person: PersonRow
    role: Role
    bonds: Bonds

    def may_make(self, move: Move) -> bool:
        """Say whether they may make a move."""
        return may_make(self.role, move, self.bonds)

    def may(self, action: Action) -> bool:
        """Say whether they may see it or write in it."""
        return may_do(self.role, action, self.bonds)


def actor_in(session: Session, bot: Bot, row: EscalationRow, person: PersonRow) -> Actor:
    """Return what somebody is to an escalation."""
    return Actor(person, people.role(session, person, bot.admins), bonds_of(session, row, person))


def bonds_of(session: Session, row: EscalationRow, person: PersonRow) -> Bonds:
    """Return what ties somebody to an escalation."""
    return bonds_among(row, person, confirmed_practices(session, person))


def confirmed_practices(session: Session, person: PersonRow) -> frozenset[int]:
    """Return the practices that somebody belongs to, as others have confirmed."""
    mine = stored.memberships(session, person.id or 0)
    return frozenset(one.practice_id for one in mine if one.confirmed_at is not None)


def bonds_among(row: EscalationRow, person: PersonRow, practices: frozenset[int]) -> Bonds:
    """Return what ties somebody of these practices to an escalation, without asking the database again."""
    hears = {row.lower_id, *informed_ids(row)} - {None}
    return Bonds(
        is_requester=_is_requester(row, person, practices),
        is_owner=person.company_id == row.company_id or _is_default_owner(row, person),
        is_informed=person.company_id in hears,
    )


def _is_requester(row: EscalationRow, person: PersonRow, practices: frozenset[int]) -> bool:
    asked_by = row.requester_id if row.requester_id is not None else row.opened_by_id
    if person.id is not None and person.id == asked_by:
        return True
    return row.practice_id is not None and row.practice_id in practices


def _is_default_owner(row: EscalationRow, person: PersonRow) -> bool:
    """Whoever is named to find the right company may do it, of whatever company they are."""
    return row.is_unrouted and bool(row.keeper) and row.keeper in (person.email, person.user_id)
