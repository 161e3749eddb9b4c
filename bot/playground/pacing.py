import math
from collections import defaultdict, deque
from collections.abc import Callable

from bot.playground.rules import TooFastError


class Pacer:
    """Counts what happened within a sliding window and refuses what is too much, on the monotonic clock."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._seen: dict[str, deque[float]] = defaultdict(deque)

    def admit(self, key: str, *, most: int, within_seconds: float) -> None:
        """Let one more through under `key`, or raise TooFastError; what is refused does not count."""
        now = self._monotonic()
        seen = self._seen[key]
        while seen and now - seen[0] >= within_seconds:
            seen.popleft()
        if len(seen) >= most:
            raise TooFastError(max(1, math.ceil(within_seconds - (now - seen[0]))))
        seen.append(now)
