"""The bot with the knowledge it has now, while files of knowledge are edited beside it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bot.domain.matching.matcher import Matcher
from bot.domain.scheme import SupportScheme
from bot.files.knowledge import Edition, KnowledgeError, KnowledgeFault, edition_of
from bot.services.bot import Bot

Load = Callable[[], tuple[SupportScheme, Matcher]]


class Library:
    """Gives out the bot as it is now. A bot never changes: new knowledge makes another one.

    Whoever decides something takes the bot once and keeps it until it is done, so that a question is matched
    and answered with the same knowledge. Threads may share a library.
    """

    def __init__(self, bot: Bot) -> None:
        """Begin with `bot`."""
        self._bot = bot

    @property
    def bot(self) -> Bot:
        """The bot with the newest knowledge."""
        return self._bot

    def take_up(self, scheme: SupportScheme, matcher: Matcher) -> None:
        """Give out a bot with this knowledge from now on."""
        self._bot = replace(self._bot, scheme=scheme, matcher=matcher)


@dataclass(frozen=True)
class TakenUp:
    """The files changed and are in use now."""

    scheme: SupportScheme


@dataclass(frozen=True)
class Refused:
    """The files changed and cannot be used; what was known before stays in use."""

    faults: tuple[KnowledgeFault, ...]


class Reader:
    """Looks whether the knowledge's files changed, and takes up what is good in them."""

    def __init__(self, library: Library, folder: Path, load: Load, edition: Edition) -> None:
        """`edition` is that of the files from which the library's bot was made, taken before reading them."""
        self._library = library
        self._folder = folder
        self._load = load
        self._seen = edition

    def look(self) -> TakenUp | Refused | None:
        """Take up or refuse an edit, each once; `None` when there is none. Learning from it takes seconds.

        What changes while it is read is left for the next look, so no half of an edit is ever taken up.
        """
        edition = edition_of(self._folder)
        if edition == self._seen:
            return None
        self._seen = edition
        try:
            scheme, matcher = self._load()
        except KnowledgeError as error:
            return Refused(tuple(error.faults))
        except OSError as error:
            remedy = f"cannot be read ({error.strerror}): make it a readable file"
            return Refused((KnowledgeFault(Path(str(error.filename)).name, "", "", remedy),))
        if edition_of(self._folder) != edition:
            return None
        self._library.take_up(scheme, matcher)
        return TakenUp(scheme)
