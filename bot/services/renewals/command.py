"""The command `/renewals`: its words, and who gets which answer."""

import re
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session

from bot.domain.arrival import RenewalsAsked
from bot.domain.maintenance.saying_overview import Hint, MonthlyPlot, RenewalsHint
from bot.domain.saying import Saying
from bot.services import people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.people import Profile
from bot.services.renewals import network_sums, overview
from bot.services.renewals.viewing import Viewer, viewer_of
from bot.storage.queries import directory as stored


class Word(StrEnum):
    """A word of the command's own."""

    ALL = ""
    OVERDUE = "overdue"
    PACKAGE = "package"
    HELP = "help"


_ALSO = {
    "überfällig": Word.OVERDUE,
    "ueberfaellig": Word.OVERDUE,
    "paket": Word.PACKAGE,
    "lizenzpaket": Word.PACKAGE,
    "hilfe": Word.HELP,
}
PLOT_FILE = "maintenance-by-month.png"


@dataclass(frozen=True)
class Wish:
    """What somebody typed after the command: a word, and for `package` its number as it was typed."""

    word: Word
    number: str = ""


def parse(text: str) -> Wish:
    """Read a command's text; what it does not know asks for help."""
    first, _, rest = re.sub(r"\s+", " ", text).strip().partition(" ")
    folded = first.casefold()
    word = Word(folded) if folded in set(Word) else _ALSO.get(folded, Word.HELP)
    if word is Word.PACKAGE:
        return Wish(word, rest) if rest else Wish(Word.HELP)
    return Wish(Word.HELP if rest else word)


def settle(
    session: Session, bot: Bot, asked: RenewalsAsked, profile: Profile | None, picture: bytes | None
) -> None:
    """Answer the command for this person alone, the manufacturer also with the picture if there is one."""
    person = people.meet(session, asked.user, bot.clock.now(), profile)
    viewer, wish = viewer_of(session, bot, person), parse(asked.text)
    answer = _answer(session, bot, viewer, wish)
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
    found = network_sums.plots(network_sums.network_part(session, bot), viewer.language)
    return next(iter(found), None)


def _answer(session: Session, bot: Bot, viewer: Viewer, wish: Wish) -> Saying:
    match wish.word:
        case Word.ALL:
            return overview.renewals(session, bot, viewer)
        case Word.OVERDUE:
            return overview.overdue(session, bot, viewer)
        case Word.PACKAGE:
            return overview.history(session, bot, viewer, wish.number)
        case Word.HELP:
            return RenewalsHint(viewer.language, Hint.WORDS, bot.renewals_command)
