"""What is said after somebody answered a message about renewals."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from bot.domain.maintenance.answers import WhyNot
from bot.domain.maintenance.reminder import BillerReminder, PracticeReminder, Word
from bot.domain.scheme import Language


class Did(StrEnum):
    """What somebody did that a message or somebody else hears of."""

    CLAIMED = "claimed"
    NOT_RENEWING = "not-renewing"
    BILLED = "billed"
    PAID = "paid"
    WAIVED = "waived"
    CANCELLED = "cancelled"
    NOT_RECEIVED = "not-received"
    STILL_RENEWING = "still-renewing"
    REMIND_ON = "remind-on"
    WRONG_CONTACT = "wrong-contact"


class Deed(Struct, frozen=True):
    """Who did what, when. `packages` names those it is about, empty for all that a message names.

    `day` is the day chosen with `REMIND_ON`, `until` until when what was paid holds, `note` the reference, or
    who the right contact is. `biller` is who has to answer it.
    """

    did: Did
    who: str
    on: date
    packages: tuple[str, ...] = ()
    day: date | None = None
    until: date | None = None
    note: str = ""
    biller: str = ""


class AnsweredReminder(Struct, frozen=True):
    """A reminder with what was answered to it, and what is left of it (`None`: nothing).

    `taken_back` are the entries of *Not renewing* that *Still renewing* takes back.
    """

    language: Language
    practice: str
    deeds: tuple[Deed, ...]
    rest: PracticeReminder | BillerReminder | None
    taken_back: tuple[int, ...] = ()


class PracticeWord(Struct, frozen=True):
    """What a practice said, for the side that bills. `entry_ids` are those still to be answered."""

    language: Language
    word: Word
    who: str
    practice: str
    packages: tuple[str, ...]
    on: date
    entry_ids: tuple[int, ...]
    reference: str = ""
    why: WhyNot | None = None
    words: str = ""
    answers: tuple[Deed, ...] = ()


class WordAnswered(Struct, frozen=True):
    """What became of what one side said, for the other. `words` is why, in the words of whoever did it."""

    language: Language
    deed: Deed
    practice: str
    words: str = ""


class AnsweredBefore(Struct, frozen=True):
    """Somebody else was first, for whoever came second. Without `deeds` there is nothing left to answer."""

    language: Language
    deeds: tuple[Deed, ...]


class Refusal(StrEnum):
    """Why a press has no effect."""

    NOT_YOURS = "not-yours"
    GONE = "gone"
    TOO_LATE = "too-late"
    FIX_CLOSED = "fix-closed"


class Refused(Struct, frozen=True):
    """A press that has no effect. `who` and `on` are set where somebody else did it already."""

    language: Language
    refusal: Refusal
    who: str = ""
    on: date | None = None


class ContactFix(Struct, frozen=True):
    """A contact that somebody says is wrong, for whoever has to mend it. `right` is empty when not known.

    `is_passed_on`: the reminder went to the right one. `is_set`: it is the practice's contact from now on.
    """

    language: Language
    fix_id: int
    about: str
    who: str
    right: str
    is_passed_on: bool
    is_set: bool
    closed_by: str = ""
    closed_on: date | None = None


AnswerSaying = AnsweredReminder | PracticeWord | WordAnswered | AnsweredBefore | Refused | ContactFix
