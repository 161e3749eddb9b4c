"""Queueing a statement in Slack: what it comes to in a message, and the whole of it as files."""

from base64 import b64encode
from zoneinfo import ZoneInfo

from sqlmodel import Session

from bot.domain.maintenance.page import Page
from bot.domain.maintenance.saying_statement import Reader, StatementNote
from bot.domain.maintenance.statement import Statement
from bot.domain.saying import Saying
from bot.files.statement_csv import write_statement
from bot.files.statement_html import write_page
from bot.services.bot import Bot
from bot.services.renewals.addresses import Address, company_address
from bot.storage.queries import maintenance, outbox
from bot.storage.tables import CompanyRow
from bot.wording.statement_page import statement_page


def announce(session: Session, bot: Bot, distributor: CompanyRow, statement: Statement) -> tuple[str, ...]:
    """Tell the distributor and the manufacturer of a sent statement; return who has nobody in Slack."""
    maker = maintenance.manufacturer(session)
    readers = [(Reader.DISTRIBUTOR, distributor), *([(Reader.MANUFACTURER, maker)] if maker else [])]
    unreachable = []
    for reader, company in readers:
        address = company_address(session, company)
        if address is None:
            unreachable.append(company.name)
            continue
        key = f"statement {distributor.id} {statement.year.number} {reader}"
        today = bot.clock.now().astimezone(ZoneInfo(distributor.time_zone)).date()
        queue_note(session, bot, address, key, StatementNote(address.language, reader, statement, today))
        queue_files(session, bot, address, key, distributor, statement)
    return tuple(unreachable)


def queue_note(session: Session, bot: Bot, address: Address, key: str, saying: Saying) -> bool:
    """Queue a direct message; return whether it is new."""
    message = bot.render(saying)
    content = {"channel": address.user_id, "text": message.text, "blocks": list(message.blocks)}
    return outbox.add(
        session,
        key=f"chat.postMessage {key}",
        workspace_id=address.workspace_id,
        lane=address.user_id,
        method="chat.postMessage",
        content=content,
        now=bot.system_clock.now(),
    )


def queue_files(
    session: Session, bot: Bot, address: Address, key: str, distributor: CompanyRow, statement: Statement
) -> None:
    """Queue a statement as CSV and as a page for the browser and the printer, for a person."""
    today = bot.clock.now().astimezone(ZoneInfo(distributor.time_zone)).date()
    page = statement_page(address.language, statement, today)
    for ending, data in files_of(statement, page).items():
        name = f"statement-{distributor.slug}-{statement.year.number}.{ending}"
        outbox.add(
            session,
            key=f"files.upload {key} {ending}",
            workspace_id=address.workspace_id,
            lane=address.user_id,
            method="files.upload",
            content={
                "channel": address.user_id,
                "filename": name,
                "title": f"{page.title} ({ending.upper()})",
                "text": "",
                "data": b64encode(data).decode(),
            },
            now=bot.system_clock.now(),
        )


def files_of(statement: Statement, page: Page) -> dict[str, bytes]:
    """Return a statement as files, by the ending of their names; `page` is the same in words."""
    return {"csv": write_statement(statement), "html": write_page(page)}
