"""In which one state a maintenance period is on a day, computed and never stored."""

from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.maintenance.entries import Account, EntryKind


class State(StrEnum):
    """`DUE` is the due date itself, `OVERDUE` the days of grace after it, `LAPSED` what comes then."""

    UPCOMING = "upcoming"
    DUE_SOON = "due-soon"
    DUE = "due"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Terms(Struct, frozen=True):
    """From when a period is due soon, and how long it may be overdue. The scheme is silent: our defaults."""

    due_soon_days: int = 90
    grace_days: int = 30


def state_on(account: Account, day: date, terms: Terms) -> State:
    """Return the state on `day`, by what had happened until then."""
    if account.has(EntryKind.CANCELLED, day):
        return State.CANCELLED
    if account.open_cents(day) == 0:
        return State.SETTLED
    due_on = account.due_on(day)
    if day > due_on + timedelta(days=terms.grace_days):
        return State.LAPSED
    if day > due_on:
        return State.OVERDUE
    if day == due_on:
        return State.DUE
    return State.DUE_SOON if day >= due_on - timedelta(days=terms.due_soon_days) else State.UPCOMING


def is_open(account: Account) -> bool:
    """Say whether anything is still to come from the practice; reminders go on as long as it is."""
    return account.open_cents() > 0
