"""What every test would read again from the same files is read once in a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.matching.words import WordsModel
from bot.domain.scheme import SupportScheme
from bot.files.compiled import load_words
from bot.files.knowledge import Edition, edition_of, read_knowledge
from bot.paths import shipped

READERS = ("bot.files.knowledge", "bot.app.parts", "bot.app.checking", "bot.app.trial")
"""Where the bot looks for `read_knowledge`. Tests of reading itself import it before it is replaced."""


class Shelf:
    """The shipped knowledge in the edition read last, and the model that belongs to it; both are frozen."""

    def __init__(self) -> None:
        self._edition: Edition = frozenset()
        self._scheme: SupportScheme | None = None
        self._words: dict[tuple[Path, Path | None], WordsModel] = {}

    def scheme(self, folder: Path) -> SupportScheme:
        """Read knowledge, the shipped one only if a file of it changed since the last time."""
        if folder != shipped("knowledge"):
            return read_knowledge(folder)
        edition = edition_of(folder)
        if self._scheme is None or edition != self._edition:
            self._edition, self._scheme, self._words = edition, read_knowledge(folder), {}
        return self._scheme

    def words(self, scheme: SupportScheme, cache_folder: Path, ready_made: Path | None = None) -> WordsModel:
        """Load the model of a scheme, that of the shipped one only once."""
        if scheme is not self._scheme:
            return load_words(scheme, cache_folder, ready_made)
        place = (cache_folder, ready_made)
        if place not in self._words:
            self._words[place] = load_words(scheme, cache_folder, ready_made)
        return self._words[place]


@contextmanager
def reading_once() -> Iterator[None]:
    """Let the bot have its knowledge from a shelf meanwhile."""
    shelf = Shelf()
    with pytest.MonkeyPatch.context() as patch:
        for module in READERS:
            patch.setattr(f"{module}.read_knowledge", shelf.scheme)
        patch.setattr("bot.files.compiled.load_words", shelf.words)
        yield
