"""A statement as one HTML page, whole in itself, that reads well on a screen and prints well on paper."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from bot.domain.maintenance.page import Page

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"


def write_page(page: Page) -> bytes:
    """Write the page as UTF-8. Nothing that people wrote in it can be markup."""
    return _environment().get_template("statement.html").render(page=page).encode()


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - the first page needs it

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
