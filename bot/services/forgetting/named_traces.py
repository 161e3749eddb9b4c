"""Traces of a person's name or address in what others keep: contacts, logs, accounts."""

from collections.abc import Callable, Sequence

from sqlalchemy import ColumnElement, String, cast, or_
from sqlmodel import Session, col, select

from bot.domain.escalation.life import State
from bot.domain.keeping import GONE
from bot.services.forgetting.erasing import without_contacts
from bot.services.forgetting.somebody import Somebody
from bot.services.forgetting.traces import Rows, Trace
from bot.storage.tables import (
    CompanyRow,
    DataFixRow,
    DirectoryChangeRow,
    EditorRow,
    EscalationRow,
    ForgottenRow,
    InstallationRow,
    LearnedPhraseRow,
    MaintenanceEntryRow,
    PracticeRow,
    ReminderAnswerRow,
    StatementRow,
    Table,
)


def _naming(table: type[Table], *columns: str) -> Callable[[Session, Somebody], Rows]:
    """Return what finds the rows in which one of the columns says how somebody is known."""

    def find(session: Session, who: Somebody) -> Rows:
        cells = [getattr(table, column) for column in columns]
        return session.exec(select(table).where(or_(*(cell.in_(who.keys) for cell in cells)))).all()

    return find


def _put(value: str, *columns: str) -> Callable[[Session, Somebody, Rows], None]:
    """Return what puts a value where the columns say how somebody is known."""

    def erase(session: Session, who: Somebody, rows: Rows) -> None:
        for row in rows:
            for column in columns:
                if getattr(row, column) in who.keys:
                    setattr(row, column, value)
        session.flush()

    return erase


def _frozen(session: Session, who: Somebody) -> Sequence[EscalationRow]:
    """Escalations that were frozen with them as a contact, or that name them as who saw to it."""
    terms = cast(col(EscalationRow.terms), String)
    named: list[ColumnElement[bool]] = [col(EscalationRow.keeper).in_(who.words)]
    named += [terms.contains(f'"{who.email}"', autoescape=True)] if who.email else []
    return session.exec(select(EscalationRow).where(or_(*named)).order_by(col(EscalationRow.id))).all()


def _thaw(session: Session, who: Somebody, rows: Sequence[EscalationRow]) -> None:
    for row in rows:
        if who.email:
            row.terms = {key: without_contacts(terms, who.email) for key, terms in row.terms.items()}
        if row.state == State.CLOSED and row.keeper in who.words:
            row.keeper = ""
    session.flush()


_VALUES = ("name", "before", "after")


def _changes(session: Session, who: Somebody) -> Sequence[DirectoryChangeRow]:
    table = DirectoryChangeRow
    named = [getattr(table, column).in_(who.words) for column in _VALUES]
    told = (
        [getattr(table, column).contains(who.email, autoescape=True) for column in _VALUES]
        if who.email
        else []
    )
    by = col(table.changed_by).in_(who.keys)
    return session.exec(select(table).where(or_(by, *named, *told)).order_by(col(table.id))).all()


def _change_nameless(session: Session, who: Somebody, rows: Sequence[DirectoryChangeRow]) -> None:
    for row in rows:
        if row.changed_by in who.keys:
            row.changed_by = GONE
        for column in _VALUES:
            value = str(getattr(row, column))
            if value in who.words or (who.email and who.email in value):
                setattr(row, column, GONE)
    session.flush()


def _answer_nameless(session: Session, _who: Somebody, rows: Sequence[ReminderAnswerRow]) -> None:
    for row in rows:
        row.person, row.note = GONE, ""
    session.flush()


def _fixes(session: Session, who: Somebody) -> Sequence[DataFixRow]:
    by = col(DataFixRow.opened_by).in_(who.keys) | col(DataFixRow.closed_by).in_(who.keys)
    told = [col(DataFixRow.note).contains(word, autoescape=True) for word in sorted(who.words)]
    return session.exec(select(DataFixRow).where(or_(by, *told)).order_by(col(DataFixRow.id))).all()


def _fix_nameless(session: Session, who: Somebody, rows: Sequence[DataFixRow]) -> None:
    _put(GONE, "opened_by", "closed_by")(session, who, rows)
    for row in rows:
        if any(word in row.note for word in who.words):
            row.note = row.note.partition(":")[0] + f": {GONE}"
    session.flush()


ACCOUNTS = (
    "accounts have to show who recorded them for as long as the law wants them kept (KEEP_ACCOUNT_YEARS)"
)

NAMED_TRACES = (
    Trace("contact in escalations", ("reference", "keeper", "terms"), _frozen, _thaw),
    Trace("changes", ("changed_at", "changed_by", *_VALUES), _changes, _change_nameless),
    Trace(
        "answers to reminders",
        ("answered_at", "step", "person", "note"),
        _naming(ReminderAnswerRow, "person"),
        _answer_nameless,
    ),
    Trace("data fixes", ("opened_at", "opened_by", "closed_by", "note"), _fixes, _fix_nameless),
    Trace(
        "judgements of phrases",
        ("topic", "text", "accepted_by", "refused_by"),
        _naming(LearnedPhraseRow, "accepted_by", "refused_by"),
        _put(GONE, "accepted_by", "refused_by"),
    ),
    Trace(
        "appointments of editors",
        ("appointed_by", "appointed_at"),
        _naming(EditorRow, "appointed_by"),
        _put(GONE, "appointed_by"),
    ),
    Trace(
        "company settings",
        ("name", "renewal_contact", "escalation_lead"),
        _naming(CompanyRow, "renewal_contact", "escalation_lead"),
        _put("", "renewal_contact", "escalation_lead"),
    ),
    Trace(
        "practice settings",
        ("name", "renewal_contact", "vendor_contact"),
        _naming(PracticeRow, "renewal_contact", "vendor_contact"),
        _put("", "renewal_contact", "vendor_contact"),
    ),
    Trace(
        "installations",
        ("workspace_id", "workspace_name", "installed_by", "installed_at"),
        _naming(InstallationRow, "installed_by"),
        _put(GONE, "installed_by"),
    ),
    Trace(
        "people forgotten by them",
        ("forgotten_at", "forgotten_by"),
        _naming(ForgottenRow, "forgotten_by"),
        _put(GONE, "forgotten_by"),
    ),
    Trace(
        "entries in the accounts",
        ("kind", "happened_on", "note", "recorded_at", "recorded_by"),
        _naming(MaintenanceEntryRow, "recorded_by"),
        stays=ACCOUNTS,
    ),
    Trace(
        "statements sent",
        ("year", "sent_at", "sent_by"),
        _naming(StatementRow, "sent_by"),
        stays=ACCOUNTS,
    ),
)
