"""Which country codes there are."""

from functools import cache
from importlib.resources import files


@cache
def country_codes() -> frozenset[str]:
    """Return the ISO 3166 alpha-2 codes."""
    table = (files("tzdata.zoneinfo") / "iso3166.tab").read_text(encoding="utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))


def country(value: str) -> str:
    """Return the code in capitals. Raises `ValueError` with the remedy when there is no such country."""
    code = value.upper()
    if code not in country_codes():
        near = {"UK": " (the United Kingdom is GB)", "EL": " (Greece is GR)"}.get(code, "")
        raise ValueError(f"this is no ISO 3166 country code: use two letters, such as DE, CH or GB{near}")
    return code
