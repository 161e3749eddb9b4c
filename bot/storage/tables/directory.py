"""The support network: companies with contacts, practices, people, channels."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.storage.tables.base import Table


class CompanyRow(Table, table=True):
    """A company; `slug` is its key in imports. `languages` are codes with spaces between.

    For a vendor's renewals: `renewal_contact` is the e-mail of the contact who gets reminders, empty for the
    first that can be reached; `reminder_stages` its ladder, empty for the default; `billing_year_start` the
    month and day (`04-01`) on which its billing year begins, empty for 1 January; `remit_within_days` how
    long after the year's end it has to remit, `None` for the default. `escalation_lead` is the e-mail of the
    contact who hears of escalations that others let lapse, empty for the first.
    """

    __tablename__ = "company"

    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(unique=True)
    name: str
    role: str
    country: str = ""
    subdivision: str = ""
    time_zone: str = "UTC"
    languages: str = ""
    opening_hours: str = ""
    website: str = ""
    vat_id: str = ""
    charge: str = "unknown"
    charge_note: str = ""
    renewal_contact: str = ""
    reminder_stages: str = ""
    billing_year_start: str = ""
    remit_within_days: int | None = None
    escalation_lead: str = ""


class ContactRow(Table, table=True):
    """Whom to reach at a company; `rank` orders them. Slack is a user or a channel, with its workspace."""

    __tablename__ = "contact"

    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True, ondelete="CASCADE")
    rank: int
    name: str
    email: str = ""
    phone: str = ""
    slack: str = ""
    slack_workspace_id: str = ""
    slack_user_id: str = ""
    slack_channel_id: str = ""
    is_public: bool = True


class PracticeRow(Table, table=True):
    """A practice; its exact name (NFC, trimmed, case-sensitive) is its key.

    `channels` are the names and ids that an import gave, with blanks between; those found in Slack are
    `ChannelRow`s. Reminders go to the person whose e-mail is `renewal_contact`, empty for its people in their
    order; or to its channel, when `reminders_to` is `channel`.
    """

    __tablename__ = "practice"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    vendor_id: int = Field(foreign_key="company.id", index=True)
    vendor_contact: str = ""
    support_partner_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    country: str = ""
    subdivision: str = ""
    vat_id: str = ""
    time_zone: str = ""
    language: str = ""
    channels: str = ""
    renewal_contact: str = ""
    reminders_to: str = ""


class PracticeDomainRow(Table, table=True):
    """An e-mail domain, lower case, by which people of a practice are known."""

    __tablename__ = "practice_domain"

    domain: str = Field(primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True, ondelete="CASCADE")


class ChannelRow(Table, table=True):
    """A Slack channel: what the bot does in it, and whose it is.

    `mode` is what an admin set, `None` for the default. `is_shared` says that another Slack organisation
    reads along.
    """

    __tablename__ = "channel"

    workspace_id: str = Field(primary_key=True)
    channel_id: str = Field(primary_key=True)
    name: str = ""
    mode: str | None = None
    is_shared: bool = False
    is_imported: bool = False
    looked_up_at: datetime | None = None
    practice_id: int | None = Field(default=None, foreign_key="practice.id", index=True, ondelete="SET NULL")


class PersonRow(Table, table=True):
    """Somebody in Slack, or somebody imported whose Slack id is not known yet (then both ids are `None`).

    `email` is lower case. `said_vendor_id` is the distributor that the person named, unconfirmed.
    """

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("workspace_id", "user_id"),)

    id: int | None = Field(default=None, primary_key=True)
    workspace_id: str | None = None
    user_id: str | None = None
    name: str = ""
    email: str = Field(default="", index=True)
    phone: str = ""
    locale: str = ""
    time_zone: str = ""
    company_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    said_vendor_id: int | None = Field(default=None, foreign_key="company.id")
    is_imported: bool = False
    looked_up_at: datetime | None = None


class MembershipRow(Table, table=True):
    """A person's practice. `confirmed_at` is empty while only the person says so."""

    __tablename__ = "membership"

    person_id: int = Field(foreign_key="person.id", primary_key=True, ondelete="CASCADE")
    practice_id: int = Field(foreign_key="practice.id", primary_key=True, index=True, ondelete="CASCADE")
    confirmed_at: datetime | None = None


class NetworkEditionRow(Table, table=True):
    """One row, whose `edition` the database changes with every change of a company, its contacts or absences.

    Two editions are never the same, so whoever sees the same one again knows that nothing has changed.
    """

    __tablename__ = "network_edition"

    id: int | None = Field(default=None, primary_key=True)
    edition: str
