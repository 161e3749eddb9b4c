"""From what people type to the words that are compared."""

import html
import re
import unicodedata
from itertools import islice

MAX_CHARACTERS = 2_000
MAX_WORDS = 250
_MAX_WORD_CHARACTERS = 40
_BLOCK = 200  # so many characters are normalised before it is asked whether there are enough

_SLACK_REFERENCE = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_URL = re.compile(r"\b(?:https?://|www\.|mailto:)\S+")
_EMOJI_NAME = re.compile(r":[a-z0-9_+\-]+:(?::skin-tone-[2-6]:)?", re.IGNORECASE)
_QUOTE_SIGN = re.compile(r"^[ \t]*(?:>|&gt;)+", re.MULTILINE)
_APOSTROPHE = re.compile(r"(?<=\w)['’`´](?=\w)")
_BLANKS = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")
_WORD = re.compile(r"[^\W_]+")
_ASCII_UMLAUT = re.compile(r"([aou])e")
_REPEATED = re.compile(r"(.)\1{2,}")


def plain_text(message: str) -> str:
    """Return what a reader sees of a Slack message: no markup, no emoji names, no invisible characters.

    Runs of blanks become one blank or one line break; case and punctuation stay. Only the first
    `MAX_CHARACTERS` count, before and after decoding, so that no message costs more than a long one.
    """
    text = message[:MAX_CHARACTERS]
    text = _QUOTE_SIGN.sub("", text)
    text = _SLACK_REFERENCE.sub(_visible_part, text)
    text = html.unescape(text)
    text = _URL.sub(" ", text)
    text = _EMOJI_NAME.sub(" ", text)
    if not text.isascii():
        text = _compatible(text)
        text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return _BLANK_LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def fold(text: str) -> str:
    """Return `text` without case, accents and the difference between ä, ae and a; ß becomes ss.

    English words lose an e as well (`queue`, `does`), the same way on both sides of every comparison.
    """
    letters = text.casefold()
    if not letters.isascii():
        decomposed = unicodedata.normalize("NFKD", letters)
        letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _ASCII_UMLAUT.sub(r"\1", letters)


def split_words(plain: str) -> tuple[str, ...]:
    """Return the folded words of a text without markup, in their order, at most `MAX_WORDS`."""
    joined = _REPEATED.sub(r"\1\1", _APOSTROPHE.sub("", fold(plain)))
    return tuple(match[0][:_MAX_WORD_CHARACTERS] for match in islice(_WORD.finditer(joined), MAX_WORDS))


def _compatible(text: str) -> str:
    """Return the compatible form (NFKC) of as much of `text` as counts: a single character may become 18."""
    parts, length = [], 0
    for start in range(0, len(text), _BLOCK):
        parts.append(unicodedata.normalize("NFKD", text[start : start + _BLOCK]))
        length += len(parts[-1])
        if length >= MAX_CHARACTERS:
            break
    return unicodedata.normalize("NFC", "".join(parts)[:MAX_CHARACTERS])


def _visible_part(reference: re.Match[str]) -> str:
    kind, target, label = reference.groups()
    if kind:
        return " "
    if label:
        return label
    return target if " " in target else " "
