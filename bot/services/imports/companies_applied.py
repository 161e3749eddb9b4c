"""A company as a file wants it, and writing it over what is stored."""

from datetime import datetime

from msgspec import Struct
from sqlmodel import Session, select

from bot.domain.network import SlackChannel, SlackUser
from bot.files.directory_lines import COMPANY_COLUMNS, CONTACT_COLUMNS, CompanyLine
from bot.services.imports.companies_stored import naming, record_of
from bot.services.imports.names import Place
from bot.storage.tables import (
    CompanyRow,
    ContactRow,
)


class ContactTarget(Struct, frozen=True):
    """A contact as it shall be, and where it is in Slack, if that is known."""

    row_id: int | None
    values: CompanyLine
    place: Place | None

    def cells(self) -> dict[str, str]:
        """Return its own columns of the file."""
        cells = self.values.cells()
        return {column: cells[column] for column in CONTACT_COLUMNS}


class CompanyTarget(Struct, frozen=True):
    """A company as it shall be. `moved` are contacts' old and new addresses, for practices to follow."""

    row_id: int | None
    values: CompanyLine
    contacts: tuple[ContactTarget, ...]
    moved: tuple[tuple[str, str], ...]

    def write(self, session: Session, now: datetime) -> None:
        """Write the company with its contacts, and let practices follow a contact that moved."""
        row = session.get(CompanyRow, self.row_id) if self.row_id is not None else None
        row = row or CompanyRow(slug=self.values.slug, name="", role="")
        for column, cell in self.values.cells().items():
            if column == "remit_within_days":
                row.remit_within_days = int(cell) if cell else None
            elif column in COMPANY_COLUMNS:
                setattr(row, column, cell)
        session.add(row)
        session.flush()
        self._write_contacts(session, row.id or 0)
        for old, new in self.moved:
            for practice in session.exec(naming(row.id or 0, old)):
                practice.vendor_contact = new

    def _write_contacts(self, session: Session, company_id: int) -> None:
        kept = {contact.row_id for contact in self.contacts}
        for row in session.exec(select(ContactRow).where(ContactRow.company_id == company_id)).all():
            if row.id not in kept:
                session.delete(row)
        for rank, contact in enumerate(self.contacts):
            known = session.get(ContactRow, contact.row_id) if contact.row_id is not None else None
            row = known or ContactRow(company_id=company_id, rank=rank, name="")
            values, place = contact.values, contact.place
            row.rank, row.name, row.email = rank, values.contact_name, values.contact_email
            row.phone, row.slack = values.contact_phone, values.contact_slack
            row.is_public = values.contact_public == "yes"
            row.slack_workspace_id = place.workspace_id if place else ""
            row.slack_user_id = place.user_id if isinstance(place, SlackUser) else ""
            row.slack_channel_id = place.channel_id if isinstance(place, SlackChannel) else ""
            session.add(row)
        session.flush()


def target_record(target: CompanyTarget) -> dict[str, str]:
    """Return a company as it shall be, the way changes are told."""
    cells = target.values.cells()
    company = {column: cells[column] for column in COMPANY_COLUMNS}
    return record_of(company, [(contact.cells(), contact.place) for contact in target.contacts])
