"""What ties somebody to an escalation, and which of its moves that lets them make."""

from msgspec import Struct

from bot.domain.escalation.life import Move
from bot.domain.network import Role
from bot.domain.rights import Action, may


class Bonds(Struct, frozen=True):
    """`is_requester`: asked for it, or belongs (confirmed) to the practice that it is for. `is_owner`: of the
    company that has it. `is_informed`: of a company that hears of it, or that handed it over."""

    is_requester: bool = False
    is_owner: bool = False
    is_informed: bool = False

    def own(self, action: Action) -> bool:
        """Say whether this is one's own escalation where `action` is concerned."""
        match action:
            case Action.WORK_ESCALATION:
                return self.is_owner
            case Action.JUDGE_RESOLUTION | Action.TAKE_UP:
                return self.is_requester
            case Action.WRITE_IN_ESCALATION:
                return self.is_requester or self.is_owner
            case Action.SEE_ESCALATION:
                return self.is_requester or self.is_owner or self.is_informed
            case _:
                return False


ACTION_OF: dict[Move, Action] = {
    Move.TAKE: Action.WORK_ESCALATION,
    Move.ASK_BACK: Action.WORK_ESCALATION,
    # Answering for the requester is the requester's, although the company may write too.
    Move.REPLY: Action.JUDGE_RESOLUTION,
    Move.HAND_OVER: Action.WORK_ESCALATION,
    Move.SEND_BACK: Action.WORK_ESCALATION,
    Move.PASS_ON: Action.WORK_ESCALATION,
    Move.REASSIGN: Action.WORK_ESCALATION,
    Move.RESOLVE: Action.WORK_ESCALATION,
    Move.GIVE_UP: Action.WORK_ESCALATION,
    Move.CONFIRM: Action.JUDGE_RESOLUTION,
    Move.REOPEN: Action.JUDGE_RESOLUTION,
    Move.TAKE_UP: Action.TAKE_UP,
}
"""What each move asks for. `CLOSE` is nobody's: only time makes it."""


def may_do(role: Role, action: Action, bonds: Bonds) -> bool:
    """Say whether somebody of this role and these bonds may do it."""
    return may(role, action, is_own=bonds.own(action))


def may_make(role: Role, move: Move, bonds: Bonds) -> bool:
    """Say whether somebody of this role and these bonds may make a move."""
    action = ACTION_OF.get(move)
    return action is not None and may_do(role, action, bonds)
