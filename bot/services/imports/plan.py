"""What an import will do, said before it does it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct
from sqlmodel import Session

from bot.files.csv_table import Fault, FileRefused
from bot.files.kinds import Kind


class ColumnChange(Struct, frozen=True):
    """A column that gets another value."""

    column: str
    before: str
    after: str


class Change(Struct, frozen=True):
    """Something that is added (all columns before empty) or changed; `line` is its place in the file."""

    key: str
    line: int
    columns: tuple[ColumnChange, ...]


class Gone(Struct, frozen=True):
    """Something in the database that the file does not list. `obstacle`: why it cannot be removed, if so."""

    key: str
    row_id: int
    obstacle: str = ""


class Hint(Struct, frozen=True):
    """Something to look at that is no fault."""

    line: int
    column: str
    words: str

    def __str__(self) -> str:
        return f"line {self.line} {self.column}: {self.words}"


class Wanted(Struct, frozen=True):
    """What only Slack knows: the ids behind addresses and channel names (without `#`), and its own id."""

    emails: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    workspace: bool = False

    def __bool__(self) -> bool:
        return bool(self.emails or self.channels or self.workspace)


class Target(Protocol):
    """Something the file lists, as it shall be in the database."""

    def write(self, session: Session, now: datetime) -> None:
        """Write it over its row, or as a new one."""
        ...


class ImportPlan(Struct, frozen=True):
    """What an import will do. `disappeared` goes only with `prune`; `wanted` is what Slack may tell yet."""

    kind: Kind
    file: str
    prune: bool
    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    unchanged: int
    disappeared: tuple[Gone, ...]
    hints: tuple[Hint, ...]
    wanted: Wanted
    targets: tuple[Target, ...]

    @property
    def is_empty(self) -> bool:
        """Say whether nothing would change."""
        return not (self.added or self.changed or (self.prune and self.disappeared))


class Draft:
    """A plan being drawn up."""

    def __init__(self, kind: Kind, file: str, *, prune: bool) -> None:
        self._kind = kind
        self._file = file
        self.prune = prune
        self._added: list[Change] = []
        self._changed: list[Change] = []
        self._unchanged = 0
        self._faults: list[Fault] = []
        self._hints: list[Hint] = []
        self._targets: list[Target] = []
        self._emails: dict[str, None] = {}
        self._channels: dict[str, None] = {}
        self._wants_workspace = False

    def fault(self, line: int, column: str, value: str, remedy: str) -> None:
        """Note that the file cannot be taken in."""
        self._faults.append(Fault(self._file, line, column, value, remedy))

    def hint(self, line: int, column: str, words: str) -> None:
        """Note something to look at."""
        self._hints.append(Hint(line, column, words))

    def unresolved(self, line: int, column: str, value: str, *, email: str = "", channel: str = "") -> None:
        """Note that Slack may know the id behind `value`; without `email` and `channel` its workspace."""
        self.hint(line, column, f"not resolved: {value}")
        if email:
            self._emails[email] = None
        elif channel:
            self._channels[channel] = None
        else:
            self._wants_workspace = True

    def put(
        self,
        key: str,
        line: int,
        before: Mapping[str, str] | None,
        after: Mapping[str, str],
        target: Target | None,
        *,
        touch: bool = False,
    ) -> bool:
        """Enter something the file lists: `before` is what the database has of it, `None` when it is new.

        With `touch` it is written even if nothing that is shown changes. Returns whether anything changes.
        """
        columns = _differences(before or {}, after)
        if before is None:
            self._added.append(Change(key, line, columns))
        elif columns:
            self._changed.append(Change(key, line, columns))
        else:
            self._unchanged += 1
        changes = before is None or bool(columns)
        if target is not None and (changes or touch):
            self._targets.append(target)
        return changes

    def plan(self, disappeared: Iterable[Gone]) -> ImportPlan:
        """Return the plan; raise `FileRefused` when there were faults."""
        if self._faults:
            raise FileRefused(self._faults)
        return ImportPlan(
            kind=self._kind,
            file=self._file,
            prune=self.prune,
            added=tuple(self._added),
            changed=tuple(self._changed),
            unchanged=self._unchanged,
            disappeared=tuple(disappeared),
            hints=tuple(sorted(self._hints, key=lambda hint: hint.line)),
            wanted=Wanted(tuple(self._emails), tuple(self._channels), self._wants_workspace),
            targets=tuple(self._targets),
        )


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ColumnChange, ...]:
    columns = dict.fromkeys([*after, *before])
    changes = (ColumnChange(name, before.get(name, ""), after.get(name, "")) for name in columns)
    return tuple(change for change in changes if change.before != change.after)


def some_of(names: Iterable[str], limit: int = 3) -> str:
    """Return the first names in words, and how many more there are."""
    ordered = sorted(names)
    shown = ", ".join(f"“{name}”" for name in ordered[:limit])
    return shown if len(ordered) <= limit else f"{shown} and {len(ordered) - limit} more"
