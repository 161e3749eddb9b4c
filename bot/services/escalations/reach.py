"""For whom somebody may open an escalation: themselves, or as company staff one of their practices."""

from collections.abc import Iterable

from msgspec import Struct
from sqlmodel import Session

from bot.domain.escalation.form import PracticeChoice
from bot.domain.network import Role
from bot.domain.rights import Action, may
from bot.services import people
from bot.services.bot import Bot
from bot.storage.queries import directory as stored
from bot.storage.queries import escalations
from bot.storage.tables import PersonRow, PracticeRow, QuestionRow

MENU = 100
"""Slack takes this many options: https://docs.slack.dev/reference/block-kit/block-elements"""
EVERYWHERE = frozenset({Role.ADMIN, Role.MANUFACTURER})


class Reach(Struct, frozen=True):
    """The practices that somebody may open one for. `is_staff`: on their behalf.

    `practices` is empty where there are none, or too many to choose from: then the exact name is asked for.
    Of `confirmed` ones the licence packages may be shown.
    """

    is_staff: bool
    practices: tuple[PracticeChoice, ...]
    confirmed: tuple[int, ...] = ()


def reach_of(session: Session, bot: Bot, person: PersonRow, question: QuestionRow | None) -> Reach:
    """Return for whom a person may open one."""
    memberships = stored.memberships(session, person.id or 0)
    role = people.role(session, person, bot.admins)
    if person.company_id is not None or (role is Role.ADMIN and not memberships):
        whose = None if role in EVERYWHERE else person.company_id
        rows = escalations.customers(session, whose, MENU + 1)
        return Reach(True, () if len(rows) > MENU else _choices(rows))
    own: list[int | None] = [row.practice_id for row in memberships]
    keys = own or [stored.practice_of_domain(session, person.email)]
    if question is not None and question.person_id == person.id:
        keys.append(question.practice_id)
    found = [session.get(PracticeRow, key) for key in dict.fromkeys(keys) if key is not None]
    confirmed = tuple(row.practice_id for row in memberships if row.confirmed_at is not None)
    return Reach(False, _choices([row for row in found if row is not None][:MENU]), confirmed)


def may_serve(session: Session, bot: Bot, person: PersonRow, practice_id: int | None) -> bool:
    """Say whether somebody may open one on behalf of a practice."""
    practice = session.get(PracticeRow, practice_id) if practice_id is not None else None
    if practice is None:
        return False
    own = person.company_id is not None and person.company_id in (
        practice.vendor_id,
        practice.support_partner_id,
    )
    return may(people.role(session, person, bot.admins), Action.OPEN_ON_BEHALF, is_own=own)


def may_escalate(session: Session, bot: Bot, person: PersonRow, question: QuestionRow) -> bool:
    """Say whether somebody may escalate a question: whoever asked, their colleagues, and who serves them."""
    asked_by = (question.person_id, question.practice_id)
    return people.may_judge(session, person, asked_by, bot.admins) or may_serve(
        session, bot, person, question.practice_id
    )


def _choices(rows: Iterable[PracticeRow]) -> tuple[PracticeChoice, ...]:
    return tuple(PracticeChoice(row.id or 0, row.name) for row in rows)
