"""Saying until when somebody is away, and who stands in."""

from bot.domain.network import Contact
from bot.domain.presence import Absent
from bot.domain.scheme import Language
from bot.wording import say
from bot.wording.formats import day


def absence(language: Language, absent: Absent | None, contact: Contact | None) -> str:
    """Say that the one who would be named is away, and that `contact` stands in unless it is the same.

    Empty where nobody is away; not escaped.
    """
    if absent is None:
        return ""
    names = {"who": absent.name, "until": day(language, absent.until)}
    if contact is None or contact.name == absent.name:
        return say(language, "answer.away", **names)
    return say(language, "answer.stands_in", **names, other=contact.name)
