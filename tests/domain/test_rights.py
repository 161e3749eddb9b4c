import pytest

from bot.domain.network import Role
from bot.domain.rights import Action, may

# What each may do: + everywhere, o only with what is their own, - not at all.
_TABLE = """
                   admin  manufacturer  distributor  partner  practice  outsider
ask                  +         +             +          +         +         +
judge-answer         +         +             o          o         o         o
say-own-practice     +         -             -          -         o         o
ask-for-practice     +         +             o          o         o         -
set-channel-mode     +         -             -          -         -         -
judge-suggestion     o         o             -          -         -         -
appoint-editor       +         -             -          -         -         -
see-renewals         +         +             o          -         o         -
answer-reminder      +         +             o          -         o         -
record-payment       +         +             o          -         -         -
send-statement       +         +             o          -         -         -
open-escalation      +         o             o          o         o         o
open-on-behalf       +         +             o          o         -         -
work-escalation      +         o             o          o         -         -
judge-resolution     +         o             o          o         o         o
take-up              +         o             o          o         o         o
see-escalation       +         o             o          o         o         o
write-in-escalation  +         o             o          o         o         o
edit-company         +         o             o          -         -         -
edit-practice        +         o             o          -         -         -
confirm-member       +         o             o          -         -         -
forget-person        +         -             -          -         -         -
"""


def cells() -> list[tuple[Action, Role, str]]:
    head, *rows = _TABLE.strip().splitlines()
    return [
        (Action(action), Role(role), sign)
        for action, *signs in (row.split() for row in rows)
        for role, sign in zip(head.split(), signs, strict=True)
    ]


@pytest.mark.parametrize(("action", "role", "sign"), cells())
@pytest.mark.parametrize("is_own", [True, False])
def test_each_role_may_do_what_the_table_says(action: Action, role: Role, sign: str, is_own: bool) -> None:
    assert may(role, action, is_own=is_own) == (sign == "+" or (sign == "o" and is_own))


def test_the_table_has_every_cell() -> None:
    assert {(action, role) for action, role, _ in cells()} == {(a, r) for a in Action for r in Role}
