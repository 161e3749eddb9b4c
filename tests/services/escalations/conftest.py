import pytest

from bot.storage.database import Database
from tests.engines import Engine
from tests.escalations import NETWORK, World


@pytest.fixture
def world(engine: Engine, database: Database) -> World:
    """The network in which somebody escalates, on each engine."""
    engine.fill(database, NETWORK, World(database).found)
    return World(database).acquainted()
