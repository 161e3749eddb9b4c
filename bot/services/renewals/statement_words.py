"""What `/renewals statement` says: a distributor's statement, or the manufacturer's sum over all of them."""

from msgspec import Struct
from sqlmodel import Session

from bot.domain.maintenance.billing_year import BillingCalendar
from bot.domain.maintenance.saying_statement import (
    Problem,
    Reader,
    StatementNote,
    StatementRefusal,
    StatementSaying,
    YearNote,
)
from bot.domain.network import SlackUser
from bot.domain.rights import Action, may
from bot.domain.scheme import Language, Provider
from bot.services import people
from bot.services.bot import Bot
from bot.services.renewals.announcing import Sheet, queue_files
from bot.services.renewals.statement_sums import year_sum
from bot.services.renewals.statements import (
    StatementRefusedError,
    calendar_of,
    draft,
    may_send,
    send,
    today_of,
)
from bot.storage.tables import CompanyRow, PersonRow
from bot.wording.statement_page import statement_page


class StatementWish(Struct, frozen=True):
    """What somebody wants in Slack. Without `year` the last one that is over.

    `cause` is the key of what they did: with it the files go to them as well, once. `command` is how they
    can send a draft, less the year, such as `/renewals statement`.
    """

    year: int | None = None
    is_sending: bool = False
    cause: str = ""
    command: str = ""


def say_statement(session: Session, bot: Bot, person: PersonRow, wish: StatementWish) -> StatementSaying:
    """Return what a person sees: the distributor its own statement, the manufacturer the sum over all.

    Everybody else, and whoever wants what cannot be, gets a kind refusal.
    """
    company = session.get(CompanyRow, person.company_id) if person.company_id is not None else None
    language = _language(person, company)
    try:
        if company is not None and company.role == Provider.DISTRIBUTOR:
            return _own(session, bot, person, company, language, wish)
        return _all(session, bot, person, company, language, wish)
    except StatementRefusedError as error:
        return StatementRefusal(language, error.problem, tuple(error.values.items()))


def _own(
    session: Session,
    bot: Bot,
    person: PersonRow,
    company: CompanyRow,
    language: Language,
    wish: StatementWish,
) -> StatementSaying:
    today = today_of(bot, company)
    number = wish.year if wish.year is not None else calendar_of(company).last_over(today).number
    if wish.is_sending:
        statement = send(session, bot, company, number, by=person).statement
    else:
        statement = draft(session, bot, company, number)
    if wish.cause and person.user_id and person.workspace_id:
        sheet = Sheet(company.slug, statement, statement_page(language, statement, today))
        queue_files(session, bot, SlackUser(person.workspace_id, person.user_id), wish.cause, sheet)
    can_send = wish.command and not statement.sent_on and may_send(session, bot, person, company)
    command = f"{wish.command} {number} send" if can_send else ""
    return StatementNote(language, Reader.DISTRIBUTOR, statement, today, command)


def _all(
    session: Session,
    bot: Bot,
    person: PersonRow,
    company: CompanyRow | None,
    language: Language,
    wish: StatementWish,
) -> StatementSaying:
    role = people.role(session, person, bot.admins)
    if not may(role, Action.SEE_RENEWALS, is_own=False):
        raise StatementRefusedError(Problem.NOT_SEEN)
    today = today_of(bot, company) if company else bot.clock.now().date()
    number = wish.year if wish.year is not None else BillingCalendar().last_over(today).number
    return YearNote(language, year_sum(session, bot, number), today)


def _language(person: PersonRow, company: CompanyRow | None) -> Language:
    """Return the language of a person's Slack, where they have met; else the first of their company's."""
    spoken = [
        Language(code) for code in (company.languages if company else "").split() if code in set(Language)
    ]
    return people.language_for(None, None if person.locale else next(iter(spoken), None), person.locale)
