"""Pages for whoever installs the app, in plain words: pure, a page each."""

import html
from collections.abc import Sequence
from enum import StrEnum

from bot.domain.scheme import Language
from bot.wording import say

STYLE = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.5rem;"
    "color:#1d2b36}"
    "h1{font-size:1.6rem}a.go{display:inline-block;padding:.7rem 1.2rem;border-radius:.4rem;"
    "background:#1d4e6f;color:#fff;text-decoration:none}"
    "@media(prefers-color-scheme:dark){body{background:#12191f;color:#e6edf2}a.go{background:#2d6f9e}}"
)


class Failure(StrEnum):
    """Why the app was not installed. `DECLINED`: somebody did not agree. `AGAIN`: the page was too old, of
    another browser, or used before. `REFUSED`: Slack gave no token. `ORGANISATION`: not for one workspace."""

    DECLINED = "declined"
    AGAIN = "again"
    REFUSED = "refused"
    ORGANISATION = "organisation"
    TROUBLE = "trouble"


def install_page(language: Language, url: str) -> str:
    """Say what the app is, and lead to Slack."""
    words = [say(language, "joining.install.what"), say(language, "joining.install.next")]
    return _page(
        language, say(language, "joining.install.title"), words, (url, say(language, "joining.install.go"))
    )


def done_page(language: Language, workspace: str) -> str:
    """Say that it is installed, and what is left to do."""
    words = [
        say(language, "joining.done.text"),
        say(language, "joining.done.next", workspace=workspace),
    ]
    return _page(language, say(language, "joining.done.title", workspace=workspace), words)


def failed_page(language: Language, why: Failure, again: str) -> str:
    """Say why it was not installed, and lead back to the beginning."""
    words = [say(language, f"joining.failed.{why}")]
    return _page(
        language, say(language, "joining.failed.title"), words, (again, say(language, "joining.failed.go"))
    )


def _page(
    language: Language, title: str, paragraphs: Sequence[str], link: tuple[str, str] | None = None
) -> str:
    """Put a page together; all that is given is plain text and escaped here."""
    go = f'<p><a class="go" href="{html.escape(link[0])}">{html.escape(link[1])}</a></p>' if link else ""
    shown = "".join(f"<p>{html.escape(words)}</p>" for words in paragraphs)
    return (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{html.escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><h1>{html.escape(title)}</h1>{shown}{go}</body></html>"
    )
