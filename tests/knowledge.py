"""Knowledge that is real, and learned in a moment."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from bot.paths import shipped


def small_knowledge(folder: Path, topics: Sequence[str]) -> Path:
    """Write these of the shipped topics, and a few phrases beside them, into a new `folder`; return it."""
    (folder / "topics").mkdir(parents=True)
    scheme = (shipped("knowledge") / "scheme.toml").read_text(encoding="utf-8")
    (folder / "scheme.toml").write_text(
        re.sub(r"topics = \[.*?\n\]", f"topics = {list(topics)}", scheme, flags=re.DOTALL), encoding="utf-8"
    )
    for topic in topics:
        shutil.copy(shipped("knowledge") / f"topics/{topic}.toml", folder / "topics")
    (folder / "not-support.toml").write_text(
        '[phrases]\nen = ["lunch?", "see you tomorrow"]\nde = ["Mittag?", "bis morgen"]\n', encoding="utf-8"
    )
    return folder
