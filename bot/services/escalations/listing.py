"""Which escalations somebody sees, in lists, and what happened to one of them."""

from datetime import datetime

from sqlmodel import Session

from bot.domain.escalation.life import State
from bot.domain.escalation.listing import (
    Entry,
    EscalationLine,
    EscalationLists,
    EscalationShelf,
    EscalationsPart,
    ListSaying,
    NoEscalation,
    Reader,
    Shelf,
    Timeline,
    by_urgency,
    due_of,
    first_words,
    seen_by,
    shelf_of,
)
from bot.domain.network import Role, SlackUser
from bot.domain.rights import Action, may
from bot.domain.scheme import Language
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations import composing
from bot.services.escalations.actors import Actor, actor_in, bonds_among, confirmed_practices
from bot.services.escalations.records import terms_of
from bot.services.escalations.sides import REQUESTER, company_side, thread_of
from bot.services.forgetting.erasing import FORMER
from bot.services.renewals.viewing import viewer_of
from bot.storage.queries import escalation_lists as queries
from bot.storage.tables import CompanyRow, EscalationEventRow, EscalationRow, PersonRow

SHOWN = 8
"""How many of a list are shown; of the others it says how many they are."""
CONVERSATIONS = ("C", "D", "G")
Seen = tuple[EscalationRow, Actor]


def lists(session: Session, bot: Bot, person: PersonRow, language: Language) -> EscalationLists:
    """Answer the command: what waits for a person, what is theirs, and what their company has."""
    return EscalationLists(language, part_of(session, bot, person))


def part_of(session: Session, bot: Bot, person: PersonRow) -> EscalationsPart:
    """Return somebody's lists; each row's right is asked anew, by what the database knows now."""
    role = people.role(session, person, bot.admins)
    sees_all = may(role, Action.SEE_ESCALATION, is_own=False) and person.company_id is None
    found: dict[Shelf, list[Seen]] = {shelf: [] for shelf in Shelf}
    practices = confirmed_practices(session, person)
    for row in queries.concerning(session, _whose(person, practices, sees_all=sees_all)):
        actor = Actor(person, role, bonds_among(row, person, practices))
        shelf = _shelf(row, actor, sees_all=sees_all)
        if shelf is not None and actor.may(Action.SEE_ESCALATION):
            found[shelf].append((row, actor))
    shelves = (
        _shown(session, bot, shelf, seen, is_all=sees_all and shelf is Shelf.QUEUE)
        for shelf, seen in found.items()
        if seen
    )
    return EscalationsPart(tuple(shelves), bot.command)


def timeline_of(
    session: Session, bot: Bot, person: PersonRow, reference: str, language: Language
) -> ListSaying:
    """Answer with what happened to an escalation; one that a person may not see is as if it were not
    there."""
    row = queries.by_reference(session, reference)
    return _timeline(session, bot, person, row, reference, language)


def answer_button(session: Session, bot: Bot, user: SlackUser, escalation_id: int) -> ListSaying:
    """Answer the button, whose number nobody trusts."""
    person = people.meet(session, user, bot.clock.now(), None)
    row = session.get(EscalationRow, escalation_id)
    return _timeline(session, bot, person, row, "", viewer_of(session, bot, person).language)


def line_of(session: Session, bot: Bot, row: EscalationRow, actor: Actor | None = None) -> EscalationLine:
    """Return an escalation as it stands in a list, with the link of `actor`'s own thread."""
    summary, now = composing.summary(session, bot, row), bot.clock.now()
    due = due_of(summary)
    return EscalationLine(
        summary=summary,
        title=first_words(row.happened),
        next_at=row.next_action_at,
        is_overdue=due is not None and due.at < now,
        link=_link(session, row, actor) if actor else "",
    )


def _whose(person: PersonRow, practices: frozenset[int], *, sees_all: bool) -> queries.Whose:
    names = tuple(name for name in (person.email, person.user_id) if name)
    return queries.Whose(person.id or 0, names, tuple(sorted(practices)), person.company_id, sees_all)


def _shelf(row: EscalationRow, actor: Actor, *, sees_all: bool) -> Shelf | None:
    keeps_it = row.is_unrouted and row.keeper in (actor.person.email, actor.person.user_id)
    has_it = row.owner_id is not None and row.owner_id == actor.person.id
    return shelf_of(State(row.state), actor.bonds, has_it=has_it, keeps_it=keeps_it, is_outside=sees_all)


def _shown(session: Session, bot: Bot, shelf: Shelf, seen: list[Seen], *, is_all: bool) -> EscalationShelf:
    ordered = sorted(seen, key=lambda one: _order(one[0]))
    lines = tuple(line_of(session, bot, row, actor) for row, actor in ordered[:SHOWN])
    return EscalationShelf(shelf, lines, max(0, len(seen) - SHOWN), is_all)


def _order(row: EscalationRow) -> tuple[bool, datetime, str]:
    return by_urgency((row.response_due_at, row.solution_due_at), row.next_action_at, row.reference)


def _link(session: Session, row: EscalationRow, actor: Actor) -> str:
    """Return what opens the person's own side of the conversation: https://docs.slack.dev/interactivity/deep-linking."""
    company_id = actor.person.company_id
    side = company_side(company_id) if company_id is not None else REQUESTER
    if company_id is None and not actor.bonds.is_requester:
        return ""
    thread = thread_of(session, row, side)
    if thread is None or thread.workspace_id != actor.person.workspace_id:
        return ""
    if not thread.channel_id.startswith(CONVERSATIONS):
        return ""
    link = f"slack://channel?team={thread.workspace_id}&id={thread.channel_id}"
    return f"{link}&message={thread.message_ts}" if thread.message_ts else link


# ---- the timeline ----------------------------------------------------------------------------------


def _timeline(
    session: Session,
    bot: Bot,
    person: PersonRow,
    row: EscalationRow | None,
    reference: str,
    language: Language,
) -> ListSaying:
    actor = actor_in(session, bot, row, person) if row is not None else None
    if row is None or actor is None or not actor.may(Action.SEE_ESCALATION):
        return NoEscalation(language, reference, bot.command)
    reader = Reader(person.company_id, is_admin=actor.role is Role.ADMIN)
    seen = (seen_by(entry, reader) for entry in entries(session, row))
    return Timeline(
        language=language,
        line=line_of(session, bot, row, actor),
        entries=tuple(entry for entry in seen if entry is not None),
    )


def entries(session: Session, row: EscalationRow) -> list[Entry]:
    """Return everything that happened, the oldest first, whoever may read it."""
    return [_entry(session, row, event) for event in queries.events(session, row.id or 0)]


def _entry(session: Session, row: EscalationRow, event: EscalationEventRow) -> Entry:
    to_id: int | None = event.facts.get("company")
    return Entry(
        kind=event.kind,
        at=event.at,
        by=_by(session, event),
        company=_name(session, row, to_id),
        from_id=event.company_id,
        to_id=to_id,
        text=event.text,
        is_internal=event.is_internal,
        is_by_former=bool(event.facts.get(FORMER)),
    )


def _by(session: Session, event: EscalationEventRow) -> str:
    """Name who did it, with the company where it is one's staff."""
    name = composing.name_of(session, event.person_id)
    company = session.get(CompanyRow, event.company_id) if event.company_id is not None else None
    if company is None or not name:
        return name or (company.name if company else "")
    return f"{name} ({company.name})"


def _name(session: Session, row: EscalationRow, company_id: int | None) -> str:
    if company_id is None:
        return terms_of(row).name
    company = session.get(CompanyRow, company_id)
    return terms_of(row, company_id).name or (company.name if company else "")
