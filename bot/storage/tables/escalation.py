"""Escalations: where each stands, what happened to it, and the threads that it lives in."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.storage.tables.base import Table, partial_index

NOT_CLOSED = text("state <> 'closed'")


class ReferenceRow(Table, table=True):
    """The last number given out in a year, for references that people can say aloud."""

    __tablename__ = "reference"

    year: int = Field(primary_key=True)
    last: int


class EscalationRow(Table, table=True):
    """Something that a company has to solve (`bot.domain.escalation.life`).

    `company_id` has it; `owner_id` is the person there. While nobody took it `keeper` says who sees to it, by
    e-mail or name. `route` and `terms` (by company id) are frozen when it opens. Until it is closed
    `next_action` is what time does at `next_action_at` (`bot.domain.escalation.agenda`): there is always one.
    `clocks` are the promises that count, `response_due_at` and `solution_due_at` when they are broken as they
    stand now, `None` where nothing is promised or counted. `moves` numbers what people did, `spell` how often
    another company got it; `nudges` counts follow-ups since `touched_at`, when somebody did something last.
    `nonce` makes a second submit the same escalation. `link` leads to the message that was asked, with its
    files. `emptied_at` is when what people wrote in it was forgotten.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("nonce"),
        UniqueConstraint("reference"),
        partial_index("ix_escalation_next", "next_action_at", where=NOT_CLOSED),
        Index("ix_escalation_company", "company_id", "state"),
    )

    id: int | None = Field(default=None, primary_key=True)
    reference: str
    nonce: str
    state: str
    level: int | None = None
    company_id: int = Field(foreign_key="company.id")
    owner_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    keeper: str = ""
    lower_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    bounces: int = 0
    can_go_up: bool = False
    is_unrouted: bool = False
    requester_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    opened_by_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    practice_id: int | None = Field(default=None, foreign_key="practice.id", index=True)
    package: str = ""
    question_id: int | None = Field(default=None, foreign_key="question.id", index=True, ondelete="SET NULL")
    topic: str = ""
    language: str
    urgency: str
    happened: str
    reach_me: str
    asked: str = ""
    link: str = ""
    tried: str = ""
    error_text: str = ""
    version: str = ""
    has_consent: bool = False
    helped: str = ""
    route: dict[str, Any] = Field(sa_type=JSON)
    terms: dict[str, Any] = Field(sa_type=JSON)
    clocks: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    moves: int = 0
    spell: int = 0
    nudges: int = 0
    nudged_at: datetime | None = None
    opened_at: datetime = Field(index=True)
    touched_at: datetime
    response_due_at: datetime | None = None
    solution_due_at: datetime | None = None
    responded_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = Field(default=None, index=True)
    next_action: str = ""
    next_action_at: datetime | None = None
    emptied_at: datetime | None = None


class EscalationEventRow(Table, table=True):
    """Who did what when: the timeline. Only ever added. `key` makes the same thing twice one row.

    `is_internal`: only the company that wrote it sees it. `facts` are what the kind needs beside `text`.
    """

    __tablename__ = "escalation_event"
    __table_args__ = (UniqueConstraint("escalation_id", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    escalation_id: int = Field(foreign_key="escalation.id", ondelete="CASCADE")
    key: str
    kind: str
    at: datetime
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")
    company_id: int | None = Field(default=None, foreign_key="company.id", ondelete="SET NULL")
    text: str = ""
    is_internal: bool = False
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class EscalationThreadRow(Table, table=True):
    """A place in Slack where an escalation is talked about. `side` is `requester` or `company:3`.

    `message_ts` is the message under which the thread stands, and `head_ts` the one of ours that shows how it
    stands: the same, unless it was begun under a question that was there before. It is found by its outbox
    key once it was sent. `refused` are the places (`T1/C2`) where Slack did not take it, as often as it did
    not. `is_kept`: nobody of the company is reached, so the default owner has it and tells them.
    """

    __tablename__ = "escalation_thread"
    __table_args__ = (UniqueConstraint("escalation_id", "side"),)

    id: int | None = Field(default=None, primary_key=True)
    escalation_id: int = Field(foreign_key="escalation.id", ondelete="CASCADE")
    side: str = Field(index=True)
    workspace_id: str
    channel_id: str
    message_ts: str = Field(default="", index=True)
    head_ts: str = ""
    outbox_key: str = Field(default="", index=True)
    refused: list[str] = Field(default_factory=list, sa_type=JSON)
    is_kept: bool = Field(default=False, index=True)


class BridgedMessageRow(Table, table=True):
    """A message that was carried to the other side, so that an edit can follow it.

    Each message has one row whose `to_thread_id` is the thread that it was written in, with no `outbox_key`:
    `version` there is the newest that was seen, and `files` are its links. The other rows are its copies, and
    `copy_ts` where in Slack they stand, once they were sent.
    """

    __tablename__ = "bridged_message"
    __table_args__ = (UniqueConstraint("workspace_id", "channel_id", "message_ts", "to_thread_id"),)

    id: int | None = Field(default=None, primary_key=True)
    escalation_id: int = Field(foreign_key="escalation.id", index=True, ondelete="CASCADE")
    workspace_id: str
    channel_id: str
    message_ts: str
    to_thread_id: int = Field(foreign_key="escalation_thread.id", ondelete="CASCADE")
    outbox_key: str = Field(default="", index=True)
    copy_ts: str = ""
    version: str = ""
    files: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)


class CompanyTargetRow(Table, table=True):
    """What a company promises for an urgency, in minutes of its working time; `None` for nothing."""

    __tablename__ = "company_target"

    company_id: int = Field(foreign_key="company.id", primary_key=True, ondelete="CASCADE")
    urgency: str = Field(primary_key=True)
    response_minutes: int | None = None
    solution_minutes: int | None = None


class AbsenceRow(Table, table=True):
    """Days on which a company is closed or a person away, beside public holidays; both ends included."""

    __tablename__ = "absence"

    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True, ondelete="CASCADE")
    person_id: int | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    first_on: date
    last_on: date
    note: str = ""


class DirectoryChangeRow(Table, table=True):
    """A change that somebody made in Slack: what, from what to what, who and when.

    `subject` is what was changed (`practice:12`), `name` what it was called then, `company_id` whose it is.
    """

    __tablename__ = "directory_change"

    id: int | None = Field(default=None, primary_key=True)
    company_id: int = Field(foreign_key="company.id", index=True, ondelete="CASCADE")
    subject: str = Field(index=True)
    name: str
    field: str
    before: str
    after: str
    changed_at: datetime
    changed_by: str
