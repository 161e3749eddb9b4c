"""What was written on the other side of an escalation, for this side's thread."""

from slack_sdk.models.blocks import (
    Block,
    ButtonElement,
    ConfirmObject,
    MarkdownTextObject,
    PlainTextObject,
    SectionBlock,
)

from bot.domain.escalation.bridge import Bridged, BridgeSaying, FileShown, ThreadNotice
from bot.services.bot import Message
from bot.slack.blocks.parts import ACTION, actions, context, message, section
from bot.slack.mrkdwn import bold, escape, link, neutral, without_broken_end
from bot.wording import say

FILE_ACTION = f"{ACTION}thread-file"
SECTIONS = 4
"""How many blocks a message's words may take; Slack lets nobody write more at once."""
SECTION_TEXT = 2900
FILES = 10
"""Slack takes no more files in a message."""


def bridge_message(saying: BridgeSaying) -> Message:
    """Show any of them."""
    match saying:
        case Bridged():
            return _bridged(saying)
        case FileShown():
            shown = say(saying.language, "escalation_thread.file_shown", file=_file_link(saying))
            return message([shown], [section(shown)])
        case ThreadNotice():
            words = escape(say(saying.language, f"escalation_thread.remark.{saying.remark}"))
            return message([words], [section(words)])


def _bridged(line: Bridged) -> Message:
    language = line.language
    if line.is_withdrawn:
        words = escape(say(language, "escalation_thread.withdrawn"))
        return message([words], context(words))
    if line.is_elsewhere:
        words = escape(say(language, "escalation_thread.elsewhere", reference=line.reference))
        return message([words], context(words))
    head = " · ".join(part for part in (bold(escape(line.by)), escape(line.of)) if part)
    if line.is_edited:
        head = f"{head} · {escape(say(language, 'escalation_thread.edited'))}"
    words = neutral(line.text, dict(line.names))
    shown, is_cut = _pieces(words)
    whole = _rest(line) if is_cut else ""
    far = escape(_far_files(line))
    files = [] if far else [say(language, "escalation_thread.file", name=file.name) for file in line.files]
    spoken = [": ".join(part for part in (head, "".join(shown)) if part), whole, far, *map(escape, files)]
    buttons = [] if far else _buttons(line)
    blocks = [*context(head), *map(_verbatim, shown), *context(whole), *context(far), *actions(buttons)]
    return message(spoken, blocks)


def _rest(line: Bridged) -> str:
    if line.is_far:
        return escape(say(line.language, "escalation_thread.far_whole"))
    return link(line.original, say(line.language, "escalation_thread.whole"))


def _far_files(line: Bridged) -> str:
    """Name the files that lie in another workspace; empty where there are none."""
    if not line.is_far or not line.files:
        return ""
    names = ", ".join(file.name for file in line.files)
    return say(line.language, "escalation_thread.far_files", names=names)


def _pieces(words: str) -> tuple[list[str], bool]:
    """Cut words to what blocks take, never within a link or an escaped sign; say whether any is left."""
    pieces: list[str] = []
    while words and len(pieces) < SECTIONS:
        piece = words if len(words) <= SECTION_TEXT else without_broken_end(words[:SECTION_TEXT])
        piece = piece or words[:SECTION_TEXT]
        if words[len(piece) :].startswith("@"):
            piece = piece[:-1]  # The letter before it is what makes it no mention.
        pieces.append(piece)
        words = words[len(piece) :]
    return pieces, bool(words)


def _verbatim(words: str) -> Block:
    """Show somebody's words in which Slack must find no mentions by itself."""
    return SectionBlock(text=MarkdownTextObject(text=words, verbatim=True))


def _buttons(line: Bridged) -> list[ButtonElement]:
    language = line.language
    return [
        ButtonElement(
            action_id=f"{FILE_ACTION}.{number}",
            text=PlainTextObject(text=say(language, "escalation_thread.file", name=file.name)[:75]),
            value=f"{line.message_id} {number}",
            confirm=ConfirmObject(
                title=PlainTextObject(text=say(language, "escalation_thread.confirm.title")),
                text=PlainTextObject(text=say(language, "escalation_thread.confirm.text")),
                confirm=PlainTextObject(text=say(language, "escalation_thread.confirm.yes")),
                deny=PlainTextObject(text=say(language, "escalation_thread.confirm.no")),
            ),
        )
        for number, file in enumerate(line.files[:FILES])
    ]


def _file_link(shown: FileShown) -> str:
    return link(shown.file.link, shown.file.name)
