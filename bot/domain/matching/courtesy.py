"""The greeting before a question and the signature after it, which say nothing about its topic."""

import re

from bot.domain.matching.normalise import plain_text, split_words

_MAX_SIGNATURE_WORDS = 14

_OPENER = (
    r"hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|morning"
    r"|hallo|hallöchen|moin|moinsen|servus|grüezi|gr(?:ü|ue)(?:ß|ss) gott|mahlzeit"
    r"|liebe[rs]?|sehr geehrte[rs]?|guten? (?:morgen|tag|abend)|morgen"
)
_ADDRESSED = (
    r"all|everyone|everybody|folks|guys|there|again|team|support|colleagues|sir|madam|or|and|ladies|gentlemen"
    r"|zusammen|alle|allerseits|leute|kollegen|kolleginnen|ihr|lieben|liebes|damen|herren|und|nochmal"
)
_NAME = r"[\w.\-/]+(?:[ ][\w.\-/]+){0,2}[ ]?(?=[,!:\n])"
_WISH = (
    r"(?:i |we )?hope (?:you are|you\W?re|(?:this|my) [\w ]{0,15}finds you|all is|everyone is)"
    r"(?: all| both| doing| keeping)* (?:well|fine)(?=[,.!\n]|$)"
    r"|(?:ich|wir) hoffen?,? (?:es geht (?:ihnen|euch|dir)|(?:ihnen|euch|dir) geht es)"
    r"(?: allen)? gut(?=[,.!\n]|$)"
)
_GREETING = re.compile(
    rf"\s*(?:(?:{_OPENER})\b[ ]*)+(?:(?:{_ADDRESSED})\b[ ]*)*(?:{_NAME})?[\s,.!:;–-]*"
    rf"(?:(?:{_WISH})[\s,.!:;–-]*)?",
    re.IGNORECASE,
)

_THANKS = (
    r"(?:many |vielen |besten |herzlichen )?(?:thanks|thank you|thx|danke|dank)\b"
    r"(?: (?:in advance|a lot|so much|very much|im voraus|schon mal|vorab|sehr|schön))?"
)
_WARMLY = (
    r"with|best|kind|kindest|warm|many|mit|viele|liebe|beste[rn]?|schöne|freundliche[nmr]?|herzliche|sonnige"
)
_FORMULA = (
    rf"(?:(?:{_WARMLY}) ){{0,4}}(?:regards|wishes|gr(?:ü|ue)(?:ß|ss)(?:en?)?)"
    r"|cheers|rgds|sincerely|yours (?:sincerely|faithfully|truly)|mfg|lg|vg"
)
_SIGNATURE = re.compile(
    rf"(?:(?:^|[\n.!?,])\s*(?:{_THANKS})[\s,.!]*(?:(?:and|und)\s+)?)?(?:^|(?<=[\s,.!?]))(?:{_FORMULA})\b"
    rf"|\n\s*(?:{_THANKS})(?=\s*(?:[,.!\n]|$))"
    r"|\n-- ?\n",
    re.IGNORECASE,
)


def words_of(message: str) -> tuple[str, ...]:
    """Return the folded words of a message without greeting and signature."""
    return split_words(without_courtesy(plain_text(message)))


def without_courtesy(plain: str) -> str:
    """Return a text without its greeting and its signature, unless nothing would be left.

    What follows a closing formula counts as the signature when it has at most 14 words. Thanks count as a
    formula on a line of their own only: `update went fine, thanks` is a report, and its thanks tell so.
    """
    greeting = _GREETING.match(plain)
    body = (plain[greeting.end() :] if greeting else plain).strip() or plain
    for closing in _SIGNATURE.finditer(body):
        if len(body[closing.end() :].split()) <= _MAX_SIGNATURE_WORDS:
            return body[: closing.start()].strip() or body
    return body
