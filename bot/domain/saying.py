"""What the bot says, before it is put into a language and a shape."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from bot.domain.escalation.bridge import BridgeSaying
from bot.domain.escalation.listing import ListSaying
from bot.domain.escalation.saying import EscalationSaying
from bot.domain.maintenance.reminder import ReminderSaying
from bot.domain.maintenance.saying_answers import AnswerSaying
from bot.domain.maintenance.saying_overview import OverviewSaying
from bot.domain.maintenance.saying_statement import StatementSaying
from bot.domain.manners import ChannelMode
from bot.domain.network import Company, Contact
from bot.domain.opening import Availability
from bot.domain.presence import Absent
from bot.domain.report import Digest
from bot.domain.responsibility import Responsibility
from bot.domain.scheme import Fee, Language, SupportScheme, Topic


class Step(StrEnum):
    """What a person may do with an answer; each is a button."""

    NOT_THIS = "not-this"
    SOLVED = "solved"
    ESCALATE = "escalate"
    SAY_PRACTICE = "say-practice"


class Because(Struct, frozen=True):
    """Why this topic: the known phrase that the message resembles. `score` is a probability, 0 to 1."""

    phrase: str
    score: float


class Answer(Struct, frozen=True):
    """The responsible company, why, whom to reach, what it may cost, what to do next, and the source.

    `absent` is whoever would be named as `contact` otherwise. `practice_name` is empty where others read
    along. `steps` are the buttons below.
    """

    language: Language
    responsibility: Responsibility
    scheme: SupportScheme
    contact: Contact | None
    availability: Availability | None
    now: datetime
    practice_name: str = ""
    because: Because | None = None
    question_id: int | None = None
    steps: tuple[Step, ...] = ()
    is_solved: bool = False
    is_sample: bool = False
    absent: Absent | None = None

    @property
    def topic(self) -> Topic:
        """The topic answered."""
        return self.responsibility.topic

    @property
    def fee(self) -> Fee | None:
        """What the topic's category costs, if the scheme says anything about it."""
        return self.scheme.fees.get(self.topic.category)


class Opening(StrEnum):
    """Why a choice or the topic picker is shown: it is the sentence above."""

    UNSURE = "unsure"
    UNKNOWN = "unknown"
    NOT_THIS = "not-this"
    NO_TEXT = "no-text"


class Choice(Struct, frozen=True):
    """A few topics to choose from (none: the picker alone), then all of them, and the vendor as a way out."""

    language: Language
    opening: Opening
    topics: tuple[Topic, ...]
    scheme: SupportScheme
    vendor: Company | None = None
    contact: Contact | None = None
    question_id: int | None = None
    absent: Absent | None = None


class Remark(StrEnum):
    """A short message; its words stand in the wording files under `remark`."""

    CLINICAL = "clinical"
    HELP = "help"
    SWITCHED_OFF = "switched-off"
    INTRODUCTION = "introduction"
    TROUBLE = "trouble"
    PRESS_TROUBLE = "press-trouble"
    NOT_YOURS = "not-yours"
    NOT_ADMIN = "not-admin"
    STALE = "stale"
    UNREADABLE = "unreadable"
    NO_CHANNEL = "no-channel"
    PRACTICE_KNOWN = "practice-known"
    PRACTICE_CLAIMED = "practice-claimed"
    VENDOR_KNOWN = "vendor-known"
    PRACTICE_UNKNOWN = "practice-unknown"
    STAFF = "staff"
    PATIENT_NAMED = "patient-named"
    ESCALATE = "escalate"
    ESCALATE_HELP = "escalate-help"


class Notice(Struct, frozen=True):
    """A remark with what is filled into it, such as a reference or a name.

    `steps` are buttons below, about the question `question_id` if there is one.
    """

    language: Language
    remark: Remark
    values: tuple[tuple[str, str], ...] = ()
    steps: tuple[Step, ...] = ()
    question_id: int | None = None


class ChannelReport(Struct, frozen=True):
    """What the bot does in a channel, and how an admin changes it. `changed` after a change."""

    language: Language
    mode: ChannelMode
    changed: bool
    command: str


class Overview(Struct, frozen=True):
    """The whole support scheme: all topics by level and company."""

    language: Language
    scheme: SupportScheme
    vendor: Company | None
    manufacturer: Company | None
    support_partners: tuple[Company, ...]


Saying = (
    Answer
    | Choice
    | Notice
    | ChannelReport
    | Overview
    | ReminderSaying
    | AnswerSaying
    | OverviewSaying
    | StatementSaying
    | EscalationSaying
    | BridgeSaying
    | ListSaying
    | Digest
)
