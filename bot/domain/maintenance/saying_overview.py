"""What `/renewals` and the App Home show: parts, each for one kind of reader."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from bot.domain.editing import DataPart
from bot.domain.escalation.listing import EscalationsPart
from bot.domain.maintenance.overview import Chapter, LineList, Month, OwnPackage, Remittances
from bot.domain.network import Contact
from bot.domain.scheme import Language


class Helper(Struct, frozen=True):
    """Whom to ask about a bill."""

    company: str
    contact: Contact | None


class PracticePart(Struct, frozen=True):
    """The licence packages of one practice, the most urgent first; `more` are not shown."""

    practice: str
    packages: tuple[OwnPackage, ...]
    helpers: tuple[Helper, ...]
    more: int = 0


class BillerPart(Struct, frozen=True):
    """What a company bills: its lists. `is_direct`: it is the manufacturer, with its direct customers."""

    company: str
    lists: tuple[LineList, ...]
    is_direct: bool = False


class NetworkPart(Struct, frozen=True):
    """What the distributors owe the manufacturer in their running billing years."""

    today: date
    distributors: tuple[Remittances, ...]

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of the figures, mostly one."""
        return tuple(dict.fromkeys(one.currency for one in self.distributors))


class Lack(StrEnum):
    """Why somebody sees no licences."""

    UNKNOWN = "unknown"
    UNCONFIRMED = "unconfirmed"
    PARTNER = "partner"


class NoPart(Struct, frozen=True):
    """One kind sentence with the next step for somebody who sees no licences. `vendor` may be empty."""

    lack: Lack
    practice: str = ""
    vendor: str = ""


RenewalsPart = PracticePart | BillerPart | NetworkPart | NoPart


class AskMePart(Struct, frozen=True):
    """How to ask the bot: the names of its two commands."""

    command: str
    renewals_command: str
    escalate_command: str


HomePart = RenewalsPart | EscalationsPart | DataPart | AskMePart
"""All that a Home may be put together of; whoever adds a kind adds its blocks."""


class Home(Struct, frozen=True):
    """A person's App Home: parts, one below the other."""

    language: Language
    parts: tuple[HomePart, ...]


class Renewals(Struct, frozen=True):
    """The answer to `/renewals`."""

    language: Language
    command: str
    parts: tuple[RenewalsPart, ...]


class OverdueLines(Struct, frozen=True):
    """The answer to `/renewals overdue`."""

    language: Language
    lists: tuple[LineList, ...]


class PackageHistory(Struct, frozen=True):
    """The answer to `/renewals package NUMBER`: its periods, the newest first; `more` are not shown."""

    language: Language
    package: str
    practice: str
    bought_on: date
    chapters: tuple[Chapter, ...]
    more: int = 0


class Hint(StrEnum):
    """A short answer of `/renewals`; its words stand in the wording files under `renewals.hint`."""

    WORDS = "words"
    NO_PACKAGE = "no-package"


class RenewalsHint(Struct, frozen=True):
    """What may be typed, or that there is no such package. `package` may be empty."""

    language: Language
    hint: Hint
    command: str
    package: str = ""


class MonthlyPlot(Struct, frozen=True):
    """What the manufacturer's picture draws, in one currency."""

    language: Language
    currency: str
    months: tuple[Month, ...]


OverviewSaying = Home | Renewals | OverdueLines | PackageHistory | RenewalsHint
