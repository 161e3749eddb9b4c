"""Who somebody is: meeting people, and what they say of themselves."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from sqlmodel import Session

from bot.domain.network import Asker, Company, Practice, Role, SlackChannel, SlackUser, role_of
from bot.domain.rights import Action, may
from bot.domain.scheme import Language, Provider
from bot.storage.insert import insert_once
from bot.storage.queries import directory as stored
from bot.storage.queries import installations
from bot.storage.queries.acquaintance import Acquaintance, Somebody, acquaintance_with, acquaintances
from bot.storage.tables import ChannelRow, MembershipRow, PersonRow, PracticeRow

PROFILE_AGE = timedelta(days=1)
"""How long what Slack said of a person or a channel is believed before it is asked again."""
_NEVER = datetime.min.replace(tzinfo=UTC)


class Profile(Struct, frozen=True):
    """What Slack says of a person. Empty where it does not say."""

    name: str = ""
    email: str = ""
    locale: str = ""
    time_zone: str = ""


class ChannelFacts(Struct, frozen=True):
    """What Slack says of a channel. `is_shared`: another organisation reads along."""

    name: str
    is_shared: bool


def meet(session: Session, user: SlackUser, now: datetime, profile: Profile | None) -> PersonRow:
    """Return the person, made known if new; an imported person is recognised by e-mail.

    Not by what a workspace says that has not been admitted: it may give its people whichever addresses.
    """
    person = stored.person(session, user)
    email = profile.email.lower() if profile else ""
    if email and installations.is_on_trial(session, user.workspace_id):
        email = ""
    if person is None:
        person = stored.person_awaited(session, email) or PersonRow()
        person.workspace_id, person.user_id = user.workspace_id, user.user_id
        session.add(person)
    if profile is not None:
        person.name = profile.name or person.name
        person.email = email or person.email
        person.locale, person.time_zone = profile.locale, profile.time_zone
        person.looked_up_at = now
    session.flush()
    return person


def acquaint(
    session: Session, asked_by: Sequence[tuple[SlackUser, Profile | None]], now: datetime
) -> list[Acquaintance]:
    """Do as `meet` for each, and return what else an answer needs to know of them."""
    known = acquaintances(session, {user for user, profile in asked_by if profile is None})
    return [
        (known.get(user) if profile is None else None)
        or acquaintance_with(session, meet(session, user, now, profile))
        for user, profile in asked_by
    ]


def to_look_up(session: Session, users: Collection[SlackUser], now: datetime) -> set[SlackUser]:
    """Return of whom Slack should be asked who they are."""
    asked_at = stored.looked_up_at(session, users)
    return {user for user in users if (asked_at.get(user) or _NEVER) < now - PROFILE_AGE}


def know_channel(
    session: Session, where: SlackChannel, now: datetime, facts: ChannelFacts | None
) -> ChannelRow:
    """Return the channel, made known if new. Until Slack said otherwise it counts as shared with others."""
    row = stored.channel(session, where)
    if row is None:
        row = ChannelRow(workspace_id=where.workspace_id, channel_id=where.channel_id, is_shared=True)
        session.add(row)
    if facts is not None:
        row.name, row.is_shared, row.looked_up_at = facts.name, facts.is_shared, now
    return row


def wants_channel(session: Session, where: SlackChannel, now: datetime) -> bool:
    """Say whether Slack should be asked what this channel is."""
    row = stored.channel(session, where)
    return row is None or row.looked_up_at is None or row.looked_up_at < now - PROFILE_AGE


def role(session: Session, person: PersonRow | Somebody, admins: frozenset[str]) -> Role:
    """Return the person's role; `admins` are Slack ids or e-mail addresses."""
    return role_of(
        stored.company(session, person.company_id),
        is_admin=bool({person.user_id, person.email} & admins),
        has_practice=bool(stored.memberships(session, person.id or 0)),
    )


def practice_of(
    session: Session, who: Acquaintance, channel: ChannelRow | None, text: str, admins: frozenset[str]
) -> int | None:
    """Find the practice a question is about: own or named, else the channel's, else the e-mail domain's.

    Somebody with several practices, and company staff, may name one in `text`; of somebody else's practice
    they get nothing.
    """
    person, own = who.person, [row.practice_id for row in who.memberships]
    here = channel.practice_id if channel else None
    is_staff = person.company_id is not None
    named = stored.practices_named_in(session, text) if is_staff or len(own) > 1 else []
    others = [*named, *([here] if here is not None else [])]
    asked_by = role(session, person, admins) if others else Role.OUTSIDER
    for key in others:
        is_own = key in own or _is_customer(session, person.company_id, key)
        if may(asked_by, Action.ASK_FOR_PRACTICE, is_own=is_own):
            return key
    if own or is_staff:
        return next(iter(own), None)
    return here if here is not None else stored.practice_of_domain(session, person.email)


def asker(session: Session, who: Acquaintance, practice_id: int | None, language: Language) -> Asker:
    """Put together what the bot knows of whoever asks."""
    claims = {row.practice_id: row.confirmed_at for row in who.memberships}
    return Asker(
        language=language,
        company=who.company(who.person.company_id),
        practice=who.practice(session, practice_id),
        vendor=who.company(who.person.said_vendor_id),
        is_confirmed=practice_id not in claims or claims[practice_id] is not None,
    )


def language_for(practice: Practice | None, spoken: Language | None, locale: str) -> Language:
    """Choose the language: the practice's if set, else the message's, else that of the person's Slack."""
    if practice is not None and practice.language is not None:
        return practice.language
    return spoken or (Language.DE if locale.lower().startswith("de") else Language.EN)


class UnknownPracticeError(Exception):
    """No practice has exactly this name."""


class OwnWords(Struct, frozen=True):
    """What somebody says of themselves; one of the two is enough."""

    practice_name: str = ""
    vendor_slug: str = ""


def remember(session: Session, person: PersonRow, words: OwnWords) -> None:
    """Remember which practice or vendor a person named: unconfirmed, until the vendor says so too.

    Raises `UnknownPracticeError`.
    """
    if words.practice_name.strip():
        practice = stored.practice_by_name(session, words.practice_name)
        if practice is None:
            raise UnknownPracticeError(words.practice_name)
        values = {"person_id": person.id, "practice_id": practice.id, "confirmed_at": None}
        insert_once(session, MembershipRow, values)
    elif words.vendor_slug:
        vendor = stored.company(session, stored.company_id(session, words.vendor_slug))
        if vendor is not None and vendor.role is not Provider.SUPPORT_PARTNER:
            person.said_vendor_id = stored.company_id(session, words.vendor_slug)


def vendors(session: Session) -> tuple[Company, ...]:
    """Return the companies somebody may have bought from: the distributors and the manufacturer."""
    return stored.companies(session, Provider.DISTRIBUTOR) + stored.companies(session, Provider.MANUFACTURER)


def is_colleague(session: Session, actor: PersonRow, person_id: int | None, practice_id: int | None) -> bool:
    """Say whether `actor` is that person, or of the same company or (confirmed) practice."""
    if actor.id == person_id:
        return True
    other = session.get(PersonRow, person_id) if person_id is not None else None
    if other is not None and actor.company_id is not None and actor.company_id == other.company_id:
        return True
    mine = {
        row.practice_id for row in stored.memberships(session, actor.id or 0) if row.confirmed_at is not None
    }
    return practice_id in mine


def may_judge(
    session: Session, actor: PersonRow, owner: tuple[int | None, int | None], admins: frozenset[str]
) -> bool:
    """Say whether `actor` may judge the answer to the question of `owner` (person, practice)."""
    own = is_colleague(session, actor, *owner)
    return may(role(session, actor, admins), Action.JUDGE_ANSWER, is_own=own)


def _is_customer(session: Session, company_id: int | None, practice_id: int) -> bool:
    """Say whether a company is the practice's vendor or support partner."""
    row = session.get(PracticeRow, practice_id)
    return (
        row is not None and company_id is not None and company_id in (row.vendor_id, row.support_partner_id)
    )


def names_of_admins(session: Session, admins: frozenset[str]) -> str:
    """Name the admins for a person to ask: by name where they are known, else by e-mail or Slack id."""
    known = stored.people_known_as(session, admins)
    named = {
        key: person.name for person in known for key in (person.user_id, person.email) if key and person.name
    }
    return ", ".join(sorted({named.get(who, who) for who in admins})) or "-"
