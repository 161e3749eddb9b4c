"""Deciding many messages at once, for measuring."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from bot.app.parts import load_knowledge
from bot.domain.matching.match import Match
from bot.domain.scheme import SupportScheme
from bot.settings import load_settings


def classify_lines(file: Path | None, knowledge: Path | None) -> None:
    """Read JSON lines from `file` or standard input and write a decision for each, in order."""
    settings = load_settings(**({"knowledge_dir": knowledge} if knowledge else {}))
    scheme, matcher = load_knowledge(settings)
    for text in _texts(file):
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


def _texts(file: Path | None) -> Iterator[str]:
    name = str(file) if file else "standard input"
    lines = file.read_text(encoding="utf-8").splitlines() if file else sys.stdin.read().splitlines()
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            text = json.loads(line)["text"]
        except (json.JSONDecodeError, KeyError, TypeError):
            text = None
        if not isinstance(text, str):
            typer.echo(
                f'{name}:{number}: each line must be a JSON object with a "text", such as {{"text": "…"}}.',
                err=True,
            )
            raise typer.Exit(1)
        yield text
