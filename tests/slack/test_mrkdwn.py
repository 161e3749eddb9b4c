from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.network import SlackChannel, SlackUser
from bot.slack.mrkdwn import bold, date, escape, link, mentions, plain, who


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("A & B", "A &amp; B"),
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U0ANNA>", "&lt;@U0ANNA&gt;"),
        ("&lt;", "&amp;lt;"),
        ("plain", "plain"),
    ],
)
def test_markup_is_escaped(text: str, escaped: str) -> None:
    assert escape(text) == escaped


@given(st.text())
def test_what_is_escaped_reads_back_as_it_was(text: str) -> None:
    assert not set(escape(text)) & {"<", ">"}
    assert plain(escape(text)) == text.strip()


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


def test_people_are_linked_without_being_notified_and_channels_named() -> None:
    assert who(SlackUser("T1", "U1")) == "<slack://user?team=T1&id=U1|Slack>"
    assert who(SlackChannel("T1", "C1")) == "<#C1>"


def test_a_date_is_shown_in_each_reader_s_zone_with_plain_words_for_the_rest() -> None:
    shown = date(datetime(2026, 11, 25, 7, 0, tzinfo=UTC), "Wed 25 Nov | <08:00>")
    assert shown == "<!date^1795590000^{date_short_pretty}, {time}|Wed 25 Nov / &lt;08:00&gt;>"
