"""What came in and what is to be said: the two queues that make sure that nothing is lost or doubled."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, UniqueConstraint, text
from sqlmodel import Field

from bot.storage.tables.base import Table, partial_index

WAITING = text("state = 'waiting'")
OPEN = text("state IN ('waiting', 'sending')")
FAILED = text("state = 'failed'")


class InboxRow(Table, table=True):
    """Something that reached us and was acknowledged. `key` makes a redelivery the same row.

    `state` is `waiting`, `done`, or `failed` (set aside after too many attempts). A waiting row is worked on
    by whoever took it until `claimed_until`; that and `not_before` are instants of the system clock.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("key"),
        partial_index("ix_inbox_waiting", "id", where=WAITING),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    workspace_id: str
    content: dict[str, Any] = Field(sa_type=JSON)
    state: str = "waiting"
    attempts: int = 0
    not_before: datetime
    claimed_until: datetime | None = None
    received_at: datetime = Field(index=True)
    reference: str = ""


class OutboxRow(Table, table=True):
    """Something to be said in Slack, exactly once. `key` is unique and travels in the message's metadata.

    Rows of one `lane` keep their order and its pace: a channel for posts, a message for changes to it, a
    person for what only they see. `state` is `waiting`, `sending` (a call may have reached Slack), `sent`,
    `failed`, or `settled`: what follows from the failure of what escalations say was done. `content` is what
    the Web API method takes, `dispatched_ts` the message's timestamp in Slack.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        partial_index("ix_outbox_open", "workspace_id", "lane", "id", where=OPEN),
        partial_index("ix_outbox_failed", "id", where=FAILED),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    workspace_id: str
    lane: str
    method: str
    content: dict[str, Any] = Field(sa_type=JSON)
    state: str = "waiting"
    attempts: int = 0
    not_before: datetime
    queued_at: datetime = Field(index=True)
    sent_at: datetime | None = None
    dispatched_ts: str = ""
    error: str = ""


class LaneLeaseRow(Table, table=True):
    """Until when nobody else may send in a lane, by the system clock; it holds on all replicas."""

    __tablename__ = "lane_lease"

    workspace_id: str = Field(primary_key=True)
    lane: str = Field(primary_key=True)
    held_until: datetime
