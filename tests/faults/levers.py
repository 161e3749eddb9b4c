"""What the suite moves in a bot's process while it runs: a few numbers in a file that both have mapped."""

import mmap
import struct
from pathlib import Path

_AHEAD, _FULL, _READY = 0, 8, 16
_SIZE = 24


class Levers:
    """The numbers, shared by everybody who opens the same file; they outlive a process that is killed."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(bytes(_SIZE))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), _SIZE)

    @property
    def ahead_seconds(self) -> float:
        """How far the bot's wall clock is ahead of the machine's."""
        found: float = struct.unpack_from("<d", self._map, _AHEAD)[0]
        return found

    @ahead_seconds.setter
    def ahead_seconds(self, seconds: float) -> None:
        struct.pack_into("<d", self._map, _AHEAD, seconds)

    @property
    def is_disk_full(self) -> bool:
        """Whether a SQLite file may not grow any more."""
        return bool(struct.unpack_from("<q", self._map, _FULL)[0])

    @is_disk_full.setter
    def is_disk_full(self, is_full: bool) -> None:
        struct.pack_into("<q", self._map, _FULL, int(is_full))

    @property
    def ready(self) -> int:
        """The number of the life that can take payloads, or could before it ended."""
        found: int = struct.unpack_from("<q", self._map, _READY)[0]
        return found

    @ready.setter
    def ready(self, life: int) -> None:
        struct.pack_into("<q", self._map, _READY, life)

    def close(self) -> None:
        """Unmap the file."""
        self._map.close()
