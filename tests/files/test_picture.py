import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from bot.files.picture import Picture, PicturesNotInstalledError, require_pictures, save_picture

PICTURE = Picture(
    title="3 messages",
    labels=["backup", "none"],
    results=["backup", "choose", "silent"],
    counts={("backup", "backup"): 2, ("none", "silent"): 1},
    curve=[(0.2, 0.9), (0.1, 0.8), (0.0, 0.3)],
    today=(0.1, 0.8),
)


def test_the_picture_is_a_png_and_says_what_it_shows(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `plots` is not installed")
    file = tmp_path / "picture"
    save_picture(PICTURE, file)
    assert file.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    before = file.stat().st_size
    save_picture(replace(PICTURE, counts={}), file)
    assert file.stat().st_size != before


def test_without_matplotlib_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(PicturesNotInstalledError, match=r"pip install .*signpost\[plots\]"):
        require_pictures()
    with pytest.raises(PicturesNotInstalledError):
        save_picture(PICTURE, tmp_path / "picture.png")
    assert list(tmp_path.iterdir()) == []
