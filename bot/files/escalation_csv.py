"""Escalations as a CSV file."""

from collections.abc import Iterable, Mapping

from bot.files.csv_table import write_table

COLUMNS = (
    "reference",
    "state",
    "urgency",
    "topic",
    "title",
    "practice",
    "package",
    "company",
    "level",
    "owner",
    "keeper",
    "requester",
    "opened_by",
    "opened_at",
    "due_at",
    "overdue",
    "next_action",
    "next_action_at",
    "responded_at",
    "resolved_at",
    "closed_at",
    "sent_back",
)


def write_escalations(rows: Iterable[Mapping[str, str]]) -> bytes:
    """Write rows whose keys are `COLUMNS`."""
    return write_table(COLUMNS, rows)
