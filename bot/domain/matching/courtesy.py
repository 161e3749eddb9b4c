"""The greeting before a question and the signature after it, which say nothing about its topic."""

import re

_MAX_SIGNATURE_WORDS = 14
_MIN_WORDS_LEFT = 1

_OPENERS = (
    r"hi|hello|hey|hallo|hallöchen|moin|moinsen|servus|grüezi|grüß gott|gruess gott|mahlzeit|dear|liebe[rs]?"
    r"|sehr geehrte[rs]?|good (?:morning|afternoon|evening|day)|guten? (?:morgen|tag|abend)|morning|morgen"
)
_ADDRESSED = (
    r"all|everyone|everybody|folks|guys|there|again|team|support|colleagues|sir|madam|or|and|ladies|gentlemen"
    r"|zusammen|alle|allerseits|leute|kollegen|kolleginnen|ihr|lieben|liebes|damen|herren|und|nochmal"
)
_NAME = r"[\w.\-/]+(?:[ ][\w.\-/]+){0,2}[ ]?(?=[,!:\n])"
_GREETING = re.compile(
    rf"\s*(?:(?:{_OPENERS})\b[ ]*)+(?:(?:{_ADDRESSED})\b[ ]*)*(?:{_NAME})?[\s,.!:;–-]*", re.IGNORECASE
)

_FORMULA = (
    r"(?:mit |best |kind |kindest |warm |many |viele |liebe |beste[rn]? |schöne |freundliche[nmr]? |herzliche |with )*"
    r"(?:regards|wishes|grüße|grüßen|grüsse|grüssen|gruß|gruss|gruesse|gruessen)"
    r"|cheers|rgds|mfg|lg|vg|sincerely|yours (?:sincerely|faithfully|truly)"
)
_THANKS = (
    r"(?:many |vielen |besten |herzlichen )?(?:thanks|thank you|thx|danke|dank)\b"
    r"(?: (?:in advance|a lot|so much|very much|im voraus|schon mal|vorab|sehr|schön))?"
)
_SIGNATURE = re.compile(
    rf"(?:(?:^|[\n.!?,])\s*(?:{_THANKS})[\s,.!]*(?:(?:and|und)\s+)?)?(?:^|(?<=[\s,.!?]))(?:{_FORMULA})\b"
    rf"|\n\s*(?:{_THANKS})(?=\s*(?:[,.!\n]|$))"
    r"|\n-- ?\n",
    re.IGNORECASE,
)


def without_courtesy(plain: str) -> str:
    """Return a text without its greeting and its signature, unless hardly anything would be left.

    What follows a closing formula counts as the signature when it has at most 14 words.
    """
    body = _without_greeting(plain)
    for closing in _SIGNATURE.finditer(body):
        if len(body[closing.end() :].split()) <= _MAX_SIGNATURE_WORDS:
            shorter = body[: closing.start()]
            return shorter if _is_enough(shorter) else body
    return body


def _without_greeting(plain: str) -> str:
    greeting = _GREETING.match(plain)
    rest = plain[greeting.end() :] if greeting else plain
    return rest if _is_enough(rest) else plain


def _is_enough(text: str) -> bool:
    return len(text.split()) >= _MIN_WORDS_LEFT
