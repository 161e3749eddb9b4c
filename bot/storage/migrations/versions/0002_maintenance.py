"""Licence packages, maintenance periods, reminders, statements."""

import sqlalchemy as sa
import sqlmodel.sql.sqltypes
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("workspace_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outbox_key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("queued_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_message")),
        sa.UniqueConstraint("outbox_key", name=op.f("uq_reminder_message_outbox_key")),
    )
    with op.batch_alter_table("reminder_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_message_queued_at"), ["queued_at"], unique=False)
        batch_op.create_index(
            "ix_reminder_message_refused",
            ["id"],
            unique=False,
            sqlite_where=sa.text("is_refused"),
            postgresql_where=sa.text("is_refused"),
        )

    op.create_table(
        "statement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("distributor_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("remit_by", sa.Date(), nullable=False),
        sa.Column("sent_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("sent_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(["distributor_id"], ["company.id"], name=op.f("fk_statement_distributor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
        sa.UniqueConstraint("distributor_id", "year", name=op.f("uq_statement_distributor_id_year")),
    )
    op.create_table(
        "data_fix",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=True),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("opened_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("opened_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("closed_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=True),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_data_fix_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_data_fix_practice_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_fix")),
    )
    with op.batch_alter_table("data_fix", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_data_fix_company_id"), ["company_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_data_fix_practice_id"), ["practice_id"], unique=False)

    op.create_table(
        "licence_package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.Integer(), nullable=True),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("next_period_on", sa.Date(), nullable=True),
        sa.Column("stages", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_licence_package_practice_id")
        ),
        sa.ForeignKeyConstraint(["vendor_id"], ["company.id"], name=op.f("fk_licence_package_vendor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence_package")),
        sa.UniqueConstraint("number", name=op.f("uq_licence_package_number")),
    )
    with op.batch_alter_table("licence_package", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_licence_package_next_period_on"), ["next_period_on"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_licence_package_practice_id"), ["practice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_licence_package_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "maintenance_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("anniversary_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("biller_id", sa.Integer(), nullable=False),
        sa.Column("is_resold", sa.Boolean(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["biller_id"], ["company.id"], name=op.f("fk_maintenance_period_biller_id")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["licence_package.id"], name=op.f("fk_maintenance_period_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_period")),
        sa.UniqueConstraint(
            "package_id", "anniversary_on", name=op.f("uq_maintenance_period_package_id_anniversary_on")
        ),
    )
    with op.batch_alter_table("maintenance_period", schema=None) as batch_op:
        batch_op.create_index("ix_maintenance_period_biller_id_due_on", ["biller_id", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_maintenance_period_due_on"), ["due_on"], unique=False)
        batch_op.create_index(
            "ix_maintenance_period_open",
            ["biller_id", "due_on"],
            unique=False,
            sqlite_where=sa.text("is_open"),
            postgresql_where=sa.text("is_open"),
        )

    op.create_table(
        "maintenance_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("leg", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reference", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("vat_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("moved_to", sa.Date(), nullable=True),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["maintenance_entry.id"], name=op.f("fk_maintenance_entry_corrects_id")
        ),
        sa.ForeignKeyConstraint(
            ["period_id"], ["maintenance_period.id"], name=op.f("fk_maintenance_entry_period_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_maintenance_entry")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_maintenance_entry_corrects_id")),
        sa.UniqueConstraint("key", name=op.f("uq_maintenance_entry_key")),
    )
    with op.batch_alter_table("maintenance_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_maintenance_entry_period_id"), ["period_id"], unique=False)

    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("outcome", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("dealt_at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["reminder_message.id"], name=op.f("fk_reminder_message_id")),
        sa.ForeignKeyConstraint(["period_id"], ["maintenance_period.id"], name=op.f("fk_reminder_period_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "period_id",
            "due_on",
            "stage",
            "recipient",
            name=op.f("uq_reminder_period_id_due_on_stage_recipient"),
        ),
    )
    with op.batch_alter_table("reminder", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_message_id"), ["message_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_reminder_recipient"), ["recipient"], unique=False)

    op.create_table(
        "reminder_due",
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("stage", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("at", sqlmodel.sql.sqltypes.UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"],
            ["maintenance_period.id"],
            name=op.f("fk_reminder_due_period_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("period_id", "recipient", name=op.f("pk_reminder_due")),
    )
    with op.batch_alter_table("reminder_due", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reminder_due_at"), ["at"], unique=False)

    op.create_table(
        "statement_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("statement_id", sa.Integer(), nullable=False),
        sa.Column("period_id", sa.Integer(), nullable=False),
        sa.Column("is_adjustment", sa.Boolean(), nullable=False),
        sa.Column("practice", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("package", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("vat_cents", sa.Integer(), nullable=False),
        sa.Column("vat_reason", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("billed_cents", sa.Integer(), nullable=False),
        sa.Column("collected_cents", sa.Integer(), nullable=False),
        sa.Column("remitted_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["period_id"], ["maintenance_period.id"], name=op.f("fk_statement_line_period_id")
        ),
        sa.ForeignKeyConstraint(
            ["statement_id"],
            ["statement.id"],
            name=op.f("fk_statement_line_statement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_line")),
    )
    with op.batch_alter_table("statement_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_line_period_id"), ["period_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_line_statement_id"), ["statement_id"], unique=False)

    with op.batch_alter_table("company", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "renewal_contact", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "reminder_stages", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column(
                "billing_year_start", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
            )
        )
        batch_op.add_column(sa.Column("remit_within_days", sa.Integer(), nullable=True))

    with op.batch_alter_table("practice", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "renewal_contact", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default=""
            )
        )
        batch_op.add_column(
            sa.Column("reminders_to", sqlmodel.sql.sqltypes.AutoString(), nullable=False, server_default="")
        )
