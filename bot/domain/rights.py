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
    JUDGE_SUGGESTION = "judge-suggestion"
    APPOINT_EDITOR = "appoint-editor"
    SEE_RENEWALS = "see-renewals"
    ANSWER_REMINDER = "answer-reminder"
    RECORD_PAYMENT = "record-payment"
    SEND_STATEMENT = "send-statement"
    OPEN_ESCALATION = "open-escalation"
    OPEN_ON_BEHALF = "open-on-behalf"
    WORK_ESCALATION = "work-escalation"
    JUDGE_RESOLUTION = "judge-resolution"
    TAKE_UP = "take-up"
    SEE_ESCALATION = "see-escalation"
    WRITE_IN_ESCALATION = "write-in-escalation"
    EDIT_COMPANY = "edit-company"
    EDIT_PRACTICE = "edit-practice"
    CONFIRM_MEMBER = "confirm-member"
    FORGET_PERSON = "forget-person"


class Reach(StrEnum):
    """How far a right goes: nowhere, to one's own company or practice, or everywhere."""

    NONE = "none"
    OWN = "own"
    ALL = "all"


_N, _O, _A = Reach.NONE, Reach.OWN, Reach.ALL
_ROLES = (Role.ADMIN, Role.MANUFACTURER, Role.DISTRIBUTOR, Role.PARTNER, Role.PRACTICE, Role.OUTSIDER)


def _row(*reaches: Reach) -> dict[Role, Reach]:
    return dict(zip(_ROLES, reaches, strict=True))


RIGHTS: dict[Action, dict[Role, Reach]] = {
    # admin, manufacturer, distributor, partner, practice, outsider
    Action.ASK: _row(_A, _A, _A, _A, _A, _A),
    Action.JUDGE_ANSWER: _row(_A, _A, _O, _O, _O, _O),
    Action.SAY_OWN_PRACTICE: _row(_A, _N, _N, _N, _O, _O),
    Action.ASK_FOR_PRACTICE: _row(_A, _A, _O, _O, _O, _N),
    Action.SET_CHANNEL_MODE: _row(_A, _N, _N, _N, _N, _N),
    # Suggestions are an editor's own: admins appoint editors, and may be one, but do not judge as admins.
    Action.JUDGE_SUGGESTION: _row(_O, _O, _N, _N, _N, _N),
    Action.APPOINT_EDITOR: _row(_A, _N, _N, _N, _N, _N),
    # A practice's own are its licences; a distributor's own are those that it sold.
    Action.SEE_RENEWALS: _row(_A, _A, _O, _N, _O, _N),
    Action.ANSWER_REMINDER: _row(_A, _A, _O, _N, _O, _N),
    Action.RECORD_PAYMENT: _row(_A, _A, _O, _N, _N, _N),
    Action.SEND_STATEMENT: _row(_A, _A, _O, _N, _N, _N),
    # One's own is what one asks for oneself or one's practice; a company's own practices are its customers.
    Action.OPEN_ESCALATION: _row(_A, _O, _O, _O, _O, _O),
    Action.OPEN_ON_BEHALF: _row(_A, _A, _O, _O, _N, _N),
    # What is whose own in an escalation: `bot.domain.escalation.bonds`.
    Action.WORK_ESCALATION: _row(_A, _O, _O, _O, _N, _N),
    Action.JUDGE_RESOLUTION: _row(_A, _O, _O, _O, _O, _O),
    Action.TAKE_UP: _row(_A, _O, _O, _O, _O, _O),
    Action.SEE_ESCALATION: _row(_A, _O, _O, _O, _O, _O),
    Action.WRITE_IN_ESCALATION: _row(_A, _O, _O, _O, _O, _O),
    # A company's own practices are those that bought from it: the manufacturer's are its direct customers.
    Action.EDIT_COMPANY: _row(_A, _O, _O, _N, _N, _N),
    Action.EDIT_PRACTICE: _row(_A, _O, _O, _N, _N, _N),
    Action.CONFIRM_MEMBER: _row(_A, _O, _O, _N, _N, _N),
    Action.FORGET_PERSON: _row(_A, _N, _N, _N, _N, _N),
}


def may(role: Role, action: Action, *, is_own: bool) -> bool:
    """Say whether `role` may do `action` on something of its own (`is_own`) or of somebody else."""
    reach = RIGHTS[action][role]
    return reach is Reach.ALL or (reach is Reach.OWN and is_own)
