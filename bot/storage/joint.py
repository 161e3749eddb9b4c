"""Use cases for one of many things: what is asked for together is done as one, in fewer statements."""

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct
from sqlmodel import Session

Context = TypeVar("Context")
Item = TypeVar("Item")
Result = TypeVar("Result")


class Joint(Struct, Generic[Context, Item, Result], frozen=True):
    """A use case for one item. Those of the same `do` and `context` may be done as one.

    `do` gets the items in the order in which they were asked for, and returns what became of each.
    """

    do: Callable[[Session, Context, Sequence[Item]], Sequence[Result]]
    context: Context
    item: Item

    def __call__(self, session: Session) -> Result:
        """Do it for this item alone."""
        return self.do(session, self.context, [self.item])[0]

    @property
    def kind(self) -> tuple[int, int]:
        """What those have in common that can be done as one."""
        return id(self.do), id(self.context)


UseCase = Callable[[Session], Any]


def are_alike(one: UseCase, other: UseCase) -> bool:
    """Say whether two use cases can be done as one."""
    return isinstance(one, Joint) and isinstance(other, Joint) and one.kind == other.kind


def alike(use_cases: Sequence[UseCase]) -> list[list[int]]:
    """Return the places of those that can be done as one, in the order of the first of each."""
    places: dict[object, list[int]] = {}
    for place, use_case in enumerate(use_cases):
        places.setdefault(use_case.kind if isinstance(use_case, Joint) else place, []).append(place)
    return list(places.values())


def as_one(use_cases: Sequence[UseCase]) -> Callable[[Session], Sequence[Any]]:
    """Make one of use cases that are alike; it returns what became of each."""
    first = use_cases[0]
    if not isinstance(first, Joint):
        return lambda session: [first(session)]
    items = [use_case.item for use_case in use_cases if isinstance(use_case, Joint)]
    return lambda session: first.do(session, first.context, items)
