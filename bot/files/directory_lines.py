"""The files of the directory: their columns, what each means, and what may stand in it."""

from typing import Annotated

from pydantic import ValidationInfo, field_validator

from bot.domain.network import Charge
from bot.files import directory_values as values
from bot.files import maintenance_values as terms
from bot.files.directory_values import SEPARATOR, Required
from bot.files.kinds import Kind
from bot.files.line import Line, about
from bot.files.maintenance_lines import EntryLine, PackageLine
from bot.files.vat_ids import vat_id


class _Placed(Line):
    """What stands in a country. Checks across cells run on what passed so far: columns come in this order."""

    @field_validator("subdivision", check_fields=False)
    @classmethod
    def _known_subdivision(cls, value: str, info: ValidationInfo) -> str:
        country = info.data.get("country")
        return values.subdivision(value, country) if value and country is not None else value

    @field_validator("vat_id", check_fields=False)
    @classmethod
    def _valid_vat_id(cls, value: str, info: ValidationInfo) -> str:
        country = info.data.get("country")
        return vat_id(value, country) if value and country is not None else value


class CompanyLine(_Placed):
    """A company with its first contact, or one more contact of the company that a line above describes."""

    slug: Annotated[values.Slug, Required] = about(
        "the company's key, for good: small letters, digits, hyphens"
    )
    name: Annotated[values.Name, Required] = about("the company's name, as people shall read it")
    role: values.Role = about("manufacturer (exactly one), distributor or support-partner")
    country: Annotated[values.Country, Required] = about("two letters (ISO 3166), such as DE, CH or GB")
    subdivision: str = about(
        "the part of the country, for its public holidays, such as SN (Saxony); or empty"
    )
    time_zone: Annotated[values.TimeZone, Required] = about("IANA name, such as Europe/Berlin")
    languages: values.Languages = about("the languages in which it helps: en, de, or en de")
    opening_hours: values.OpeningHours = about(
        "as in OpenStreetMap, such as Mo-Fr 08:00-12:00,13:00-17:00, less public holidays; or empty"
    )
    website: values.Website = about("such as https://www.example.com; or empty")
    vat_id: str = about("VAT id with its country's letters, such as DE136695976; or empty")
    charge: values.ChargeKind = about(
        "what it charges for its support: nothing, once, yearly, other or unknown"
    )
    charge_note: values.Note = about(
        "the same in words, at most 300 characters; needed where charge is other"
    )
    renewal_contact: values.Email = about(
        "e-mail address of its contact who gets reminders of renewals; empty: the first who can be reached",
        optional=True,
    )
    reminder_stages: terms.Stages = about(
        "when to remind: days from the due date, such as -90 -30 0 14; empty: -90 -60 -30 -7 0 14 30",
        optional=True,
    )
    billing_year_start: terms.DayOfYear = about(
        "day on which its billing year begins: month and day, such as 04-01; empty: 01-01", optional=True
    )
    remit_within_days: terms.Days = about(
        "within how many days after its billing year it remits; empty: the default", optional=True
    )
    escalation_lead: values.Email = about(
        "e-mail address of the person there who hears of escalations that others let lapse; empty: the first",
        optional=True,
    )
    contact_name: values.Name = about(
        "whom to reach: a person or a desk. Further contacts: further lines with this slug"
    )
    contact_email: values.Email = about("the contact's e-mail address; or empty")
    contact_phone: values.Phone = about("the contact's telephone number with + and country; or empty")
    contact_slack: values.SlackContact = about(
        "@handle (found by contact_email), #channel or an id (U…, C…; T…/U… with its workspace); or empty"
    )
    contact_public: values.YesOrNo = about(
        "yes, or no where several practices reading along shall not see this contact"
    )

    @field_validator("charge_note")
    @classmethod
    def _other_is_explained(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("charge") == Charge.OTHER:
            raise ValueError("charge is other: say here in words what it charges")
        return value

    @field_validator("contact_slack")
    @classmethod
    def _is_reachable(cls, value: str, info: ValidationInfo) -> str:
        ways = (value, info.data.get("contact_email", "?"), info.data.get("contact_phone", "?"))
        if info.data.get("contact_name") and not any(ways):
            raise ValueError(
                "nobody can reach this contact: give an e-mail address, a telephone number or Slack"
            )
        if any(ways) and info.data.get("contact_name") == "" and "?" not in ways:
            raise ValueError(
                "this contact has no name: fill contact_name, with the name of a desk if need be"
            )
        return value


class PracticeLine(_Placed):
    """A practice."""

    name: Annotated[values.PracticeName, Required] = about(
        "the name as the licence has it: 10 to 80 characters, capitals count"
    )
    vendor: Annotated[values.Slug, Required] = about(
        "slug of the distributor it bought from; the manufacturer's for direct customers"
    )
    vendor_contact: values.Email = about(
        "e-mail address of the vendor's contact who looks after it; empty: the first"
    )
    support_partner: values.Slug = about("slug of its support partner; empty: all partners are named")
    country: values.Country = about("two letters (ISO 3166), such as DE; or empty")
    subdivision: str = about("the part of the country, for its public holidays; or empty")
    time_zone: values.TimeZone = about("IANA name, such as Europe/Berlin; or empty")
    language: values.LanguageCode = about(
        "en or de: the bot always speaks it here; empty: it follows the message"
    )
    vat_id: str = about("VAT id with its country's letters, such as DE136695976; or empty")
    channels: values.SlackChannels = about(
        "the practice's own channels, #name or id (C…; T…/C… with its workspace), blanks between; or empty"
    )
    email_domains: values.EmailDomains = about(
        "domains of its own e-mail addresses, blanks between, none that anybody may use; or empty"
    )

    renewal_contact: values.Email = about(
        "e-mail address of the person who gets reminders of renewals; empty: its people", optional=True
    )
    reminders_to: terms.RemindersTo = about(
        "person or channel: where the practice is reminded; empty: person", optional=True
    )

    @field_validator("reminders_to")
    @classmethod
    def _has_a_channel(cls, value: str, info: ValidationInfo) -> str:
        if value == "channel" and info.data.get("channels") == "":
            raise ValueError("the practice has no channel: fill channels, or write person")
        return value


class PersonLine(Line):
    """Somebody who belongs to one company, or to one or several practices."""

    name: Annotated[values.Name, Required] = about("the person's name")
    email: values.Email = about(
        "the e-mail address that Slack has of the person; or empty, if slack_user is given"
    )
    phone: values.Phone = about("telephone number with + and country; or empty")
    slack_user: values.SlackUserId = about(
        "Slack user id (U…), if known; otherwise it is found by the e-mail address"
    )
    workspace: values.WorkspaceId = about("Slack workspace id (T…); needed where slack_user is given")
    company: values.Slug = about("slug of the company the person works for; or empty")
    practices: values.PracticeNames = about(
        f"exact names of the person's practices, with {SEPARATOR} between; empty for a company's people"
    )

    @field_validator("slack_user")
    @classmethod
    def _is_recognisable(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("email") == "":
            raise ValueError("nothing tells who this is in Slack: give an e-mail address or a Slack user id")
        return value

    @field_validator("workspace")
    @classmethod
    def _goes_with_user(cls, value: str, info: ValidationInfo) -> str:
        user = info.data.get("slack_user")
        if user and not value:
            raise ValueError("user ids are unique only within a workspace: give its id too (T…)")
        if value and user == "":
            raise ValueError("a workspace says nothing without slack_user: fill both, or neither")
        return value

    @field_validator("practices")
    @classmethod
    def _belongs_somewhere(cls, value: str, info: ValidationInfo) -> str:
        company = info.data.get("company")
        if company and value:
            raise ValueError(
                "a person belongs to a company or to practices, not to both: empty one of the cells"
            )
        if company == "" and not value:
            raise ValueError("this person belongs nowhere: fill company or practices")
        return value


LINES: dict[Kind, type[Line]] = {
    Kind.COMPANIES: CompanyLine,
    Kind.PRACTICES: PracticeLine,
    Kind.PEOPLE: PersonLine,
    Kind.PACKAGES: PackageLine,
    Kind.ENTRIES: EntryLine,
}

COMPANY_COLUMNS = tuple(column for column in CompanyLine.columns() if not column.startswith("contact_"))
CONTACT_COLUMNS = tuple(column for column in CompanyLine.columns() if column.startswith("contact_"))
