"""What renewals need beside their session: less than a bot, so that a command needs no matcher."""

from datetime import date

from msgspec import Struct, field

from bot.domain.clock import Clock, SystemClock
from bot.domain.maintenance.state import Terms
from bot.domain.scheme import SupportScheme


class Books(Struct, frozen=True):
    """The scheme with fee and VAT table, the clock, and the terms."""

    scheme: SupportScheme
    clock: Clock = field(default_factory=SystemClock)
    terms: Terms = field(default_factory=Terms)

    @property
    def today(self) -> date:
        """The day in UTC."""
        return self.clock.now().date()
