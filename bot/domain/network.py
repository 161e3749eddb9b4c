"""The support network: the companies, the practices and the people that one installation serves."""

import unicodedata
from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.opening import Closed, OpeningCalendar
from bot.domain.presence import Absent, away_until
from bot.domain.scheme import Language, Provider


class SlackUser(Struct, frozen=True):
    """A person in Slack. Ids are unique only within their workspace, hence both."""

    workspace_id: str
    user_id: str


class SlackChannel(Struct, frozen=True):
    """A channel in Slack, with its workspace."""

    workspace_id: str
    channel_id: str


class Charge(StrEnum):
    """What a vendor asks for level 0 support; the scheme leaves it to the vendor."""

    UNKNOWN = "unknown"
    NOTHING = "nothing"
    ONCE = "once"
    YEARLY = "yearly"
    OTHER = "other"


class Contact(Struct, frozen=True):
    """Whom to reach at a company. Empty strings where unknown.

    `slack` is a user or a channel of the company. Only a `is_public` contact is named where people of
    several practices read along. `away` are the days on which it is not there.
    """

    name: str
    email: str = ""
    phone: str = ""
    slack: SlackUser | SlackChannel | None = None
    is_public: bool = True
    away: Closed = ()


class Whom(Struct, frozen=True):
    """Whom to reach: `contact`. `absent` is the one that would be named otherwise, else the contact itself
    where nobody is there to stand in."""

    contact: Contact
    absent: Absent | None = None


def shown_in(contact: Contact, workspace_id: str) -> Contact:
    """Return a contact as people of a workspace get it: without a place in Slack that they cannot open.

    An empty workspace is none in particular, and hides nothing.
    """
    if contact.slack is None or workspace_id in ("", contact.slack.workspace_id):
        return contact
    return replace(contact, slack=None)


class Company(Struct, frozen=True):
    """A concrete company in its role. `slug` is its key; `contacts` stand in order of preference."""

    slug: str
    name: str
    role: Provider
    calendar: OpeningCalendar
    languages: tuple[Language, ...] = ()
    website: str = ""
    charge: Charge = Charge.UNKNOWN
    charge_note: str = ""
    contacts: tuple[Contact, ...] = ()

    def contact(self, *, public_only: bool, preferred_email: str = "") -> Contact | None:
        """Return the contact with `preferred_email`, else the first; `None` when there is none to name."""
        return next(iter(self._in_order(public_only, preferred_email)), None)

    def whom(self, on: date, *, public_only: bool, preferred_email: str = "") -> Whom | None:
        """Return whom to reach on a day of the company's: the same contact, or the next who is there then.

        `None` when there is none to name.
        """
        ordered = self._in_order(public_only, preferred_email)
        if not ordered:
            return None
        until = away_until(ordered[0].away, on)
        if until is None:
            return Whom(ordered[0])
        there = (contact for contact in ordered if away_until(contact.away, on) is None)
        return Whom(next(there, ordered[0]), Absent(ordered[0].name, until))

    def _in_order(self, public_only: bool, preferred_email: str) -> list[Contact]:
        allowed = [contact for contact in self.contacts if contact.is_public or not public_only]
        return sorted(allowed, key=lambda contact: not (preferred_email and contact.email == preferred_email))


class Practice(Struct, frozen=True):
    """A customer. `name` is the licence's identity: case-sensitive, 10 to 80 characters for OnyxCeph.

    `vendor` is its level 0: a distributor, or the manufacturer for direct customers. `vendor_contact` is the
    e-mail of the one contact there who looks after it, empty for the vendor's first.
    """

    name: str
    vendor: Company
    support_partner: Company | None = None
    vendor_contact: str = ""
    language: Language | None = None


class Directory(Struct, frozen=True):
    """What the bot knows of the network when it answers."""

    manufacturer: Company | None
    support_partners: tuple[Company, ...] = ()
    is_sample: bool = False


class Role(StrEnum):
    """Who somebody is to the network; rights depend on it (`bot.domain.rights`)."""

    ADMIN = "admin"
    MANUFACTURER = "manufacturer"
    DISTRIBUTOR = "distributor"
    PARTNER = "partner"
    PRACTICE = "practice"
    OUTSIDER = "outsider"


class Asker(Struct, frozen=True):
    """Whoever asks, as far as the bot knows.

    `company` is set for company staff. `practice` is the one the question is about: the asker's own, the
    channel's, or the one that company staff named. `vendor` is known without a practice when the asker said
    who their distributor is. A practice that the asker only claims is not `is_confirmed`.
    """

    language: Language = Language.EN
    company: Company | None = None
    practice: Practice | None = None
    vendor: Company | None = None
    is_confirmed: bool = True

    @property
    def level_0(self) -> Company | None:
        """The company that helps this asker first, if known."""
        return self.practice.vendor if self.practice else self.vendor


def practice_key(name: str) -> str:
    """Return the form in which practice names are compared: NFC, trimmed, case kept (it is significant)."""
    return unicodedata.normalize("NFC", name).strip()


def role_of(company: Company | None, *, is_admin: bool, has_practice: bool) -> Role:
    """Return the strongest role a person has."""
    if is_admin:
        return Role.ADMIN
    if company is not None:
        return {
            Provider.MANUFACTURER: Role.MANUFACTURER,
            Provider.DISTRIBUTOR: Role.DISTRIBUTOR,
            Provider.SUPPORT_PARTNER: Role.PARTNER,
        }[company.role]
    return Role.PRACTICE if has_practice else Role.OUTSIDER
