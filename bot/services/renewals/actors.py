"""Who answers a message about renewals, and for which periods they may."""

from collections.abc import Iterable

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.saying_answers import AnsweredBefore, Refusal, Refused
from bot.domain.network import Role, SlackUser
from bot.domain.rights import Action, may
from bot.domain.scheme import Language
from bot.services import people
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals.records import Record
from bot.storage.queries import directory
from bot.storage.tables import PersonRow


class RefusedError(Exception):
    """Somebody may not do this, or there is nothing to do it to; nothing was changed."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        super().__init__(refused.refusal)


class AnsweredBeforeError(Exception):
    """Somebody else was first; nothing was changed."""

    def __init__(self, before: AnsweredBefore) -> None:
        self.before = before
        super().__init__("answered before")


class Actor(Struct, frozen=True):
    """Whoever presses. `practices` are those where somebody confirmed them: a claim alone gives no right."""

    person: PersonRow
    role: Role
    language: Language
    practices: frozenset[int]

    @property
    def name(self) -> str:
        """What others know them by."""
        return self.person.name or self.known_as

    @property
    def known_as(self) -> str:
        """What entries and answers keep of them."""
        return self.person.email or self.person.user_id or ""

    def may_answer(self, record: Record) -> bool:
        """Say whether they may say what becomes of a period."""
        return may(self.role, Action.ANSWER_REMINDER, is_own=self.is_of(record.practice_id, record.biller_id))

    def may_record(self, record: Record) -> bool:
        """Say whether they may record a bill or a payment, which settles a period without asking anybody."""
        is_own = self.person.company_id == record.biller_id
        return may(self.role, Action.RECORD_PAYMENT, is_own=is_own)

    def is_of(self, practice_id: int | None, company_id: int) -> bool:
        """Say whether they belong to the practice, or to the company."""
        return practice_id in self.practices or self.person.company_id == company_id

    def refuse(self, refusal: Refusal) -> RefusedError:
        """Return the error that says why not, in their language."""
        return RefusedError(Refused(self.language, refusal))


def act(session: Session, bot: Bot, user: SlackUser, profile: Profile | None = None) -> Actor:
    """Return who presses; `profile` is what Slack said of somebody who was not known."""
    person = people.meet(session, user, bot.clock.now(), profile)
    own = [row.practice_id for row in directory.memberships(session, person.id or 0) if row.confirmed_at]
    practice = directory.practice(session, next(iter(own), None))
    return Actor(
        person=person,
        role=people.role(session, person, bot.admins),
        language=people.language_for(practice, None, person.locale),
        practices=frozenset(own),
    )


def is_stranger(session: Session, user: SlackUser) -> bool:
    """Say whether Slack was never asked who this is: it may be somebody who was imported."""
    person = directory.person(session, user)
    return person is None or person.looked_up_at is None


def names(session: Session, known_as: Iterable[str]) -> dict[str, str]:
    """Return people's names by how entries know them; whoever is not known keeps that."""
    keys = frozenset(known_as)
    found = directory.people_known_as(session, keys)
    named = {key: one.name for one in found for key in (one.user_id, one.email) if key and one.name}
    return {key: named.get(key, key) for key in keys}
