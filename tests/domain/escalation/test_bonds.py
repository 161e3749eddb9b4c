import pytest

from bot.domain.escalation.bonds import ACTION_OF, Bonds, may_do, may_make
from bot.domain.escalation.life import Move
from bot.domain.network import Role
from bot.domain.rights import Action

REQUESTER, OWNER, INFORMED = Bonds(is_requester=True), Bonds(is_owner=True), Bonds(is_informed=True)
FOREIGN = Bonds()
WORK = (
    "take", "ask-back", "hand-over", "send-back", "pass-on", "reassign", "resolve", "give-up",
)  # fmt: skip
STAFF = {"manufacturer", "distributor", "partner"}
JUDGE = ("reply", "confirm", "reopen", "take-up")
BONDS = {"requester": REQUESTER, "owner": OWNER, "informed": INFORMED, "foreign": FOREIGN}

# Which bonds a role needs; an admin needs none, and nobody may do what is not named.
_TABLE: dict[str, dict[str, set[str]]] = {
    **{move: {"owner": STAFF} for move in WORK},
    **{move: {"requester": {*STAFF, "practice", "outsider"}} for move in JUDGE},
}


@pytest.mark.parametrize("move", [move for move in Move if move is not Move.CLOSE])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("bond", BONDS)
def test_who_may_make_which_move(move: Move, role: Role, bond: str) -> None:
    expected = role is Role.ADMIN or role in _TABLE[move].get(bond, set())
    assert may_make(role, move, BONDS[bond]) == expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("bond", BONDS)
def test_only_time_closes(role: Role, bond: str) -> None:
    assert not may_make(role, Move.CLOSE, BONDS[bond])
    assert set(ACTION_OF) == set(Move) - {Move.CLOSE}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("action", "bonds"),
    [
        (Action.SEE_ESCALATION, {"requester", "owner", "informed"}),
        (Action.WRITE_IN_ESCALATION, {"requester", "owner"}),
    ],
)
def test_who_may_see_and_write(role: Role, action: Action, bonds: set[str]) -> None:
    for name, bond in BONDS.items():
        assert may_do(role, action, bond) == (role is Role.ADMIN or name in bonds), name
