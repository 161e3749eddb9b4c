"""What is on its way to Slack."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Parcel:
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
