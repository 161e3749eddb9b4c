"""What all tables share."""

from sqlalchemy import MetaData
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
