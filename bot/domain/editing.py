"""Editing the directory in Slack: what can be edited, what a form holds, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256

from msgspec import Struct, field

from bot.domain.network import SlackUser
from bot.domain.scheme import Language


class EditStep(StrEnum):
    """What somebody presses to edit something."""

    COMPANIES = "edit-companies"
    COMPANY = "edit-company"
    HOURS = "edit-hours"
    CONTACTS = "edit-contacts"
    CONTACT = "edit-contact"
    ADD_CONTACT = "edit-add-contact"
    DROP_CONTACT = "edit-drop-contact"
    ABSENCES = "edit-absences"
    ABSENCE = "edit-absence"
    ADD_ABSENCE = "edit-add-absence"
    DROP_ABSENCE = "edit-drop-absence"
    TARGETS = "edit-targets"
    PRACTICES = "edit-practices"
    PRACTICE = "edit-practice"
    CONFIRM = "edit-confirm"
    REFUSE = "edit-refuse"


class Sheet(StrEnum):
    """The forms."""

    HOURS = "hours"
    CONTACT = "contact"
    ABSENCE = "absence"
    TARGETS = "targets"
    PRACTICE = "practice"


class Field(StrEnum):
    """What the forms ask for. Practices, hours and contacts name the columns of the directory's files."""

    OPENING_HOURS = "opening_hours"
    CONTACT_NAME = "contact_name"
    CONTACT_EMAIL = "contact_email"
    CONTACT_PHONE = "contact_phone"
    CONTACT_SLACK = "contact_slack"
    CONTACT_PUBLIC = "contact_public"
    ORDER = "order"
    WHO = "who"
    FIRST_ON = "first_on"
    LAST_ON = "last_on"
    NOTE = "note"
    RESPONSE_STOPPED = "response_stopped"
    SOLUTION_STOPPED = "solution_stopped"
    RESPONSE_HINDERED = "response_hindered"
    SOLUTION_HINDERED = "solution_hindered"
    RESPONSE_QUESTION = "response_question"
    SOLUTION_QUESTION = "solution_question"
    SUPPORT_PARTNER = "support_partner"
    COUNTRY = "country"
    SUBDIVISION = "subdivision"
    TIME_ZONE = "time_zone"
    LANGUAGE = "language"
    VAT_ID = "vat_id"
    EMAIL_DOMAINS = "email_domains"
    RENEWAL_CONTACT = "renewal_contact"
    REMINDERS_TO = "reminders_to"
    MEMBER = "member"


FIELDS: Mapping[Sheet, tuple[Field, ...]] = {
    Sheet.HOURS: (Field.OPENING_HOURS,),
    Sheet.CONTACT: (
        Field.CONTACT_NAME,
        Field.CONTACT_EMAIL,
        Field.CONTACT_PHONE,
        Field.CONTACT_SLACK,
        Field.CONTACT_PUBLIC,
        Field.ORDER,
    ),
    Sheet.ABSENCE: (Field.WHO, Field.FIRST_ON, Field.LAST_ON, Field.NOTE),
    Sheet.TARGETS: (
        Field.RESPONSE_STOPPED,
        Field.SOLUTION_STOPPED,
        Field.RESPONSE_HINDERED,
        Field.SOLUTION_HINDERED,
        Field.RESPONSE_QUESTION,
        Field.SOLUTION_QUESTION,
    ),
    Sheet.PRACTICE: (
        Field.SUPPORT_PARTNER,
        Field.COUNTRY,
        Field.SUBDIVISION,
        Field.TIME_ZONE,
        Field.LANGUAGE,
        Field.VAT_ID,
        Field.EMAIL_DOMAINS,
        Field.RENEWAL_CONTACT,
        Field.REMINDERS_TO,
    ),
}
REQUIRED = frozenset({Field.CONTACT_NAME, Field.FIRST_ON, Field.LAST_ON})
LONGEST_ABSENCE_DAYS = 366
MAX_MINUTES = 99_999
Values = Mapping[Field, str]
"""What a form holds, field by field; empty where nothing is known."""


class Flaw(StrEnum):
    """What is wrong with a field."""

    INVALID = "invalid"
    MISSING = "missing"
    TAKEN = "taken"
    CHANGED = "changed"


class FieldFlaw(Struct, frozen=True):
    """A field that is wrong. `now` is what stands there since `by` changed it meanwhile."""

    field: Field
    flaw: Flaw
    now: str = ""
    by: str = ""


class FlawsError(Exception):
    """A form cannot be kept; nothing was changed."""

    def __init__(self, flaws: Iterable[FieldFlaw]) -> None:
        self.flaws = tuple(flaws)
        super().__init__(", ".join(f"{one.field}: {one.flaw}" for one in self.flaws))


class No(StrEnum):
    """Why nothing was changed."""

    FORBIDDEN = "forbidden"
    GONE = "gone"
    CHANGED = "changed"
    ELSEWHERE = "elsewhere"


class NotEditedError(Exception):
    """Somebody may not edit this, or it is no longer as it was; nothing was changed."""

    def __init__(self, language: Language, no: No) -> None:
        self.language, self.no = language, no
        super().__init__(no)


class Choice(Struct, frozen=True):
    """An option of a menu. Without a `label` the wording files have it, under `word`, else `value`."""

    value: str
    label: str = ""
    word: str = ""


class EditForm(Struct, frozen=True):
    """A form as it is opened. `key` is what it is about, 0 for something new; `name` what that is called.

    `choices` are the options of those fields that have any.
    """

    language: Language
    sheet: Sheet
    key: int
    company_id: int
    name: str
    values: Values
    choices: Mapping[Field, tuple[Choice, ...]] = field(default_factory=dict)


class ListKind(StrEnum):
    """Of what one is chosen."""

    COMPANIES = "companies"
    CONTACTS = "contacts"
    ABSENCES = "absences"
    PRACTICES = "practices"


class Away(Struct, frozen=True):
    """A coming absence; without `who` it is the company's."""

    who: str
    first_on: date
    last_on: date
    note: str


class Listed(Struct, frozen=True):
    """One of a list, in words or as an absence; `stamp` tells how it stood when it was listed."""

    key: int
    lines: tuple[str, ...] = ()
    away: Away | None = None
    stamp: str = ""


class Listing(Struct, frozen=True):
    """Something to choose from. `more` are not shown: then there is a field to search in for a part of the
    name; `searched` is what was typed there last."""

    language: Language
    kind: ListKind
    company_id: int
    company: str
    entries: tuple[Listed, ...]
    more: int = 0
    searched: str = ""


class CompanyPage(Struct, frozen=True):
    """What can be edited of a company that an admin chose."""

    language: Language
    company_id: int
    company: str


Page = EditForm | Listing | CompanyPage


class EditPress(Struct, frozen=True):
    """A pressed button. `keys` are the numbers that it carries."""

    step: EditStep
    user: SlackUser
    key: str
    keys: tuple[int, ...]
    stamp: str = ""


class Submitted(Struct, frozen=True):
    """A form that came back: whose press `user` is; `seen` are the marks of what it was opened with."""

    user: SlackUser
    cause: str
    sheet: Sheet
    key: int
    company_id: int
    seen: Mapping[Field, str]
    filled: Values


class Claim(Struct, frozen=True):
    """Somebody who says to belong to a practice."""

    person_id: int
    practice_id: int
    person: str
    email: str
    practice: str


class Change(Struct, frozen=True):
    """Something that was changed in Slack."""

    at: datetime
    by: str
    name: str
    field: Field
    before: str
    after: str


class DataPart(Struct, frozen=True):
    """“Your data” in the Home: what a company's people see of it, and edit. `more_claims` are not shown."""

    company_id: int
    company: str
    opening_hours: str
    time_zone: str
    absences: tuple[Away, ...]
    claims: tuple[Claim, ...]
    changes: tuple[Change, ...]
    more_claims: int = 0
    is_admin: bool = False


def mark(value: str) -> str:
    """Return a short mark of a value, by which to see whether it is still the same; blanks do not count."""
    return sha256(" ".join(value.split()).encode()).hexdigest()[:12]


def merged(opened: Mapping[Field, str], filled: Values, now: Values, by: Mapping[Field, str]) -> Values:
    """Return what shall stand: what somebody changed in a form, and what stands `now` elsewhere.

    `opened` are the marks of what the form was opened with. Raises `FlawsError` where somebody else (`by`)
    changed the same field meanwhile to something else.
    """
    mine = {name: value for name, value in filled.items() if mark(value) != opened.get(name)}
    clashes = [
        FieldFlaw(name, Flaw.CHANGED, now[name], by.get(name, ""))
        for name, value in mine.items()
        if mark(now[name]) != opened.get(name) and value != now[name]
    ]
    if clashes:
        raise FlawsError(clashes)
    return {**now, **mine}


def missing(values: Values) -> list[FieldFlaw]:
    """Return what has to be filled in and is not."""
    return [FieldFlaw(name, Flaw.MISSING) for name in values if name in REQUIRED and not values[name]]


def promise(count: int | None) -> str:
    """Write a promise of so many minutes as `minutes` reads it, in whole hours where it has them."""
    if count is None:
        return ""
    hours, rest = divmod(count, 60)
    return f"{count} min" if rest else f"{hours} h"


def minutes(value: str) -> int | None:
    """Read a promise: `90`, `90 min`, `4 h` or `4 Std`; `None` for nothing. Raises `ValueError`."""
    if not value:
        return None
    found = re.fullmatch(r"(\d{1,5}) ?(min|m|h|std)?\.?", value.lower())
    count = int(found[1]) * (60 if found[2] in ("h", "std") else 1) if found else 0
    if not 1 <= count <= MAX_MINUTES:
        raise ValueError(value)
    return count
