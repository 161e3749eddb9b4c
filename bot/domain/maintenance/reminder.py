"""What a reminder says, before it is put into a language and a shape."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from bot.domain.maintenance.entries import Account, EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.state import Terms
from bot.domain.maintenance.vat import Charge
from bot.domain.scheme import Language

CLOSE_DAYS = 14
"""From how many days before the due date on something is to be done now."""


class Nearness(StrEnum):
    """How far away a due date is, the most pressing first; order and wording follow it."""

    LAPSED = "lapsed"
    OVERDUE = "overdue"
    TODAY = "today"
    CLOSE = "close"
    AHEAD = "ahead"


class Word(StrEnum):
    """What the practice last said of a period: nothing, that it renewed (unconfirmed), that it will not."""

    NONE = "none"
    CLAIMED = "claimed"
    NOT_RENEWING = "not-renewing"


class Task(StrEnum):
    """What whoever bills has to do about a period, in the order in which a list shows them."""

    CONFIRM = "confirm"
    TALK = "talk"
    COLLECT = "collect"
    BILL = "bill"
    AWAIT = "await"


class ReminderStep(StrEnum):
    """What a reminder's buttons do."""

    RENEWED = "renewed"
    REMIND_ON = "remind-on"
    NOT_RENEWING = "not-renewing"
    WRONG_CONTACT = "wrong-contact"


class ReachBy(Struct, frozen=True):
    """How else somebody can be reached who is not reachable in Slack. Empty where unknown."""

    name: str
    email: str = ""
    phone: str = ""


class ReminderLine(Struct, frozen=True):
    """One period in a reminder. `open_cents` is what is left of the charge, `reach_by` is filled for whoever
    should tell a practice that is `is_unreachable` in Slack."""

    package: str
    practice: str
    biller: str
    is_resold: bool
    due_on: date
    charge: Charge
    open_cents: int
    currency: str
    nearness: Nearness
    task: Task = Task.BILL
    is_unreachable: bool = False
    reach_by: tuple[ReachBy, ...] = ()


class PracticeReminder(Struct, frozen=True):
    """What a practice hears of its packages, ordered by due date. `message_id` is what its buttons carry."""

    language: Language
    practice: str
    lines: tuple[ReminderLine, ...]
    message_id: int
    command: str


class BillerReminder(Struct, frozen=True):
    """What the company hears that bills: what to do about which package."""

    language: Language
    company: str
    lines: tuple[ReminderLine, ...]
    message_id: int
    command: str


class UnreachedReminder(Struct, frozen=True):
    """Reminders that could not be said to `whom` in Slack, for whoever has to tell them otherwise."""

    language: Language
    whom: str
    is_company: bool
    lines: tuple[ReminderLine, ...]
    reach_by: tuple[ReachBy, ...]
    command: str


ReminderSaying = PracticeReminder | BillerReminder | UnreachedReminder


def nearness(due_on: date, today: date, terms: Terms) -> Nearness:
    """Say how far `due_on` is from `today`."""
    days = (due_on - today).days
    if days == 0:
        return Nearness.TODAY
    if days > 0:
        return Nearness.CLOSE if days <= CLOSE_DAYS else Nearness.AHEAD
    return Nearness.OVERDUE if -days <= terms.grace_days else Nearness.LAPSED


def last_word(account: Account) -> Word:
    """Return what the practice said and nobody answered yet; a bill or payment recorded later answers it."""
    word = Word.NONE
    for entry in sorted(account.standing(), key=lambda entry: entry.id):
        if entry.kind is EntryKind.CLAIMED:
            word = Word.CLAIMED
        elif entry.kind is EntryKind.NOT_RENEWING:
            word = Word.NOT_RENEWING
        elif entry.kind in (EntryKind.BILLED, EntryKind.PAID):
            word = Word.NONE
    return word


def task(account: Account, near: Nearness) -> Task:
    """Say what whoever bills a period has to do about it."""
    word = last_word(account)
    if word is not Word.NONE:
        return Task.CONFIRM if word is Word.CLAIMED else Task.TALK
    if near in (Nearness.OVERDUE, Nearness.LAPSED):
        return Task.COLLECT
    return Task.AWAIT if account.total(Leg.PRACTICE, EntryKind.BILLED) else Task.BILL
