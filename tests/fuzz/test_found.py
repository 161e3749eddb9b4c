"""What was found once by fuzzing, each as it was found; what it was, stands in its name."""

import codecs
from pathlib import Path
from typing import Any

import pytest

from bot.files.csv_table import read_table
from bot.files.knowledge import KnowledgeError, read_knowledge
from bot.paths import shipped
from bot.slack.shapes import UnreadableError, check, clean


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_nul_in_a_utf_16_file_is_refused_and_does_not_reach_postgresql(mark: bytes) -> None:
    charset = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    table = read_table(mark + "name;note\nAn\0na;x".encode(charset), "x.csv", ("name", "note"))
    assert not table.rows
    assert "save the file as CSV UTF-8" in str(table.faults[0])


@pytest.mark.parametrize(
    "content",
    [
        "topics = " + "[" * 3000,
        "level = " + "9" * 5000,
        'topics = ["a\\u0000b"]',
        'topics = ["' + "a" * 300 + '"]',
        'topics = ["../../topics"]',
    ],
    ids=["nested", "long number", "NUL in a name", "long name", "another folder"],
)
def test_knowledge_beyond_all_sense_is_refused_with_the_file_s_name(tmp_path: Path, content: str) -> None:
    whole = (shipped("knowledge") / "scheme.toml").read_text(encoding="utf-8")
    begins, _, rest = whole.partition("topics = [")
    after = rest.partition("]")[2]
    (tmp_path / "topics").mkdir()
    (tmp_path / "scheme.toml").write_text(f"{begins}{content}\n{after}", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"scheme\.toml|topics/"):
        read_knowledge(tmp_path)


DAMAGED = [
    ({"type": "message_action", "container": "C1"}, "container"),
    ({"type": "block_actions", "actions": True}, "actions"),
    ({"type": "block_actions", "actions": []}, "actions"),
    ({"type": "view_submission", "view": {"id": "V1", "type": "modal"}}, "view.state"),
    ({"type": "view_submission", "view": {"id": "V1", "callback_id": "signpost.edit"}}, "view.type"),
    ({"type": "event_callback", "event": {"type": "message", "message": {"text": "x"}}}, "message.ts"),
    ({"type": "view_submission", "view": {"state": {"values": {"x": None}}}}, "view"),
    ({"type": "event_callback", "event": {"type": "message", "channel": {"id": "C1"}}}, "channel"),
    ({"type": "event_callback", "event": {"type": "message", "files": {}}}, "files"),
    ({"type": "event_callback", "event": {"type": "app_home_opened", "user": 2**70}}, "user"),
    ({"command": "/support", "user_id": "U" * 300}, "user_id"),
    ({"type": None}, "type"),
]


@pytest.mark.parametrize(("body", "at"), DAMAGED, ids=[at for _, at in DAMAGED])
def test_what_is_damaged_is_named_by_its_place_alone(body: dict[str, Any], at: str) -> None:
    with pytest.raises(UnreadableError) as caught:
        check({"team_id": "T1", "event_id": "Ev1", **body})
    assert at in caught.value.at


def test_nul_and_halves_of_pairs_are_replaced_at_any_depth() -> None:
    deep: dict[str, Any] = {"text": "a\0b\ud800"}
    for _ in range(5000):
        deep = {"within": [deep]}
    clean(deep)
    for _ in range(5000):
        deep = deep["within"][0]
    assert deep["text"] == "a\ufffdb\ufffd"
