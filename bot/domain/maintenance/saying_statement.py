"""What the bot says about statements and remittances."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from bot.domain.maintenance.remittance import DistributorYear, YearSum
from bot.domain.maintenance.statement import Statement
from bot.domain.scheme import Language


class Reader(StrEnum):
    """Who reads: the distributor whose statement it is, or the manufacturer."""

    DISTRIBUTOR = "distributor"
    MANUFACTURER = "manufacturer"


class StatementNote(Struct, frozen=True):
    """A statement in short: its totals and what to do next. The statement itself is in the files with it.

    `today` is the distributor's. `command` is how a draft is sent from Slack, empty where that cannot be.
    """

    language: Language
    reader: Reader
    statement: Statement
    today: date
    command: str = ""


class RemittanceNote(Struct, frozen=True):
    """What a distributor has not remitted at its remittance date, or (`is_repeated`) still not afterwards."""

    language: Language
    reader: Reader
    manufacturer: str
    standing: DistributorYear
    is_repeated: bool


class YearNote(Struct, frozen=True):
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


class StatementRefusal(Struct, frozen=True):
    """That there is no statement, or that it is not sent, with what is filled into the words."""

    language: Language
    problem: Problem
    values: tuple[tuple[str, str | date], ...] = ()


StatementSaying = StatementNote | RemittanceNote | YearNote | StatementRefusal
