"""What people type, and what they read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.playground.composer import compose
from bot.playground.mrkdwn import Reader, parse, spoken, spoken_blocks
from bot.playground.page.markup import markdown_html, mrkdwn_html, rich_text_html

PEOPLE = {"anna": "U1", "signpost": "U2"}
CHANNELS = {"support": "C1"}
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
READER = Reader({"U1": "Anna Berg"}.get, {"C1": "support"}.get, "Europe/Berlin", lambda: NOON)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("a & b < c > d", "a &amp; b &lt; c &gt; d"),
        ("@Signpost hello @anna.", "<@U2> hello <@U1>."),
        ("@nobody in #nowhere", "@nobody in #nowhere"),
        ("see #support", "see <#C1|support>"),
        ("@channel and @here", "<!channel> and <!here>"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("https://x.example/a?b=1&c=2.", "<https://x.example/a?b=1&amp;c=2>."),
        ("write to a.b@c.example", "write to <mailto:a.b@c.example|a.b@c.example>"),
        (":eyes: *bold* _soft_ `code`", ":eyes: *bold* _soft_ `code`"),
        ("2*3*4", "2*3*4"),
    ],
)
def test_what_is_typed_becomes_slacks_text(typed: str, text: str) -> None:
    assert compose(typed, PEOPLE, CHANNELS)[0] == text


def test_what_is_typed_becomes_rich_text_elements() -> None:
    _, elements = compose("@anna says *yes* :eyes: https://x.example", PEOPLE, CHANNELS)
    assert [element["type"] for element in elements] == [
        "user",
        "text",
        "text",
        "text",
        "emoji",
        "text",
        "link",
    ]
    assert elements[2] == {"type": "text", "text": "yes", "style": {"bold": True}}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("*bold* _soft_ ~gone~ `x`", "bold soft gone x"),
        ("<@U1> in <#C1|support> <!here>", "@Anna Berg in #support @here"),
        ("<https://x.example|the page> &amp; more", "the page & more"),
        ("<mailto:a@b.example>", "a@b.example"),
        ("<!date^1772452800^{date_short_pretty} at {time}|then>", "today at 13:00"),
        ("<!date^1772539200^{date_long_pretty}|then>", "tomorrow"),
        ("<!date^1780000000^{date} {time}|then>", "May 28, 2026 22:26"),
        ("<!date^1772452800^{nonsense}|then>", "then"),
        ("&gt; quoted\nnot quoted", "quotednot quoted"),
        ("a*b*c and 3 * 4 * 5", "a*b*c and 3 * 4 * 5"),
        ("```\n*as it is*\n```", "*as it is*"),
    ],
)
def test_markup_is_read_without_its_marks(text: str, read: str) -> None:
    assert spoken(parse(text), READER) == read


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold* & <b>", "<strong>bold</strong> &amp; &lt;b&gt;"),
        ("<https://x.example|page>", '<a href="https://x.example" target="_blank" rel="noreferrer">page</a>'),
        ("<javascript:alert(1)|press>", "press"),
        ("`<b>`", "<code>&lt;b&gt;</code>"),
        ("&gt; wise words", "<blockquote>wise words</blockquote>"),
        ("*a _b_ c*", "<strong>a <em>b</em> c</strong>"),
        ("<@U1>", '<span class="mention">@Anna Berg</span>'),
    ],
)
def test_markup_is_drawn_and_nothing_slips_through(text: str, html: str) -> None:
    escaped = text if text.startswith(("<https", "<java", "<@", "&gt;")) else text.replace("&", "&amp;")
    if "<b>" in escaped:
        escaped = escaped.replace("<b>", "&lt;b&gt;")
    assert mrkdwn_html(escaped, READER) == html


def test_rich_text_and_markdown_are_drawn() -> None:
    listed: dict[str, Any] = {
        "type": "rich_text",
        "elements": [
            {
                "type": "rich_text_list",
                "style": "bullet",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
            }
        ],
    }
    assert rich_text_html(listed, READER) == "<ul><li><span>one</span></li></ul>"
    assert markdown_html("# Title\n**bold** and [page](https://x.example)", READER) == (
        "<strong>Title</strong><br><strong>bold</strong> and "
        '<a href="https://x.example" target="_blank" rel="noreferrer">page</a>'
    )


def test_all_words_of_blocks_are_read_in_order() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": "Title"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*Body*"},
            "fields": [{"type": "mrkdwn", "text": "F"}],
        },
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Go"}}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Source"}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}, {"type": "raw_text", "text": "b"}]]},
    ]
    assert spoken_blocks(blocks, READER).split("\n") == ["Title", "Body", "F", "Go", "Source", "a | b"]
