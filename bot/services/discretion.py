"""Patients' names and birth dates where others read along: nothing is kept, and the writer gets a hint."""

from bot.domain import privacy
from bot.domain.arrival import Asked
from bot.domain.manners import Address, ChannelMode
from bot.domain.saying import Notice, Remark
from bot.domain.scheme import Language
from bot.services import saying as say
from bot.services.bot import Bot
from bot.storage.queries.outbox import Outgoing


def names_patient(bot: Bot, asked: Asked, mode: ChannelMode) -> bool:
    """Say whether a message that others read seems to tell who a patient is.

    Direct messages and commands are read by nobody else; what is overheard concerns us only where we listen.
    """
    overheard = asked.address is Address.OVERHEARD and mode is ChannelMode.LISTEN
    if not overheard and asked.address is not Address.MENTION:
        return False
    return privacy.names_patient(asked.text, has_image=asked.has_image, today=bot.clock.now().date())


def hint(bot: Bot, asked: Asked, language: Language) -> Outgoing:
    """Return the call that tells the writer alone to take the message away, and where to send it."""
    return say.to_whisper(bot, asked, Notice(language, Remark.PATIENT_NAMED), aside="patient-named")
