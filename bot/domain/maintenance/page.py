"""A statement in words, ready to be laid out on paper: nothing but texts, in the order they are read."""

from msgspec import Struct

from bot.domain.scheme import Language


class Cell(Struct, frozen=True):
    """A text in a table. `note` is small print below it; `is_number` sets it to the right."""

    text: str
    note: str = ""
    is_number: bool = False


class Block(Struct, frozen=True):
    """A table with its heading; `total` is its last row, `empty` what is said where it has no rows."""

    heading: str
    columns: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]
    empty: str


class Page(Struct, frozen=True):
    """One statement. `facts` and `result` are labels with values; the last of `result` is what counts."""

    language: Language
    title: str
    stamp: str
    is_draft: bool
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    result_heading: str
    result: tuple[tuple[str, str], ...]
    next_step: str
    notes: tuple[str, ...]
