"""A small schema language for Block Kit: each rule tells what is wrong with a JSON value."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct


class Fault(Struct, frozen=True):
    """What is wrong with the value at `pointer` ("/blocks/0/text/text"), in Slack's words."""

    pointer: str
    complaint: str

    def __str__(self) -> str:
        return f"{self.complaint} [json-pointer:{self.pointer}]"


Faults = Iterator[Fault]


Rule = Callable[[Any, str], Faults]
"""Checks one value at a pointer; yields nothing when it is fine."""


class Words(Struct, frozen=True):
    """A string of `least` to `most` characters."""

    most: int
    least: int = 1

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        if not isinstance(value, str):
            yield Fault(pointer, "must be a string")
        elif len(value) > self.most:
            yield Fault(pointer, f"must be less than {self.most + 1} characters")
        elif len(value) < self.least:
            yield Fault(pointer, f"must be more than {self.least - 1} characters")


class Choice(Struct, frozen=True):
    """One of some strings."""

    among: tuple[str, ...]

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        if value not in self.among:
            yield Fault(pointer, f"must be one of {', '.join(self.among)}")


class Flag(Struct, frozen=True):
    """true or false."""

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        if not isinstance(value, bool):
            yield Fault(pointer, "must be a boolean")


class Number(Struct, frozen=True):
    """A whole number from `least` to `most`."""

    least: int
    most: int

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        if not isinstance(value, int) or isinstance(value, bool):
            yield Fault(pointer, "must be an integer")
        elif not self.least <= value <= self.most:
            yield Fault(pointer, f"must be between {self.least} and {self.most}")


class Anything(Struct, frozen=True):
    """A value that is not looked into."""

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        return iter(())


class Many(Struct, frozen=True):
    """A list of `least` to `most` values that each obey `item`."""

    item: Rule
    most: int
    least: int = 1

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        if not isinstance(value, list):
            yield Fault(pointer, "must be an array")
            return
        if len(value) > self.most:
            yield Fault(pointer, f"no more than {self.most} items allowed")
        if len(value) < self.least:
            yield Fault(pointer, f"no less than {self.least} items allowed")
        for index, entry in enumerate(value):
            yield from self.item(entry, f"{pointer}/{index}")


class Shape(Struct, frozen=True):
    """An object with the named fields, of which `required` must be there; `also` sees the whole object."""

    fields: Mapping[str, Rule]
    required: tuple[str, ...] = ()
    also: Callable[[Mapping[str, Any], str], Faults] | None = None

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        if not isinstance(value, dict):
            yield Fault(pointer, "must be an object")
            return
        for name in self.required:
            if value.get(name) is None:
                yield Fault(pointer, f"missing required field: {name}")
        for name, entry in value.items():
            if name not in self.fields:
                yield Fault(pointer, f"invalid additional property: {name}")
            elif entry is not None:
                yield from self.fields[name](entry, f"{pointer}/{name}")
        if self.also:
            yield from self.also(value, pointer)


class Kinds(Struct, frozen=True):
    """An object whose `type` decides which shape it must have."""

    shapes: Mapping[str, Shape]

    def __call__(self, value: Any, pointer: str) -> Faults:
        """Tell what is wrong with `value`, which stands at `pointer`."""
        if not isinstance(value, dict):
            yield Fault(pointer, "must be an object")
            return
        shape = self.shapes.get(value.get("type", ""))
        if shape is None:
            yield Fault(f"{pointer}/type", f"unsupported type: {value.get('type')}")
            return
        yield from shape(value, pointer)
