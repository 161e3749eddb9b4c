"""What was found once by fuzzing, each as it was found; what it was, stands in its name."""

import codecs

import pytest

from bot.files.csv_table import read_table


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE])
def test_a_nul_in_a_utf_16_file_is_refused_and_does_not_reach_postgresql(mark: bytes) -> None:
    charset = "utf-16-le" if mark == codecs.BOM_UTF16_LE else "utf-16-be"
    table = read_table(mark + "name;note\nAn\0na;x".encode(charset), "x.csv", ("name", "note"))
    assert not table.rows
    assert "save the file as CSV UTF-8" in str(table.faults[0])
