"""What tells that companies changed, so that they are read again only then."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = ("company", "contact", "absence")
IDENTITY = "UPDATE OF email, workspace_id, user_id ON person"
"""Whatever a company is put together from: by these of a person it is told which contact is away.

A migration that makes one of the tables anew has to make its triggers anew: on SQLite they go with it.
"""


def upgrade() -> None:
    op.create_table(
        "network_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_network_edition")),
    )
    op.execute("INSERT INTO network_edition (id, edition) VALUES (1, 'first')")
    if op.get_bind().dialect.name == "sqlite":
        renew = "UPDATE network_edition SET edition = hex(randomblob(16))"
        for table in TABLES:
            for change in ("insert", "update", "delete"):
                when = f"{table}_{change}_edition AFTER {change} ON {table}"
                op.execute(f"CREATE TRIGGER {when} BEGIN {renew}; END")
        op.execute(f"CREATE TRIGGER person_edition AFTER {IDENTITY} BEGIN {renew}; END")
        return
    op.execute(
        "CREATE FUNCTION new_network_edition() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN UPDATE network_edition SET edition = gen_random_uuid(); RETURN NULL; END $$"
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION new_network_edition()"
        )
    op.execute(
        f"CREATE TRIGGER person_edition AFTER {IDENTITY} "
        "FOR EACH STATEMENT EXECUTE FUNCTION new_network_edition()"
    )
