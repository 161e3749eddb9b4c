"""What happens next with an escalation if nobody does anything: there is always something until it closes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.escalation.clocks import Alarm, ClockKind, TargetClock, due_at, morning_after
from bot.domain.escalation.life import State
from bot.domain.opening import OpeningCalendar

UNTAKEN_AFTER = timedelta(hours=4)
"""Working time after which the company's channel hears again of what nobody took."""
SILENT_DAYS = 3
ASK_REQUESTER_DAYS = (2, 5)
"""On which working days after it was asked the requester is reminded."""
UNANSWERED_DAYS = 5
"""How many working days after that, and from then on, the owner hears that no answer came."""


class Step(StrEnum):
    """What time does. The first three are alarms of a target, the others follow up without one."""

    WARN_OWNER = "warn-owner"
    TELL_CHANNEL = "tell-channel"
    TELL_LEAD = "tell-lead"
    UNTAKEN = "untaken"
    SILENT = "silent"
    ASK_REQUESTER = "ask-requester"
    UNANSWERED = "unanswered"
    CLOSE = "close"


_STEP_OF = {
    Alarm.OWNER: Step.WARN_OWNER,
    Alarm.CHANNEL: Step.TELL_CHANNEL,
    Alarm.LEAD: Step.TELL_LEAD,
}


class Coming(Struct, frozen=True):
    """The next step. `clock` and `alarm` are set for alarms."""

    step: Step
    at: datetime
    clock: ClockKind | None = None
    alarm: Alarm | None = None

    @property
    def name(self) -> str:
        """What tells it from other steps, such as `tell-lead solution`."""
        return f"{self.step} {self.clock}" if self.clock else str(self.step)


class Standing(Struct, frozen=True):
    """All that the next step depends on.

    `touched_at` is when somebody last did something, `nudged_at` when time last did, `nudges` how often it
    followed up since `touched_at`; alarms do not count as following up.
    """

    state: State
    calendar: OpeningCalendar
    touched_at: datetime
    close_after: timedelta
    clocks: tuple[TargetClock, ...] = ()
    nudges: int = 0
    nudged_at: datetime | None = None

    @property
    def quiet_since(self) -> datetime:
        """When anything happened last."""
        return max(self.touched_at, self.nudged_at or self.touched_at)


def coming(standing: Standing) -> Coming | None:
    """Return the soonest step; `None` only for what is closed."""
    if standing.state is State.CLOSED:
        return None
    return min(_candidates(standing), key=lambda one: one.at)


def lets_up(step: Coming, nudges: int) -> bool:
    """Say whether level 0 has let its time lapse by this step, so that the requester may take it up.

    That is when a target is missed, and where none was promised, when nobody took it by the next working
    morning or its owner was silent for long.
    """
    if step.step is Step.UNTAKEN:
        return nudges > 0
    return step.step is Step.SILENT or step.alarm in (Alarm.CHANNEL, Alarm.LEAD)


def _candidates(standing: Standing) -> Iterator[Coming]:
    is_counting = standing.state in (State.NEW, State.TAKEN)
    promised = False
    for clock in standing.clocks if is_counting else ():
        found = clock.next_alarm(standing.calendar)
        if found is not None:
            alarm, at = found
            promised = promised or clock.kind is ClockKind.RESPONSE
            yield Coming(_STEP_OF[alarm], at, clock.kind, alarm)
    # While a response is promised its alarms say all that is to be said of what nobody took.
    if not promised:
        yield _follow_up(standing)


def _follow_up(standing: Standing) -> Coming:
    touched, quiet = standing.touched_at, standing.quiet_since
    match standing.state:
        case State.NEW:
            is_first = standing.nudged_at is None or standing.nudged_at < touched
            at = (
                due_at(standing.calendar, touched, UNTAKEN_AFTER)
                if is_first
                else _morning(standing, quiet, 1)
            )
            return _at(Step.UNTAKEN, at, quiet)
        case State.TAKEN:
            return _at(Step.SILENT, _morning(standing, quiet, SILENT_DAYS), quiet)
        case State.WAITING if standing.nudges < len(ASK_REQUESTER_DAYS):
            at = _morning(standing, touched, ASK_REQUESTER_DAYS[standing.nudges])
            return _at(Step.ASK_REQUESTER, at, quiet)
        case State.WAITING:
            return _at(Step.UNANSWERED, _morning(standing, quiet, UNANSWERED_DAYS), quiet)
        case _:
            return Coming(Step.CLOSE, touched + standing.close_after)


def _morning(standing: Standing, instant: datetime, count: int) -> datetime | None:
    return morning_after(standing.calendar, instant, count)


def _at(step: Step, at: datetime | None, quiet: datetime) -> Coming:
    """A company that never opens is followed up all the same, day by day."""
    return Coming(step, at if at is not None else quiet + timedelta(days=1))
