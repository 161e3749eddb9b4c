"""Putting a long message or a Home together, within what Slack takes."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block, DividerBlock, HeaderBlock, PlainTextObject

from bot.slack.blocks.parts import SECTION_LIMIT, context, section
from bot.slack.mrkdwn import bold, escape

HEADER_LIMIT = 150
MESSAGE_BLOCKS = 50
HOME_BLOCKS = 100
TEXT_LIMIT = 39_000
"""Slack cuts a message's text after 40,000 signs, wherever that falls."""


class Page:
    """Blocks as they are added, each with the words that a screen reader reads in its place."""

    def __init__(self) -> None:
        self.pieces: list[tuple[str, Block]] = []

    @property
    def blocks(self) -> list[Block]:
        """All blocks in order."""
        return [block for _, block in self.pieces]

    @property
    def spoken(self) -> list[str]:
        """What is said in their place, escaped; of very long pages what a message takes."""
        said = [words for words, _ in self.pieces if words]
        return next(iter(packed("\n".join(said).split("\n"), room=TEXT_LIMIT)), "").split("\n")

    def title(self, text: str) -> None:
        """Add a plain title."""
        shown = text if len(text) <= HEADER_LIMIT else text[: HEADER_LIMIT - 1] + "…"
        self.pieces.append((escape(text), HeaderBlock(text=PlainTextObject(text=shown, emoji=False))))

    def lines(self, title: str, lines: Iterable[str]) -> None:
        """Add a bold title with lines below; none is escaped yet. It takes as many sections as it needs."""
        escaped = [escape(line) for line in lines]
        heading = [bold(escape(title))] if title else []
        spoken = [escape(title), *escaped]
        for number, text in enumerate(packed([*heading, *escaped])):
            self.pieces.append(("\n".join(filter(None, spoken)) if number == 0 else "", section(text)))

    def markup(self, text: str, spoken: str) -> None:
        """Add mrkdwn that is escaped already, and how it is said."""
        self.pieces.append((spoken, section(text)))

    def code(self, lines: Sequence[str]) -> None:
        """Add lines in signs of equal width."""
        for number, text in enumerate(packed([escape(line) for line in lines], room=SECTION_LIMIT - 8)):
            spoken = "\n".join(escape(line) for line in lines) if number == 0 else ""
            self.pieces.append((spoken, section(f"```\n{text}\n```")))

    def small(self, text: str) -> None:
        """Add small print that is escaped already; nothing where there is none."""
        self.pieces += [(text, block) for block in context(text)]

    def add(self, blocks: Iterable[Block]) -> None:
        """Add blocks that need no words, such as buttons."""
        self.pieces += [("", block) for block in blocks]

    def rule(self) -> None:
        """Add a line across."""
        self.pieces.append(("", DividerBlock()))

    def cut(self, limit: int, remark: str) -> None:
        """Keep at most `limit` blocks; `remark` then stands in the last one's place."""
        if len(self.pieces) > limit:
            self.pieces = self.pieces[: limit - 1]
            self.small(remark)


def packed(lines: Iterable[str], room: int = SECTION_LIMIT) -> list[str]:
    """Join lines into as few texts as `room` allows; a line is never broken."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + 1 + len(line) <= room:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
