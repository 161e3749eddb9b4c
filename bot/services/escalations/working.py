"""What a company's people and the requester press and submit; each checked on what is known now."""

from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.domain.escalation.life import Move
from bot.domain.escalation.note import Details
from bot.domain.escalation.work import Choice, Gaps, WhyRefused, WorkForm, WorkPress, WorkRefused
from bot.domain.rights import Action
from bot.domain.scheme import Language
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations import composing, moving
from bot.services.escalations.actors import actor_in
from bot.services.escalations.moving import Forbidden, Gone, Incomplete, Moved, NotNow, Outcome, Taken
from bot.services.escalations.reaching import staff_in_order
from bot.services.escalations.records import terms_of
from bot.services.people import Profile
from bot.storage.queries import directory as stored
from bot.storage.queries import outbox
from bot.storage.tables import CompanyRow, EscalationEventRow, EscalationRow, PersonRow

TO_OTHERS = frozenset({Move.REASSIGN})
"""Moves that would take from somebody what they were given while the form was open."""


def do(session: Session, bot: Bot, press: WorkPress, profile: Profile | None = None) -> None:
    """Make a move that needs no form; whoever comes too late, or may not, is told alone."""
    person = people.meet(session, press.user, bot.clock.now(), profile)
    outcome = moving.move(session, bot, press.escalation_id, press.move, person.id or 0)
    refused = _refused(session, bot, press, person, outcome)
    if refused is not None:
        _whisper(session, bot, press, refused)


def open_form(
    session: Session, bot: Bot, press: WorkPress, profile: Profile | None = None
) -> WorkForm | None:
    """Return the form of a move; `None` when it cannot be made, and whoever pressed is told why."""
    person = people.meet(session, press.user, bot.clock.now(), profile)
    # Without any details a move that wants some is checked and not made.
    outcome = moving.move(session, bot, press.escalation_id, press.move, person.id or 0)
    refused = _refused(session, bot, press, person, outcome)
    if refused is not None:
        _whisper(session, bot, press, refused)
        return None
    row = session.get_one(EscalationRow, press.escalation_id)
    short = composing.summary(session, bot, row)
    is_up = press.move in (Move.HAND_OVER, Move.GIVE_UP)
    return WorkForm(
        language=_language(session, person),
        move=press.move,
        escalation_id=row.id or 0,
        reference=row.reference,
        company=short.company,
        to=short.manufacturer if is_up else short.lower if press.move is Move.SEND_BACK else "",
        tried=row.tried,
        error_text=row.error_text,
        version=row.version,
        has_consent=row.has_consent,
        choices=_choices(session, bot, row, press.move),
        seen=row.moves,
    )


def submit(session: Session, bot: Bot, press: WorkPress, details: Details) -> WorkRefused | Gaps | None:
    """Make the move of a form; `None` when it is made, also by an earlier submit of the same form."""
    person = people.meet(session, press.user, bot.clock.now(), None)
    row = moving.locked(session, press.escalation_id)
    if row is not None and _was_made(session, row, press, person):
        return None
    if row is not None and press.move in TO_OTHERS and row.moves != press.seen:
        overtaken = _overtaken(session, bot, row, press, person)
        if overtaken is not None:
            return overtaken
    outcome = moving.move(session, bot, press.escalation_id, press.move, person.id or 0, details)
    if isinstance(outcome, Incomplete) and row is not None:
        return Gaps(_language(session, person), outcome.missing, terms_of(row).name)
    return _refused(session, bot, press, person, outcome)


def _was_made(session: Session, row: EscalationRow, press: WorkPress, person: PersonRow) -> bool:
    """Say whether this form's move is in the timeline, made by the same person right after it was opened."""
    query = select(EscalationEventRow.id).where(
        EscalationEventRow.escalation_id == row.id,
        EscalationEventRow.key == f"{press.seen + 1} {press.move}",
        EscalationEventRow.person_id == person.id,
    )
    return session.exec(query).first() is not None


# ---- what a form offers ----------------------------------------------------------------------------


def _choices(session: Session, bot: Bot, row: EscalationRow, move: Move) -> tuple[Choice, ...]:
    if move is Move.REASSIGN:
        named = [
            Choice(one.id or 0, composing.name_of(session, one.id), absent.until if absent else None)
            for one, absent in staff_in_order(session, bot, row.company_id)
        ]
        return tuple(one for one in named if one.name and one.key != row.owner_id)
    if move is Move.PASS_ON:
        companies = session.exec(select(CompanyRow).order_by(col(CompanyRow.name))).all()
        return tuple(Choice(one.id or 0, one.name) for one in companies)
    return ()


# ---- who hears why not -----------------------------------------------------------------------------


def _refused(
    session: Session, bot: Bot, press: WorkPress, person: PersonRow, outcome: Outcome
) -> WorkRefused | None:
    language = _language(session, person)
    match outcome:
        case Moved() | Incomplete():
            return None
        case Taken(reference, by):
            return WorkRefused(language, WhyRefused.TAKEN, reference, who=by)
        case Forbidden():
            return _forbidden(session, bot, press, person, WorkRefused(language, WhyRefused.FORBIDDEN))
        case Gone():
            return WorkRefused(language, WhyRefused.GONE)
        case NotNow(reference, _, state, company):
            row = session.get_one(EscalationRow, press.escalation_id)
            who = _last_mover(session, row, but=person)
            return WorkRefused(language, WhyRefused.NOT_NOW, reference, company, who, state)


def _forbidden(
    session: Session, bot: Bot, press: WorkPress, person: PersonRow, plain: WorkRefused
) -> WorkRefused:
    """Tell whoever may see it where it is by now; anybody else nothing of it."""
    row = session.get(EscalationRow, press.escalation_id)
    actor = actor_in(session, bot, row, person) if row is not None else None
    if row is None or actor is None or not actor.may(Action.SEE_ESCALATION):
        return plain
    if person.company_id in (None, row.company_id):
        return plain
    return replace(plain, why=WhyRefused.ELSEWHERE, reference=row.reference, company=terms_of(row).name)


def _overtaken(
    session: Session, bot: Bot, row: EscalationRow, press: WorkPress, person: PersonRow
) -> WorkRefused | None:
    who = _last_mover(session, row, but=person)
    if not who or not actor_in(session, bot, row, person).may_make(press.move):
        return None
    language = _language(session, person)
    return WorkRefused(language, WhyRefused.OVERTAKEN, row.reference, terms_of(row).name, who)


def _last_mover(session: Session, row: EscalationRow, *, but: PersonRow) -> str:
    """Name who made the last move, where it was somebody else."""
    query = select(EscalationEventRow).where(
        EscalationEventRow.escalation_id == row.id, col(EscalationEventRow.kind).in_(list(Move))
    )
    last = session.exec(query.order_by(col(EscalationEventRow.id).desc())).first()
    if last is None or last.person_id in (None, but.id):
        return ""
    return composing.name_of(session, last.person_id)


def _language(session: Session, person: PersonRow) -> Language:
    mine = stored.memberships(session, person.id or 0) if person.company_id is None else []
    practice = stored.practice(session, mine[0].practice_id) if mine else None
    return people.language_for(practice, None, person.locale)


def _whisper(session: Session, bot: Bot, press: WorkPress, refused: WorkRefused) -> None:
    """Tell it where it was pressed to whoever pressed, alone; directly where that was under no message."""
    user = press.user.user_id
    alone = {"channel": press.channel_id, "user": user} if press.channel_id else {"channel": user}
    outbox.add(
        session,
        key=f"escalation refused {press.key}",
        workspace_id=press.workspace_id,
        lane=user,
        method="chat.postEphemeral" if press.channel_id else "chat.postMessage",
        content={**alone, **bot.render(refused).content},
        now=bot.system_clock.now(),
    )
