"""What is written about the bot keeps up with the bot."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli.commands import app
from tests.status.test_metrics import Shelf

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


async def test_every_figure_in_the_operator_s_chapter_exists_and_every_one_that_exists_is_explained() -> None:
    content, _ = await Shelf().metrics().written()
    told = set(re.findall(r"^# TYPE (signpost_\w+)", content.decode(), re.MULTILINE))
    # Prometheus' library tells when a counter began as well, which nobody watches.
    exist = {name for name in told if not name.endswith("_created")}
    written = set(re.findall(r"\b(signpost_\w+)", (ROOT / "docs" / "operating.md").read_text()))
    assert {re.sub(r"_seconds_bucket$", "_seconds", name) for name in written} == exist


def test_the_operator_s_chapter_names_every_command_and_setting_for_several_workspaces() -> None:
    chapter = (ROOT / "docs" / "operating.md").read_text()
    verbs = get_command(app).commands["workspaces"].commands  # type: ignore[attr-defined]
    assert [verb for verb in verbs if f"`signpost workspaces {verb}" not in chapter] == []
    names = ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "TOKEN_KEYS", "PUBLIC_URL", "STATUS_ADDRESS")
    assert [name for name in names if f"`{name}" not in chapter] == []
