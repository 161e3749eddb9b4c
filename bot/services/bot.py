"""What every use case needs beside its session."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec import Struct, field

from bot.domain.clock import Clock, SystemClock
from bot.domain.maintenance.state import Terms
from bot.domain.matching.match import Matching
from bot.domain.saying import Saying
from bot.domain.scheme import SupportScheme


class Message(Struct, frozen=True):
    """Something ready to be sent: `text` says everything that the blocks say."""

    text: str
    blocks: tuple[dict[str, Any], ...] = ()

    @property
    def content(self) -> dict[str, Any]:
        """What a method of Slack's takes of it."""
        return {"text": self.text, "blocks": list(self.blocks)}


class EscalationHabits(Struct, frozen=True):
    """`owner` is the e-mail of a person of the manufacturer who gets what nobody else is responsible for,
    empty for the first admin. `close_after`: what is resolved and not answered closes by then."""

    owner: str = ""
    close_after: timedelta = timedelta(days=7)


class Bot(Struct, frozen=True):
    """The knowledge, the matcher, the clocks, and how what is said becomes a message.

    `admins` are the Slack user ids or e-mail addresses of the first admins, lower case where e-mail.
    `command`, `renewals_command` and `escalate_command` are the names of the commands people type, with their
    slashes.
    """

    scheme: SupportScheme
    matcher: Matching
    render: Callable[[Saying], Message]
    clock: Clock = field(default_factory=SystemClock)
    system_clock: Clock = field(default_factory=SystemClock)
    admins: frozenset[str] = frozenset()
    command: str = "/support"
    renewals_command: str = "/renewals"
    escalate_command: str = "/escalate"
    is_sample: bool = False
    terms: Terms = field(default_factory=Terms)
    escalations: EscalationHabits = field(default_factory=EscalationHabits)
