import pytest


@pytest.fixture(autouse=True)
def _migrated(migrated_once: None) -> None:
    """Whatever opens a new database finds its tables there."""
