from pathlib import Path

import pytest
import typer

from bot.cli import evaluate
from bot.cli.evaluate import run_evaluate
from bot.domain.matching.matcher import Matcher
from bot.domain.scheme import SupportScheme
from tests.domain.matching.small import small_matcher, small_scheme

LINES = """
{"text": "nightly backup failed", "label": "database-backup", "lang": "en"}
{"text": "Datenbank bitte wiederherstellen", "label": "database-restore", "lang": "de"}
{"text": "who is coming to lunch today?", "label": "none", "lang": "en"}
{"text": "is there a training course", "label": "software-update", "lang": "en"}
"""


@pytest.fixture(autouse=True)
def _small_knowledge(monkeypatch: pytest.MonkeyPatch) -> None:
    def load_knowledge(_settings: object, _meaning_comes: object) -> tuple[SupportScheme, Matcher]:
        return small_scheme(), small_matcher()

    monkeypatch.setattr(evaluate, "load_knowledge", load_knowledge)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "messages.jsonl"
    path.write_text(LINES, encoding="utf-8")
    return path


def rows(said: str, name: str) -> list[list[str]]:
    return [line.split() for line in said.splitlines() if line.startswith(name)]


def test_figures_are_shown_overall_by_language_and_by_topic(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_evaluate(file)
    said = capsys.readouterr()
    assert rows(said.out, "all ")[0][:4] == ["all", "4", "66.7", "(21–94)"]
    assert rows(said.out, "en ")[0][1] == "3"
    assert rows(said.out, "de ")[0][1:3] == ["1", "100.0"]
    assert rows(said.out, "database-backup ")[0][1:3] == ["1", "100.0"]
    assert rows(said.out, "none ")[0][1:4] == ["1", "–", "–"]
    assert "1  software-update → user-support" in said.out
    assert "2 messages stand among the phrases word for word" in said.err


def test_noise_is_shown_by_kind_and_as_points_lost(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_evaluate(file, noise=True, seed=7)
    said = capsys.readouterr().out
    assert "with noise, seed 7" in said
    assert rows(said, "two typos  ")[0][2] == "4"
    assert rows(said, "umlauts dropped, de ")[0][-6:] == ["+0.0", "+0.0", "+0.0", "–", "+0.0", "+0.0"]
    assert "-0.0" not in said


def test_the_phrases_measure_themselves(capsys: pytest.CaptureFixture[str]) -> None:
    run_evaluate(None, cross_validate=True)
    assert rows(capsys.readouterr().out, "all ")[0][1] == "72"


def test_the_picture_is_saved(file: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plots` is not installed")
    run_evaluate(file, picture=tmp_path / "picture.png")
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")


def refused(capsys: pytest.CaptureFixture[str], file: Path | None, **options: object) -> str:
    with pytest.raises(typer.Exit) as end:
        run_evaluate(file, **options)  # type: ignore[arg-type]
    assert end.value.exit_code == 1
    said = capsys.readouterr()
    assert said.out == ""
    return said.err


def test_a_line_that_cannot_be_used_is_named(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(LINES + '{"text": "hello", "label": "lunch"}\n', encoding="utf-8")
    assert refused(capsys, file).startswith(f'{file}:6: "label" is "lunch"')


def test_nothing_to_measure_on_is_said(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "signpost evaluate FILE" in refused(capsys, None)
    assert "signpost evaluate FILE" in refused(capsys, file, cross_validate=True)
    assert "use one of them" in refused(capsys, None, cross_validate=True, noise=True)
    assert "No such file" in refused(capsys, tmp_path / "missing.jsonl")
    file.write_text("\n")
    assert "no message in it" in refused(capsys, file)


def test_a_picture_that_cannot_be_kept_is_refused_before_measuring(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate, "require_pictures", lambda: None)
    assert "no such folder" in refused(capsys, file, picture=tmp_path / "missing" / "picture.png")


def test_a_missing_matplotlib_is_said_before_measuring(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib.figure", None)
    assert "signpost[plots]" in refused(capsys, file, picture=tmp_path / "picture.png")
