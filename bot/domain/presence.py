"""Who is there on a day: people enter on which days they are away."""

from datetime import date, timedelta

from msgspec import Struct

from bot.domain.opening import Closed


class Absent(Struct, frozen=True):
    """Somebody who is not there. `until` is the last day of it."""

    name: str
    until: date


def away_until(spans: Closed, day: date) -> date | None:
    """Return the last day on which somebody is away without a break from `day` on; `None`: is there.

    `spans` are first and last days, both included, in any order; they may overlap.
    """
    last, next_day = None, day
    while any(first <= next_day <= end for first, end in spans):
        last = max(end for first, end in spans if first <= next_day <= end)
        next_day = last + timedelta(days=1)
    return last
