"""What people answer to messages about renewals: what they press, the forms that ask, and what they said."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct

from bot.domain.maintenance.entries import EntryKind
from bot.domain.network import SlackUser
from bot.domain.scheme import Language


class AnswerStep(StrEnum):
    """What buttons do beside those of a reminder (`bot.domain.maintenance.reminder.ReminderStep`).

    Their values are the numbers of entries, or of a data fix.
    """

    CONFIRM = "claim-confirm"
    NOT_RECEIVED = "claim-not-received"
    STILL_RENEWING = "still-renewing"
    FIX_DONE = "fix-done"


class WhyNot(StrEnum):
    """Why a practice does not renew."""

    CLOSES = "closes"
    OTHER_SOFTWARE = "other-software"
    SOLD = "sold"
    PRICE = "price"
    OTHER = "other"


class Origin(Struct, frozen=True):
    """Who pressed what under which message of ours. Nothing in it is trusted but who did it.

    `ids` is the number of the reminder message, or what `AnswerStep` says. `seen` is the last answer that the
    message had when a form was opened. `key` is the same when the same press or submission comes again.
    """

    step: str
    ids: tuple[int, ...]
    workspace_id: str
    user: SlackUser
    channel_id: str
    message_ts: str
    key: str
    seen: int = 0


# ---- the forms -------------------------------------------------------------------------------------


class Field(StrEnum):
    """A field of a form."""

    PACKAGES = "packages"
    PO_NUMBER = "po-number"
    INVOICE_NUMBER = "invoice-number"
    DATE = "date"
    KIND = "kind"
    AMOUNT = "amount"
    REFERENCE = "reference"
    WHY = "why"
    WORDS = "words"
    PERSON = "person"
    NAME = "name"


class Fault(StrEnum):
    """What is wrong in a field."""

    NO_PACKAGE = "no-package"
    NO_NUMBER = "no-number"
    IN_FUTURE = "in-future"
    TOO_EARLY = "too-early"
    TOO_LATE = "too-late"
    NO_AMOUNT = "no-amount"
    AMOUNT_FOR_ONE = "amount-for-one"
    AMOUNT_TOO_HIGH = "amount-too-high"
    AMOUNT_WANTED = "amount-wanted"
    NO_WORDS = "no-words"


class FieldFault(Struct, frozen=True):
    """A fault with the day that its sentence names, if it names one."""

    field: Field
    fault: Fault
    day: date | None = None


class FormFaultsError(Exception):
    """A form cannot be taken as it was filled in; nothing was recorded."""

    def __init__(self, faults: Iterable[FieldFault]) -> None:
        self.faults = tuple(faults)
        super().__init__(", ".join(f"{one.field}: {one.fault}" for one in self.faults))


class PackageOption(Struct, frozen=True):
    """A period to choose, by its key. `practice` is empty where it goes without saying."""

    period_id: int
    package: str
    due_on: date
    practice: str = ""


class ClaimForm(Struct, frozen=True):
    """The practice says that it renewed."""

    language: Language
    packages: tuple[PackageOption, ...]
    today: date


class SettleForm(Struct, frozen=True):
    """The side that bills says what it billed or was paid. `open_cents` is `None` where it is not one sum."""

    language: Language
    packages: tuple[PackageOption, ...]
    today: date
    open_cents: int | None
    reference: str = ""


class PostponeForm(Struct, frozen=True):
    """Somebody chooses when to be reminded."""

    language: Language
    proposed: date
    latest: date


class NotRenewingForm(Struct, frozen=True):
    """The practice says that it does not renew, and why."""

    language: Language
    packages: tuple[PackageOption, ...]
    biller: str


class WrongContactForm(Struct, frozen=True):
    """Somebody says that a message should go to another person."""

    language: Language


class NotReceivedForm(Struct, frozen=True):
    """The side that bills says why it does not confirm."""

    language: Language
    practice: str


RenewalForm = ClaimForm | SettleForm | PostponeForm | NotRenewingForm | WrongContactForm | NotReceivedForm


class Filled(Struct, frozen=True):
    """What a form came back with. Empty where it was left empty, or does not ask."""

    period_ids: tuple[int, ...] = ()
    po_number: str = ""
    invoice_number: str = ""
    on: date | None = None
    kind: EntryKind | None = None
    amount: str = ""
    reference: str = ""
    why: WhyNot | None = None
    words: str = ""
    user_id: str = ""
    name: str = ""

    @property
    def claimed_reference(self) -> str:
        """The PO number, marked as one, and the invoice number."""
        po_number = f"PO {self.po_number}" if self.po_number else ""
        return ", ".join(part for part in (po_number, self.invoice_number) if part)

    @property
    def reason(self) -> str:
        """Why not, as an entry's note keeps it (`read_reason` reads it back)."""
        return f"{self.why or WhyNot.OTHER}: {self.words}".removesuffix(": ")


# ---- rules -----------------------------------------------------------------------------------------


def read_reason(note: str) -> tuple[WhyNot, str]:
    """Return why a practice does not renew, and its words, from an entry's note."""
    why, _, words = note.partition(": ")
    return (WhyNot(why), words) if why in set(WhyNot) else (WhyNot.OTHER, note)


def latest_postponement(due_dates: Iterable[date], tomorrow: date, grace_days: int) -> date | None:
    """Return until when a reminder may be put off; `None` when it is too late for all of the due dates.

    The scheme names no limit; past the days of grace maintenance has lapsed, and there is nothing to wait
    for. What has lapsed already sets no limit to the rest.
    """
    limits = [due_on + timedelta(days=grace_days) for due_on in due_dates]
    return min((limit for limit in limits if limit >= tomorrow), default=None)
