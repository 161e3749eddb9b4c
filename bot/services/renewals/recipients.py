"""Where reminders go: to which person or channel in Slack, and how else somebody can be reached."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.domain.maintenance.reminder import ReachBy
from bot.domain.network import SlackChannel, SlackUser
from bot.domain.opening import Closed
from bot.domain.presence import away_until
from bot.domain.scheme import Language
from bot.services.renewals.arming import company_recipient
from bot.storage.queries.companies import away_by_company, is_contact
from bot.storage.queries.maintenance import batches
from bot.storage.tables import ChannelRow, CompanyRow, ContactRow, MembershipRow, PersonRow, PracticeRow

T = TypeVar("T")
Row = TypeVar("Row", PracticeRow, CompanyRow)


class Party(Struct, frozen=True):
    """A recipient of reminders. `slack` is `None` for whoever cannot be reached there; `person` names it."""

    recipient: str
    name: str
    language: Language
    slack: SlackUser | SlackChannel | None
    person: str
    reach_by: tuple[ReachBy, ...]

    @property
    def channel(self) -> str:
        """The id of the person or channel; empty where there is none."""
        match self.slack:
            case SlackUser(user_id=key) | SlackChannel(channel_id=key):
                return key
            case None:
                return ""


def parties(session: Session, recipients: Iterable[str], now: datetime | None = None) -> dict[str, Party]:
    """Return those recipients that exist (`practice:12`, `company:3`), by their key.

    With `now` (aware), people of a company who are there that day come before those who are away.
    """
    wanted: dict[str, list[int]] = {"practice": [], "company": []}
    for key in dict.fromkeys(recipients):
        kind, _, number = key.partition(":")
        wanted[kind].append(int(number))
    return {**_practices(session, wanted["practice"]), **_companies(session, wanted["company"], now)}


def company_party(session: Session, company_id: int, now: datetime | None = None) -> Party:
    """Return a company by its id; `now` as in `parties`."""
    key = company_recipient(company_id)
    return parties(session, [key], now)[key]


def company_channels(session: Session, company_id: int) -> list[SlackChannel]:
    """Return a company's channels that only its own people read, in the order of its contacts."""
    query = select(ContactRow).where(ContactRow.company_id == company_id, ContactRow.slack_channel_id != "")
    contacts = session.exec(query.order_by(col(ContactRow.rank), col(ContactRow.id))).all()
    return [
        SlackChannel(one.slack_workspace_id, one.slack_channel_id)
        for one in contacts
        if _is_own_channel(session, one)
    ]


def _practices(session: Session, ids: list[int]) -> dict[str, Party]:
    rows = {row.id or 0: row for keys in batches(ids) for row in _all(session, PracticeRow, keys)}
    members, channels = _members(session, ids), _own_channels(session, ids)
    return {
        f"practice:{key}": _practice(row, members.get(key, []), channels.get(key))
        for key, row in rows.items()
    }


def _practice(row: PracticeRow, members: list[PersonRow], channel: ChannelRow | None) -> Party:
    """Prefer the practice's own channel if it wants that, else the person named, else its people in order."""
    people = _preferred_first(members, row.renewal_contact, lambda person: person.email)
    reach_by = [ReachBy(one.name, one.email, one.phone) for one in people if one.email or one.phone]
    if row.renewal_contact and all(one.email != row.renewal_contact for one in people):
        reach_by.insert(0, ReachBy("", row.renewal_contact))
    name, language = row.name, Language(row.language) if row.language else None
    if row.reminders_to == "channel" and channel is not None:
        place = SlackChannel(channel.workspace_id, channel.channel_id)
        return Party(_key(row), name, language or Language.EN, place, f"#{channel.name}", tuple(reach_by))
    person = next((one for one in people if _slack(one)), None)
    spoken = Language.DE if person and person.locale.lower().startswith("de") else Language.EN
    found, called = (_slack(person), person.name) if person else (None, "")
    return Party(_key(row), name, language or spoken, found, called, tuple(reach_by))


def _companies(session: Session, ids: list[int], now: datetime | None) -> dict[str, Party]:
    rows = {row.id or 0: row for keys in batches(ids) for row in _all(session, CompanyRow, keys)}
    contacts: dict[int, list[ContactRow]] = {}
    query = select(ContactRow).where(col(ContactRow.company_id).in_(list(rows)))
    for contact in session.exec(query.order_by(col(ContactRow.rank), col(ContactRow.id))).all():
        contacts.setdefault(contact.company_id, []).append(contact)
    people: dict[int, list[PersonRow]] = {}
    staff = select(PersonRow).where(col(PersonRow.company_id).in_(list(rows)))
    for person in session.exec(staff.order_by(col(PersonRow.id))).all():
        people.setdefault(person.company_id or 0, []).append(person)
    known = away_by_company(session) if now is not None else {}
    away = {key: _away(rows[key], known[key], now) for key in rows.keys() & known.keys() if now is not None}
    return {
        f"company:{key}": _company(
            session, row, contacts.get(key, []), people.get(key, []), away.get(key, [])
        )
        for key, row in rows.items()
    }


def _away(row: CompanyRow, known: list[tuple[PersonRow, Closed]], now: datetime) -> list[PersonRow]:
    today = now.astimezone(ZoneInfo(row.time_zone)).date()
    return [person for person, days in known if away_until(days, today) is not None]


def _company(
    session: Session,
    row: CompanyRow,
    contacts: list[ContactRow],
    people: list[PersonRow],
    away: list[PersonRow],
) -> Party:
    """Prefer the contact or person named, then contacts, then people, then a channel that only it reads.

    Of these people whoever is away comes last: a letter to somebody on holiday is read by nobody.
    """
    wanted = row.renewal_contact
    contacts = _preferred_first(contacts, wanted, lambda contact: contact.email)
    reach_by = tuple(ReachBy(one.name, one.email, one.phone) for one in contacts if one.email or one.phone)
    language = next((Language(code) for code in row.languages.split() if code in set(Language)), Language.EN)
    candidates = [
        *(
            (one.email, one.name, _contact_slack(one), any(is_contact(person, one) for person in away))
            for one in contacts
        ),
        *((one.email, one.name, _slack(one), any(person.id == one.id for person in away)) for one in people),
    ]
    ordered = _preferred_first(candidates, wanted, lambda candidate: candidate[0])
    for _, name, slack, _ in sorted(ordered, key=lambda candidate: candidate[3]):
        if slack is not None:
            return Party(_key(row), row.name, language, slack, name, reach_by)
    channel = next((one for one in contacts if _is_own_channel(session, one)), None)
    place = SlackChannel(channel.slack_workspace_id, channel.slack_channel_id) if channel else None
    return Party(_key(row), row.name, language, place, channel.name if channel else "", reach_by)


def _is_own_channel(session: Session, contact: ContactRow) -> bool:
    """Say whether only the company reads the contact's channel, as far as anybody can know.

    A contact that is named in public is one, and a practice's channel too; one that the bot does not know may
    be shared.
    """
    row = session.get(ChannelRow, (contact.slack_workspace_id, contact.slack_channel_id))
    return row is not None and not (contact.is_public or row.is_shared or row.practice_id)


def _slack(person: PersonRow) -> SlackUser | None:
    if person.workspace_id is None or person.user_id is None:
        return None
    return SlackUser(person.workspace_id, person.user_id)


def _contact_slack(contact: ContactRow) -> SlackUser | None:
    if not contact.slack_user_id:
        return None
    return SlackUser(contact.slack_workspace_id, contact.slack_user_id)


def _preferred_first(items: list[T], email: str, email_of: Callable[[T], str]) -> list[T]:
    return sorted(items, key=lambda item: not (email and email_of(item).lower() == email.lower()))


def _members(session: Session, ids: list[int]) -> Mapping[int, list[PersonRow]]:
    """Return the people of each practice whom somebody confirmed, in the order they became known."""
    found: dict[int, list[PersonRow]] = {}
    query = select(MembershipRow.practice_id, PersonRow).join(PersonRow)
    query = query.where(col(MembershipRow.confirmed_at).is_not(None)).order_by(col(PersonRow.id))
    for keys in batches(ids):
        for practice_id, person in session.exec(query.where(col(MembershipRow.practice_id).in_(keys))).all():
            found.setdefault(practice_id, []).append(person)
    return found


def _own_channels(session: Session, ids: list[int]) -> dict[int, ChannelRow]:
    """Return each practice's first channel that no other organisation reads."""
    found: dict[int, ChannelRow] = {}
    query = select(ChannelRow).where(col(ChannelRow.is_shared).is_(False))
    ordered = query.order_by(col(ChannelRow.workspace_id), col(ChannelRow.channel_id))
    for keys in batches(ids):
        for row in session.exec(ordered.where(col(ChannelRow.practice_id).in_(keys))).all():
            found.setdefault(row.practice_id or 0, row)
    return found


def _all(session: Session, table: type[Row], keys: Iterable[int]) -> Iterable[Row]:
    return session.exec(select(table).where(col(table.id).in_(list(keys)))).all()


def _key(row: PracticeRow | CompanyRow) -> str:
    return f"{'practice' if isinstance(row, PracticeRow) else 'company'}:{row.id}"
