"""What may stand in the cells of the directory's files: each check returns the value in its one proper form.

An empty cell means "not known" and passes everywhere but in `Required`. A check raises `ValueError` with the
remedy as its words.
"""

import re
import unicodedata
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator

from bot.domain.mail import is_public_mail_domain
from bot.domain.network import Charge, practice_key
from bot.domain.opening import is_opening_hours
from bot.domain.scheme import Language, Provider
from bot.files.countries import country

SEPARATOR = "|"
"""What stands between practice names in one cell: names have commas, semicolons and blanks in them."""


def email(value: str) -> str:
    """Return the address in lower case. Whether its domain receives mail is not looked up."""
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - only an import needs it

    try:
        return validate_email(value, check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise ValueError(f"this is no e-mail address: {_begin_small(str(error))}") from error


def email_domains(value: str) -> str:
    """Return domains with blanks between, in alphabetical order."""
    return " ".join(sorted({_email_domain(word) for word in _words(value)}))


def _email_domain(word: str) -> str:
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415

    try:
        domain = validate_email(f"x@{word.lstrip('@')}", check_deliverability=False).domain.lower()
    except EmailNotValidError as error:
        raise ValueError(f"“{word}” is no e-mail domain: write it like praxis-beispiel.de") from error
    if is_public_mail_domain(domain):
        raise ValueError(
            f"anybody can have an address at {domain}, so it does not tell who belongs to the practice: "
            "leave it out and list these people in the people file"
        )
    return domain


def _subdivisions(country_code: str) -> tuple[str, ...]:
    """Return what the one country knows; asking for all countries would load them all."""
    try:
        import holidays  # noqa: PLC0415 - only an import of a directory needs it

        return tuple(holidays.country_holidays(country_code).subdivisions)
    except NotImplementedError:
        return ()


def subdivision(value: str, country_code: str) -> str:
    """Return the ISO 3166-2 code without the country, for which public holidays are known."""
    code = value.upper().removeprefix(f"{country_code}-")
    known = [name for name in _subdivisions(country_code) if re.fullmatch("[A-Z0-9]{1,3}", name)]
    if code not in known:
        remedy = f"use one of {', '.join(known)}, or leave it empty" if known else "leave it empty"
        raise ValueError(
            f"no public holidays are known for this part of {country_code or 'the world'}: {remedy}"
        )
    return code


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(name for name in available_timezones() if "/" in name or name == "UTC")


def time_zone(value: str) -> str:
    """Return the IANA name of a time zone."""
    if value not in _time_zones():
        near = get_close_matches(value, _time_zones(), n=1)
        remedy = f"use {near[0]}" if near else "use a name such as Europe/Berlin"
        raise ValueError(f"this is no IANA time zone: {remedy}")
    return value


def languages(value: str) -> str:
    """Return language codes with blanks between, in the order given."""
    return " ".join(dict.fromkeys(language(word) for word in _words(value)))


def language(value: str) -> str:
    """Return the code of a language that the bot speaks."""
    if value.lower() not in set(Language):
        raise ValueError(f"the bot does not speak this language: use {_choice(Language)}")
    return value.lower()


def opening_hours(value: str) -> str:
    """Return opening hours in OpenStreetMap's notation."""
    if not is_opening_hours(value):
        raise ValueError(
            "these are no opening hours as OpenStreetMap has them: write Mo-Fr 08:00-12:00,13:00-17:00"
        )
    return value


def website(value: str) -> str:
    """Return an address of the web that can stand in a Slack link."""
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"[\s<>|]", value):
        raise ValueError("this is no web address: write it like https://www.example.com")
    return value


def phone(value: str) -> str:
    """Return a telephone number as given."""
    if not _PHONE.fullmatch(value) or sum(sign.isdigit() for sign in value) < 3:
        raise ValueError("this is no telephone number: write it like +49 371 555 0100, as text")
    return value


_PHONE = re.compile(r"\+?[\d\s()/.\-–]+((ext|x|dw)\.?\s*\d+)?", re.IGNORECASE)
_USER_ID = re.compile(r"([TE][A-Z0-9]{2,}/)?[UW][A-Z0-9]{2,}")
_CHANNEL_ID = re.compile(r"([TE][A-Z0-9]{2,}/)?[CG][A-Z0-9]{2,}")
_HANDLE = re.compile(r"@[^\s@#,;|<>]{1,80}")
_CHANNEL_NAME = re.compile(r"#[^\s@#,;|<>]{1,80}")


def slack_contact(value: str) -> str:
    """Return `@handle`, `#channel` or an id, which may have its workspace before it (`T…/U…`)."""
    if any(pattern.fullmatch(value) for pattern in (_USER_ID, _CHANNEL_ID, _HANDLE)):
        return value
    if _CHANNEL_NAME.fullmatch(value):
        return value.lower()
    raise ValueError("this is no one in Slack: write @handle or #channel, or an id such as U… or C…")


def slack_channels(value: str) -> str:
    """Return channel names and ids with blanks between, in the order given."""
    return " ".join(dict.fromkeys(_slack_channel(word) for word in _words(value)))


def _slack_channel(word: str) -> str:
    if _CHANNEL_ID.fullmatch(word):
        return word
    if _CHANNEL_NAME.fullmatch(word):
        return word.lower()
    raise ValueError(f"“{word}” is no channel: write #name, or its id such as C…")


def slack_user(value: str) -> str:
    """Return a Slack user id, without its workspace."""
    if "/" in value or not _USER_ID.fullmatch(value):
        raise ValueError(
            "this is no Slack user id: copy it from the profile in Slack (it begins with U or W)"
        )
    return value


def workspace(value: str) -> str:
    """Return a Slack workspace id."""
    if not re.fullmatch(r"[TE][A-Z0-9]{2,}", value):
        raise ValueError(
            "this is no Slack workspace id: it begins with T and stands in the workspace's web address"
        )
    return value


def slug(value: str) -> str:
    """Return a company's key."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value) or len(value) > 40:
        raise ValueError("write up to 40 small letters, digits and hyphens, such as nord-dental")
    return value


def practice_name(value: str) -> str:
    """Return a practice's name, NFC; its capitals count."""
    name = practice_key(value)
    if not 10 <= len(name) <= 80:
        raise ValueError(
            f"these are {len(name)} characters: the licence takes 10 to 80, exactly as registered"
        )
    if SEPARATOR in name:
        raise ValueError(f"{SEPARATOR} stands between names in the people file: the name cannot have one")
    return _one_line(name)


def practice_names(value: str) -> str:
    """Return practice names with ` | ` between, in alphabetical order."""
    names = {practice_key(name) for name in value.split(SEPARATOR)}
    return f" {SEPARATOR} ".join(sorted(name for name in names if name))


def name(value: str) -> str:
    """Return a name of at most 80 characters in one line."""
    if len(value) > 80:
        raise ValueError(f"these are {len(value)} characters: 80 are shown at most")
    return _one_line(unicodedata.normalize("NFC", value))


def note(value: str) -> str:
    """Return a text of at most 300 characters in one line; line breaks become blanks."""
    text = " ".join(unicodedata.normalize("NFC", value).split())
    if len(text) > 300:
        raise ValueError(f"these are {len(text)} characters: 300 are shown at most")
    return _one_line(text)


def yes_or_no(value: str) -> str:
    """Return `yes` or `no`; spreadsheets and Germans have further words for it."""
    word = value.lower()
    if word in ("yes", "y", "ja", "j", "true", "wahr", "1"):
        return "yes"
    if word in ("no", "n", "nein", "false", "falsch", "0"):
        return "no"
    raise ValueError("write yes or no")


def required(value: str) -> str:
    """Refuse an empty cell."""
    if not value:
        raise ValueError("this cell is empty: fill it")
    return value


def _if_given(check: Callable[[str], str]) -> AfterValidator:
    return AfterValidator(lambda value: check(value) if value else "")


def _one_of(kind: type[Provider] | type[Charge]) -> AfterValidator:
    def check(value: str) -> str:
        if value and value.lower() not in set(kind):
            raise ValueError(f"use one of {_choice(kind)}")
        return value.lower()

    return AfterValidator(check)


def _choice(kind: type[Provider] | type[Charge] | type[Language]) -> str:
    return ", ".join(sorted(kind))


def _words(value: str) -> list[str]:
    return re.split(r"[\s,;]+", value.strip(" ,;"))


def _one_line(value: str) -> str:
    if any(unicodedata.category(sign) == "Cc" for sign in value):
        raise ValueError("there is a line break or another control character in it: remove it")
    return value


def _begin_small(text: str) -> str:
    return text[:1].lower() + text[1:]


Required = AfterValidator(required)
Email = Annotated[str, _if_given(email)]
EmailDomains = Annotated[str, _if_given(email_domains)]
Country = Annotated[str, _if_given(country)]
TimeZone = Annotated[str, _if_given(time_zone)]
LanguageCode = Annotated[str, _if_given(language)]
Languages = Annotated[str, _if_given(languages)]
OpeningHours = Annotated[str, _if_given(opening_hours)]
Website = Annotated[str, _if_given(website)]
Phone = Annotated[str, _if_given(phone)]
SlackContact = Annotated[str, _if_given(slack_contact)]
SlackChannels = Annotated[str, _if_given(slack_channels)]
SlackUserId = Annotated[str, _if_given(slack_user)]
WorkspaceId = Annotated[str, _if_given(workspace)]
Slug = Annotated[str, _if_given(slug)]
PracticeName = Annotated[str, _if_given(practice_name)]
PracticeNames = Annotated[str, _if_given(practice_names)]
Name = Annotated[str, _if_given(name)]
Note = Annotated[str, _if_given(note)]
Role = Annotated[str, _one_of(Provider), Required]
ChargeKind = Annotated[str, BeforeValidator(lambda value: value or Charge.UNKNOWN), _one_of(Charge)]
YesOrNo = Annotated[str, BeforeValidator(lambda value: value or "yes"), AfterValidator(yes_or_no)]
