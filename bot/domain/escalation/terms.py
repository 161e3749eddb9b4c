"""What an escalation keeps of the companies it may meet, as they stood when it opened."""

from datetime import datetime, timedelta

from msgspec import Struct

from bot.domain.escalation.clocks import ClockKind, Target, TargetClock
from bot.domain.network import Contact
from bot.domain.opening import OpeningCalendar
from bot.domain.scheme import Language

NOTHING_PROMISED = Target()
NOBODY = Contact("")


class CompanyTerms(Struct, frozen=True):
    """A company's name, hours, what it promises for this urgency, whom to reach, and its lead.

    `lead` hears of what the others let lapse, and gets what went round in circles. Neither contact names
    Slack: who that is there is looked up when it is needed.
    """

    company_id: int
    name: str
    calendar: OpeningCalendar
    language: Language
    target: Target = NOTHING_PROMISED
    contact: Contact = NOBODY
    lead: Contact = NOBODY

    def clocks(self, now: datetime) -> tuple[TargetClock, ...]:
        """Start what the company promises."""
        minutes = {
            ClockKind.RESPONSE: self.target.response_minutes,
            ClockKind.SOLUTION: self.target.solution_minutes,
        }
        return tuple(
            TargetClock(kind, timedelta(minutes=count), now)
            for kind, count in minutes.items()
            if count is not None
        )

    @property
    def keeper(self) -> str:
        """Who sees to it while nobody took it: how the lead is known; empty where there is none."""
        return self.lead.email or self.lead.name


def counted(
    clocks: tuple[TargetClock, ...],
    calendar: OpeningCalendar,
    now: datetime,
    *,
    is_counting: bool,
    is_answered: bool,
) -> tuple[TargetClock, ...]:
    """Let clocks count or stand still from now on; the response is no longer awaited once `is_answered`."""
    kept = [clock for clock in clocks if clock.kind is not ClockKind.RESPONSE or not is_answered]
    return tuple(clock.going(now) if is_counting else clock.stopped(calendar, now) for clock in kept)
