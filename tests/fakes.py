"""Stand-ins with visible state, for what tests must hold in their hand."""

from datetime import datetime, timedelta

from tests.builders import MORNING


class HandClock:
    """A clock that only a test moves."""

    def __init__(self, now: datetime = MORNING) -> None:
        self.instant = now

    def now(self) -> datetime:
        return self.instant

    def advance(self, **units: float) -> None:
        self.instant += timedelta(**units)
