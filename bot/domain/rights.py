"""Who may do what: one table, asked by every use case."""

from enum import StrEnum

from bot.domain.network import Role


class Action(StrEnum):
    """What somebody wants to do."""

    ASK = "ask"
    JUDGE_ANSWER = "judge-answer"
    SAY_OWN_PRACTICE = "say-own-practice"
    ASK_FOR_PRACTICE = "ask-for-practice"
    SET_CHANNEL_MODE = "set-channel-mode"


class Reach(StrEnum):
    """How far a right goes: nowhere, to one's own company or practice, or everywhere."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


_N, _O, _A = Reach.NONE, Reach.OWN, Reach.ALL

RIGHTS: dict[Action, dict[Role, Reach]] = {
    # fmt: off
    #                          admin            manufacturer            distributor            partner            practice            outsider
    Action.ASK:              {Role.ADMIN: _A, Role.MANUFACTURER: _A, Role.DISTRIBUTOR: _A, Role.PARTNER: _A, Role.PRACTICE: _A, Role.OUTSIDER: _A},
    Action.JUDGE_ANSWER:     {Role.ADMIN: _A, Role.MANUFACTURER: _A, Role.DISTRIBUTOR: _O, Role.PARTNER: _O, Role.PRACTICE: _O, Role.OUTSIDER: _O},
    Action.SAY_OWN_PRACTICE: {Role.ADMIN: _A, Role.MANUFACTURER: _N, Role.DISTRIBUTOR: _N, Role.PARTNER: _N, Role.PRACTICE: _O, Role.OUTSIDER: _O},
    Action.ASK_FOR_PRACTICE: {Role.ADMIN: _A, Role.MANUFACTURER: _A, Role.DISTRIBUTOR: _O, Role.PARTNER: _O, Role.PRACTICE: _O, Role.OUTSIDER: _N},
    Action.SET_CHANNEL_MODE: {Role.ADMIN: _A, Role.MANUFACTURER: _N, Role.DISTRIBUTOR: _N, Role.PARTNER: _N, Role.PRACTICE: _N, Role.OUTSIDER: _N},
    # fmt: on
}  # fmt: skip


def may(role: Role, action: Action, *, is_own: bool) -> bool:
    """Say whether `role` may do `action` on something of its own (`is_own`) or of somebody else."""
    reach = RIGHTS[action][role]
    return reach is Reach.ALL or (reach is Reach.OWN and is_own)
