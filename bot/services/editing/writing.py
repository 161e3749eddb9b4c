"""Writing what somebody edited: companies, contacts and practices by way of an import of their own lines, so
that the same checks hold and the same follows: reminders are armed anew, VAT and contacts follow."""

from collections.abc import Callable, Mapping
from datetime import date

from msgspec import Struct, field
from sqlmodel import Session, col, select

from bot.domain.editing import (
    FIELDS,
    LONGEST_ABSENCE_DAYS,
    Field,
    FieldFlaw,
    Flaw,
    FlawsError,
    No,
    NotEditedError,
    Sheet,
    Values,
    minutes,
)
from bot.domain.network import SlackChannel, SlackUser
from bot.files import directory_values as checks
from bot.files.csv_table import FileRefused
from bot.files.directory_csv import read_sheet, write_sheet
from bot.files.directory_lines import COMPANY_COLUMNS, CONTACT_COLUMNS
from bot.files.kinds import Kind
from bot.services.bot import Bot
from bot.services.directory_import import apply_import, plan_import
from bot.services.editing import subjects
from bot.services.imports import companies_stored, practices_stored
from bot.services.imports.names import SlackFindings
from bot.services.imports.plan import ImportPlan
from bot.services.renewals.actors import Actor
from bot.services.renewals.books import Books
from bot.services.renewals.following import follow, grounds
from bot.storage.tables import (
    AbsenceRow,
    ChannelRow,
    CompanyRow,
    CompanyTargetRow,
    PersonRow,
    PracticeRow,
)

Rows = list[dict[str, str]]
FIRST_LINE = 2
"""Of a file whose first is the header."""
ALONE: Mapping[Field, Callable[[str], str]] = {
    Field.CONTACT_EMAIL: checks.email,
    Field.EMAIL_DOMAINS: checks.email_domains,
}
"""Checks of a value by itself: what passes them and is refused is somebody else's already."""


class Edit(Struct, frozen=True):
    """What somebody edits: a form's values, of something of a company; `key` is 0 for something new."""

    session: Session
    bot: Bot
    actor: Actor
    sheet: Sheet
    company_id: int
    key: int = 0
    new: Values = field(default_factory=dict)


def write(edit: Edit) -> int:
    """Write a form's values; return the key, also of something new. Raises `FlawsError`, `NotEditedError`."""
    match edit.sheet:
        case Sheet.PRACTICE:
            cells = practices_stored.cells_of(edit.session, edit.session.get_one(PracticeRow, edit.key))
            _import(edit, Kind.PRACTICES, [cells | dict(edit.new)])
        case Sheet.HOURS:
            _import(edit, Kind.COMPANIES, [row | dict(edit.new) for row in _rows(edit)])
        case Sheet.CONTACT:
            return _write_contact(edit)
        case Sheet.ABSENCE:
            return _write_absence(edit)
        case Sheet.TARGETS:
            _write_targets(edit)
    return edit.key


def drop_contact(edit: Edit) -> None:
    """Remove a contact; practices that it looked after have the company's first then."""
    keys = [one.id for one in subjects.contacts(edit.session, edit.company_id)]
    rows = _rows(edit)
    gone = rows.pop(keys.index(edit.key))
    rows = rows or [{**gone, **dict.fromkeys(CONTACT_COLUMNS, ""), "contact_public": "yes"}]
    for cells in rows:
        _let_follow(cells, gone["contact_email"], "")
    _import(edit, Kind.COMPANIES, rows)


def drop_absence(edit: Edit) -> None:
    """Remove an absence."""
    before = grounds(edit.session)
    edit.session.delete(edit.session.get_one(AbsenceRow, edit.key))
    edit.session.flush()
    follow(edit.session, edit.bot.scheme.vat, before, edit.bot.clock.now())


def _rows(edit: Edit) -> Rows:
    return companies_stored.rows_of(edit.session, edit.session.get_one(CompanyRow, edit.company_id))


def _write_contact(edit: Edit) -> int:
    new, rows = edit.new, _rows(edit)
    keys = [one.id for one in subjects.contacts(edit.session, edit.company_id)]
    company = {column: rows[0][column] for column in COMPANY_COLUMNS}
    cells = {**company, **{str(name): new[name] for name in FIELDS[Sheet.CONTACT] if name != Field.ORDER}}
    old = rows.pop(keys.index(edit.key)) if edit.key else {}
    others = rows if keys else []  # A company without contacts has a line, too.
    wanted = int(new[Field.ORDER]) if new[Field.ORDER].isdecimal() else len(others) + 1
    place = min(max(wanted, 1), len(others) + 1) - 1
    for version in _versions(old, cells):
        listed = [*others[:place], version, *others[place:]]
        for one in listed:
            _let_follow(one, old.get("contact_email", ""), version["contact_email"])
        ways = ("contact_slack", "contact_email")
        is_other = any(old.get(way, "") != version[way] for way in ways)
        _import(edit, Kind.COMPANIES, listed, FIRST_LINE + place, must_resolve=is_other)
    return subjects.contacts(edit.session, edit.company_id)[place].id or 0


def _versions(old: dict[str, str], new: dict[str, str]) -> Rows:
    """A contact is known by its address, else by its name: where both change, one changes first."""
    address = old.get("contact_email", "")
    if address and address != new["contact_email"] and old["contact_name"] != new["contact_name"]:
        return [{**new, "contact_email": address}, new]
    return [new]


def _let_follow(cells: dict[str, str], old: str, new: str) -> None:
    if old and cells["escalation_lead"] == old:
        cells["escalation_lead"] = new


def _import(
    edit: Edit, kind: Kind, rows: Rows, line: int = FIRST_LINE, *, must_resolve: bool = False
) -> None:
    """Import lines; `line` is the one that was edited, and maybe must say whom its Slack cell means."""
    books = Books(edit.bot.scheme, edit.bot.clock, edit.bot.terms)
    try:
        listed = read_sheet(kind, write_sheet(kind, rows), "Slack")
        plan = plan_import(edit.session, listed, _findings(edit, rows), books=books)
    except FileRefused as refused:
        raise _refusal(edit, refused, line) from refused
    if must_resolve and _is_unresolved(plan, line):
        raise FlawsError([FieldFlaw(Field.CONTACT_SLACK, Flaw.INVALID)])
    apply_import(edit.session, plan, edit.bot.clock.now(), books=books)
    edit.session.flush()


def _is_unresolved(plan: ImportPlan, line: int) -> bool:
    return any(
        (hint.line, hint.column) == (line, Field.CONTACT_SLACK) and hint.words.startswith("not resolved")
        for hint in plan.hints
    )


def _refusal(edit: Edit, refused: FileRefused, line: int) -> FlawsError | NotEditedError:
    flaws = {
        Field(fault.column): _flaw(Field(fault.column), edit.new)
        for fault in refused.faults
        if fault.line == line and fault.column in FIELDS[edit.sheet]
    }
    if not flaws:
        return NotEditedError(edit.actor.language, No.ELSEWHERE)
    return FlawsError(FieldFlaw(name, flaw) for name, flaw in flaws.items())


def _flaw(name: Field, new: Values) -> Flaw:
    check = ALONE.get(name)
    if check is None:
        return Flaw.INVALID
    try:
        check(new[name])
    except ValueError:
        return Flaw.INVALID
    return Flaw.TAKEN


def _findings(edit: Edit, rows: Rows) -> SlackFindings:
    """Return whom handles and channel names stand for, as far as the database knows them."""
    session, workspace = edit.session, edit.actor.person.workspace_id or ""
    emails = {row.get("contact_email", "") for row in rows} - {""}
    words = {row.get("contact_slack", "") for row in rows}
    channels = {word[1:] for word in words if word.startswith("#")}
    people = select(PersonRow).where(PersonRow.workspace_id == workspace)
    known = select(ChannelRow).where(ChannelRow.workspace_id == workspace)
    return SlackFindings(
        workspace,
        {
            row.email: SlackUser(workspace, row.user_id)
            for row in session.exec(people.where(col(PersonRow.email).in_(emails))).all()
            if row.user_id
        },
        {
            row.name: SlackChannel(workspace, row.channel_id)
            for row in session.exec(known.where(col(ChannelRow.name).in_(channels))).all()
        },
    )


def _write_absence(edit: Edit) -> int:
    session, new = edit.session, edit.new
    first, last = date.fromisoformat(new[Field.FIRST_ON]), date.fromisoformat(new[Field.LAST_ON])
    flaws = []
    if not 0 <= (last - first).days < LONGEST_ABSENCE_DAYS:
        flaws.append(FieldFlaw(Field.LAST_ON, Flaw.INVALID))
    if new[Field.WHO] not in {"", *(str(one.id) for one in subjects.staff(session, edit.company_id))}:
        flaws.append(FieldFlaw(Field.WHO, Flaw.INVALID))
    try:
        note = checks.note(new[Field.NOTE])
    except ValueError:
        flaws.append(FieldFlaw(Field.NOTE, Flaw.INVALID))
    if flaws:
        raise FlawsError(flaws)
    before = grounds(session)
    fresh = AbsenceRow(company_id=edit.company_id, first_on=first, last_on=last)
    row = session.get_one(AbsenceRow, edit.key) if edit.key else fresh
    row.person_id = int(new[Field.WHO]) if new[Field.WHO] else None
    row.first_on, row.last_on, row.note = first, last, note
    session.add(row)
    session.flush()
    follow(session, edit.bot.scheme.vat, before, edit.bot.clock.now())
    return row.id or 0


def _write_targets(edit: Edit) -> None:
    counts: dict[Field, int | None] = {}
    flaws = []
    for name in FIELDS[Sheet.TARGETS]:
        try:
            counts[name] = minutes(edit.new[name])
        except ValueError:
            flaws.append(FieldFlaw(name, Flaw.INVALID))
    if flaws:
        raise FlawsError(flaws)
    for urgency, (response, solution) in subjects.TARGETS.items():
        row = CompanyTargetRow(
            company_id=edit.company_id,
            urgency=urgency,
            response_minutes=counts[response],
            solution_minutes=counts[solution],
        )
        edit.session.merge(row)
    edit.session.flush()
