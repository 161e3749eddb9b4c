"""What may stand in `vat.toml`: dated standard rates of VAT, and who is in the EU's VAT area since when."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Annotated, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.domain.maintenance.vat import VatTable
from bot.files.countries import country

Day = Annotated[date, Strict()]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2, allow_inf_nan=False)]


def _known(code: str) -> str:
    if country(code) != code:
        raise ValueError(f"write the country in capitals: {country(code)}")
    return code


Country = Annotated[str, AfterValidator(_known)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Rate(_Strict):
    since: Day
    percent: Percent


def _in_order(steps: tuple[_Rate, ...]) -> tuple[_Rate, ...]:
    wrong = [str(later.since) for earlier, later in pairwise(steps) if later.since <= earlier.since]
    if wrong:
        raise _fault("it is not later than the day before it in the list: order the days, each once", wrong)
    return steps


class _Membership(_Strict):
    since: Day
    until: Day | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until < self.since:
            raise _fault("it ends before it begins: correct since or until", [str(self.until)])
        return self


class VatFile(_Strict):
    """The file. A fault of several values together carries what is to be shown in its context (`value`)."""

    rates: dict[Country, Annotated[tuple[_Rate, ...], Field(min_length=1), AfterValidator(_in_order)]]
    union: dict[Country, _Membership] = {}

    @field_validator("union")
    @classmethod
    def _has_rates(cls, union: dict[str, _Membership], info: ValidationInfo) -> dict[str, _Membership]:
        without = sorted(set(union) - set(info.data.get("rates", union)))
        if without:
            raise _fault("no rate is known here: add it to rates", without)
        return union

    def value(self) -> VatTable:
        """Return the table, its rates in basis points."""
        return VatTable(
            rates={
                code: tuple((step.since, int(step.percent * 100)) for step in steps)
                for code, steps in self.rates.items()
            },
            union={code: (span.since, span.until) for code, span in self.union.items()},
        )


def _fault(remedy: str, values: list[str]) -> PydanticCustomError:
    return PydanticCustomError("together", "{remedy}", {"remedy": remedy, "value": ", ".join(values)})
