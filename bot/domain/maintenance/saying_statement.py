"""What the bot says about statements and remittances."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.maintenance.remittance import DistributorYear, YearSum
from bot.domain.maintenance.statement import Statement
from bot.domain.scheme import Language


class Reader(StrEnum):
    """Who reads: the distributor whose statement it is, or the manufacturer."""

    DISTRIBUTOR = "distributor"
    MANUFACTURER = "manufacturer"


@dataclass(frozen=True)
class StatementNote:
    """A statement in short: its totals and what to do next. The statement itself is in the files with it.

    `today` is the distributor's. `command` is how a draft is sent from Slack, empty where that cannot be.
    """

    language: Language
    reader: Reader
    statement: Statement
    today: date
    command: str = ""


@dataclass(frozen=True)
class RemittanceNote:
    """What a distributor has not remitted at its remittance date, or (`is_repeated`) still not afterwards."""

    language: Language
    reader: Reader
    manufacturer: str
    standing: DistributorYear
    is_repeated: bool


@dataclass(frozen=True)
class YearNote:
    """The manufacturer's sum over its distributors."""

    language: Language
    year: YearSum
    today: date


class Problem(StrEnum):
    """Why there is no statement, or why it is not sent; its words stand under `statement.problem`."""

    NOT_OVER = "not-over"
    NOT_YOURS = "not-yours"
    NOT_SEEN = "not-seen"
    NO_YEAR = "no-year"
    NO_DISTRIBUTOR = "no-distributor"
    UNKNOWN_PERSON = "unknown-person"
    CURRENCIES = "currencies"


@dataclass(frozen=True)
class StatementRefusal:
    """That there is no statement, or that it is not sent, with what is filled into the words."""

    language: Language
    problem: Problem
    values: tuple[tuple[str, str | date], ...] = ()


StatementSaying = StatementNote | RemittanceNote | YearNote | StatementRefusal
