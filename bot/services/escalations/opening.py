"""Opening an escalation: who gets it, under which reference, and what everybody hears of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session, select

from bot.domain.escalation.life import State, Urgency
from bot.domain.escalation.route import Route, VendorFirst, refusal, route
from bot.domain.escalation.saying import Receipt
from bot.domain.network import Asker, Company, Directory
from bot.domain.rights import Action, may
from bot.domain.scheme import Language, Topic
from bot.services import people
from bot.services.bot import Bot
from bot.services.composing import today_at
from bot.services.escalations import composing, telling
from bot.services.escalations.actors import actor_in
from bot.services.escalations.freezing import freeze, start_with_company
from bot.services.escalations.records import Event, rearm, record
from bot.storage.insert import insert_once
from bot.storage.queries import directory as stored
from bot.storage.queries import escalations
from bot.storage.queries.acquaintance import acquaintance_with
from bot.storage.tables import (
    EscalationRow,
    PersonRow,
    PracticeRow,
    QuestionRow,
    ReferenceRow,
)


class Request(Struct, frozen=True):
    """What somebody wants solved. `happened` and `reach_me` must be given; the rest may be unknown.

    `nonce` is the form's own: a second submit of it is the same escalation. `opened_by` and `requester` are
    people's keys, the same one unless company staff opens it for a practice; `requester` is `None` for
    somebody of the practice who is not known. `asked` is the question that led to it, `link` leads to it in
    Slack. `wants_manufacturer` asks for level 1 directly.
    """

    nonce: str
    opened_by: int
    requester: int | None
    practice_id: int | None
    topic: str | None
    urgency: Urgency
    happened: str
    reach_me: str
    language: Language
    package: str = ""
    asked: str = ""
    link: str = ""
    tried: str = ""
    error_text: str = ""
    version: str = ""
    has_consent: bool = False
    question_id: int | None = None
    is_billing: bool = False
    wants_manufacturer: bool = False


class Opened(Struct, frozen=True):
    """It is open; `is_new` unless this request, its question or its message had opened it before."""

    escalation_id: int
    reference: str
    is_new: bool
    receipt: Receipt


class NotAllowed(Struct, frozen=True):
    """Whoever asks may not open it for this person or practice."""


class Unfinished(Struct, frozen=True):
    """Fields of the request that must be filled."""

    missing: tuple[str, ...]


class NoCompanies(Struct, frozen=True):
    """No company is known at all, so that nobody could get it; `admins` can import them."""

    admins: str


Opening = Opened | NotAllowed | Unfinished | NoCompanies | VendorFirst


def open_escalation(session: Session, bot: Bot, request: Request) -> Opening:
    """Open an escalation, once for a nonce and once for a question or message, and tell everybody."""
    missing = tuple(name for name in ("happened", "reach_me") if not getattr(request, name).strip())
    if missing:
        return Unfinished(missing)
    opener = session.get(PersonRow, request.opened_by)
    if opener is None or not _may_open(session, bot, request, opener):
        return NotAllowed()
    known = stored.directory(session)
    if known.manufacturer is None:
        return NoCompanies(people.names_of_admins(session, bot.admins))
    asker = _asker(session, request)
    found = route(_topic(bot, request), asker, known, is_billing=request.is_billing)
    preferred = asker.practice.vendor_contact if asker.practice else ""
    today = today_at(bot, found.company)
    refused = refusal(found, known, today, preferred) if request.wants_manufacturer else None
    if refused is not None:
        return refused
    now = bot.clock.now()
    counter = _locked_counter(session, now, known.manufacturer)
    row = _opened_before(session, request)
    if row is not None:
        return _again(session, bot, row, opener)
    counter.last += 1
    row = _new(session, bot, request, found, known, f"ESC-{counter.year}-{counter.last:04d}")
    telling.tell_opened(session, bot, row)
    return Opened(row.id or 0, row.reference, True, composing.receipt(session, bot, row))


# ---- who may ---------------------------------------------------------------------------------------


def _may_open(session: Session, bot: Bot, request: Request, opener: PersonRow) -> bool:
    role = people.role(session, opener, bot.admins)
    is_for_self = request.requester == opener.id and not (
        opener.company_id is not None and request.practice_id is not None
    )
    if is_for_self:
        own = request.practice_id is None or _is_own_practice(session, request, opener)
        return may(role, Action.OPEN_ESCALATION, is_own=own)
    if request.practice_id is None or not _belongs(session, request.requester, request, opener):
        return False
    practice = session.get(PracticeRow, request.practice_id)
    if practice is None or opener.company_id is None:
        return practice is not None and may(role, Action.OPEN_ON_BEHALF, is_own=False)
    own = opener.company_id in (practice.vendor_id, practice.support_partner_id)
    return may(role, Action.OPEN_ON_BEHALF, is_own=own)


def _is_own_practice(session: Session, request: Request, person: PersonRow) -> bool:
    """Say whether a person asks for the practice that the bot takes for theirs."""
    if request.practice_id in [row.practice_id for row in stored.memberships(session, person.id or 0)]:
        return True
    if request.practice_id == stored.practice_of_domain(session, person.email):
        return True
    question = session.get(QuestionRow, request.question_id) if request.question_id is not None else None
    return (
        question is not None
        and question.person_id == person.id
        and question.practice_id == request.practice_id
    )


def _belongs(session: Session, requester: int | None, request: Request, opener: PersonRow) -> bool:
    """Say whether it may be opened for this person: one of the practice, nobody known, or oneself."""
    if requester is None or requester == opener.id:
        return True
    return request.practice_id in [row.practice_id for row in stored.memberships(session, requester)]


def _asker(session: Session, request: Request) -> Asker:
    person = session.get(PersonRow, request.requester or request.opened_by)
    assert person is not None  # noqa: S101 - whoever may open it exists, and so does whom it is for
    return people.asker(session, acquaintance_with(session, person), request.practice_id, request.language)


def _topic(bot: Bot, request: Request) -> Topic | None:
    is_known = request.topic is not None and bot.scheme.has_topic(request.topic)
    return bot.scheme.topic(request.topic or "") if is_known else None


# ---- once ------------------------------------------------------------------------------------------


def _locked_counter(session: Session, now: datetime, maker: Company) -> ReferenceRow:
    """Return the year's counter, by the manufacturer's calendar. Whoever holds it is alone in opening."""
    year = now.astimezone(ZoneInfo(maker.calendar.time_zone)).year
    insert_once(session, ReferenceRow, {"year": year, "last": 0})
    return session.get_one(ReferenceRow, year, with_for_update=True, populate_existing=True)


def _opened_before(session: Session, request: Request) -> EscalationRow | None:
    same = session.exec(select(EscalationRow).where(EscalationRow.nonce == request.nonce)).first()
    if same is None and request.question_id is not None:
        same = escalations.open_for_question(session, request.question_id)
    if same is None and request.link:
        same = escalations.open_for_message(session, request.link, request.practice_id, request.opened_by)
    return same


def opened_for_question(
    session: Session, bot: Bot, question_id: int, person: PersonRow
) -> Opened | NotAllowed | None:
    """Return what is open for a question already, as far as this person may see it."""
    row = escalations.open_for_question(session, question_id)
    return None if row is None else _again(session, bot, row, person)


def _again(session: Session, bot: Bot, row: EscalationRow, opener: PersonRow) -> Opened | NotAllowed:
    if not actor_in(session, bot, row, opener).may(Action.SEE_ESCALATION):
        return NotAllowed()
    return Opened(row.id or 0, row.reference, False, composing.receipt(session, bot, row))


# ---- the row ---------------------------------------------------------------------------------------


def _new(
    session: Session, bot: Bot, request: Request, found: Route, known: Directory, reference: str
) -> EscalationRow:
    now, maker = bot.clock.now(), _id(session, known.manufacturer)
    informed = [_id(session, company) for company in found.informed]
    owner = _id(session, found.company) if found.company else maker
    row = EscalationRow(
        reference=reference,
        nonce=request.nonce,
        state=State.NEW,
        level=found.level,
        company_id=owner,
        is_unrouted=found.company is None,
        requester_id=request.requester,
        opened_by_id=request.opened_by,
        practice_id=request.practice_id,
        package=request.package,
        question_id=request.question_id,
        topic=request.topic or "",
        language=request.language,
        urgency=request.urgency,
        happened=request.happened.strip(),
        reach_me=request.reach_me.strip(),
        asked=request.asked,
        link=request.link,
        tried=request.tried,
        error_text=request.error_text,
        version=request.version,
        has_consent=request.has_consent,
        route={"way": found.way, "top": maker, "informed": informed, "is_billing": request.is_billing},
        terms={},
        opened_at=now,
        touched_at=now,
    )
    for company_id in dict.fromkeys((owner, maker, *informed)):
        freeze(session, bot, row, company_id)
    start_with_company(session, bot, row, now)
    rearm(row, bot)
    session.add(row)
    session.flush()
    _record_opening(session, row, request, now)
    return row


def _record_opening(session: Session, row: EscalationRow, request: Request, now: datetime) -> None:
    facts = {
        "company": row.company_id,
        "way": row.route["way"],
        "tried": request.tried,
        "error_text": request.error_text,
        "version": request.version,
    }
    opener = session.get_one(PersonRow, request.opened_by)
    by = (opener.id, opener.company_id)
    record(session, row, Event("opened", "open", now, by, row.happened, facts))


def _id(session: Session, company: Company | None) -> int:
    key = stored.company_id(session, company.slug) if company else None
    assert key is not None  # noqa: S101 - the company came from the database
    return key
