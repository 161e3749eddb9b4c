from collections.abc import Callable
from datetime import UTC, datetime, timedelta


def system_now() -> datetime:
    """The machine's time, aware and in UTC."""
    return datetime.now(UTC)


class WorkspaceClock:
    """The workspace's time: the machine's, plus how far somebody has moved it forward.

    Messages, triggers and response addresses live by it. Pacing, `Retry-After` and the three seconds for an
    acknowledgement do not: they stay on the monotonic clock.
    """

    def __init__(self, source: Callable[[], datetime] = system_now) -> None:
        self._source = source
        self._ahead = timedelta()
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The workspace's time, aware and in UTC."""
        return self._source() + self._ahead

    @property
    def ahead(self) -> timedelta:
        """How far the workspace is ahead of the machine."""
        return self._ahead

    def advance(self, step: timedelta) -> datetime:
        """Move forward and return the new time; a step back raises, since messages cannot be unsent."""
        if step < timedelta():
            raise ValueError(f"The workspace's clock only moves forward, not by {step}.")
        self._ahead += step
        for listener in tuple(self._listeners):
            listener()
        return self.now()

    def advance_to(self, instant: datetime) -> datetime:
        """Move forward to an aware instant; one that has passed raises."""
        return self.advance(instant - self.now())

    def on_move(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every move; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
