"""The command `/renewals`: its words, and who gets which answer."""

import re
from enum import StrEnum

from msgspec import Struct
from sqlmodel import Session

from bot.domain.arrival import RenewalsAsked
from bot.domain.maintenance.saying_overview import Hint, MonthlyPlot, RenewalsHint
from bot.domain.saying import Saying
from bot.services import people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals import network_sums, overview
from bot.services.renewals.statement_words import StatementWish, say_statement
from bot.services.renewals.viewing import Viewer, viewer_of
from bot.storage.queries import directory as stored
from bot.storage.tables import PersonRow


class Word(StrEnum):
    """A word of the command's own."""

    ALL = ""
    OVERDUE = "overdue"
    PACKAGE = "package"
    STATEMENT = "statement"
    HELP = "help"


_ALSO = {
    "überfällig": Word.OVERDUE,
    "ueberfaellig": Word.OVERDUE,
    "paket": Word.PACKAGE,
    "lizenzpaket": Word.PACKAGE,
    "aufstellung": Word.STATEMENT,
    "hilfe": Word.HELP,
}
PLOT_FILE = "maintenance-by-month.png"


class Wish(Struct, frozen=True):
    """What somebody typed after the command: a word, and what it is about.

    `number` is the package's for `package`, as it was typed; `year` the statement's, `None` for the last one
    that is over; `is_sending` a statement that is to be sent.
    """

    word: Word
    number: str = ""
    year: int | None = None
    is_sending: bool = False


def parse(text: str) -> Wish:
    """Read a command's text; what it does not know asks for help."""
    first, _, rest = re.sub(r"\s+", " ", text).strip().partition(" ")
    folded = first.casefold()
    word = Word(folded) if folded in set(Word) else _ALSO.get(folded, Word.HELP)
    if word is Word.STATEMENT:
        return _statement(rest.casefold())
    if word is Word.PACKAGE and rest:
        return Wish(word, number=rest)
    return Wish(Word.HELP if rest or word is Word.PACKAGE else word)


def _statement(rest: str) -> Wish:
    found = re.fullmatch(r"([0-9]{4})?( ?(send|senden))?", rest)
    if found is None:
        return Wish(Word.HELP)
    year, sending = found[1], found[2]
    return Wish(Word.STATEMENT, year=int(year) if year else None, is_sending=bool(sending))


def settle(
    session: Session, bot: Bot, asked: RenewalsAsked, profile: Profile | None, picture: bytes | None
) -> None:
    """Answer the command for this person alone, the manufacturer also with the picture if there is one."""
    person = people.meet(session, asked.user, bot.clock.now(), profile)
    viewer, wish = viewer_of(session, bot, person), parse(asked.text)
    answer = _answer(session, bot, viewer, wish, _Typed(person, asked))
    say.respond(session, bot, asked, answer)
    if picture is not None and wish.word is Word.ALL and viewer.sees_all:
        say.send_file(session, bot, asked, PLOT_FILE, picture)


def wanted_plot(session: Session, bot: Bot, asked: RenewalsAsked) -> MonthlyPlot | None:
    """Return what is to be drawn for this command, `None` when nothing is; to be asked beforehand."""
    person = stored.person(session, asked.user)
    if person is None or parse(asked.text).word is not Word.ALL:
        return None
    viewer = viewer_of(session, bot, person)
    if not viewer.sees_all:
        return None
    return network_sums.network_plot(session, bot, viewer.language)


class _Typed(Struct, frozen=True):
    """Who typed what: a statement is told, and sent, in the name of a person."""

    person: PersonRow
    asked: RenewalsAsked


def _answer(session: Session, bot: Bot, viewer: Viewer, wish: Wish, typed: _Typed) -> Saying:
    match wish.word:
        case Word.ALL:
            return overview.renewals(session, bot, viewer)
        case Word.OVERDUE:
            return overview.overdue(session, bot, viewer)
        case Word.PACKAGE:
            return overview.history(session, bot, viewer, wish.number)
        case Word.STATEMENT:
            return say_statement(session, bot, typed.person, _statement_wish(bot, wish, typed.asked))
        case Word.HELP:
            return RenewalsHint(viewer.language, Hint.WORDS, bot.renewals_command)


def _statement_wish(bot: Bot, wish: Wish, asked: RenewalsAsked) -> StatementWish:
    command = f"{bot.renewals_command} {Word.STATEMENT}"
    return StatementWish(wish.year, is_sending=wish.is_sending, cause=asked.key, command=command)
