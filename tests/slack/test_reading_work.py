"""Presses and forms about escalations, also such as we never gave out."""

import json
from typing import Any

import pytest

from bot.domain.escalation.life import Move
from bot.domain.escalation.note import Details
from bot.domain.escalation.work import WorkForm, WorkPress
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.slack.blocks.escalation_forms import LONGEST, block_id
from bot.slack.reading_work import read_work, read_work_press, write_work
from tests.slack.payloads import ANNA, TEAM, press_body

CARRIED = {"id": 42, "move": "hand-over", "seen": 3, "channel": "C0HELP"}


def pressed(action_id: str = "signpost.esc-take", value: str = "42") -> WorkPress | None:
    return read_work_press(press_body({"action_id": action_id, "value": value}))


def form_body(carried: Any = CARRIED, **fields: Any) -> dict[str, Any]:
    values = {block_id(name): {block_id(name): given} for name, given in fields.items()}
    metadata = carried if isinstance(carried, str) else json.dumps(carried)
    return {
        "team": {"id": TEAM},
        "user": {"id": ANNA, "team_id": TEAM},
        "view": {"id": "V0", "private_metadata": metadata, "state": {"values": values}},
    }


def test_a_press_is_read_with_who_where_and_what() -> None:
    press = pressed()
    assert press is not None
    assert (press.escalation_id, press.move) == (42, Move.TAKE)
    assert (press.user, press.channel_id) == (SlackUser(TEAM, ANNA), "C0HELP")
    assert "1700000009.123456" in press.key


def test_a_menu_entry_says_which_move_it_is() -> None:
    option = {"text": {"type": "plain_text", "text": "Reassign"}, "value": "42 reassign"}
    body = press_body({"type": "overflow", "action_id": "signpost.esc-more", "selected_option": option})
    press = read_work_press(body)
    assert press is not None
    assert (press.escalation_id, press.move) == (42, Move.REASSIGN)


@pytest.mark.parametrize("value", ["", "x", "-1", "²", "9" * 10, "4.2", "1e3"])
def test_a_number_that_we_never_gave_out_is_no_press(value: str) -> None:
    assert pressed(value=value) is None
    assert pressed("signpost.esc-more", f"{value} reassign") is None


def test_a_move_that_does_not_exist_is_no_press() -> None:
    assert pressed("signpost.esc-abolish") is None
    assert pressed("signpost.esc-more", "42 abolish") is None


def test_what_a_form_carries_comes_back_with_what_was_filled_in() -> None:
    form = WorkForm(Language.EN, Move.HAND_OVER, 42, "ESC-2026-0042", "Nord", seen=3)
    press = WorkPress(42, Move.HAND_OVER, TEAM, SlackUser(TEAM, ANNA), "C0HELP", "key")
    body = form_body(
        write_work(form, press),
        text={"value": " restarted "},
        error_text={"value": "x" * (LONGEST + 1)},
        version={"value": None},
        has_consent={"selected_option": {"value": "no"}},
        to_person={"selected_option": {"value": "7"}},
    )
    read = read_work(body)
    assert read is not None
    assert (read[0].escalation_id, read[0].move, read[0].seen) == (42, Move.HAND_OVER, 3)
    assert read[1] == Details("restarted", "x" * LONGEST, "", has_consent=False, to_person=7)


def test_nobody_has_consented_before_somebody_says_so() -> None:
    read = read_work(form_body(has_consent={"selected_option": None}))
    assert read is not None
    assert read[1].has_consent is None


@pytest.mark.parametrize(
    "carried",
    [
        *("", "no json", "[]", "7", {}),
        *(CARRIED | {"id": wrong} for wrong in ("1; drop", -1, 10**30, None)),
        *(CARRIED | {"move": wrong} for wrong in ("take", ["hand-over"], None)),
        CARRIED | {"seen": None},
    ],
)
def test_what_carries_anything_else_is_no_form_of_ours(carried: Any) -> None:
    assert read_work(form_body(carried)) is None
