"""Opening what somebody pressed: a form, or a list to choose from."""

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import Session, col, select

from bot.domain.editing import (
    Choice,
    CompanyPage,
    EditForm,
    EditPress,
    EditStep,
    Field,
    Listed,
    Listing,
    ListKind,
    No,
    NotEditedError,
    Page,
    Sheet,
)
from bot.domain.network import Role, SlackUser
from bot.domain.rights import Action
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.editing import claims, saving, section, subjects
from bot.services.editing.access import permitted
from bot.services.renewals.actors import Actor, act
from bot.services.renewals.viewing import today_in
from bot.storage.tables import CompanyRow, PracticeRow

SHOWN = 20
"""How many of a list are shown; of more one is searched for."""
FORMS = {
    EditStep.HOURS: Sheet.HOURS,
    EditStep.TARGETS: Sheet.TARGETS,
    EditStep.CONTACT: Sheet.CONTACT,
    EditStep.ABSENCE: Sheet.ABSENCE,
    EditStep.PRACTICE: Sheet.PRACTICE,
}
NEW = {EditStep.ADD_CONTACT: Sheet.CONTACT, EditStep.ADD_ABSENCE: Sheet.ABSENCE}
LISTS = {
    EditStep.COMPANIES: ListKind.COMPANIES,
    EditStep.CONTACTS: ListKind.CONTACTS,
    EditStep.ABSENCES: ListKind.ABSENCES,
    EditStep.PRACTICES: ListKind.PRACTICES,
}
DROPS = {
    EditStep.DROP_CONTACT: (Sheet.CONTACT, ListKind.CONTACTS),
    EditStep.DROP_ABSENCE: (Sheet.ABSENCE, ListKind.ABSENCES),
}
MENU = 100
"""How many options Slack takes: https://docs.slack.dev/reference/block-kit/block-elements"""


def press(session: Session, bot: Bot, pressed: EditPress) -> Page | None:
    """Do what somebody pressed; return what opens, `None` where only their Home changes."""
    step, key = pressed.step, next(iter(pressed.keys), 0)
    actor = act(session, bot, pressed.user)
    if step in FORMS:
        return _form(session, actor, FORMS[step], key, 0)
    if step in NEW:
        return _form(session, actor, NEW[step], 0, key)
    if step in LISTS:
        return listing(session, bot, pressed.user, LISTS[step], key)
    if step in DROPS:
        sheet, kind = DROPS[step]
        return listing(session, bot, pressed.user, kind, saving.drop(session, bot, pressed, sheet))
    if step is EditStep.COMPANY:
        company = permitted(session, actor, Action.EDIT_COMPANY, key)
        return CompanyPage(actor.language, key, company.name)
    claims.answer(session, bot, pressed, belongs=step is EditStep.CONFIRM)
    return None


def listing(
    session: Session, bot: Bot, user: SlackUser, kind: ListKind, company_id: int, searched: str = ""
) -> Listing:
    """Return what can be chosen from; with `searched` what has that in its name. Raises `NotEditedError`."""
    actor = act(session, bot, user)
    if kind is ListKind.COMPANIES:
        if actor.role is not Role.ADMIN:
            raise NotEditedError(actor.language, No.FORBIDDEN)
        return _companies(session, actor.language, searched)
    company = permitted(session, actor, Action.EDIT_COMPANY, company_id)
    if kind is ListKind.PRACTICES:
        return _practices(session, actor.language, company, searched)
    make: Callable[[], tuple[Listed, ...]] = {
        ListKind.CONTACTS: lambda: _contacts(session, company_id),
        ListKind.ABSENCES: lambda: _absences(session, bot, company),
    }[kind]
    return Listing(actor.language, kind, company_id, company.name, make())


def _companies(session: Session, language: Language, searched: str) -> Listing:
    query = select(CompanyRow.id, CompanyRow.name).order_by(col(CompanyRow.name))
    entries, more = _found(session.exec(query).all(), searched)
    return Listing(language, ListKind.COMPANIES, 0, "", entries, more, searched)


def _practices(session: Session, language: Language, company: CompanyRow, searched: str) -> Listing:
    query = select(PracticeRow.id, PracticeRow.name).where(PracticeRow.vendor_id == company.id)
    entries, more = _found(session.exec(query.order_by(col(PracticeRow.name))).all(), searched)
    return Listing(language, ListKind.PRACTICES, company.id or 0, company.name, entries, more, searched)


def _found(rows: Sequence[tuple[int | None, str]], searched: str) -> tuple[tuple[Listed, ...], int]:
    """Find by a part of the name here: SQLite knows the capitals of ASCII alone."""
    found = [Listed(key or 0, (name,)) for key, name in rows if searched.casefold() in name.casefold()]
    return tuple(found[:SHOWN]), max(0, len(found) - SHOWN)


def _contacts(session: Session, company_id: int) -> tuple[Listed, ...]:
    return tuple(
        Listed(
            row.id or 0,
            tuple(filter(None, (row.name, "  ·  ".join(filter(None, (row.email, row.phone, row.slack)))))),
            stamp=saving.stamp(subjects.values_of(session, Sheet.CONTACT, row.id or 0, company_id)),
        )
        for row in subjects.contacts(session, company_id)[:SHOWN]
    )


def _absences(session: Session, bot: Bot, company: CompanyRow) -> tuple[Listed, ...]:
    company_id, today = company.id or 0, today_in(bot, company.time_zone)
    return tuple(
        Listed(
            key,
            away=away,
            stamp=saving.stamp(subjects.values_of(session, Sheet.ABSENCE, key, company_id)),
        )
        for key, away in section.absences(session, company_id, today, SHOWN)
    )


def _form(session: Session, actor: Actor, sheet: Sheet, key: int, company_id: int) -> EditForm:
    subject = subjects.find(session, sheet, key, company_id)
    if subject is None:
        raise NotEditedError(actor.language, No.GONE)
    permitted(session, actor, subject.action, subject.company_id)
    return EditForm(
        language=actor.language,
        sheet=sheet,
        key=key,
        company_id=subject.company_id,
        name=subject.name,
        values=subjects.values_of(session, sheet, key, subject.company_id),
        choices=_choices(session, sheet, subject.company_id, is_new=key == 0),
    )


def _choices(
    session: Session, sheet: Sheet, company_id: int, *, is_new: bool
) -> Mapping[Field, tuple[Choice, ...]]:
    """Return the options of menus."""
    match sheet:
        case Sheet.CONTACT:
            count = len(subjects.contacts(session, company_id)) + is_new
            numbers = tuple(Choice(str(place), str(place)) for place in range(1, min(count, MENU) + 1))
            return {Field.CONTACT_PUBLIC: (Choice("yes"), Choice("no")), Field.ORDER: numbers}
        case Sheet.ABSENCE:
            people = subjects.staff(session, company_id)[: MENU - 1]
            named = tuple(Choice(str(row.id), row.name or row.email) for row in people)
            return {Field.WHO: (Choice("", word="company"), *named)}
        case Sheet.PRACTICE:
            partners = subjects.partners(session)[: MENU - 1]
            return {
                Field.SUPPORT_PARTNER: (Choice(""), *(Choice(row.slug, row.name) for row in partners)),
                Field.LANGUAGE: (Choice(""), *(Choice(code) for code in Language)),
                Field.REMINDERS_TO: (Choice(""), Choice("person"), Choice("channel")),
            }
        case _:
            return {}
