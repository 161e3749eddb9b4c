"""What a look at the set-up found."""

from msgspec import Struct


class Finding(Struct, frozen=True):
    """What was found of one part. `is_fault`: nothing works without the remedy; else a remedy is advice."""

    part: str
    is_fault: bool
    words: str
    remedy: str = ""


def good(part: str, words: str) -> Finding:
    """Say that a part is fine."""
    return Finding(part, is_fault=False, words=words)


def fault(part: str, words: str, remedy: str) -> Finding:
    """Say that a part is wrong."""
    return Finding(part, is_fault=True, words=words, remedy=remedy)


def hint(part: str, words: str, remedy: str) -> Finding:
    """Say what might be better."""
    return Finding(part, is_fault=False, words=words, remedy=remedy)
