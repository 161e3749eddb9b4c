"""What `/renewals` and the App Home show: parts, each for one kind of reader."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.editing import DataPart
from bot.domain.escalation.listing import EscalationsPart
from bot.domain.maintenance.overview import Chapter, LineList, Month, OwnPackage, Remittances
from bot.domain.network import Contact
from bot.domain.scheme import Language


@dataclass(frozen=True)
class Helper:
    """Whom to ask about a bill."""

    company: str
    contact: Contact | None


@dataclass(frozen=True)
class PracticePart:
    """The licence packages of one practice, the most urgent first; `more` are not shown."""

    practice: str
    packages: tuple[OwnPackage, ...]
    helpers: tuple[Helper, ...]
    more: int = 0


@dataclass(frozen=True)
class BillerPart:
    """What a company bills: its lists. `is_direct`: it is the manufacturer, with its direct customers."""

    company: str
    lists: tuple[LineList, ...]
    is_direct: bool = False


@dataclass(frozen=True)
class NetworkPart:
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


@dataclass(frozen=True)
class NoPart:
    """One kind sentence with the next step for somebody who sees no licences. `vendor` may be empty."""

    lack: Lack
    practice: str = ""
    vendor: str = ""


RenewalsPart = PracticePart | BillerPart | NetworkPart | NoPart


@dataclass(frozen=True)
class AskMePart:
    """How to ask the bot: the names of its two commands."""

    command: str
    renewals_command: str
    escalate_command: str


HomePart = RenewalsPart | EscalationsPart | DataPart | AskMePart
"""All that a Home may be put together of; whoever adds a kind adds its blocks."""


@dataclass(frozen=True)
class Home:
    """A person's App Home: parts, one below the other."""

    language: Language
    parts: tuple[HomePart, ...]


@dataclass(frozen=True)
class Renewals:
    """The answer to `/renewals`."""

    language: Language
    command: str
    parts: tuple[RenewalsPart, ...]


@dataclass(frozen=True)
class OverdueLines:
    """The answer to `/renewals overdue`."""

    language: Language
    lists: tuple[LineList, ...]


@dataclass(frozen=True)
class PackageHistory:
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


@dataclass(frozen=True)
class RenewalsHint:
    """What may be typed, or that there is no such package. `package` may be empty."""

    language: Language
    hint: Hint
    command: str
    package: str = ""


@dataclass(frozen=True)
class MonthlyPlot:
    """What the manufacturer's picture draws, in one currency."""

    language: Language
    currency: str
    months: tuple[Month, ...]


OverviewSaying = Home | Renewals | OverdueLines | PackageHistory | RenewalsHint
