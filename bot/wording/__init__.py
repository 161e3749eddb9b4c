"""The bot's words: one file a language, and the one place that puts an answer into sentences."""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import tomli

from bot.domain.scheme import Language


def say(language: Language, key: str, **values: object) -> str:
    """Return the words under `key` (dotted, as in the files), with `values` filled in.

    `KeyError` when the file has no such key or the words want a value that is not given.
    """
    return words(language)[key].format_map(values)


@cache
def words(language: Language) -> Mapping[str, str]:
    """Return all words of a language by their dotted key."""
    content = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomli.loads(content), ""))


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
