"""The composition root: the only place that builds outside things and puts the house together."""

from bot.app.parts import open_database

__all__ = ["open_database"]
