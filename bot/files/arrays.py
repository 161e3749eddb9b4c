"""Named arrays in one file, written so that nobody ever sees half of it, and believed only when whole."""

import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[Any]]

UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error)
"""What reading a file that is missing, damaged or of something else may raise."""

_KEPT_FILES = 4


def store_arrays(file: Path, header: Mapping[str, Any], arrays: Arrays) -> None:
    """Write arrays with a header of JSON. `OSError` when that is impossible; then nothing is left behind."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=file.stem, suffix=".part", dir=file.parent)
    content: dict[str, Any] = {"header": np.frombuffer(json.dumps(header).encode(), np.uint8), **arrays}
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, allow_pickle=False, **content)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_arrays(file: Path) -> tuple[dict[str, Any], dict[str, npt.NDArray[Any]]]:
    """Return header and arrays. Raises one of `UNREADABLE` when they cannot be believed."""
    # Opened here because numpy leaves the file open when it is no zip file.
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
        header = json.loads(arrays["header"].tobytes())
        return header, {name: arrays[name] for name in arrays.files if name != "header"}


def forget_oldest(folder: Path, pattern: str) -> None:
    """Delete all files of a pattern but the newest four."""
    stored = sorted(folder.glob(pattern), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in stored[_KEPT_FILES:]:
        file.unlink(missing_ok=True)
