"""Queueing what is said of an escalation: a message that heads each side's thread, and lines below it."""

from sqlmodel import Session, col, select

from bot.domain.escalation.agenda import Coming, Step
from bot.domain.escalation.bridge import BridgeSaying
from bot.domain.escalation.life import CHANGES_COMPANY, Move, Position
from bot.domain.escalation.listing import BETWEEN_COMPANIES
from bot.domain.escalation.saying import EscalationSaying, Fault, Nudge, ThreadLine, Trouble
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.escalations import composing, reaching
from bot.services.escalations.own_thread import own_thread, root_of
from bot.services.escalations.posting import content_of, post, prefix, queue
from bot.services.escalations.reaching import Place, channel_of
from bot.services.escalations.records import informed_ids, terms_of
from bot.storage.tables import EscalationRow, EscalationThreadRow, PersonRow

REQUESTER = "requester"
TO_OWNER = frozenset({Step.WARN_OWNER, Step.SILENT, Step.UNANSWERED})


def company_side(company_id: int) -> str:
    """Return how a company's thread is named."""
    return f"company:{company_id}"


def tell_opened(session: Session, bot: Bot, row: EscalationRow) -> None:
    """Tell everybody whom a new escalation concerns."""
    _show(session, bot, row, REQUESTER)
    for company_id in dict.fromkeys((row.company_id, *informed_ids(row))):
        _show(session, bot, row, company_side(company_id))
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
    for side in dict.fromkeys((REQUESTER, new, old, *sorted(known))):
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
            )
            add_line(session, bot, row, side, saying, f"{row.moves} {move}")
    if move in CHANGES_COMPANY and row.owner_id is not None:
        tell_lead(session, bot, row, Fault.BOUNCED)


def tell_step(session: Session, bot: Bot, row: EscalationRow, step: Coming, key: str) -> None:
    """Tell whom it concerns what time did."""
    terms = terms_of(row)
    side = REQUESTER if step.step is Step.ASK_REQUESTER else company_side(row.company_id)
    saying = Nudge(
        language=language_of(row, side),
        summary=composing.summary(session, bot, row),
        step=step.step,
        clock=step.clock,
        due_at=row.response_due_at if step.clock == "response" else row.solution_due_at,
    )
    place: Place | None = None
    if step.step in TO_OWNER and row.owner_id is not None:
        place = reaching.person_place(session.get(PersonRow, row.owner_id))
    elif step.step is Step.TELL_LEAD:
        place = reaching.lead_place(session, terms)
    if place is not None:
        post(session, bot, row, place, saying, key)
    elif not add_line(session, bot, row, side, saying, key, aloud=True):
        _to_keeper(session, bot, row, saying, key)


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


def tell_keeper(session: Session, bot: Bot, row: EscalationRow, fault: Fault, key: str = "") -> None:
    """Raise the alarm with the default owner."""
    owner = reaching.default_owner(session, bot)
    moves = composing.company_moves(row) if fault is Fault.UNROUTED else ()
    saying = Trouble(owner.language, composing.summary(session, bot, row), fault, moves)
    if owner.place is not None:
        post(session, bot, row, owner.place, saying, key or f"{row.moves} {fault}")


def tell_lead(session: Session, bot: Bot, row: EscalationRow, fault: Fault) -> None:
    """Tell the company's lead directly, if it can be reached."""
    terms = terms_of(row)
    place = reaching.lead_place(session, terms)
    if place is not None:
        saying = Trouble(
            terms.language,
            composing.summary(session, bot, row),
            fault,
            composing.company_moves(row),
        )
        post(session, bot, row, place, saying, f"{row.moves} {fault}")


def threads(session: Session, row: EscalationRow) -> list[EscalationThreadRow]:
    """Return where an escalation is talked about."""
    query = select(EscalationThreadRow).where(EscalationThreadRow.escalation_id == row.id)
    return list(session.exec(query.order_by(col(EscalationThreadRow.id))).all())


def thread_of(session: Session, row: EscalationRow, side: str) -> EscalationThreadRow | None:
    """Return where one side talks about it; `None` where it cannot be reached."""
    return next((thread for thread in threads(session, row) if thread.side == side), None)


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
    queue(session, bot, thread, f"{prefix(row)} {side} {key}", {**under, **heard, **content_of(bot, saying)})
    return True


# ---- heads -----------------------------------------------------------------------------------------


def _show(session: Session, bot: Bot, row: EscalationRow, side: str, again: str = "") -> None:
    """Show how it stands at the head of a side's thread, which is begun where there is none.

    `again` tells two changes apart between which nobody made a move.
    """
    company_id = _company_of(side)
    saying: EscalationSaying = (
        composing.receipt(session, bot, row)
        if company_id is None
        else composing.card(session, bot, row, company_id)
    )
    thread = thread_of(session, row, side)
    if thread is None:
        _begin(session, bot, row, side, saying)
        return
    which = {"ts": thread.head_ts} if thread.head_ts else {"update_of": thread.outbox_key}
    key = f"{prefix(row)} {side} {row.moves} {again} update"
    queue(session, bot, thread, key, {**which, **content_of(bot, saying)}, "chat.update")


def _begin(session: Session, bot: Bot, row: EscalationRow, side: str, saying: EscalationSaying) -> None:
    place = _place(session, row, side)
    if place is None:
        if side == company_side(row.company_id):
            tell_keeper(session, bot, row, Fault.UNREACHABLE)
        return
    question = own_thread(session, row) if side == REQUESTER else None
    thread = EscalationThreadRow(
        escalation_id=row.id or 0,
        side=side,
        workspace_id=question.workspace_id if question else place.workspace_id,
        channel_id=question.channel_id if question else channel_of(place),
        message_ts=root_of(question) if question else "",
        outbox_key=f"{prefix(row)} {side}",
    )
    session.add(thread)
    session.flush()
    under = {"thread_ts": thread.message_ts} if question else {}
    queue(session, bot, thread, thread.outbox_key, {**under, **content_of(bot, saying)})


def _place(session: Session, row: EscalationRow, side: str) -> Place | None:
    company_id = _company_of(side)
    if company_id is None:
        return reaching.person_place(reaching.requester_of(session, row))
    return reaching.company_place(session, company_id)


def _company_of(side: str) -> int | None:
    return None if side == REQUESTER else int(side.removeprefix("company:"))


def language_of(row: EscalationRow, side: str) -> Language:
    """Return the language that is spoken on a side."""
    company_id = _company_of(side)
    return Language(row.language) if company_id is None else terms_of(row, company_id).language


def _to_keeper(session: Session, bot: Bot, row: EscalationRow, saying: EscalationSaying, key: str) -> None:
    owner = reaching.default_owner(session, bot)
    if owner.place is not None:
        post(session, bot, row, owner.place, saying, key)
