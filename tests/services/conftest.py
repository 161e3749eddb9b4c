from pathlib import Path

import pytest

HERE = Path(__file__).parent
BOTH_ENGINES = (
    "claims",
    "at_once",
    "exactly_once",
    "delivering",
    "inbox",
    "import",
    "retention",
    "sweeping",
    "remittances",
)
"""Parts of the names of files about what each engine does in its own way: locks, conflicts, many rows."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the other use cases on PostgreSQL to `pytest -m exhaustive`; stories are told there anyway."""
    for item in items:
        is_of_both = any(part in item.path.name for part in BOTH_ENGINES)
        if item.path.is_relative_to(HERE) and "[postgresql" in item.name and not is_of_both:
            item.add_marker(pytest.mark.exhaustive)
