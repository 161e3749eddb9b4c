"""SECURITY.md against the code: what it promises is what is done."""

import re
from pathlib import Path

import pytest
from sqlalchemy import JSON, Column, String

from bot.app.manifest import wanted_scopes
from bot.services.forgetting.retention import RULES
from bot.settings import Settings
from bot.storage.tables import metadata

TEXT = (Path(__file__).parent.parent / "SECURITY.md").read_text(encoding="utf-8")
FACTS = {
    "company": "billing_year_start charge charge_note country languages name opening_hours reminder_stages "
    "role slug subdivision time_zone vat_id website",
    "company_target": "urgency",
    "channel": "mode",
    "data_fix": "subject",
    "digest_notice": "outcome week",
    "directory_change": "field subject",
    "escalation": "clocks language next_action nonce package reference route state topic urgency",
    "escalation_event": "key kind",
    "escalation_thread": "side",
    "bridged_message": "version",
    "forgotten": "rows",
    "inbox": "kind reference state",
    "installation": "scopes",
    "learned_phrase": "language topic",
    "licence_package": "number stages",
    "maintenance_entry": "key kind leg reference vat_reason",
    "maintenance_period": "currency",
    "outbox": "error key method state",
    "practice": "country language name reminders_to subdivision time_zone vat_id",
    "practice_domain": "domain",
    "question": "address candidates language outcome reaction topic",
    "reminder": "outcome recipient stage",
    "reminder_answer": "key step",
    "reminder_due": "recipient stage",
    "reminder_message": "outbox_key recipient workspace_id",
    "remittance_notice": "outcome recipient",
    "statement": "currency",
    "statement_line": "mark package practice vat_reason",
    "verdict": "kind topic",
}
"""Columns of text that tell of no person: of companies, practices, licences, and states of things."""
OTHER_ENDS = {
    "import, or the Home",
    "import, `signpost forget`",
    "`signpost editors remove`",
    "`signpost learn refuse`, `signpost forget`",
    "`signpost forget`",
    "no person in it",
}


def rows_of(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without its head."""
    part = TEXT.partition(f"## {heading}")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


STORED = rows_of("What is stored, and how long")


def personal() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, columns, *_ in STORED:
        found.setdefault(names_in(table)[0], set()).update(names_in(columns))
    return found


def is_telling(column: Column[object]) -> bool:
    """Say whether a column can hold something about a person: words, or who it was."""
    refers = any(key.column.table.name == "person" for key in column.foreign_keys)
    return (
        refers
        or isinstance(column.type, String | JSON)
        or (column.table.name, column.name) == ("person", "id")
    )


def test_every_column_that_can_tell_of_a_person_is_either_listed_or_known_to_be_a_fact() -> None:
    undecided = set()
    for table in metadata.sorted_tables:
        decided = personal().get(table.name, set()) | set(FACTS.get(table.name, "").split())
        telling = {column.name for column in table.columns if is_telling(column)} - {"id"}
        undecided |= {f"{table.name}.{name}" for name in telling - decided}
    assert undecided == set(), "say in SECURITY.md what it is and what ends it, or here that it is a fact"


def test_only_what_there_is_is_listed() -> None:
    there = {table.name: {column.name for column in table.columns} for table in metadata.sorted_tables}
    for table, columns in [*personal().items(), *((name, set(text.split())) for name, text in FACTS.items())]:
        assert columns <= there.get(table, set()), table


def test_everything_personal_has_an_end_and_every_purge_is_told() -> None:
    ends = [row[4] for row in STORED]
    purges = {end.removeprefix("purge: ") for end in ends if end.startswith("purge: ")}
    assert purges == {rule.name for rule in RULES}
    assert {end for end in ends if not end.startswith("purge: ")} <= OTHER_ENDS


KEEPING = [name for name in Settings.model_fields if name.startswith("keep_")]


@pytest.mark.parametrize("setting", KEEPING)
def test_what_is_said_of_a_setting_is_its_default(setting: str) -> None:
    told = {re.findall(r"\d+", row[3])[0] for row in STORED if f"`{setting.upper()}`" in row[3]}
    assert told == {str(Settings.model_fields[setting].default)}


def test_every_scope_is_explained_and_no_other() -> None:
    explained = {names_in(scope)[0]: reason for scope, reason in rows_of("Scopes of the Slack app")}
    assert set(explained) == wanted_scopes(Settings(_env_file=None))
    assert all(explained.values())


def test_the_operator_s_table_names_every_setting_of_the_purge() -> None:
    operating = (Path(__file__).parent.parent / "docs" / "operating.md").read_text(encoding="utf-8")
    for name in KEEPING:
        assert f"| `{name.upper()}` | {Settings.model_fields[name].default} |" in operating
