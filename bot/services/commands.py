"""The words that the command knows beside questions: help, topics, practice, channel, escalations."""

import re
from enum import StrEnum

from msgspec import Struct
from sqlmodel import Session

from bot.domain.arrival import Asked
from bot.domain.manners import ChannelMode
from bot.domain.rights import Action, may
from bot.domain.saying import ChannelReport, Notice, Remark, Saying, Step
from bot.domain.scheme import Language
from bot.services import composing, people
from bot.services.bot import Bot
from bot.services.composing import Frame
from bot.services.escalations import listing
from bot.storage.tables import ChannelRow, PersonRow


class Word(StrEnum):
    """A word of the command's own; anything else is a question."""

    HELP = "help"
    TOPICS = "topics"
    PRACTICE = "practice"
    CHANNEL = "channel"
    ESCALATIONS = "escalations"


_ALSO = {
    "": Word.HELP,
    "hilfe": Word.HELP,
    "themen": Word.TOPICS,
    "praxis": Word.PRACTICE,
    "kanal": Word.CHANNEL,
    "eskalationen": Word.ESCALATIONS,
}
_ONE_ESCALATION = re.compile(r"(?:escalation|eskalation)s?\s+(esc-[0-9]{4}-[0-9]{1,9})", re.IGNORECASE)


class Order(Struct, frozen=True):
    """A word of the command's own, and for `channel` the mode to set (`None`: only show it).

    `reference` names one escalation, as it was typed; empty for all.
    """

    word: Word
    mode: ChannelMode | None = None
    reference: str = ""


def parse(text: str) -> Order | None:
    """Read a command's text; `None` when it is a question. A word only counts where nothing else follows."""
    one = _ONE_ESCALATION.fullmatch(text.strip())
    if one is not None:
        return Order(Word.ESCALATIONS, reference=one[1].upper())
    words = text.casefold().split()
    first = _word(words[0] if words else "")
    if first is Word.CHANNEL and len(words) == 2 and words[1] in set(ChannelMode):
        return Order(first, ChannelMode(words[1]))
    return Order(first) if first is not None and len(words) <= 1 else None


def obey(
    session: Session,
    bot: Bot,
    order: Order,
    asked: Asked,
    person: PersonRow,
    channel: ChannelRow | None,
    frame: Frame,
) -> Saying:
    """Do what the order says and return what to say about it."""
    language = frame.asker.language
    match order.word:
        case Word.HELP:
            return help_notice(bot, language)
        case Word.TOPICS:
            return composing.overview(bot, frame)
        case Word.PRACTICE:
            return who_am_i(frame)
        case Word.CHANNEL:
            return _channel(session, bot, order, asked, person, channel, language)
        case Word.ESCALATIONS if order.reference:
            return listing.timeline_of(session, bot, person, order.reference, language)
        case Word.ESCALATIONS:
            return listing.lists(session, bot, person, language)


def help_notice(bot: Bot, language: Language) -> Notice:
    """Say what the bot can do."""
    values = (
        ("command", bot.command),
        ("renewals", bot.renewals_command),
        ("escalate", bot.escalate_command),
    )
    return Notice(language, Remark.HELP, values)


def who_am_i(frame: Frame) -> Notice:
    """Say what the bot knows about the asker."""
    asker = frame.asker
    if asker.company is not None:
        return Notice(asker.language, Remark.STAFF, (("company", asker.company.name),))
    if asker.practice is not None:
        remark = Remark.PRACTICE_KNOWN if asker.is_confirmed else Remark.PRACTICE_CLAIMED
        values = (("practice", asker.practice.name), ("vendor", asker.practice.vendor.name))
        return Notice(asker.language, remark, values, () if asker.is_confirmed else (Step.SAY_PRACTICE,))
    if asker.vendor is not None:
        return Notice(
            asker.language, Remark.VENDOR_KNOWN, (("vendor", asker.vendor.name),), (Step.SAY_PRACTICE,)
        )
    return Notice(asker.language, Remark.PRACTICE_UNKNOWN, (), (Step.SAY_PRACTICE,))


def _channel(
    session: Session,
    bot: Bot,
    order: Order,
    asked: Asked,
    person: PersonRow,
    channel: ChannelRow | None,
    language: Language,
) -> Saying:
    if channel is None or asked.channel_id.startswith("D"):
        return Notice(language, Remark.NO_CHANNEL)
    if order.mode is not None:
        if not may(people.role(session, person, bot.admins), Action.SET_CHANNEL_MODE, is_own=False):
            admins = people.names_of_admins(session, bot.admins)
            return Notice(language, Remark.NOT_ADMIN, (("admins", admins),))
        channel.mode = order.mode
    mode = ChannelMode(channel.mode) if channel.mode else ChannelMode.MENTIONS
    return ChannelReport(language, mode, changed=order.mode is not None, command=bot.command)


def _word(text: str) -> Word | None:
    return Word(text) if text in set(Word) else _ALSO.get(text)
