"""What somebody sees in a test: a message, a modal, a Home."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from bot.playground.blocks import elements_in
from bot.playground.choosing import label_of
from bot.playground.workspace import Message, View


class Shown(Struct, frozen=True):
    """A message as somebody sees it: `text` is what is drawn, `fallback` what a screen reader gets."""

    message: Message
    text: str

    @property
    def channel(self) -> str:
        """The channel's id."""
        return self.message.channel

    @property
    def ts(self) -> str:
        """The message's timestamp."""
        return self.message.ts

    @property
    def thread_ts(self) -> str | None:
        """The thread in which it stands, or None."""
        return self.message.thread_ts

    @property
    def fallback(self) -> str:
        """The message's top-level text."""
        return self.message.text

    @property
    def blocks(self) -> Sequence[Mapping[str, Any]]:
        """The message's blocks."""
        return self.message.blocks

    @property
    def is_ephemeral(self) -> bool:
        """Whether only this one person sees it."""
        return self.message.visible_to is not None

    @property
    def labels(self) -> tuple[str, ...]:
        """What one can press or open in it, by its label."""
        return labels_in(self.message.blocks)


class ShownView(Struct, frozen=True):
    """A modal or Home as somebody sees it."""

    view: View
    text: str

    @property
    def title(self) -> str:
        """What stands above a modal."""
        return self.view.title

    @property
    def labels(self) -> tuple[str, ...]:
        """What one can press, choose or fill in, by its label."""
        inputs = (b["label"]["text"] for b in self.view.body["blocks"] if b["type"] == "input")
        return (*inputs, *labels_in(self.view.body["blocks"]))


def labels_in(blocks: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """What one can press or open in these blocks, by its label."""
    return tuple(label for block in blocks for element in elements_in(block) for label in label_of(element))
