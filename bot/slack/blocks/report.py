"""The weekly digest of a company."""

from bot.domain.report import Digest
from bot.services.bot import Message
from bot.slack.blocks.page import MESSAGE_BLOCKS, Page
from bot.slack.blocks.parts import message
from bot.wording import report as words
from bot.wording import say

ROWS_SHOWN = 10


def digest_message(digest: Digest) -> Message:
    """Show the sums, then the busiest topics and distributors."""
    page, language = Page(), digest.language
    page.title(words.title(digest))
    page.lines("", words.sums(language, digest.report.total))
    _add_rows(page, digest, say(language, "report.by_topic"), words.topic_rows(digest))
    if len(digest.report.by_vendor) > 1:
        _add_rows(page, digest, say(language, "report.by_vendor"), words.vendor_rows(digest))
    page.cut(MESSAGE_BLOCKS, "…")
    return message(page.spoken, page.blocks)


def _add_rows(page: Page, digest: Digest, title: str, rows: list[str]) -> None:
    if not rows:
        return
    page.lines(title, [f"• {row}" for row in rows[:ROWS_SHOWN]])
    if len(rows) > ROWS_SHOWN:
        page.small(say(digest.language, "report.more", count=len(rows) - ROWS_SHOWN))
