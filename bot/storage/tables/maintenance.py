"""Licence packages, their maintenance periods with all that happened, reminders and statements."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from bot.storage.tables.base import Table, partial_index

STILL_OPEN = text("is_open")
REFUSED = text("is_refused")


class LicencePackageRow(Table, table=True):
    """What a practice bought; `number` is its key.

    `vendor_id` is through whom, `None` for the practice's own vendor. `next_period_on` is the day on which
    the next period is opened, `None` once the package was given up. `stages` overrides the vendor's ladder.
    """

    __tablename__ = "licence_package"

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    vendor_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    bought_on: date
    ended_on: date | None = None
    next_period_on: date | None = Field(default=None, index=True)
    stages: str = ""


class MaintenancePeriodRow(Table, table=True):
    """One year of a package. `biller_id` is who charges the practice, as it stood when the period was opened.

    `due_on` only changes with a `moved` entry. `is_open` follows from the entries and the charge
    (`bot.domain.maintenance.state.is_open`); it is kept so that lists need not read what is settled.
    """

    __tablename__ = "maintenance_period"
    __table_args__ = (
        UniqueConstraint("package_id", "anniversary_on"),
        Index("ix_maintenance_period_biller_id_due_on", "biller_id", "due_on"),
        partial_index("ix_maintenance_period_open", "biller_id", "due_on", where=STILL_OPEN),
    )

    id: int | None = Field(default=None, primary_key=True)
    package_id: int = Field(foreign_key="licence_package.id")
    anniversary_on: date
    due_on: date = Field(index=True)
    net_cents: int
    currency: str
    biller_id: int = Field(foreign_key="company.id")
    is_resold: bool
    is_open: bool = True


class MaintenanceEntryRow(Table, table=True):
    """Something that happened to a period (`bot.domain.maintenance.entries`). Only ever added.

    `key` makes recording the same thing twice one row. `recorded_by` is how the person was known, which
    outlives the person's row.
    """

    __tablename__ = "maintenance_entry"

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="maintenance_period.id", index=True)
    key: str = Field(unique=True)
    kind: str
    leg: str
    happened_on: date
    amount_cents: int = 0
    reference: str = ""
    note: str = ""
    vat_rate: int | None = None
    vat_reason: str = ""
    moved_to: date | None = None
    corrects_id: int | None = Field(default=None, foreign_key="maintenance_entry.id", unique=True)
    recorded_at: datetime
    recorded_by: str


class ReminderDueRow(Table, table=True):
    """The next reminder of a period for a recipient. There is none when the ladder has ended.

    `recipient` is `practice:12` or `company:3`. `stage` is a number of days from the due date, or
    `asked-2026-12-01` when the recipient chose the day. The scan reads what `at` has come for, nothing else.
    """

    __tablename__ = "reminder_due"

    period_id: int = Field(foreign_key="maintenance_period.id", primary_key=True, ondelete="CASCADE")
    recipient: str = Field(primary_key=True)
    stage: str
    at: datetime = Field(index=True)


class ReminderMessageRow(Table, table=True):
    """One message of reminders; its buttons carry its number. `outbox_key` is the row that says it.

    `is_refused`: Slack would not take it, and nobody has been told yet.
    """

    __tablename__ = "reminder_message"
    __table_args__ = (partial_index("ix_reminder_message_refused", "id", where=REFUSED),)

    id: int | None = Field(default=None, primary_key=True)
    recipient: str
    workspace_id: str
    outbox_key: str = Field(unique=True)
    queued_at: datetime = Field(index=True)
    is_refused: bool = False


class ReminderRow(Table, table=True):
    """A stage that was dealt with for a recipient, once. A new due date makes all stages new.

    `outcome` is `queued`, `superseded` (a later one was due as well), or `unreachable`.
    """

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("period_id", "due_on", "stage", "recipient"),)

    id: int | None = Field(default=None, primary_key=True)
    period_id: int = Field(foreign_key="maintenance_period.id")
    due_on: date
    stage: str
    recipient: str = Field(index=True)
    outcome: str
    dealt_at: datetime
    message_id: int | None = Field(default=None, foreign_key="reminder_message.id", index=True)


class ReminderAnswerRow(Table, table=True):
    """What somebody did with a message about renewals. `key` makes the same press or submission count once.

    `message_id` is the reminder that was answered, `None` for another message; the channel and the timestamp
    are where it stands in Slack. `day` and `note` are what was chosen.
    """

    __tablename__ = "reminder_answer"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    message_id: int | None = Field(default=None, foreign_key="reminder_message.id", index=True)
    step: str
    person: str
    answered_at: datetime
    workspace_id: str
    channel_id: str
    message_ts: str
    day: date | None = None
    note: str = ""


class StatementRow(Table, table=True):
    """What a distributor bills and remits in one of its billing years; frozen once it was sent.

    `carried_cents` is what was still to be remitted by the statements that were sent before it.
    """

    __tablename__ = "statement"
    __table_args__ = (UniqueConstraint("distributor_id", "year"),)

    id: int | None = Field(default=None, primary_key=True)
    distributor_id: int = Field(foreign_key="company.id")
    year: int
    begins_on: date
    ends_on: date
    remit_by: date
    currency: str
    carried_cents: int
    sent_at: datetime
    sent_by: str


class StatementLineRow(Table, table=True):
    """A line of a sent statement, as it was then. `is_adjustment`: what changed since earlier statements.

    `begins_on` and `ends_on` are the maintenance period's; `mark` is `cancelled`, `waived` or empty.
    """

    __tablename__ = "statement_line"

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="statement.id", index=True, ondelete="CASCADE")
    period_id: int = Field(foreign_key="maintenance_period.id", index=True)
    is_adjustment: bool = False
    practice: str
    package: str
    begins_on: date
    ends_on: date
    due_on: date
    mark: str = ""
    net_cents: int
    vat_cents: int
    vat_reason: str
    billed_cents: int
    collected_cents: int
    remitted_cents: int


class RemittanceNoticeRow(Table, table=True):
    """That somebody heard, at a stage after the remittance date, what a distributor has not remitted.

    `stage` counts days, `recipient` is as in `ReminderDueRow`. `outcome` is `queued`, `nothing-missing`,
    `superseded` (a later stage was due as well), or `unreachable`.
    """

    __tablename__ = "remittance_notice"

    distributor_id: int = Field(foreign_key="company.id", primary_key=True)
    year: int = Field(primary_key=True)
    stage: int = Field(primary_key=True)
    recipient: str = Field(primary_key=True)
    outcome: str
    dealt_at: datetime


class DataFixRow(Table, table=True):
    """Something in the directory that somebody says is wrong, for the responsible company to mend."""

    __tablename__ = "data_fix"

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int | None = Field(default=None, foreign_key="practice.id", index=True, ondelete="CASCADE")
    company_id: int = Field(foreign_key="company.id", index=True, ondelete="CASCADE")
    subject: str
    note: str = ""
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None = None
    closed_by: str = ""
