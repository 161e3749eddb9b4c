"""Learning from the knowledge ahead."""

from pathlib import Path

import typer

from bot.app.checking import NO_ENCODER, NO_ENCODER_REMEDY
from bot.domain.matching.phrases import phrases_of
from bot.files.compiled import load_words
from bot.files.knowledge import read_knowledge
from bot.files.meaning import Meanings
from bot.paths import COMPILED, cache_folder, shipped
from bot.settings import load_settings


def compile_ahead(knowledge: Path | None) -> None:
    """Make both stages of the matcher and store them; what was stored before is kept."""
    settings = load_settings(**({"knowledge_dir": knowledge} if knowledge else {}))
    scheme = read_knowledge(settings.knowledge_dir)
    words = load_words(scheme, cache_folder(), shipped(COMPILED))
    typer.echo(f"Words: ready, from {len(phrases_of(scheme))} phrases.")
    if not settings.use_meaning:
        typer.echo("Meaning: switched off (USE_MEANING).")
    elif Meanings(scheme, words, cache_folder(), ready_made=shipped(COMPILED)).prepare():
        typer.echo("Meaning: ready.")
    else:
        typer.echo(f"Meaning: {NO_ENCODER} {NO_ENCODER_REMEDY}")
