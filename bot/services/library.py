"""The bot with the knowledge it has now, while files are edited and phrases learned beside it."""

from collections.abc import Callable, Hashable
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.matching.match import Matching
from bot.domain.scheme import SupportScheme
from bot.files.knowledge import KnowledgeError, KnowledgeFault
from bot.services.bot import Bot

Load = Callable[[], tuple[SupportScheme, Matching]]
Edition = Hashable
"""What tells knowledge that changed from knowledge that did not, without reading it."""


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

    def take_up(self, scheme: SupportScheme, matcher: Matching) -> None:
        """Give out a bot with this knowledge from now on."""
        self._bot = replace(self._bot, scheme=scheme, matcher=matcher)


class TakenUp(Struct, frozen=True):
    """The knowledge changed and is in use now."""

    scheme: SupportScheme


class Refused(Struct, frozen=True):
    """The knowledge changed and cannot be used; what was known before stays in use."""

    faults: tuple[KnowledgeFault, ...]


class Reader:
    """Looks whether the knowledge changed, in files or by learning, and takes up what is good."""

    def __init__(
        self, library: Library, edition_now: Callable[[], Edition], load: Load, seen: Edition
    ) -> None:
        """`seen` is the edition from which the library's bot was made, taken before reading it."""
        self._library = library
        self._edition_now = edition_now
        self._load = load
        self._seen = seen

    def look(self) -> TakenUp | Refused | None:
        """Take up or refuse a change, each once; `None` when there is none. Learning from it takes seconds.

        What changes while it is read is left for the next look, so no half of an edit is ever taken up. A
        database that fails raises, and the change is looked at again the next time.
        """
        before, edition = self._seen, self._edition_now()
        if edition == before:
            return None
        self._seen = edition
        try:
            scheme, matcher = self._load()
        except KnowledgeError as error:
            return Refused(tuple(error.faults))
        except SQLAlchemyError:
            self._seen = before
            raise
        except OSError as error:
            remedy = f"cannot be read ({error.strerror}): make it a readable file"
            return Refused((KnowledgeFault(Path(str(error.filename)).name, "", "", remedy),))
        if self._edition_now() != edition:
            return None
        self._library.take_up(scheme, matcher)
        return TakenUp(scheme)
