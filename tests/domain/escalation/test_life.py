import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.escalation.life import (
    OPEN,
    Move,
    NotNowError,
    Position,
    State,
    after,
    is_possible,
    moves_from,
)

VENDOR, MAKER, OTHER, TOM = 1, 2, 3, 7

# With the vendor, at level 0: + possible, - not, u only where level 0 failed.
_TABLE = """
            new  taken  waiting  resolved  closed
take         +     -       -        -        -
ask-back     -     +       -        -        -
reply        -     -       +        -        -
hand-over    +     +       +        -        -
send-back    -     -       -        -        -
pass-on      -     -       -        -        -
reassign     +     +       +        -        -
resolve      +     +       +        -        -
give-up      +     +       +        -        -
confirm      -     -       -        +        -
reopen       -     -       -        +        +
take-up      u     u       u        +        -
close        -     -       -        +        -
"""


def cells() -> list[tuple[Move, State, str]]:
    head, *rows = _TABLE.strip().splitlines()
    return [
        (Move(move), State(state), sign)
        for move, *signs in (row.split() for row in rows)
        for state, sign in zip(head.split(), signs, strict=True)
    ]


POSITIONS = st.builds(
    Position,
    state=st.sampled_from(State),
    company_id=st.sampled_from([VENDOR, MAKER, OTHER]),
    owner_id=st.none() | st.just(TOM),
    level=st.sampled_from([0, 1, None]),
    lower_id=st.none() | st.just(VENDOR),
    bounces=st.integers(0, 5),
    can_go_up=st.booleans(),
    is_unrouted=st.booleans(),
)


def position(state: State = State.NEW, **changes: object) -> Position:
    return Position(**{"state": state, "company_id": VENDOR, **changes})  # type: ignore[arg-type]


def go(start: Position, move: Move) -> Position:
    return after(start, move, top_id=MAKER, by=TOM, to_company=OTHER, to_level=0)


@pytest.mark.parametrize(("move", "state", "sign"), cells())
@pytest.mark.parametrize("can_go_up", [True, False])
def test_each_move_is_possible_where_the_table_says(
    move: Move, state: State, sign: str, can_go_up: bool
) -> None:
    start = position(state, can_go_up=can_go_up)
    assert is_possible(start, move, top_id=MAKER) == (sign == "+" or (sign == "u" and can_go_up))


def test_the_table_has_every_cell() -> None:
    assert {cell[:2] for cell in cells()} == {(m, s) for m in Move for s in State}


@pytest.mark.parametrize("state", State)
def test_only_level_1_sends_back_and_only_to_who_handed_over(state: State) -> None:
    start = position(state, company_id=MAKER, level=1, lower_id=VENDOR)
    assert is_possible(start, Move.SEND_BACK, top_id=MAKER) == (state in (State.NEW, State.TAKEN))
    assert not is_possible(position(state, company_id=MAKER, level=1), Move.SEND_BACK, top_id=MAKER)


@pytest.mark.parametrize("move", [Move.HAND_OVER, Move.GIVE_UP, Move.TAKE_UP])
def test_there_is_nobody_above_the_manufacturer_nor_where_there_is_no_level(move: Move) -> None:
    for state in State:
        for changes in ({"company_id": MAKER}, {"level": None}, {"level": 1}):
            assert not is_possible(position(state, **changes), move, top_id=MAKER)
        assert not is_possible(position(state, can_go_up=True), move, top_id=None)


@given(POSITIONS, st.sampled_from(Move))
def test_a_move_leads_somewhere_exactly_where_it_is_possible(start: Position, move: Move) -> None:
    if is_possible(start, move, top_id=MAKER):
        # Only giving it to who has it already changes nothing.
        assert go(start, move) != start or move is Move.REASSIGN
        return
    with pytest.raises(NotNowError) as error:
        go(start, move)
    assert (error.value.move, error.value.state) == (move, start.state)


@given(POSITIONS)
def test_from_every_state_something_is_possible(start: Position) -> None:
    assert moves_from(start, top_id=MAKER)


@given(POSITIONS, st.lists(st.sampled_from(Move), max_size=30))
def test_bounces_never_shrink_and_what_is_taken_has_an_owner(start: Position, moves: list[Move]) -> None:
    if start.state in (State.TAKEN, State.WAITING) and start.owner_id is None:
        return
    for move in moves:
        if not is_possible(start, move, top_id=MAKER):
            continue
        reached = go(start, move)
        assert reached.bounces == start.bounces + (move is Move.SEND_BACK)
        assert reached.state not in (State.TAKEN, State.WAITING) or reached.owner_id is not None
        assert reached.level != 1 or reached.company_id in (MAKER, start.company_id)
        start = reached


def test_handing_over_and_sending_back_go_there_and_back_again() -> None:
    start = position(State.TAKEN, owner_id=TOM)
    above = go(start, Move.HAND_OVER)
    assert above == Position(State.NEW, MAKER, level=1, lower_id=VENDOR)
    assert go(above, Move.SEND_BACK) == Position(State.NEW, VENDOR, level=0, bounces=1)


def test_passing_on_goes_to_the_company_found() -> None:
    start = position(company_id=MAKER, level=None, is_unrouted=True)
    assert go(start, Move.PASS_ON) == Position(State.NEW, OTHER, level=0)


def test_who_resolves_what_nobody_took_has_it_when_it_is_reopened() -> None:
    resolved = go(position(), Move.RESOLVE)
    assert (resolved.state, resolved.owner_id, resolved.can_go_up) == (State.RESOLVED, TOM, False)
    reopened = go(resolved, Move.REOPEN)
    assert (reopened.state, reopened.owner_id, reopened.can_go_up) == (State.TAKEN, TOM, True)


def test_who_gives_up_lets_the_requester_go_up() -> None:
    assert go(position(State.TAKEN, owner_id=TOM), Move.GIVE_UP).can_go_up


def test_open_is_what_a_company_still_works_on() -> None:
    assert {State.NEW, State.TAKEN, State.WAITING} == OPEN
