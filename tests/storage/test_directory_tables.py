import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from bot.storage.database import Database
from bot.storage.tables import ChannelRow, CompanyRow, PracticeDomainRow, PracticeRow, metadata
from bot.storage.tables.base import name_for_postgresql


def add_practice(session: Session, name: str) -> PracticeRow:
    vendor = session.exec(select(CompanyRow)).first() or CompanyRow(
        slug="nord", name="Nord", role="distributor"
    )
    session.add(vendor)
    session.flush()
    practice = PracticeRow(name=name, vendor_id=vendor.id or 0)
    session.add(practice)
    session.flush()
    return practice


def test_the_migrations_make_the_tables_that_the_code_has(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_index_of_some_rows_is_one_in_the_database_and_in_the_code(database: Database) -> None:
    name_for_postgresql()
    option = f"{database.url.get_backend_name()}_where"
    in_code = {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_kwargs.get(option) is not None
    }
    inspector = inspect(database.engine)
    in_database = {
        index["name"]
        for table in metadata.tables
        for index in inspector.get_indexes(table)
        if option in index["dialect_options"]
    }
    assert in_code == in_database
    assert "ix_outbox_open" in in_code


def test_practice_names_are_told_apart_by_capitals_alone(database: Database) -> None:
    with database.transaction() as session:
        add_practice(session, "Praxis am Markt")
        add_practice(session, "Praxis am MARKT")
    with pytest.raises(IntegrityError), database.transaction() as session:
        add_practice(session, "Praxis am Markt")


def test_a_vendor_cannot_be_removed_under_its_practices(database: Database) -> None:
    with database.transaction() as session:
        add_practice(session, "Praxis am Markt")
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.delete(session.exec(select(CompanyRow)).one())


def test_with_a_practice_its_domains_go_and_its_channels_stay(database: Database) -> None:
    with database.transaction() as session:
        practice = add_practice(session, "Praxis am Markt")
        session.add(PracticeDomainRow(domain="praxis.example", practice_id=practice.id or 0))
        session.add(ChannelRow(workspace_id="T1", channel_id="C1", practice_id=practice.id))
    with database.transaction() as session:
        session.delete(session.exec(select(PracticeRow)).one())
    with database.transaction() as session:
        assert session.exec(select(PracticeDomainRow)).all() == []
        assert session.exec(select(ChannelRow)).one().practice_id is None
