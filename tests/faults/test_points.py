"""Where a process dies that seeks a point at which none died before."""

from pathlib import Path

import pytest

from tests.faults.points import End, Point, Watch

COMMIT = Point.BEFORE_COMMIT


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Whom a signal reached, instead of this process."""
    reached: list[int] = []
    monkeypatch.setattr("tests.faults.points.os.kill", lambda pid, _signal: reached.append(pid))
    return reached


def test_of_any_point_it_dies_where_a_table_is_written_that_was_not_before(
    tmp_path: Path, deaths: list[int]
) -> None:
    (tmp_path / "died.txt").write_text(f"{COMMIT}: inbox\n{COMMIT}: outbox person\n")
    seeker = Watch(tmp_path, End(None))
    seeker.reached(COMMIT, "inbox person")
    assert not deaths
    seeker.reached(COMMIT, "inbox question")
    assert len(deaths) == 1
    assert (tmp_path / "died.txt").read_text().splitlines()[-1] == f"{COMMIT}: inbox question"


def test_of_one_point_it_dies_at_tables_that_were_not_written_together_before(
    tmp_path: Path, deaths: list[int]
) -> None:
    (tmp_path / "died.txt").write_text(f"{COMMIT}: inbox\n")
    seeker = Watch(tmp_path, End(COMMIT))
    seeker.reached(COMMIT, "inbox")
    seeker.reached(Point.AFTER_COMMIT, "inbox person")
    assert not deaths
    seeker.reached(COMMIT, "inbox person")
    assert len(deaths) == 1


def test_what_it_came_to_is_noted_once(tmp_path: Path, deaths: list[int]) -> None:
    seen = Watch(tmp_path, None)
    for name in ("inbox", "inbox", "outbox"):
        seen.reached(COMMIT, name)
    assert (tmp_path / "reached.txt").read_text().splitlines() == [f"{COMMIT}: inbox", f"{COMMIT}: outbox"]
    assert not deaths
