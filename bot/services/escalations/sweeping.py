"""The sweep over everything that is not closed: time does what it has to, and nothing gets lost."""

from datetime import datetime, timedelta

import structlog
from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.escalation.agenda import Coming, Step, coming, lets_up
from bot.domain.escalation.clocks import TargetClock
from bot.domain.escalation.life import Move, State
from bot.domain.escalation.saying import Fault
from bot.domain.rights import Action
from bot.services.bot import Bot
from bot.services.escalations import rescuing, telling
from bot.services.escalations.actors import actor_in
from bot.services.escalations.keeping import default_owner
from bot.services.escalations.moving import NOTHING, locked, make
from bot.services.escalations.records import (
    Event,
    clocks_of,
    put_clocks,
    rearm,
    record,
    standing_of,
    terms_of,
    top_id,
    touch,
)
from bot.storage.queries import escalations as stored
from bot.storage.tables import EscalationRow, PersonRow

log = structlog.get_logger()

AT_ONCE = 100
"""How many escalations one transaction deals with."""
TRY_AGAIN = timedelta(minutes=5)
MOST_AT_ONCE = 8
"""More steps than can be due of one escalation: two promises of three alarms, a follow-up, closing."""


class Swept(Struct, frozen=True):
    """What a sweep found: how many escalations were due, and the references of those that were astray, of
    which Slack did not take a message, and that it could not deal with."""

    due: int = 0
    repaired: tuple[str, ...] = ()
    undelivered: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether all is as it should be; only then there is a heartbeat."""
        return not (self.repaired or self.undelivered or self.failed)


def sweep(session: Session, bot: Bot, now: datetime, limit: int = AT_ONCE) -> Swept:
    """Repair what nobody has or nothing follows, find another way for what Slack did not take, and do what
    time has to do with at most `limit`.

    Looks at all that is not closed, however old. Call it until nothing is due. Two at once do nothing twice.
    """
    repaired = [_repair(session, bot, key, now) for key in stored.astray(session, bot.admins)]
    undelivered = rescuing.rescue(session, bot)
    rescuing.bring_home(session, bot)
    rescuing.leave_shared(session, bot)
    keys, failed = stored.due(session, now, limit), []
    for key in keys:
        try:
            with session.begin_nested():
                _do_due(session, bot, key, now)
        except Exception:
            log.exception("escalation_not_swept", escalation=key)
            failed.append(_postpone(session, key, now))
    session.flush()
    return Swept(len(keys), _known(repaired), tuple(undelivered), _known(failed))


def _known(references: list[str]) -> tuple[str, ...]:
    return tuple(reference for reference in references if reference)


# ---- what time does --------------------------------------------------------------------------------


def _do_due(session: Session, bot: Bot, key: int, now: datetime) -> None:
    row, done = locked(session, key), 0
    for _ in range(MOST_AT_ONCE):
        step = coming(standing_of(row, bot)) if row is not None else None
        if row is None or step is None or step.at > now:
            break
        _do(session, bot, row, step, now)
        done += 1
    if row is not None:
        rearm(row, bot)
    if row is not None and done and row.state != State.CLOSED:
        telling.show_company(session, bot, row, now.isoformat())


def _do(session: Session, bot: Bot, row: EscalationRow, step: Coming, now: datetime) -> None:
    if step.step is Step.CLOSE:
        make(session, bot, row, Move.CLOSE, None, NOTHING)
        return
    key = _key(row, step)
    is_way_up_new = _open_way_up(row, step)
    if step.alarm is None:
        row.nudges += 1
    else:
        clocks = clocks_of(row)
        put_clocks(row, tuple(_said(clock, step) if clock.kind is step.clock else clock for clock in clocks))
    row.nudged_at = now
    facts = {"clock": step.clock, "alarm": step.alarm, "owner": row.owner_id, "company": row.company_id}
    if record(session, row, Event(key, step.step, now, facts=facts)):
        telling.tell_step(session, bot, row, step, key)
    if is_way_up_new:
        telling.tell_way_up(session, bot, row, step, key)


def _said(clock: TargetClock, step: Coming) -> TargetClock:
    return replace(clock, said=clock.said | {step.alarm}) if step.alarm else clock


def _key(row: EscalationRow, step: Coming) -> str:
    """An alarm happens once while a company has it, a follow-up once after each sign of life."""
    if step.alarm is not None:
        return f"{row.spell} {step.name}"
    return f"{row.touched_at.isoformat()} {step.name} {row.nudges}"


def _open_way_up(row: EscalationRow, step: Coming) -> bool:
    """Let the requester take it up once level 0 let its time lapse; say whether that is new."""
    is_below_top = row.level == 0 and top_id(row) not in (None, row.company_id)
    if row.can_go_up or not is_below_top or not lets_up(step, row.nudges):
        return False
    row.can_go_up = True
    return True


def _postpone(session: Session, key: int, now: datetime) -> str:
    """Leave the others their turn; what failed is tried again soon."""
    row = locked(session, key)
    if row is None:
        return ""
    row.next_action_at = now + TRY_AGAIN
    return row.reference


# ---- the audit -------------------------------------------------------------------------------------


def _repair(session: Session, bot: Bot, key: int, now: datetime) -> str:
    """Give it somebody who sees to it and something that happens next, and raise the alarm."""
    row = locked(session, key)
    if row is None:
        return ""
    was = {"state": row.state, "owner": row.owner_id, "next": row.next_action}
    row.keeper = row.keeper or terms_of(row).keeper or default_owner(session, bot).name
    owner = session.get(PersonRow, row.owner_id) if row.owner_id is not None else None
    if owner is not None and not actor_in(session, bot, row, owner).may(Action.WORK_ESCALATION):
        row.owner_id = None
    if row.owner_id is None and row.state in (State.TAKEN, State.WAITING):
        row.state = State.NEW
        touch(row, bot, now)
    rearm(row, bot)
    key_now = f"{row.moves} {Fault.REPAIRED} {now.isoformat()}"
    record(session, row, Event(key_now, Fault.REPAIRED, now, facts=was))
    telling.tell_keeper(session, bot, row, Fault.REPAIRED, key_now)
    log.error("escalation_repaired", reference=row.reference, **was)
    session.flush()
    return row.reference
