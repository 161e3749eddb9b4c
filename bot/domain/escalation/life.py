"""The life of an escalation: its states, and which move leads from which to which."""

from dataclasses import dataclass, replace
from enum import StrEnum


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

    `REPLY`: the requester answers what was asked back. `TAKE_UP`: the requester takes to the manufacturer
    what level 0 could not solve, said that it cannot, or let lapse. `CONFIRM`: the requester says that it is
    solved, `REOPEN`: that it is not. `CLOSE`: nobody said anything for long.
    """

    TAKE = "take"
    ASK_BACK = "ask-back"
    REPLY = "reply"
    HAND_OVER = "hand-over"
    SEND_BACK = "send-back"
    REASSIGN = "reassign"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    TAKE_UP = "take-up"
    CLOSE = "close"


@dataclass(frozen=True)
class Position:
    """Where an escalation stands: with `company_id`, and `owner_id` there, `None` while nobody took it.

    `level` is the support level of the company that has it: 0 the vendor, 1 the manufacturer, `None` for what
    has no level. `lower_id` is the company that handed it over. `bounces` counts how often it was sent back.
    """

    state: State
    company_id: int
    owner_id: int | None = None
    level: int | None = 0
    lower_id: int | None = None
    bounces: int = 0
    lapsed: bool = False


class NotNowError(Exception):
    """A move does not lead anywhere from here. `state` is where the escalation stands."""

    def __init__(self, move: Move, state: State) -> None:
        self.move, self.state = move, state
        super().__init__(f"{move} is not possible while the escalation is {state}")


BOUNCES_TO_LEAD = 2
"""After so many returns it goes to a named person of the company instead of round in circles."""

_FROM: dict[Move, frozenset[State]] = {
    Move.TAKE: frozenset({State.NEW}),
    Move.ASK_BACK: frozenset({State.TAKEN}),
    Move.REPLY: frozenset({State.WAITING}),
    Move.HAND_OVER: OPEN,
    Move.SEND_BACK: frozenset({State.NEW, State.TAKEN}),
    Move.REASSIGN: OPEN,
    Move.RESOLVE: OPEN,
    Move.CONFIRM: frozenset({State.RESOLVED}),
    Move.REOPEN: frozenset({State.RESOLVED, State.CLOSED}),
    Move.TAKE_UP: frozenset({State.NEW, State.TAKEN, State.WAITING, State.RESOLVED}),
    Move.CLOSE: frozenset({State.RESOLVED}),
}


def is_possible(position: Position, move: Move) -> bool:
    """Say whether a move leads anywhere from here, whoever makes it."""
    if position.state not in _FROM[move]:
        return False
    if move in (Move.HAND_OVER, Move.TAKE_UP):
        return position.level == 0
    if move is Move.SEND_BACK:
        return position.lower_id is not None
    return True


def after(
    position: Position, move: Move, *, by: int | None = None, to_company: int | None = None
) -> Position:
    """Return where a move leads. Raises `NotNowError`.

    `by` is the person who takes it, or to whom it is reassigned; `to_company` the manufacturer for handing
    over and taking up.
    """
    if not is_possible(position, move):
        raise NotNowError(move, position.state)
    match move:
        case Move.TAKE | Move.REASSIGN:
            state = State.TAKEN if position.state is State.NEW else position.state
            return replace(position, state=state, owner_id=by)
        case Move.HAND_OVER | Move.TAKE_UP:
            return _moved_up(position, to_company)
        case Move.SEND_BACK:
            return _moved_down(position)
        case Move.REPLY | Move.REOPEN:
            return replace(position, state=State.NEW if position.owner_id is None else State.TAKEN)
        case _:
            return replace(position, state=_LEADS_TO[move])


_LEADS_TO = {
    Move.ASK_BACK: State.WAITING,
    Move.RESOLVE: State.RESOLVED,
    Move.CONFIRM: State.CLOSED,
    Move.CLOSE: State.CLOSED,
}


def _moved_up(position: Position, to_company: int | None) -> Position:
    if to_company is None:
        raise ValueError("say which company it goes to")
    return replace(
        position,
        state=State.NEW,
        company_id=to_company,
        owner_id=None,
        level=1,
        lower_id=position.company_id,
        lapsed=False,
    )


def _moved_down(position: Position) -> Position:
    assert position.lower_id is not None  # noqa: S101 - is_possible saw to it
    return replace(
        position,
        state=State.NEW,
        company_id=position.lower_id,
        owner_id=None,
        level=0,
        lower_id=None,
        bounces=position.bounces + 1,
    )
