"""Making messages worse the way people do, to measure how well matching stands it."""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum

from bot.domain.scheme import Language

_MIN_LETTERS = 4
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_WORD = re.compile(rf"[^\W\d_]{{{_MIN_LETTERS},}}")
# What Slack put there and nobody typed: references, links, emoji names and escaped signs.
_MARKUP = re.compile(r"<[^<>]*>|\b(?:https?://|www\.)\S+|:[a-z0-9_+\-]+:|&(?:amp|lt|gt);", re.IGNORECASE)
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_BLANKS = re.compile(r" {2,}")

_WITH_E = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_DROPPED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "Ä": "A", "Ö": "O", "Ü": "U", "ß": "ss"})

_GREETINGS = {
    Language.EN: (
        "Hi everyone,\n",
        "Good afternoon, ",
        "Hello support team,\n\n",
        "Hi Jenny, ",
        "Dear colleagues,\nhope you are all well. ",
    ),
    Language.DE: (
        "Hallo zusammen,\n",
        "Guten Tag, ",
        "Liebes Support-Team,\n\n",
        "Moin Jenny, ",
        "Sehr geehrte Damen und Herren,\nich hoffe, es geht Ihnen gut. ",
    ),
}
_SIGNATURES = {
    Language.EN: (
        "\nKind regards,\nAmelia Hart\nHart Orthodontics, Leeds",
        "\nThanks, Amelia",
        "\n\nMany thanks in advance and best wishes\nDr. A. Hart\nTel. 0113 496 0018",
        "\nCheers\nAmelia, front desk",
        "\n-- \nAmelia Hart | Practice manager\nSent from my phone",
    ),
    Language.DE: (
        "\nViele Grüße\nAmelie Hartl\nPraxis Dr. Hartl, Fürth",
        "\nDanke, Amelie",
        "\n\nVielen Dank im Voraus und freundliche Grüße\nDr. A. Hartl\nTel. 0911 5550018",
        "\nLG\nAmelie, Empfang",
        "\n-- \nAmelie Hartl | Praxismanagerin\nVon meinem Handy gesendet",
    ),
}


class Noise(StrEnum):
    """The ways in which a message gets worse."""

    ONE_TYPO = "one typo"
    TWO_TYPOS = "two typos"
    BARE = "no capitals, no punctuation"
    UMLAUTS_WITH_E = "umlauts as ae, oe, ue"
    UMLAUTS_DROPPED = "umlauts dropped"
    COURTESY = "greeting and signature"


def noisy(text: str, kind: Noise, language: Language | None, seed: int) -> str:
    """Return `text` with noise of one kind; the same arguments always give the same text.

    What Slack writes into a message (references, links, emoji names, escaped signs) stays as it is. A typo
    falls on a word of at least 4 letters, two on different ones where there are two; a text without such a
    word keeps its spelling. The greeting is English where the language is unknown.
    """
    dice = random.Random(f"{seed} {kind} {text}")  # noqa: S311 - repeatable, not secret
    if kind is Noise.COURTESY:
        tongue = language or Language.EN
        return dice.choice(_GREETINGS[tongue]) + text + dice.choice(_SIGNATURES[tongue])
    if kind in _SLIPS:
        return _mistyped(text, _SLIPS[kind], dice)
    return _around_markup(text, _CHANGES[kind])


def _mistyped(text: str, slips: int, dice: random.Random) -> str:
    hidden = _MARKUP.sub(lambda markup: "_" * len(markup.group()), text)
    words = list(_WORD.finditer(hidden))
    for word in sorted(dice.sample(words, min(slips, len(words))), key=lambda word: -word.start()):
        text = text[: word.start()] + _slip(word.group(), dice) + text[word.end() :]
    return text


def _slip(word: str, dice: random.Random) -> str:
    """Return a word with a letter lost, doubled, swapped with the next one, or hit wrongly."""
    place = dice.randrange(len(word))
    before, letter, after = word[:place], word[place], word[place + 1 :]
    unequal = [i for i in range(len(word) - 1) if word[i] != word[i + 1]]
    slip = dice.randrange(4)
    if slip == 0:
        return before + after
    if slip == 1:
        return before + letter * 2 + after
    if slip == 2 and unequal:
        place = dice.choice(unequal)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return before + dice.choice(_LETTERS.replace(letter.lower(), "")) + after


def _around_markup(text: str, change: Callable[[str], str]) -> str:
    pieces, end = [], 0
    for markup in _MARKUP.finditer(text):
        pieces += [change(text[end : markup.start()]), markup.group()]
        end = markup.end()
    return "".join([*pieces, change(text[end:])])


def _bare(text: str) -> str:
    joined = _APOSTROPHE.sub("", text.lower())
    plain = "".join(" " if unicodedata.category(sign)[0] == "P" else sign for sign in joined)
    return _BLANKS.sub(" ", plain)


_SLIPS: Mapping[Noise, int] = {Noise.ONE_TYPO: 1, Noise.TWO_TYPOS: 2}
_CHANGES: Mapping[Noise, Callable[[str], str]] = {
    Noise.BARE: _bare,
    Noise.UMLAUTS_WITH_E: lambda text: text.translate(_WITH_E),
    Noise.UMLAUTS_DROPPED: lambda text: text.translate(_DROPPED),
}
