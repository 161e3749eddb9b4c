"""The life of an escalation: its states, and which move leads from which to which."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace


class State(StrEnum):
    """`NEW`: nobody of the company took it. `WAITING`: for the requester. `RESOLVED`: not confirmed yet."""

    NEW = "new"
    TAKEN = "taken"
    WAITING = "waiting"
    RESOLVED = "resolved"
    CLOSED = "closed"


OPEN = frozenset({State.NEW, State.TAKEN, State.WAITING})


class Urgency(StrEnum):
    """How much it hinders the practice, as the requester says."""

    STOPPED = "stopped"
    HINDERED = "hindered"
    QUESTION = "question"


class Move(StrEnum):
    """What somebody does to an escalation.

    `REPLY`: the requester answers what was asked back. `PASS_ON`: whoever keeps what had no company finds the
    right one. `GIVE_UP`: level 0 says that it cannot solve it. `TAKE_UP`: the requester takes to the
    manufacturer what level 0 could not solve, said that it cannot, or let lapse. `CONFIRM`: the requester
    says that it is solved, `REOPEN`: that it is not. `CLOSE`: nobody said anything for long.
    """

    TAKE = "take"
    ASK_BACK = "ask-back"
    REPLY = "reply"
    HAND_OVER = "hand-over"
    SEND_BACK = "send-back"
    PASS_ON = "pass-on"  # noqa: S105 - no password
    REASSIGN = "reassign"
    RESOLVE = "resolve"
    GIVE_UP = "give-up"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    TAKE_UP = "take-up"
    CLOSE = "close"


class Position(Struct, frozen=True):
    """Where an escalation stands: with `company_id`, and `owner_id` there, `None` while nobody took it.

    `level` is the support level of the company that has it: 0 the vendor, 1 the manufacturer, `None` for what
    has no level. `lower_id` is the company that handed it over. `bounces` counts how often it was sent back.
    `can_go_up`: level 0 failed, so the requester may take it up. `is_unrouted`: the default owner still has
    to find the right company.
    """

    state: State
    company_id: int
    owner_id: int | None = None
    level: int | None = 0
    lower_id: int | None = None
    bounces: int = 0
    can_go_up: bool = False
    is_unrouted: bool = False


class NotNowError(Exception):
    """A move does not lead anywhere from here. `state` is where the escalation stands."""

    def __init__(self, move: Move, state: State) -> None:
        self.move, self.state = move, state
        super().__init__(f"{move} is not possible while the escalation is {state}")


BOUNCES_TO_LEAD = 2
"""After so many returns it goes to a named person of the company instead of round in circles."""
CHANGES_COMPANY = frozenset({Move.HAND_OVER, Move.SEND_BACK, Move.PASS_ON, Move.TAKE_UP})

_FROM: dict[Move, frozenset[State]] = {
    Move.TAKE: frozenset({State.NEW}),
    Move.ASK_BACK: frozenset({State.TAKEN}),
    Move.REPLY: frozenset({State.WAITING}),
    Move.HAND_OVER: OPEN,
    Move.SEND_BACK: frozenset({State.NEW, State.TAKEN}),
    Move.PASS_ON: OPEN,
    Move.REASSIGN: OPEN,
    Move.RESOLVE: OPEN,
    Move.GIVE_UP: OPEN,
    Move.CONFIRM: frozenset({State.RESOLVED}),
    Move.REOPEN: frozenset({State.RESOLVED, State.CLOSED}),
    Move.TAKE_UP: OPEN | {State.RESOLVED},
    Move.CLOSE: frozenset({State.RESOLVED}),
}


def is_possible(position: Position, move: Move, *, top_id: int | None) -> bool:
    """Say whether a move leads anywhere from here, whoever makes it.

    `top_id` is the manufacturer, above whom there is nobody; `None` where there is none to go up to.
    """
    if position.state not in _FROM[move]:
        return False
    is_below_top = position.level == 0 and top_id is not None and position.company_id != top_id
    match move:
        case Move.HAND_OVER | Move.GIVE_UP:
            return is_below_top
        case Move.TAKE_UP:
            return is_below_top and (position.can_go_up or position.state is State.RESOLVED)
        case Move.SEND_BACK:
            return position.lower_id is not None
        case Move.PASS_ON:
            return position.is_unrouted
        case _:
            return True


def moves_from(position: Position, *, top_id: int | None) -> tuple[Move, ...]:
    """Return every move that leads somewhere from here, in the order of `Move`."""
    return tuple(move for move in Move if is_possible(position, move, top_id=top_id))


def after(  # noqa: PLR0911 - one return each
    position: Position,
    move: Move,
    *,
    top_id: int | None,
    by: int | None = None,
    to_company: int | None = None,
    to_level: int | None = None,
) -> Position:
    """Return where a move leads. Raises `NotNowError`.

    `by` is who makes the move, or to whom it is reassigned; `to_company` and its `to_level` are for passing
    on.
    """
    if not is_possible(position, move, top_id=top_id):
        raise NotNowError(move, position.state)
    match move:
        case Move.TAKE | Move.REASSIGN:
            state = State.TAKEN if position.state is State.NEW else position.state
            return replace(position, state=state, owner_id=by)
        case Move.HAND_OVER | Move.TAKE_UP:
            return _with_company(position, _known(top_id), level=1, lower_id=position.company_id)
        case Move.SEND_BACK:
            lower = _with_company(position, _known(position.lower_id), level=0)
            return replace(lower, bounces=position.bounces + 1)
        case Move.PASS_ON:
            return _with_company(position, _known(to_company), level=to_level)
        case Move.REPLY:
            return replace(position, state=_at_work(position))
        case Move.REOPEN:
            return replace(position, state=_at_work(position), can_go_up=True)
        case Move.RESOLVE | Move.GIVE_UP:
            # Who solves what nobody took has it, so that there is somebody to whom it is reopened.
            owner, gives_up = position.owner_id or by, move is Move.GIVE_UP
            resolved = replace(position, state=State.RESOLVED, owner_id=owner)
            return replace(resolved, can_go_up=position.can_go_up or gives_up)
        case _:
            return replace(position, state=_LEADS_TO[move])


_LEADS_TO = {
    Move.ASK_BACK: State.WAITING,
    Move.CONFIRM: State.CLOSED,
    Move.CLOSE: State.CLOSED,
}


def _at_work(position: Position) -> State:
    return State.NEW if position.owner_id is None else State.TAKEN


def _known(company_id: int | None) -> int:
    if company_id is None:
        raise ValueError("say which company it goes to")
    return company_id


def _with_company(
    position: Position, company_id: int, *, level: int | None, lower_id: int | None = None
) -> Position:
    """Let another company have it, where nobody took it yet."""
    return Position(State.NEW, company_id, level=level, lower_id=lower_id, bounces=position.bounces)
