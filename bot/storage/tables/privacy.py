"""What stays of people who were forgotten."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from bot.storage.tables.base import Table


class ForgottenRow(Table, table=True):
    """That somebody was forgotten, when and by whom (as `known_as` tells), and how many rows of what that
    took. Nothing here says who it was."""

    __tablename__ = "forgotten"

    id: int | None = Field(default=None, primary_key=True)
    forgotten_at: datetime
    forgotten_by: str
    rows: dict[str, Any] = Field(sa_type=JSON)
