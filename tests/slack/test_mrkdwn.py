import html
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.network import SlackChannel, SlackUser
from bot.slack.mrkdwn import WORD_JOINER, bold, cut, date, escape, link, mentions, plain, who


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("A & B", "A &amp; B"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0ANNA>", "&lt;@\u2060U0ANNA&gt;"),
        ("@here, _@channel_ (@bert)", "@\u2060here, _@\u2060channel_ (@\u2060bert)"),
        ("anna@kfo.example @ 8:00", "anna@kfo.example @ 8:00"),
        ("&lt;", "&amp;lt;"),
        ("plain", "plain"),
    ],
)
def test_markup_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text())
def test_what_is_escaped_reads_back_as_it_was(text: str) -> None:
    assert not set(escape(text)) & {"<", ">"}
    assert plain(escape(text)).replace(WORD_JOINER, "") == text.strip().replace(WORD_JOINER, "")


@pytest.mark.parametrize(
    ("incoming", "expected"),
    [
        ("backup &amp; restore &lt;now&gt;", "backup & restore <now>"),
        ("see <https://x.example/a?b=1&amp;c=2|the page>", "see the page"),
        ("see <https://x.example>", "see https://x.example"),
        ("mail <mailto:a@x.example|a@x.example>", "mail a@x.example"),
        ("in <#C0HELP|help>", "in #help"),
        ("in <#C0HELP>", "in"),
        ("<@U0BERT> look", "look"),
        ("<@U0BERT|bert> look", "look"),
        ("<!here> <!subteam^S1|@team> down", "down"),
        ("<!date^1700000000^{date}|yesterday> it broke", "it broke"),
        ("&amp;lt; stays once decoded", "&lt; stays once decoded"),
        ("a &lt; b and c &gt; d", "a < b and c > d"),
        ("<>", ""),
        ("", ""),
        ("   \n ", ""),
    ],
)
def test_incoming_text_becomes_plain_words(incoming: str, expected: str) -> None:
    assert plain(incoming) == expected


def test_the_mention_of_the_bot_vanishes_and_the_words_around_it_stay_apart() -> None:
    assert plain("hey<@U0BOT>help", without="U0BOT") == "hey help"
    assert plain("<@U0BOT|signpost>  help", without="U0BOT") == "help"


@given(st.text())
def test_any_incoming_text_can_be_read(text: str) -> None:
    read = plain(text, without="U0BOT")
    assert read == read.strip()


def test_the_people_mentioned_are_listed_in_order() -> None:
    assert mentions("<@U2> <@W1|willi> <#C3|c> <!here> <@U2>") == ["U2", "W1", "U2"]
    assert mentions("@U2 <@u2> <@> &lt;@U2&gt;") == []


def test_asterisks_in_a_name_do_not_end_the_bold_type() -> None:
    assert bold("Dental*Star") == "*Dental∗Star*"
    assert bold("") == ""


def test_a_link_s_label_is_escaped() -> None:
    assert link("https://x.example", "A <b> & c") == "<https://x.example|A &lt;b&gt; &amp; c>"


def test_nothing_in_an_address_can_end_it() -> None:
    forged = "https://evil.example|https://good.example> <!here>\n&"
    shown = link(forged, "open")
    assert shown == "<https://evil.example%7Chttps://good.example%3E%20%3C!here%3E%0A&amp;|open>"


@pytest.mark.parametrize("address", ["@here", "!channel", "@U0ANNA", "#C1", "", "www.x.example"])
def test_what_is_no_address_is_not_linked(address: str) -> None:
    assert link(address, "our <page>") == "our &lt;page&gt;"


@given(st.lists(st.sampled_from(["<https://x.example|a>", "&amp;", "&lt;", "word ", "<#C1>"]), max_size=9))
def test_a_cut_is_never_within_a_link_or_an_escaped_sign(parts: list[str]) -> None:
    whole = "".join(parts)
    for room in range(1, len(whole) + 2):
        shown = cut(whole, room)
        assert len(shown) <= room
        assert shown.count("<") == shown.count(">")
        assert whole.startswith(shown.removesuffix("…"))
        assert html.escape(html.unescape(rest := re.sub("<[^>]*>", "", shown)), quote=False) == rest


def test_people_are_linked_without_being_notified_and_channels_named() -> None:
    assert who(SlackUser("T1", "U1")) == "<slack://user?team=T1&id=U1|Slack>"
    assert who(SlackChannel("T1", "C1")) == "<#C1>"


def test_a_date_is_shown_in_each_reader_s_zone_with_plain_words_for_the_rest() -> None:
    shown = date(datetime(2026, 11, 25, 7, 0, tzinfo=UTC), "Wed 25 Nov | <08:00>")
    assert shown == "<!date^1795590000^{date_short_pretty}, {time}|Wed 25 Nov / &lt;08:00&gt;>"
