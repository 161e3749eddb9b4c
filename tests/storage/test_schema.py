import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect, text

from bot.storage.database import Database
from bot.storage.schema import SchemaTooNew, current_revision, newest_revision, upgrade
from bot.storage.tables import metadata


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_an_empty_database_has_no_revision_and_gets_every_table(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    assert current_revision(database) is None
    upgrade(database)
    assert current_revision(database) == newest_revision()
    assert tables(database) == set(metadata.tables)
    database.close()


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO lane_lease VALUES ('T1', 'C1', '2026-01-01 00:00:00')"))
    upgrade(database)
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM lane_lease")).scalar() == 1


def test_two_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    code = (
        "from bot.storage.database import Database\n"
        "from bot.storage.schema import upgrade\n"
        "import sys; print('ready', flush=True); sys.stdin.readline()\n"
        f"database = Database({url!r}); upgrade(database); database.close()"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    ended = [process.communicate("go\n", timeout=30) for process in started]
    assert [process.returncode for process in started] == [0, 0], ended
    database = Database(url)
    assert current_revision(database) == newest_revision()
    assert tables(database) == set(metadata.tables)
    database.close()


def test_a_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match=r"schema 9999.*Install the newer Signpost.*or restore a backup"):
        upgrade(database)
    assert current_revision(database) == "9999"


def test_foreign_keys_are_checked_again_after_an_upgrade(sqlite_database: Database) -> None:
    upgrade(sqlite_database)
    with sqlite_database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_a_migration_that_breaks_a_foreign_key_is_rolled_back(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def orphan(config: Config, _revision: str) -> None:
        connection = config.attributes["connection"]
        connection.execute(text("INSERT INTO contact VALUES (1, 99, 0, 'x', '', '', '', '', '', '', 1)"))

    monkeypatch.setattr(command, "upgrade", orphan)
    with pytest.raises(RuntimeError, match="foreign key of table contact"):
        upgrade(sqlite_database)
    with sqlite_database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM contact")).scalar() == 0
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_every_constraint_has_a_name_by_which_a_migration_can_change_it() -> None:
    for table in metadata.tables.values():
        assert all(constraint.name for constraint in table.constraints), table.name
        assert all(index.name for index in table.indexes), table.name


def test_every_slack_id_is_stored_with_its_workspace() -> None:
    slack_ids = {"user_id", "channel_id", "message_ts", "slack_user_id", "slack_channel_id"}
    for table in metadata.tables.values():
        columns = {column.name for column in table.columns}
        if columns & slack_ids:
            assert columns & {"workspace_id", "slack_workspace_id"}, table.name
