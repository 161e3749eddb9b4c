"""Finding licence packages whose VAT the table does not know."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct
from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.domain.maintenance.vat import TaxParty, UnknownVatError, VatTable, vat_between
from bot.storage.tables import CompanyRow, LicencePackageRow, PracticeRow


class VatGap(Struct, frozen=True):
    """A country without a rate, and how many packages are sold from there."""

    country: str
    packages: int

    def __str__(self) -> str:
        where = self.country or "an unknown country"
        return f"no rate is known for {where}, where who bills {counted(self.packages)} has its seat"


def counted(packages: int) -> str:
    """Return how many licence packages these are."""
    return f"{packages} licence package{'s' if packages > 1 else ''}"


REMEDY = "add the country's rate to vat.toml, or set it by hand: signpost record vat"


def vat_gaps(session: Session, table: VatTable, on: date) -> list[VatGap]:
    """Return the countries whose rate is missing for what falls due on a day, by how much they matter."""
    missing: dict[str, int] = {}
    for seller, buyer, count in _sales(session):
        if (country := unknown_country(table, seller, buyer, on)) is not None:
            missing[country] = missing.get(country, 0) + count
    return sorted(
        (VatGap(country, count) for country, count in missing.items()),
        key=lambda gap: (-gap.packages, gap.country),
    )


def unknown_country(table: VatTable, seller: TaxParty, buyer: TaxParty, on: date) -> str | None:
    """Return the country whose rate is missing, `None` where the VAT is known."""
    try:
        vat_between(table, seller, buyer, on)
    except UnknownVatError as error:
        return error.country
    return None


def _sales(session: Session) -> Iterator[tuple[TaxParty, TaxParty, int]]:
    """Give who sells to whom, as far as VAT goes, with the number of packages that were not given up."""
    vendor = func.coalesce(col(LicencePackageRow.vendor_id), col(PracticeRow.vendor_id))
    seller = (col(CompanyRow.country), col(CompanyRow.vat_id))
    parties = (*seller, col(PracticeRow.country), col(PracticeRow.vat_id))
    query = (
        select(*parties, func.count())
        .select_from(LicencePackageRow)
        .join(PracticeRow, col(PracticeRow.id) == col(LicencePackageRow.practice_id))
        .join(CompanyRow, col(CompanyRow.id) == vendor)
        .where(col(LicencePackageRow.ended_on).is_(None))
        .group_by(*parties)
    )
    for country, vat_id, away, away_id, count in session.execute(query).all():
        yield TaxParty(country, vat_id), TaxParty(away, away_id), count
