"""What all tables share."""

from sqlalchemy import Index, MetaData, TextClause
from sqlalchemy import Table as SQLTable
from sqlalchemy.orm import registry
from sqlmodel import SQLModel

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)
"""Every constraint has a name, so that a migration can change it on both engines."""


class Table(SQLModel, registry=registry(metadata=metadata)):
    """Base of every table. Tables do not validate: that is done where values enter.

    So their validators are not built either, which would take a twentieth of the start.
    """

    model_config = {"defer_build": True}


def table_of(row: type[Table]) -> SQLTable:
    """Return the table itself, for statements on the busiest way: a row as an object costs far more."""
    return metadata.tables[str(row.__tablename__)]


def partial_index(name: str, *columns: str, where: TextClause) -> Index:
    """Return an index of the rows for which `where` holds, on both engines.

    For PostgreSQL it wants `name_for_postgresql` as well: merely to name one of its options imports its
    dialect, which takes a twentieth of a start on SQLite.
    """
    return Index(name, *columns, sqlite_where=where)


def name_for_postgresql() -> None:
    """Tell PostgreSQL's dialect of the rows that partial indexes have."""
    for table in metadata.tables.values():
        for index in table.indexes:
            where = index.dialect_options["sqlite"]["where"]
            if where is not None:
                index.dialect_options["postgresql"]["where"] = where
