import json

import pytest

from bot.domain.matching.figures import NONE, Labelled
from bot.domain.scheme import Language
from bot.files.messages import LineRefusedError, read_labelled, read_texts

TOPICS = {"backup", "restore"}


def test_texts_are_read_in_order_and_empty_lines_passed_over() -> None:
    content = b'\xef\xbb\xbf{"text": "one"}\r\n\n  \n{"text": "two", "more": 1}'
    assert list(read_texts(content, "a.jsonl")) == ["one", "two"]


def test_a_line_separator_inside_a_text_does_not_end_the_line() -> None:
    content = json.dumps({"text": "one\u2028two\x85three"}, ensure_ascii=False).encode()
    assert list(read_texts(content, "a.jsonl")) == ["one\u2028two\x85three"]


def test_labels_further_labels_and_the_language_are_read() -> None:
    content = b"""
        {"text": "a", "label": "backup", "also": ["restore"], "lang": "de", "style": "terse"}
        {"text": "b", "label": "none"}
    """
    assert list(read_labelled(content, "a.jsonl", TOPICS)) == [
        Labelled("a", "backup", frozenset({"restore"}), Language.DE),
        Labelled("b", NONE),
    ]


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'"text"', b"null", b'{"text": 1}', b'{"txt": "a"}', b"[" * 100_000]
)
def test_a_line_without_a_text_is_refused_with_its_number(line: bytes) -> None:
    with pytest.raises(LineRefusedError, match=r'^a\.jsonl:3: .*"text"'):
        list(read_texts(b'{"text": "ok"}\n\n' + line, "a.jsonl"))


def test_a_line_of_another_encoding_is_refused_with_its_number() -> None:
    with pytest.raises(LineRefusedError, match=r"^a\.jsonl:2: .*UTF-8"):
        list(read_texts('{"text": "ok"}\n{"text": "für"}'.encode("latin-1"), "a.jsonl"))


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({}, '"label" is null'),
        ({"label": "backups"}, '"label" is "backups"'),
        ({"label": ["backup"]}, '"label" is'),
        ({"label": "backup", "also": "restore"}, '"also" is "restore"'),
        ({"label": "backup", "also": ["none"]}, '"also" is'),
        ({"label": "backup", "also": [{}]}, '"also" is'),
        ({"label": "backup", "lang": "fr"}, '"lang" is "fr": give "en" or "de"'),
        ({"label": "backup", "lang": ["en"]}, '"lang" is'),
    ],
)
def test_a_field_that_cannot_be_used_is_named_with_its_value(fields: dict[str, object], named: str) -> None:
    with pytest.raises(LineRefusedError) as refused:
        list(read_labelled(json.dumps({"text": "a", **fields}).encode(), "a.jsonl", TOPICS))
    assert str(refused.value).startswith("a.jsonl:1: ")
    assert named in str(refused.value)
