"""Compiles the knowledge into the wheel, so that nobody waits for it at the first start.

hatchling runs this when it builds a wheel. An editable install, which is what `start.py` makes, gets nothing:
there the knowledge is edited, and what was learned from it lies in the cache.
"""

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompiledKnowledge(BuildHookInterface[Any]):
    """Puts the compiled words and meaning beside the knowledge that they were learned from."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile, unless this is an editable install. What cannot be compiled stops the build."""
        if version != "standard":
            return
        sys.path.insert(0, self.root)
        from bot.files.compiled import load_words  # noqa: PLC0415 - only where its dependencies are
        from bot.files.knowledge import read_knowledge  # noqa: PLC0415
        from bot.files.meaning import Meanings  # noqa: PLC0415

        self._folder = tempfile.TemporaryDirectory(prefix="signpost-compiled-")
        folder = Path(self._folder.name)
        scheme = read_knowledge(Path(self.root) / "knowledge")
        words = load_words(scheme, folder)
        if Meanings(scheme, words, folder).prepare() is None:
            raise RuntimeError("The sentence encoder does not work here, so no wheel with the meaning.")
        for file in (*folder.glob("words-*.npz"), *folder.glob("meaning-*.npz")):
            build_data["force_include"][str(file)] = f"bot/compiled/{file.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what is in the wheel now."""
        if version == "standard":
            self._folder.cleanup()
