"""Gathering what a report counts, of all companies or as one company may see it."""

from sqlmodel import Session

from bot.domain.manners import Reaction
from bot.domain.report import Course, Happening, Period, Question, Report, report
from bot.domain.scheme import Provider
from bot.services.bot import Bot
from bot.services.escalations.records import terms_of
from bot.storage.queries import reports as stored
from bot.storage.queries.reports import Scope
from bot.storage.tables import CompanyRow, EscalationEventRow, EscalationRow, QuestionRow

CHOSEN = frozenset({"picked", "solved"})
"""How a question ends that the bot had not recognised by itself."""


def scope_of(company: CompanyRow | None) -> Scope:
    """Return what a company may see: a distributor its practices', a partner what is its own, the
    manufacturer all."""
    match Provider(company.role) if company else Provider.MANUFACTURER:
        case Provider.DISTRIBUTOR:
            return Scope(vendor_id=company.id if company else None)
        case Provider.SUPPORT_PARTNER:
            return Scope(partner_id=company.id if company else None)
        case _:
            return Scope()


def report_of(session: Session, bot: Bot, period: Period, company: CompanyRow | None = None) -> Report:
    """Return the report of a period as a company may see it; `None` for all."""
    scope = scope_of(company)
    asked = _questions(session, bot, period, scope)
    found = stored.escalations(session, period, scope)
    events = stored.events(session, [row.id or 0 for row, _ in found])
    courses = [_course(row, vendor, events.get(row.id or 0, [])) for row, vendor in found]
    return report(period, asked, courses)


def _questions(session: Session, bot: Bot, period: Period, scope: Scope) -> list[Question]:
    missed = stored.missed(session, period)
    found = [
        _question(row, vendor, is_missed=(row.id or 0) in missed)
        for row, vendor in stored.questions(session, period, scope)
    ]
    if scope.partner_id is None:
        return found
    # A partner gives user support; what else its practices ask is none of its business.
    known = bot.scheme.has_topic
    return [
        one
        for one in found
        if known(one.topic) and bot.scheme.topic(one.topic).provider is Provider.SUPPORT_PARTNER
    ]


def _question(row: QuestionRow, vendor: str, *, is_missed: bool) -> Question:
    is_answered = row.reaction == Reaction.ANSWER and row.outcome != "missed"
    return Question(
        topic=row.topic or "",
        vendor=vendor,
        is_unanswered=not is_answered and row.outcome not in CHOSEN,
        is_missed=is_missed,
    )


def _course(row: EscalationRow, vendor: str, events: list[EscalationEventRow]) -> Course:
    calendars = {int(key): terms_of(row, int(key)).calendar for key in row.terms}
    return Course(row.topic, vendor, tuple(_happening(event) for event in events), calendars)


def _happening(event: EscalationEventRow) -> Happening:
    facts = event.facts
    return Happening(
        kind=event.kind,
        at=event.at,
        company_id=facts.get("company"),
        state=facts.get("state") or "",
        clock=facts.get("clock") or "",
    )
