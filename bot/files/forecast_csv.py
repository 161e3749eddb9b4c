"""Reminders to come as a CSV file."""

from collections.abc import Iterable, Mapping

from bot.files.csv_table import write_table

COLUMNS = (
    "when",
    "time_zone",
    "stage",
    "to",
    "where",
    "package",
    "practice",
    "biller",
    "due_on",
    "net",
    "vat",
    "vat_reason",
    "gross",
    "currency",
)


def write_forecast(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write rows whose keys are `COLUMNS`."""
    return write_table(COLUMNS, rows)
