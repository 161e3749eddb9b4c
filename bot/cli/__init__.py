"""The `signpost` command: one thin function for each thing one can do in a shell."""

from bot.cli.commands import main

__all__ = ["main"]
