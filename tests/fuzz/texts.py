"""Text as somebody might write it who wishes us no good."""

import re

from hypothesis import strategies as st

MENTIONS = (
    "<!channel>",
    "<!here>",
    "<!everyone|x>",
    "<@U0ANNA>",
    "<@W1|x>",
    "<!subteam^S1>",
    "<!subteam^S1|@team>",
)
LIES = (
    "<https://evil.example|https://good.example>",
    "<mailto:a@b.example|c@d.example>",
    "<slack://x|y>",
    "<#C1|x>",
)
PLAIN = ("@here", "@channel", "@everyone", "_@here_", "(@channel)", "@Signpost", "#general")
TWICE = (
    "&lt;!here&gt;",
    "&amp;lt;!here&amp;gt;",
    "&#60;!here&#62;",
    "&lt",
    "&",
    "<",
    ">",
    "|",
    "<!",
    "<@",
    "```",
    "*",
    "`",
)
ODD = (
    "\0",
    "\ud800",
    "\udfff",
    "\u202e",
    "\u2060",
    "\u200b",
    "\ufeff",
    "\x7f",
    "\x1b[2J",
    "\r\n",
    "e\u0301" * 9,
    "🏳️‍🌈",
)
NUMBERS = ("-1", "0", "9" * 9, "9" * 10, "9" * 19, "9" * 400, "1e9", "0x10", "٣", "²", "NaN", "1 1", "true")
CELLS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "'=1",
    "''",
    "=cmd|' /C calc'!A0",
    '"',
    ";",
    ",",
    "\n",
)
CODE = (
    "{reference}",
    "{0.__class__}",
    "%s",
    "'; DROP TABLE person; --",
    "../../etc/passwd",
    "${jndi:x}",
    "{{7*7}}",
)
PIECES = (*MENTIONS, *LIES, *PLAIN, *TWICE, *ODD, *NUMBERS, *CELLS, *CODE)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
"""Halves of surrogate pairs and NUL as well."""
HOSTILE = st.one_of(
    st.sampled_from(PIECES),
    st.lists(st.sampled_from(PIECES) | ANY_TEXT, max_size=6).map("".join),
    st.tuples(st.sampled_from(PIECES), st.integers(1, 4000)).map(lambda pair: (pair[0] * pair[1])[:12_000]),
    st.builds(lambda n, piece: "a" * n + piece, st.integers(2880, 3010), st.sampled_from(PIECES)),
)
"""Pieces alone, together, over and over, and where a text is cut."""

MENTION = re.compile(r"<[@!](?!date\^\d+\^)")
PLAIN_MENTION = re.compile(r"(?<![^\W_])@(?:here|channel|everyone|group)\b")
LINK = re.compile(r"<([^<>|]*)\|([^<>]*)>")


def is_notifying(text: str) -> bool:
    """Say whether a text of ours would notify somebody, by markup or by what Slack finds in plain words."""
    return bool(MENTION.search(text) or PLAIN_MENTION.search(re.sub(r"<[^<>|]*", "<", text)))


def is_broken(mrkdwn: str) -> bool:
    """Say whether markup ends within itself: an angle that is not closed, or an escaped sign that is cut."""
    without = re.sub(r"<[^<>]*>", "", mrkdwn)
    return bool(re.search(r"[<>]|&(?!(?:amp|lt|gt);)", without))


def has_lying_link(mrkdwn: str) -> bool:
    """Say whether a link is labelled with another address than its own."""
    for target, label in LINK.findall(mrkdwn):
        named = re.search(r"(?:https?://)?((?:[\w-]+\.)+[a-z]{2,})", label)
        if named and named[1] not in target:
            return True
    return False
