"""Reading messages from JSON lines, to be decided or, with labels, to be measured by."""

import json
from collections.abc import Iterator, Mapping, Set
from typing import Any

from bot.domain.matching.figures import NONE, Labelled
from bot.domain.scheme import Language


class LineRefusedError(Exception):
    """A line cannot be used; the message names file, line, and what to do about it."""

    def __init__(self, name: str, number: int, remedy: str) -> None:
        super().__init__(f"{name}:{number}: {remedy}")


def read_texts(content: bytes, name: str) -> Iterator[str]:
    """Yield the `text` of each line. `LineRefusedError` where the bad line stands; `name` is the file's."""
    for _number, _entry, text in _entries(content, name):
        yield text


def read_labelled(content: bytes, name: str, topics: Set[str]) -> Iterator[Labelled]:
    """Yield labelled messages: `text`, `label` (one of `topics`, or `none`), and if given `also` and `lang`.

    `LineRefusedError` where the bad line stands; `name` is the file's.
    """
    for number, entry, text in _entries(content, name):
        label, also, lang = entry.get("label"), entry.get("also", []), entry.get("lang")
        if not isinstance(label, str) or label not in {*topics, NONE}:
            remedy = f'"label" is {_shown(label)}: give the id of a topic of the scheme, or "{NONE}".'
            raise LineRefusedError(name, number, remedy)
        if not isinstance(also, list) or not all(isinstance(one, str) and one in topics for one in also):
            remedy = f'"also" is {_shown(also)}: give a list of ids of topics of the scheme.'
            raise LineRefusedError(name, number, remedy)
        if lang is not None and lang not in list(Language):
            known = " or ".join(f'"{language}"' for language in Language)
            raise LineRefusedError(name, number, f'"lang" is {_shown(lang)}: give {known}, or leave it out.')
        yield Labelled(text, label, frozenset(also), Language(lang) if lang else None)


def _entries(content: bytes, name: str) -> Iterator[tuple[int, Mapping[str, Any], str]]:
    # Not `splitlines`: a line separator of another script may stand inside a JSON string.
    for number, line in enumerate(content.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            raise LineRefusedError(name, number, "this is not UTF-8: save the file as UTF-8.") from None
        except (json.JSONDecodeError, RecursionError):
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("text"), str):
            remedy = 'each line must be a JSON object with a "text", such as {"text": "…"}.'
            raise LineRefusedError(name, number, remedy)
        yield number, entry, entry["text"]


def _shown(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 60 else shown[:57] + "..."
