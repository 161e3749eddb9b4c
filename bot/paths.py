"""Where things lie on this machine: the user's data folder, and what comes with the package."""

from pathlib import Path

import platformdirs

_PACKAGE = Path(__file__).parent

COMPILED = "compiled"
"""Where a wheel has what was learned from the knowledge in it; a clone has it in the cache alone."""


def data_folder() -> Path:
    """Return the user's data folder of Signpost; it may not exist yet."""
    return platformdirs.user_data_path("signpost", appauthor=False)


def cache_folder() -> Path:
    """Return where what can be made again is kept; it may not exist yet."""
    return platformdirs.user_cache_path("signpost", appauthor=False)


def shipped(name: str) -> Path:
    """Return what comes with Signpost under `name`: in a clone beside the package, else inside it."""
    inside = _PACKAGE / name
    return inside if inside.exists() else _PACKAGE.parent / name
