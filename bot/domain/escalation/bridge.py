"""What is written in one side's thread and appears in the others'."""

import re
from enum import StrEnum

from msgspec import Struct

from bot.domain.scheme import Language

LOCKS = ("🔒", ":lock:")
_BEFORE_WORDS = re.compile(r"(?:<[^<>]*>|&gt;|[\s*_~`•\u200b-\u200d\u2060\ufeff\ufe0f])*")
"""Mentions, quoting, emphasis and what nobody sees: a lock after them still begins the message."""


def is_internal(text: str) -> bool:
    """Say whether a message, in Slack's markup, begins with a lock and so stays with whoever wrote it."""
    begins = _BEFORE_WORDS.match(text)
    return text[begins.end() if begins else 0 :].startswith(LOCKS)


class LinkedFile(Struct, frozen=True):
    """A file in Slack, by its permanent link; the file itself is never copied."""

    name: str
    link: str


class Bridged(Struct, frozen=True):
    """What somebody wrote on another side. `of` is their company or practice, empty where unknown.

    `text` is in Slack's markup as it was written, and `names` are those of the people mentioned in it, by
    user id. `message_id` names the message for the buttons of its files. `original` is its address.
    `is_withdrawn`: it was deleted, or locked later. `is_elsewhere`: others read along where this is shown, so
    it says no more than that something was written. `is_far`: it was written in another workspace, so neither
    it nor its files can be opened here, and `original` is empty.
    """

    language: Language
    reference: str
    by: str = ""
    of: str = ""
    text: str = ""
    names: tuple[tuple[str, str], ...] = ()
    files: tuple[LinkedFile, ...] = ()
    message_id: int = 0
    original: str = ""
    is_edited: bool = False
    is_withdrawn: bool = False
    is_elsewhere: bool = False
    is_far: bool = False


class FileShown(Struct, frozen=True):
    """The link of a file, for whoever confirmed that they want to see it."""

    language: Language
    file: LinkedFile


class ThreadRemark(StrEnum):
    """`NOT_PASSED_ON`: whoever wrote may not write here for others to read. `NO_FILE`: it was withdrawn, or
    is not theirs to see. `NOT_CARRIED`: something went wrong again and again."""

    NOT_PASSED_ON = "not-passed-on"
    NO_FILE = "no-file"
    NOT_CARRIED = "not-carried"


class ThreadNotice(Struct, frozen=True):
    """A sentence for one person in a thread."""

    language: Language
    remark: ThreadRemark


BridgeSaying = Bridged | FileShown | ThreadNotice
