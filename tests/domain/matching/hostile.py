"""Messages that are meant to cost much."""

HOSTILE = {
    "combining marks": "a" + "\u0301" * 40_000,
    "zero-width": "\u200b" * 40_000,
    "right-to-left": "\u202e" * 40_000,
    "emoji": "😂" * 10_000,
    "expanding letters": "\ufdfa" * 40_000,
    "open brackets": "<" * 40_000,
    "quote signs": ">" * 40_000,
    "entities": "&amp;" * 8_000,
    "empty lines": "\n " * 20_000,
    "greetings": "hi " * 15_000,
    "formulas": "many viele best " * 3_000,
    "thanks": "\nthanks " * 5_000,
    "one long word": "x" * 40_000,
    "unknown words": " ".join(
        f"{a}{b}{c}qwrtz{a}{c}" for a in "abcdefghij" for b in "klmno" for c in "pqrstuvw"
    ),
}
