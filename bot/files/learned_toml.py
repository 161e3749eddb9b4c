"""Accepted phrases as TOML, to be pasted into the files of the topics."""

import json
import re
from collections.abc import Iterator, Sequence

from bot.domain.learning import LearnedPhrase
from bot.domain.scheme import Language

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def write_learned(phrases: Sequence[LearnedPhrase]) -> str:
    """Return a TOML text with `TOPIC.phrases.LANGUAGE` lists, topics in the order they first come.

    Each line of a list can be pasted as it is into the same list of `topics/TOPIC.toml`.
    """
    return "\n".join(_lines(phrases)) + "\n"


def _lines(phrases: Sequence[LearnedPhrase]) -> Iterator[str]:
    yield "# Paste the lines of each list into the same list of the topic's file, under [phrases]."
    for topic in dict.fromkeys(phrase.topic for phrase in phrases):
        yield ""
        yield f"# topics/{topic}.toml"
        yield f"[{_key(topic)}.phrases]"
        for language in Language:
            texts = [p.text for p in phrases if (p.topic, p.language) == (topic, language)]
            if texts:
                yield f"{language} = ["
                yield from (f"  {_string(text)}," for text in texts)
                yield "]"


def _key(topic: str) -> str:
    return topic if _BARE_KEY.fullmatch(topic) else _string(topic)


def _string(text: str) -> str:
    # JSON and TOML write strings alike, but for the delete character, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
