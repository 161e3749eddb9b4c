"""The matcher of a scheme: at once, or made by a thread of its own while the bot already takes what comes.

Matchers bring numpy along and load what was learned, together a sixth of a start; so they are imported late.
"""

import threading
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from bot.domain.matching.match import Match
from bot.domain.matching.place import CHANNEL, Place
from bot.domain.scheme import SupportScheme
from bot.paths import COMPILED, cache_folder, shipped
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.domain.matching.matcher import Matcher
    from bot.domain.matching.meaning import Meaning

log = structlog.get_logger()


class MeaningComes(StrEnum):
    """When the matcher's stage of meaning is there. Until then, words decide alone.

    `BEHIND`: soon, loaded or compiled by a thread of its own. `IF_STORED`: with the first message that
    needs it, if it was compiled before. `NEEDED`: with that message, however long compiling takes.
    """

    BEHIND = "behind"
    IF_STORED = "if-stored"
    NEEDED = "needed"


def matcher_of(settings: Settings, scheme: SupportScheme, meaning_comes: MeaningComes) -> "Matcher":
    """Make the matcher of a scheme. It takes seconds where the scheme was never learned from before."""
    from bot.domain.matching.matcher import Matcher  # noqa: PLC0415
    from bot.files.compiled import load_words  # noqa: PLC0415
    from bot.files.meaning import Meanings  # noqa: PLC0415

    words = load_words(scheme, cache_folder(), shipped(COMPILED))
    if not settings.use_meaning:
        return Matcher(scheme, words)
    meanings = Meanings(scheme, words, cache_folder(), ready_made=shipped(COMPILED))
    if meaning_comes is MeaningComes.BEHIND:
        meanings.begin()
    suppliers: dict[MeaningComes, Callable[[], Meaning | None]] = {
        MeaningComes.BEHIND: meanings,
        MeaningComes.IF_STORED: meanings.if_stored,
        MeaningComes.NEEDED: meanings.prepare,
    }
    return Matcher(scheme, words, meaning=suppliers[meaning_comes])


class MatcherBehind:
    """A matcher that is made behind everybody's back; whoever matches meanwhile waits for it.

    Where making it fails the log says so, and whoever matches next tries again and gets the error.
    """

    def __init__(self, make: Callable[[], "Matcher"]) -> None:
        self._make = make
        self._matcher: Matcher | None = None
        self._lock = threading.Lock()

    def begin(self) -> threading.Thread:
        """Make it in a thread of its own that no exit waits for."""
        thread = threading.Thread(target=self._try, name="matcher", daemon=True)
        thread.start()
        return thread

    def match(self, text: str, place: Place = CHANNEL) -> Match:
        """Say what a message is about and whether to answer it where it stands."""
        return self._made().match(text, place)

    def match_at_once(self, text: str, place: Place = CHANNEL) -> Match | None:
        """Match a message where it takes no time, else give `None`: while there is no matcher, too."""
        return None if self._matcher is None else self._matcher.match_at_once(text, place)

    def _try(self) -> None:
        try:
            self._made()
        except Exception:
            log.exception("matcher_failed")

    def _made(self) -> "Matcher":
        with self._lock:
            if self._matcher is None:
                self._matcher = self._make()
            return self._matcher
