"""Queueing a statement in Slack: what it comes to in a message, and the whole of it as files."""

from base64 import b64encode
from typing import Any
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.page import Page
from bot.domain.maintenance.saying_statement import Reader, StatementNote
from bot.domain.maintenance.statement import Statement
from bot.domain.network import SlackChannel, SlackUser
from bot.domain.saying import Saying
from bot.files.statement_csv import write_statement
from bot.files.statement_html import write_page
from bot.services.bot import Bot
from bot.services.renewals.recipients import company_party
from bot.storage.queries import maintenance, outbox
from bot.storage.tables import CompanyRow
from bot.wording.statement_page import statement_page

Place = SlackUser | SlackChannel


class Sheet(Struct, frozen=True):
    """A statement with its page, and the slug that its files are named by."""

    slug: str
    statement: Statement
    page: Page


def announce(session: Session, bot: Bot, distributor: CompanyRow, statement: Statement) -> tuple[str, ...]:
    """Tell the distributor and the manufacturer of a sent statement; return who has nobody in Slack."""
    maker = maintenance.manufacturer(session)
    readers = [(Reader.DISTRIBUTOR, distributor), *([(Reader.MANUFACTURER, maker)] if maker else [])]
    unreachable = []
    for reader, company in readers:
        party = company_party(session, company.id or 0, bot.clock.now())
        if party.slack is None:
            unreachable.append(company.name)
            continue
        key = f"statement {distributor.id} {statement.year.number} {reader}"
        today = bot.clock.now().astimezone(ZoneInfo(distributor.time_zone)).date()
        note = StatementNote(party.language, reader, statement, today)
        page = statement_page(party.language, statement, today)
        queue_note(session, bot, party.slack, key, note)
        queue_files(session, bot, party.slack, key, Sheet(distributor.slug, statement, page))
    return tuple(unreachable)


def queue_note(session: Session, bot: Bot, to: Place, key: str, saying: Saying) -> bool:
    """Queue a message to a person, or to a channel of their own; return whether it is new."""
    return _queue(session, bot, to, "chat.postMessage", key, bot.render(saying).content)


def queue_files(session: Session, bot: Bot, to: Place, key: str, sheet: Sheet) -> None:
    """Queue a statement as CSV and as a page for the browser and the printer."""
    for ending, data in files_of(sheet.statement, sheet.page).items():
        content = {
            "filename": f"statement-{sheet.slug}-{sheet.statement.year.number}.{ending}",
            "title": f"{sheet.page.title} ({ending.upper()})",
            "text": "",
            "data": b64encode(data).decode(),
        }
        _queue(session, bot, to, "files.upload", f"{key} {ending}", content)


def files_of(statement: Statement, page: Page) -> dict[str, bytes]:
    """Return a statement as files, by the ending of their names; `page` is the same in words."""
    return {"csv": write_statement(statement), "html": write_page(page)}


def _queue(session: Session, bot: Bot, to: Place, method: str, key: str, content: dict[str, Any]) -> bool:
    channel = to.user_id if isinstance(to, SlackUser) else to.channel_id
    return outbox.add(
        session,
        key=f"{method} {key}",
        workspace_id=to.workspace_id,
        lane=channel,
        method=method,
        content={"channel": channel, **content},
        now=bot.system_clock.now(),
    )
