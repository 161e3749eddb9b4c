"""Queueing what is said of an escalation: a message that heads each side's thread, and lines below it."""

from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.escalation.agenda import Coming, Step
from bot.domain.escalation.bridge import BridgeSaying
from bot.domain.escalation.life import CHANGES_COMPANY, Move, Position
from bot.domain.escalation.listing import BETWEEN_COMPANIES
from bot.domain.escalation.saying import EscalationSaying, Fault, Nudge, ThreadLine, Trouble
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.escalations import composing, heads, reaching
from bot.services.escalations.hearing import Part, hearer
from bot.services.escalations.keeping import default_owner
from bot.services.escalations.posting import post, prefix, queue
from bot.services.escalations.records import informed_ids, terms_of
from bot.services.escalations.sides import REQUESTER, company_side, language_of, thread_of, threads
from bot.storage.tables import EscalationRow, PersonRow


def tell_opened(session: Session, bot: Bot, row: EscalationRow) -> None:
    """Tell everybody whom a new escalation concerns."""
    for company_id in dict.fromkeys((row.company_id, *informed_ids(row))):
        _show(session, bot, row, company_side(company_id))
    _show(session, bot, row, REQUESTER)
    if row.is_unrouted:
        tell_keeper(session, bot, row, Fault.UNROUTED)


def tell_move(
    session: Session,
    bot: Bot,
    row: EscalationRow,
    move: Move,
    *,
    before: Position,
    by: PersonRow | None,
    text: str,
) -> None:
    """Tell every side what somebody did, after it was done."""
    old, new = company_side(before.company_id), company_side(row.company_id)
    known = {thread.side for thread in threads(session, row)}
    for side in dict.fromkeys((new, REQUESTER, old, *sorted(known))):
        _show(session, bot, row, side)
        # A reply without words of its own was written in the thread, from where it is carried.
        if side in known and (text or move is not Move.REPLY):
            shown = "" if side == REQUESTER and move in BETWEEN_COMPANIES else text
            saying = ThreadLine(
                language=language_of(row, side),
                summary=composing.summary(session, bot, row),
                move=move,
                by=composing.name_of(session, by.id) if by else "",
                text=shown,
                moves=composing.requester_moves(row) if side == REQUESTER else (),
                is_requesters=side == REQUESTER,
            )
            add_line(session, bot, row, side, saying, f"{row.moves} {move}")
    if move in CHANGES_COMPANY and row.owner_id is not None:
        tell_owner(session, bot, row, Fault.BOUNCED)


def tell_step(session: Session, bot: Bot, row: EscalationRow, step: Coming, key: str) -> None:
    """Tell whom it concerns what time did; past whoever is away it goes to the next who is there."""
    if step.step is Step.ASK_REQUESTER:
        asking = _nudge(session, bot, row, step, Language(row.language))
        if not add_line(session, bot, row, REQUESTER, asking, key, aloud=True):
            tell_unreached(session, bot, row)
        return
    heard = hearer(session, bot, row, step.step)
    if heard is None:
        return
    saying = replace(_nudge(session, bot, row, step, heard.language), passed=heard.passed)
    if heard.part is Part.THREAD:
        add_line(session, bot, row, company_side(row.company_id), saying, key, aloud=True)
    else:
        post(session, bot, row, heard.part, heard.reach.place, saying, key)


def _nudge(session: Session, bot: Bot, row: EscalationRow, step: Coming, language: Language) -> Nudge:
    return Nudge(
        language=language,
        summary=composing.summary(session, bot, row),
        step=step.step,
        clock=step.clock,
        due_at=row.response_due_at if step.clock == "response" else row.solution_due_at,
    )


def tell_way_up(session: Session, bot: Bot, row: EscalationRow, step: Coming, key: str) -> None:
    """Tell the requester that it may now go to the manufacturer, since level 0 let its time lapse."""
    _show(session, bot, row, REQUESTER, again=key)
    saying = Nudge(
        language=Language(row.language),
        summary=composing.summary(session, bot, row),
        step=step.step,
        is_way_up=True,
    )
    add_line(session, bot, row, REQUESTER, saying, f"{key} up")


def show_company(session: Session, bot: Bot, row: EscalationRow, again: str) -> None:
    """Show the company what comes next by now; `again` tells it from what was shown since the last move."""
    side = company_side(row.company_id)
    if thread_of(session, row, side) is not None:
        _show(session, bot, row, side, again)


def show_everywhere(session: Session, bot: Bot, row: EscalationRow, again: str) -> None:
    """Show on every side how it stands, in the place of what stands there; `again` as in `show_company`."""
    for thread in threads(session, row):
        _show(session, bot, row, thread.side, again)


def tell_keeper(
    session: Session, bot: Bot, row: EscalationRow, fault: Fault, key: str = "", instead: str = ""
) -> None:
    """Raise the alarm with the default owner; `instead` names who was told in the place of others."""
    owner = default_owner(session, bot)
    moves = composing.company_moves(row) if fault is Fault.UNROUTED else ()
    saying = Trouble(owner.language, composing.summary(session, bot, row), fault, moves, instead=instead)
    if owner.place is not None:
        post(session, bot, row, Part.KEEPER, owner.place, saying, key or f"{row.moves} {fault}")


def tell_unreached(session: Session, bot: Bot, row: EscalationRow) -> None:
    """Tell the company that has it, once, that the requester is not reached in Slack, and how else.

    Somebody who was forgotten is not to be reached at all.
    """
    asked_by = row.requester_id or row.opened_by_id
    if asked_by is None:
        return
    fault, person = Fault.REQUESTER_UNREACHED, session.get(PersonRow, asked_by)
    terms = terms_of(row)
    ways = (row.reach_me, person.phone if person else "", person.email if person else "")
    saying = Trouble(
        terms.language,
        composing.summary(session, bot, row),
        fault,
        reach_by=tuple(dict.fromkeys(way for way in ways if way)),
    )
    key = f"{row.spell} {fault}"
    add_line(session, bot, row, company_side(row.company_id), saying, key, aloud=True)


def tell_owner(session: Session, bot: Bot, row: EscalationRow, fault: Fault) -> None:
    """Tell whoever has it directly, else the company's lead, if either can be reached."""
    terms, owner = terms_of(row), session.get(PersonRow, row.owner_id) if row.owner_id is not None else None
    reach = reaching.person_reach(session, bot, owner) or reaching.lead_reach(session, bot, terms)
    if reach is not None:
        saying = Trouble(
            terms.language,
            composing.summary(session, bot, row),
            fault,
            composing.company_moves(row),
        )
        post(session, bot, row, Part.OWNER, reach.place, saying, f"{row.moves} {fault}")


def add_line(
    session: Session,
    bot: Bot,
    row: EscalationRow,
    side: str,
    saying: EscalationSaying | BridgeSaying,
    key: str,
    *,
    aloud: bool = False,
) -> bool:
    """Say something in a side's thread, `aloud` in its channel too; `False` where it has none.

    `key` is unique among what is said on this side of this escalation.
    """
    thread = thread_of(session, row, side)
    if thread is None:
        return False
    under = {"thread_ts": thread.message_ts} if thread.message_ts else {"thread_of": thread.outbox_key}
    heard = {"reply_broadcast": True} if aloud and thread.channel_id.startswith("C") else {}
    queue(
        session, bot, thread, f"{prefix(row)} {side} {key}", {**under, **heard, **bot.render(saying).content}
    )
    return True


def _show(session: Session, bot: Bot, row: EscalationRow, side: str, again: str = "") -> None:
    """Show how it stands on a side; whoever has to know hears where nobody is reached there."""
    is_new = thread_of(session, row, side) is None
    if heads.show(session, bot, row, side, again) or not is_new:
        return
    if side == company_side(row.company_id):
        tell_keeper(session, bot, row, Fault.UNREACHABLE)
    elif side == REQUESTER:
        tell_unreached(session, bot, row)
