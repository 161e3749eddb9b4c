"""What is on its way to Slack."""

from datetime import datetime
from typing import Any

from msgspec import Struct

Place = tuple[str, str]
"""A workspace, and a lane within it: of its parcels one is sent after the other."""


class Parcel(Struct, frozen=True):
    """Something to send. `is_uncertain`: an earlier try may have reached Slack, so look before sending.

    `attempts` counts how often it was taken, up to this time: when the row counts more, it is not ours.
    """

    row_id: int
    key: str
    workspace_id: str
    lane: str
    method: str
    content: dict[str, Any]
    attempts: int
    is_uncertain: bool
    queued_at: datetime

    @property
    def place(self) -> Place:
        """Where it waits for its turn."""
        return self.workspace_id, self.lane
