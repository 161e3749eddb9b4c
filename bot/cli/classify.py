"""Deciding many messages at once, for measuring."""

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import typer

from bot.app.matching import MeaningComes
from bot.app.parts import load_knowledge
from bot.domain.matching.match import Match
from bot.domain.scheme import SupportScheme
from bot.files.messages import LineRefusedError, read_texts
from bot.settings import load_settings

T = TypeVar("T")


def classify_lines(file: Path | None, knowledge: Path | None, *, words_only: bool) -> None:
    """Read JSON lines from `file` or standard input and write a decision for each, in order."""
    settings = load_settings(**({"knowledge_dir": knowledge} if knowledge else {}))
    if words_only:
        settings = settings.model_copy(update={"use_meaning": False})
    # Phrases were accepted for the knowledge that the bot runs with, not for another folder.
    scheme, matcher = load_knowledge(settings, MeaningComes.NEEDED, learned=knowledge is None)
    for text in or_stop(read_texts(content_of(file), str(file or "standard input"))):
        sys.stdout.write(json.dumps(as_json(matcher.match(text), scheme), ensure_ascii=False) + "\n")


def as_json(match: Match, scheme: SupportScheme) -> dict[str, Any]:
    """Return a decision as the scorer reads it."""
    topic = scheme.topic(match.topic) if match.topic else None
    return {
        "decision": match.decision,
        "topic": topic.id if topic else None,
        "provider": topic.provider if topic else None,
        "candidates": [{"topic": c.topic, "score": round(c.score, 4)} for c in match.candidates],
    }


def content_of(file: Path | None) -> bytes:
    """Return what is in `file`, or comes in by standard input; what cannot be read ends the command."""
    try:
        return file.read_bytes() if file else sys.stdin.buffer.read()
    except OSError as error:
        typer.echo(f"{file}: {error.strerror or error}", err=True)
        raise typer.Exit(1) from None


def or_stop(messages: Iterable[T]) -> Iterator[T]:
    """Yield what is read; a line that cannot be used ends the command with its number and a remedy."""
    try:
        yield from messages
    except LineRefusedError as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from None
