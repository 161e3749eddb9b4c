"""What an escalation keeps of its companies, so that what they change later changes nothing in it."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.escalation.clocks import Target
from bot.domain.escalation.life import Urgency
from bot.domain.escalation.terms import CompanyTerms
from bot.domain.network import Contact
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.composing import today_at
from bot.services.escalations.keeping import default_owner
from bot.services.escalations.reaching import lead_reach
from bot.services.escalations.records import put_clocks, terms_of, written_terms
from bot.storage.queries import directory as stored
from bot.storage.tables import CompanyRow, CompanyTargetRow, EscalationRow, PracticeRow


def freeze(session: Session, bot: Bot, row: EscalationRow, company_id: int) -> None:
    """Keep of a company what holds for this escalation from now on, unless something is kept already."""
    if str(company_id) in row.terms:
        return
    terms = load_terms(session, bot, company_id, Urgency(row.urgency), row.practice_id)
    row.terms = {**row.terms, str(company_id): written_terms(terms)}


def load_terms(
    session: Session, bot: Bot, company_id: int, urgency: Urgency, practice_id: int | None
) -> CompanyTerms:
    """Return a company's name, hours, contacts and promise for an urgency as they are now.

    The contact is one who is there today. The lead is named all the same: it may be back when it is needed.
    """
    company, stored_row = stored.company(session, company_id), session.get_one(CompanyRow, company_id)
    assert company is not None  # noqa: S101 - its row was just read
    practice = session.get(PracticeRow, practice_id) if practice_id is not None else None
    wanted = practice.vendor_contact if practice and practice.vendor_id == company_id else ""
    promise = session.get(CompanyTargetRow, (company_id, urgency))
    lead_email = stored_row.escalation_lead
    whom = company.whom(today_at(bot, company), public_only=False, preferred_email=wanted)
    lead = company.contact(public_only=False, preferred_email=lead_email)
    if lead_email and (lead is None or lead.email != lead_email):
        lead = Contact("", lead_email)
    return CompanyTerms(
        company_id=company_id,
        name=company.name,
        calendar=company.calendar,
        language=next(iter(company.languages), Language.EN),
        target=Target(promise.response_minutes, promise.solution_minutes) if promise else Target(),
        contact=whom.contact if whom else Contact(""),
        lead=lead or Contact(""),
    )


def start_with_company(session: Session, bot: Bot, row: EscalationRow, now: datetime) -> None:
    """Start the clocks of the company that has it now, and name who sees to it until somebody takes it.

    That is its lead, or while that is away its contact who is there.
    """
    terms = terms_of(row)
    put_clocks(row, terms.clocks(now))
    lead = lead_reach(session, bot, terms)
    is_away = lead is not None and lead.absent is not None
    keeper = terms.contact.email or terms.contact.name if is_away else terms.keeper
    row.keeper = "" if row.is_unrouted else keeper or terms.keeper
    row.keeper = row.keeper or default_owner(session, bot).name
