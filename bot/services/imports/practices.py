"""Importing the practices, with the channels and e-mail domains by which they are known."""

from collections.abc import Mapping

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.network import SlackChannel
from bot.files.directory_csv import Entry, PracticeSheet
from bot.files.directory_lines import PracticeLine
from bot.files.kinds import Kind
from bot.services.imports.names import SlackFindings, channel_of
from bot.services.imports.plan import Draft, ImportPlan
from bot.services.imports.practices_applied import PracticeTarget
from bot.services.imports.practices_checked import Claims, Names, check_companies, say_what_stays
from bot.services.imports.practices_stored import Places, StoredPractices, record_of


def plan(session: Session, sheet: PracticeSheet, found: SlackFindings, *, prune: bool) -> ImportPlan:
    """Compare the file's practices with the database's. Raises `FileRefused`."""
    stored = StoredPractices(session)
    draft = Draft(Kind.PRACTICES, sheet.file, prune=prune)
    listed = {entry.values.name for entry in sheet.entries}
    staying = [] if prune else [row for name, row in stored.practices.items() if name not in listed]
    claims = Claims(draft, stored, staying)
    names = Names([*(row.name for row in staying), *listed])
    for listed_entry in sheet.entries:
        row = stored.practices.get(listed_entry.values.name)
        entry = _completed(listed_entry, stored.cells(row) if row is not None else {}, sheet.absent)
        values = entry.values
        check_companies(draft, stored, entry)
        places = _places(draft, stored, entry, found)
        claims.enter(entry, places)
        before = stored.record(row) if row is not None else None
        if row is None:
            names.hint(draft, entry)
        else:
            say_what_stays(draft, stored, entry, row)
        target = PracticeTarget(
            row.id if row else None,
            values,
            stored.key(values.vendor),
            stored.key(values.support_partner) or None,
            places,
        )
        draft.put(values.name, entry.line, before, record_of(values.cells(), places), target)
    gone = [stored.gone(row) for name, row in stored.practices.items() if name not in listed]
    return draft.plan(gone)


def _completed(
    entry: Entry[PracticeLine], stored: Mapping[str, str], absent: frozenset[str]
) -> Entry[PracticeLine]:
    """Return the line with what is stored where the file lacks a column."""
    kept = {column: stored[column] for column in absent if column in stored}
    return replace(entry, values=entry.values.model_copy(update=kept)) if kept else entry


def _places(
    draft: Draft, stored: StoredPractices, entry: Entry[PracticeLine], found: SlackFindings
) -> Places:
    row = stored.practices.get(entry.values.name)
    places: dict[str, SlackChannel | None] = {}
    for word in entry.values.channels.split():
        known = stored.place(row, word) if row is not None else None
        places[word] = channel_of(word, found) or known
        if places[word] is None:
            draft.unresolved(entry.line, "channels", word, channel=word[1:] if word.startswith("#") else "")
    return places
