"""Importing and exporting the people of companies and practices."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct
from sqlmodel import Session, col, select

from bot.domain.network import SlackUser
from bot.files.directory_csv import Entry, PeopleSheet
from bot.files.directory_lines import PersonLine
from bot.files.directory_values import SEPARATOR
from bot.files.kinds import Kind
from bot.services.imports.names import SlackFindings
from bot.services.imports.plan import Draft, Gone, ImportPlan, some_of
from bot.storage.tables import CompanyRow, MembershipRow, PersonRow, PracticeRow

GLUE = f" {SEPARATOR} "


def plan(session: Session, sheet: PeopleSheet, found: SlackFindings, *, prune: bool) -> ImportPlan:
    """Compare the file's people with the database's. Raises `FileRefused`.

    Somebody is recognised by Slack user, else by e-mail address; a person of two workspaces has a line for
    each. What Slack itself said of a person (name, address, user) is left alone, and so are people who only
    wrote to the bot and whom the file does not list.
    """
    stored = _Stored(session)
    draft = Draft(Kind.PEOPLE, sheet.file, prune=prune)
    users = {e.line: _user(e.values) or found.users.get(e.values.email) for e in sheet.entries}
    rows = _rows(stored, sheet, users)
    lines: dict[SlackUser, int] = {}
    for entry in sheet.entries:
        row, user = rows[entry.line], users[entry.line]
        if user is not None and lines.setdefault(user, entry.line) != entry.line:
            remedy = f"Slack says that this is the person of line {lines[user]}: keep one of the lines"
            draft.fault(entry.line, "email", entry.values.email, remedy)
        _check(draft, stored, entry)
        target = _target(stored, entry.values, user, row)
        if target.user is None:
            draft.unresolved(entry.line, "email", entry.values.email, email=entry.values.email)
        before = stored.record(row) if row is not None and stored.is_in_directory(row) else None
        is_new_to_imports = row is not None and not row.is_imported
        draft.put(_key(target.record()), entry.line, before, target.record(), target, touch=is_new_to_imports)
    gone = [Gone(_key(stored.record(row)), row.id or 0) for row in stored.left() if row.is_imported]
    return draft.plan(gone)


def _rows(
    stored: "_Stored", sheet: PeopleSheet, users: Mapping[int, SlackUser | None]
) -> dict[int, PersonRow | None]:
    """Return the row of each line's person. Who is known by Slack user goes first: an address may be old."""
    rows = {entry.line: stored.take_user(users[entry.line]) for entry in sheet.entries}
    for entry in sheet.entries:
        if rows[entry.line] is None:
            rows[entry.line] = stored.take_email(entry.values)
    return rows


def export(session: Session) -> list[dict[str, str]]:
    """Return the file's rows: the companies' people, then the practices', each by name."""
    stored = _Stored(session)
    records = [stored.record(row) for row in stored.left() if stored.is_in_directory(row)]
    return sorted(records, key=lambda cells: (not cells["company"], *cells.values()))


def remove(session: Session, row_id: int) -> None:
    """Remove a person; somebody whom Slack knows stays as one who belongs nowhere, with what they asked."""
    row = session.get_one(PersonRow, row_id)
    for membership in session.exec(select(MembershipRow).where(MembershipRow.person_id == row_id)).all():
        session.delete(membership)
    row.company_id, row.is_imported = None, False
    session.flush()
    if row.user_id is None:
        session.delete(row)
        session.flush()


class _PersonTarget(Struct, frozen=True):
    """A person as it shall be. `awaited_id` is a second row of the person, from before Slack knew them."""

    row_id: int | None
    awaited_id: int | None
    values: PersonLine
    user: SlackUser | None
    company_id: int | None
    practice_ids: tuple[int, ...]

    def record(self) -> dict[str, str]:
        user = self.user or SlackUser("", "")
        return {**self.values.cells(), "slack_user": user.user_id, "workspace": user.workspace_id}

    def write(self, session: Session, now: datetime) -> None:
        if self.awaited_id is not None:
            session.delete(session.get_one(PersonRow, self.awaited_id))
            session.flush()
        row = session.get(PersonRow, self.row_id) if self.row_id is not None else None
        row = row or PersonRow()
        if self.user is not None:
            row.workspace_id, row.user_id = self.user.workspace_id, self.user.user_id
        row.name, row.email, row.phone = self.values.name, self.values.email, self.values.phone
        row.company_id, row.said_vendor_id, row.is_imported = self.company_id, None, True
        session.add(row)
        session.flush()
        self._write_memberships(session, row.id or 0, now)
        session.flush()

    def _write_memberships(self, session: Session, person_id: int, now: datetime) -> None:
        """Confirm the practices listed; what else the person said of themselves is settled by that."""
        for row in session.exec(select(MembershipRow).where(MembershipRow.person_id == person_id)).all():
            if row.practice_id not in self.practice_ids:
                session.delete(row)
        for practice_id in self.practice_ids:
            known = session.get(MembershipRow, (person_id, practice_id))
            row = known or MembershipRow(person_id=person_id, practice_id=practice_id)
            row.confirmed_at = row.confirmed_at or now
            session.add(row)


class _Stored:
    """The people as the database has them; each is taken once."""

    def __init__(self, session: Session) -> None:
        self.companies = {
            slug: key for key, slug in session.exec(select(CompanyRow.id, CompanyRow.slug)).all()
        }
        self.practices = {
            name: key for key, name in session.exec(select(PracticeRow.id, PracticeRow.name)).all()
        }
        self._slugs = {key: slug for slug, key in self.companies.items()}
        self._names = {key: name for name, key in self.practices.items()}
        self._confirmed: dict[int, list[str]] = {}
        for row in session.exec(
            select(MembershipRow).where(col(MembershipRow.confirmed_at).is_not(None))
        ).all():
            self._confirmed.setdefault(row.person_id, []).append(self._names[row.practice_id])
        self._rows = {
            row.id: row for row in session.exec(select(PersonRow).order_by(col(PersonRow.id))).all()
        }
        self._by_user: dict[tuple[str | None, str], PersonRow] = {}
        self._by_email: dict[str, list[PersonRow]] = {}
        for person in self._rows.values():
            if person.user_id:
                self._by_user[person.workspace_id, person.user_id] = person
            if person.email:
                self._by_email.setdefault(person.email, []).append(person)

    def take_user(self, user: SlackUser | None) -> PersonRow | None:
        """Return the Slack user's row, which is then no longer left."""
        row = self._by_user.get((user.workspace_id, user.user_id)) if user else None
        return self._rows.pop(row.id, None) if row is not None else None

    def take_email(self, values: PersonLine) -> PersonRow | None:
        """Return the row with this address (an imported one first), which is then no longer left."""
        alike = [row for row in self._by_email.get(values.email, []) if row.id in self._rows]
        if values.slack_user:
            alike = [row for row in alike if row.user_id is None]
        row = min(alike, key=lambda row: not row.is_imported, default=None)
        return self._rows.pop(row.id) if row is not None else None

    def take_awaited(self, email: str) -> PersonRow | None:
        """Return another row with this address that no Slack user has, which is then no longer left."""
        alike = self._by_email.get(email, [])
        row = next((row for row in alike if row.id in self._rows and row.user_id is None), None)
        return self._rows.pop(row.id) if row is not None else None

    def left(self) -> Iterable[PersonRow]:
        return self._rows.values()

    def is_in_directory(self, row: PersonRow) -> bool:
        return row.is_imported or row.company_id is not None or row.id in self._confirmed

    def record(self, row: PersonRow) -> dict[str, str]:
        return {
            "name": row.name,
            "email": row.email,
            "phone": row.phone,
            "slack_user": row.user_id or "",
            "workspace": row.workspace_id or "",
            "company": self._slugs.get(row.company_id, ""),
            "practices": GLUE.join(sorted(self._confirmed.get(row.id or 0, []))),
        }


def _target(
    stored: _Stored, values: PersonLine, user: SlackUser | None, row: PersonRow | None
) -> _PersonTarget:
    known = SlackUser(row.workspace_id or "", row.user_id) if row is not None and row.user_id else None
    awaited = stored.take_awaited(values.email) if known is not None and values.email else None
    if row is not None and row.looked_up_at is not None:
        values = values.model_copy(update={"name": row.name, "email": row.email or values.email})
    elif row is not None and not values.email:
        values = values.model_copy(update={"email": row.email})
    return _PersonTarget(
        row_id=row.id if row is not None else None,
        awaited_id=awaited.id if awaited is not None else None,
        values=values,
        user=known or user,
        company_id=stored.companies.get(values.company),
        practice_ids=tuple(
            key for name in _practices(values) if (key := stored.practices.get(name)) is not None
        ),
    )


def _check(draft: Draft, stored: _Stored, entry: Entry[PersonLine]) -> None:
    company = entry.values.company
    if company and company not in stored.companies:
        known = some_of(stored.companies, limit=8)
        draft.fault(
            entry.line,
            "company",
            company,
            f"no such company is known: use {known}" if known else "import the companies first",
        )
    for name in _practices(entry.values):
        if name not in stored.practices:
            alike = some_of(other for other in stored.practices if other.casefold() == name.casefold())
            remedy = (
                f"capitals count; did you mean {alike}?"
                if alike
                else "correct it or import the practices first"
            )
            draft.fault(entry.line, "practices", name, f"no practice has exactly this name: {remedy}")


def _practices(values: PersonLine) -> Sequence[str]:
    return values.practices.split(GLUE) if values.practices else ()


def _user(values: PersonLine) -> SlackUser | None:
    return SlackUser(values.workspace, values.slack_user) if values.slack_user else None


def _key(cells: Mapping[str, str]) -> str:
    return cells["email"] or f"{cells['workspace']}/{cells['slack_user']}"
