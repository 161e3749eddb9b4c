"""Where Slack refused an escalation's card, and which messages it refused at all."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("escalation_thread", schema=None) as batch_op:
        batch_op.add_column(sa.Column("refused", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("is_kept", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("escalation_thread", schema=None) as batch_op:
        batch_op.alter_column("refused", server_default=None)
        batch_op.alter_column("is_kept", server_default=None)
        batch_op.create_index(batch_op.f("ix_escalation_thread_is_kept"), ["is_kept"], unique=False)
    is_failed = sa.text("state = 'failed'")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index(
            "ix_outbox_failed", ["id"], unique=False, sqlite_where=is_failed, postgresql_where=is_failed
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index("ix_outbox_failed")
    with op.batch_alter_table("escalation_thread", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_escalation_thread_is_kept"))
        batch_op.drop_column("is_kept")
        batch_op.drop_column("refused")
