"""Knowledge that is real, and learned in a moment."""

import re
from collections.abc import Sequence
from pathlib import Path

from bot.paths import shipped

PHRASES = 25
"""How many of a topic's phrases are learned in each language."""


def small_knowledge(folder: Path, topics: Sequence[str]) -> Path:
    """Write these of the shipped topics, and a few phrases beside them, into a new `folder`; return it."""
    (folder / "topics").mkdir(parents=True)
    scheme = (shipped("knowledge") / "scheme.toml").read_text(encoding="utf-8")
    (folder / "scheme.toml").write_text(
        re.sub(r"topics = \[.*?\n\]", f"topics = {list(topics)}", scheme, flags=re.DOTALL), encoding="utf-8"
    )
    for topic in topics:
        whole = (shipped("knowledge") / f"topics/{topic}.toml").read_text(encoding="utf-8")
        (folder / f"topics/{topic}.toml").write_text(_first_phrases(whole), encoding="utf-8")
    (folder / "not-support.toml").write_text(
        '[phrases]\nen = ["lunch?", "see you tomorrow"]\nde = ["Mittag?", "bis morgen"]\n', encoding="utf-8"
    )
    return folder


def _first_phrases(topic: str) -> str:
    """Return a topic's file with the first phrases of each language alone: a line is a phrase."""
    lists = re.compile(rf"^((?:en|de) = \[\n(?:  .*\n){{{PHRASES}}})(?:  .*\n)*", re.MULTILINE)
    return lists.sub(r"\1", topic)
