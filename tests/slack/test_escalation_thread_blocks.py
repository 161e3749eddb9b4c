from typing import Any

import pytest

from bot.domain.escalation.bridge import Bridged, LinkedFile
from bot.domain.scheme import Language
from bot.slack.blocks import render
from bot.slack.mrkdwn import neutral

ORIGINAL = "https://slack.com/archives/C0HELP/p1"


def line(text: str = "Is the port open?", **changes: Any) -> Bridged:
    values: dict[str, Any] = {"by": "Tom", "of": "Nord Dental", "text": text, "original": ORIGINAL}
    return Bridged(Language.EN, "ESC-2026-0042", **{**values, **changes})


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("<@U0BERT> look", "@\u2060Bert look"),
        ("<@U0NEW|nora> look", "@\u2060nora look"),
        ("<@U0NEW> look", "@… look"),
        ("<!here> <!channel|@channel>", "@\u2060here @\u2060channel"),
        ("<!subteam^S1|@doctors>", "@\u2060doctors"),
        ("<!date^1700000000^{date}|14 November>", "14 November"),
        ("<#C0HELP|help> <#C0HELP|>", "#help #…"),
        ("1 &lt; 2 &amp; *bold*", "1 &lt; 2 &amp; *bold*"),
        ("&lt;!here&gt;", "&lt;!here&gt;"),
        ("<https://onyx.example/a?b=1&amp;c=2>", "<https://onyx.example/a?b=1&amp;c=2>"),
        ("<http://onyx.example|onyx.example>", "<http://onyx.example|onyx.example>"),
        ("<https://evil.example|your bank>", "your bank (<https://evil.example>)"),
        ("<mailto:a@b.example|a@b.example>", "<mailto:a@b.example|a@b.example>"),
        ("<javascript:x|click>", "click"),
    ],
)
def test_what_somebody_wrote_notifies_nobody_and_shows_where_links_lead(written: str, shown: str) -> None:
    assert neutral(written, {"U0BERT": "Bert"}) == shown


def test_a_name_cannot_bring_in_markup() -> None:
    assert "<!here>" not in render(line(by="<!here>", of="*x* <@U1>")).text
    assert neutral("<@U1>", {"U1": "<!here>"}) == "@&lt;!here&gt;"


def test_slack_is_told_to_find_no_mentions_by_itself() -> None:
    (section,) = (block for block in render(line("@here")).blocks if block["type"] == "section")
    assert section["text"] == {"type": "mrkdwn", "text": "@\u2060here", "verbatim": True}


def test_a_long_message_is_shown_in_pieces_and_one_that_is_longer_leads_to_the_original() -> None:
    words = "<https://onyx.example/page> " * 200
    message = render(line(words))
    sections = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert len(sections) > 1
    assert all(len(text) <= 3000 and text.count("<") == text.count(">") for text in sections)
    assert "".join(sections) == words.strip()
    assert ORIGINAL not in str(message.blocks)
    longer = render(line("a" * 20_000))
    assert ORIGINAL in str(longer.blocks)
    assert ORIGINAL in longer.text


def test_no_piece_of_a_long_message_begins_with_what_would_be_a_mention_there() -> None:
    words = "a" * 2900 + "@here"
    message = render(line(words))
    sections = [block["text"]["text"] for block in message.blocks if block["type"] == "section"]
    assert "".join(sections) == words
    assert sections[1] == "a@here"


def test_files_are_buttons_with_a_confirmation_and_without_their_link() -> None:
    files = tuple(LinkedFile(f"{number} {'x' * 90}.png", "https://files.example") for number in range(12))
    message = render(line("", files=files, message_id=7))
    (actions,) = (block for block in message.blocks if block["type"] == "actions")
    assert [one["value"] for one in actions["elements"]] == [f"7 {number}" for number in range(10)]
    assert all("confirm" in one for one in actions["elements"])
    assert "https://files.example" not in str(message)


def test_what_was_withdrawn_or_is_elsewhere_says_nothing_of_what_was_written() -> None:
    for changes in ({"is_withdrawn": True}, {"is_elsewhere": True}):
        message = render(line("a secret", files=(LinkedFile("secret.png", ""),), **changes))
        assert "secret" not in str(message)
        assert "Tom" not in str(message)


def test_what_lies_in_another_workspace_is_named_and_cannot_be_pressed_or_followed() -> None:
    files = (LinkedFile("ceph.png", "https://files.example/1"),)
    shown = render(line("word " * 4000, files=files, original="", is_far=True))
    assert "another workspace" in shown.text
    assert "ceph.png" in shown.text
    assert "files.example" not in str(shown)
    assert not [block for block in shown.blocks if block["type"] == "actions"]
    assert "The rest stands in another workspace" in shown.text
    assert "another workspace" not in render(line(files=files)).text
