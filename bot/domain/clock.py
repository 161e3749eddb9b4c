"""Where the time comes from."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """The business clock: opening hours, due dates and what is shown to people follow it."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        ...


class SystemClock:
    """The machine's own time; leases, retries and pacing always follow it."""

    def now(self) -> datetime:
        """Return the present instant, aware UTC."""
        return datetime.now(UTC)
