"""What is written about the bot keeps up with the bot."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli.commands import app

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)")


def test_the_readme_names_every_command() -> None:
    table = (ROOT / "README.md").read_text()
    commands = get_command(app).commands  # type: ignore[attr-defined]
    missing = [name for name in commands if f"`signpost {name}" not in table]
    assert not missing


def test_the_readme_tells_what_is_in_every_room() -> None:
    told = (ROOT / "README.md").read_text()
    rooms = [path.name for path in (ROOT / "bot").iterdir() if (path / "__init__.py").exists()]
    assert [room for room in rooms if f"| `bot/{room}` |" not in told] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target, place in LINK.findall(page.read_text()):
        found = (page.parent / target) if target else page
        assert found.exists(), target
        if place:
            assert place in {anchor(heading) for heading in HEADING.findall(found.read_text())}, place


def anchor(heading: str) -> str:
    """Return how a heading is linked to."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
