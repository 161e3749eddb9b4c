"""A database that a test has spoilt does not reach the next one."""

from collections.abc import Callable

import pytest
from sqlalchemy import event, inspect, text

from bot.storage.database import Database
from bot.storage.tables import CompanyRow, metadata
from tests.engines import Engine


def executing(statement: str) -> Callable[[Database], None]:
    def execute(database: Database) -> None:
        with database.engine.begin() as connection:
            connection.execute(text(statement))

    return execute


def listening(database: Database) -> None:
    event.listen(database.engine, "before_cursor_execute", refuse)


def refuse(*_: object) -> None:
    raise AssertionError("somebody else's listener")


@pytest.mark.parametrize(
    "spoil",
    [
        executing("INSERT INTO lane_lease VALUES ('T1', 'C1', '2026-01-01 00:00:00')"),
        executing("UPDATE alembic_version SET version_num = '9999'"),
        executing("ALTER TABLE outbox RENAME TO lost_outbox"),
        executing("ALTER TABLE outbox RENAME COLUMN lane TO street"),
        executing("DROP TABLE reminder_due"),
        executing("CREATE TABLE extra (id integer)"),
        listening,
    ],
)
def test_whatever_one_test_does_to_a_database_the_next_begins_with_an_empty_one(
    engine: Engine, spoil: Callable[[Database], None]
) -> None:
    with engine.lent() as database:
        columns = {table: inspect(database.engine).get_columns(table) for table in ("outbox", "lane_lease")}
        revision = executed(database, "SELECT version_num FROM alembic_version")
        spoil(database)
    with engine.lent() as database:
        assert set(inspect(database.engine).get_table_names()) == {*metadata.tables, "alembic_version"}
        for table, before in columns.items():
            assert [one["name"] for one in inspect(database.engine).get_columns(table)] == [
                one["name"] for one in before
            ]
            assert executed(database, f"SELECT count(*) FROM {table}") == 0  # noqa: S608 - names of ours
        assert executed(database, "SELECT version_num FROM alembic_version") == revision


def test_what_is_added_is_numbered_from_one_again(engine: Engine) -> None:
    for _ in range(2):
        with engine.lent() as database, database.transaction() as session:
            row = CompanyRow(slug="nord", name="Nord", role="distributor")
            session.add(row)
            session.flush()
            assert row.id == 1


def test_a_content_is_made_once_and_what_comes_after_it_is_numbered_on(engine: Engine) -> None:
    made: list[str] = []

    def add(database: Database, slug: str) -> int | None:
        with database.transaction() as session:
            row = CompanyRow(slug=slug, name=slug, role="distributor")
            session.add(row)
            session.flush()
            made.append(slug)
            return row.id

    for _ in range(2):
        with engine.lent() as database:
            engine.fill(database, "one company", lambda: add(database, "nord"))
            assert add(database, "alpine") == 2
    assert made == ["nord", "alpine", "alpine"]


def executed(database: Database, statement: str) -> object:
    with database.engine.connect() as connection:
        answer: object = connection.execute(text(statement)).scalar()
        return answer
