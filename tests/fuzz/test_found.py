"""What was found once by fuzzing, each as it was found; what it was, stands in its name."""

import codecs
from pathlib import Path

import pytest

from bot.files.csv_table import read_table
from bot.files.knowledge import KnowledgeError, read_knowledge
from bot.paths import shipped


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
