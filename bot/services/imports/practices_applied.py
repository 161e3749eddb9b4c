"""A practice as a file wants it, and writing it over what is stored."""

from datetime import datetime

from msgspec import Struct
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from bot.domain.network import SlackChannel
from bot.files.directory_lines import PracticeLine
from bot.services.imports.practices_stored import PLAIN_COLUMNS, Places
from bot.storage.tables import (
    ChannelRow,
    PracticeDomainRow,
    PracticeRow,
)


class PracticeTarget(Struct, frozen=True):
    """A practice as it shall be, with the keys of its companies."""

    row_id: int | None
    values: PracticeLine
    vendor_id: int
    partner_id: int | None
    places: Places

    def write(self, session: Session, now: datetime) -> None:
        """Write the practice with its domains and channels."""
        row = session.get(PracticeRow, self.row_id) if self.row_id is not None else None
        row = row or PracticeRow(name=self.values.name, vendor_id=self.vendor_id)
        row.vendor_id, row.support_partner_id = self.vendor_id, self.partner_id
        cells = self.values.cells()
        for column in PLAIN_COLUMNS:
            setattr(row, column, cells[column])
        session.add(row)
        session.flush()
        self._write_domains(session, row.id or 0)
        self._write_channels(session, row.id or 0)
        session.flush()

    def _write_domains(self, session: Session, practice_id: int) -> None:
        wanted = set(self.values.email_domains.split())
        mine = session.exec(
            select(PracticeDomainRow).where(PracticeDomainRow.practice_id == practice_id)
        ).all()
        for domain in mine:
            if domain.domain not in wanted:
                session.delete(domain)
        # A domain may come from another practice of the file, before or after that one lets go of it.
        for name in sorted(wanted):
            known = session.get(PracticeDomainRow, name)
            if known is None:
                session.add(PracticeDomainRow(domain=name, practice_id=practice_id))
            else:
                known.practice_id = practice_id

    def _write_channels(self, session: Session, practice_id: int) -> None:
        # Where a name and an id stand for the same channel, the name is kept.
        words = sorted(self.places, key=lambda word: word.startswith("#"))
        wanted = {place: word for word in words if (place := self.places[word]) is not None}
        for row in session.exec(_imported_channels(practice_id)).all():
            if SlackChannel(row.workspace_id, row.channel_id) not in wanted:
                row.practice_id, row.is_imported = None, False
        for place, word in wanted.items():
            known = session.get(ChannelRow, (place.workspace_id, place.channel_id))
            # Until Slack says otherwise a channel counts as one that others read too.
            row = known or ChannelRow(
                workspace_id=place.workspace_id, channel_id=place.channel_id, is_shared=True
            )
            row.name = word[1:] if word.startswith("#") else row.name
            row.practice_id, row.is_imported = practice_id, True
            session.add(row)


def _imported_channels(practice_id: int) -> SelectOfScalar[ChannelRow]:
    return select(ChannelRow).where(ChannelRow.practice_id == practice_id, col(ChannelRow.is_imported))
