"""When the bot speaks and when it holds its tongue."""

import re
from enum import StrEnum

from msgspec import Struct

from bot.domain.matching.match import Decision, Match
from bot.domain.matching.place import ADDRESSED, CHANNEL, Place


class ChannelMode(StrEnum):
    """What the bot does in a channel it was invited to."""

    LISTEN = "listen"
    MENTIONS = "mentions"
    OFF = "off"


class Address(StrEnum):
    """How a message reached the bot."""

    DIRECT = "direct"
    MENTION = "mention"
    COMMAND = "command"
    OVERHEARD = "overheard"


def place_of(address: Address) -> Place:
    """Return what the matcher should expect of a message that came this way."""
    return CHANNEL if address is Address.OVERHEARD else ADDRESSED


class Reaction(StrEnum):
    """What the bot does about a message."""

    ANSWER = "answer"
    CHOOSE = "choose"
    PICK = "pick"
    DECLINE = "decline"
    WELCOME = "welcome"
    HELP = "help"
    SWITCHED_OFF = "switched-off"
    NOTHING = "nothing"


class Situation(Struct, frozen=True):
    """A message and where it stands. `text` is plain, without the mention of the bot."""

    text: str
    address: Address
    mode: ChannelMode = ChannelMode.MENTIONS
    in_thread: bool = False
    mentions_others: bool = False


def react(situation: Situation, match: Match) -> Reaction:
    """Decide what to do: whoever addresses the bot gets an answer, everybody else is mostly left in peace."""
    if situation.address is Address.OVERHEARD:
        return _react_overheard(situation, match)
    if situation.address is Address.MENTION and situation.mode is ChannelMode.OFF:
        return Reaction.SWITCHED_OFF
    return _pleasantry(situation.text) or (Reaction.DECLINE if match.clinical else _DECIDED[match.decision])


def _pleasantry(text: str) -> Reaction | None:
    if not text.strip():
        return Reaction.PICK
    if is_thanks(text):
        return Reaction.WELCOME
    return Reaction.HELP if is_call_for_help(text) else None


_DECIDED = {
    Decision.ANSWER: Reaction.ANSWER,
    Decision.CHOOSE: Reaction.CHOOSE,
    Decision.SILENT: Reaction.PICK,
}


def _react_overheard(situation: Situation, match: Match) -> Reaction:
    listening = situation.mode is ChannelMode.LISTEN
    among_people = situation.in_thread or situation.mentions_others
    if not listening or among_people or match.clinical or match.decision is Decision.SILENT:
        return Reaction.NOTHING
    return _DECIDED[match.decision]


_WORD = re.compile(r"[^\W\d_]+")


def _words(*lines: str) -> frozenset[str]:
    return frozenset(word for line in lines for word in line.split())


_THANKS = _words("thanks thank thx thanx ty cheers danke dankeschön dankeschoen dank merci dankend")
_BESIDE_THANKS = _words(
    "a lot so much very many you u all guys everyone again and for the your quick fast kind help answer",
    "reply that this was is it great perfect super ok okay nice bye",
    "works worked working did has fixed solved sorted done now fine",
    "vielen lieben besten herzlichen schön schoen sehr nochmal nochmals und für fuer die das der eure deine",
    "ihre schnelle hilfe antwort euch dir ihnen prima toll passt top gut alles klar tschüss",
    "hat geklappt hats funktioniert es geht läuft jetzt nun wieder erledigt gelöst behoben",
)
_HELP = frozenset({
    "help", "hi", "hello", "hey", "good morning", "what can you do", "who are you",
    "hilfe", "hallo", "moin", "servus", "grüezi", "guten tag", "guten morgen", "was kannst du", "wer bist du",
})  # fmt: skip


def is_thanks(text: str) -> bool:
    """Say whether the text is a mere thanks, with nothing that asks for anything."""
    words = [word.casefold() for word in _WORD.findall(text)]
    return (
        "?" not in text
        and any(word in _THANKS for word in words)
        and all(word in _THANKS or word in _BESIDE_THANKS for word in words)
    )


def is_call_for_help(text: str) -> bool:
    """Say whether the text is a mere greeting or the word help: both get told what the bot can do."""
    return " ".join(_WORD.findall(text)).casefold() in _HELP
