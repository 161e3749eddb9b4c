"""Which weekly digests were dealt with."""

from datetime import datetime

from sqlmodel import Field

from bot.storage.tables.base import Table


class DigestNoticeRow(Table, table=True):
    """That a company's digest of a week (`2026-W48`) was dealt with, so that it is sent once.

    `outcome` is `queued`, `nothing-happened`, or `unreachable`.
    """

    __tablename__ = "digest_notice"

    company_id: int = Field(foreign_key="company.id", primary_key=True, ondelete="CASCADE")
    week: str = Field(primary_key=True)
    outcome: str
    dealt_at: datetime
