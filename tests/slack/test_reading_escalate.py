"""What opens the form and what it comes back with, read out of Slack; nothing that is carried is believed."""

import json
from typing import Any

import pytest
from msgspec.structs import asdict

from bot.domain.escalation.form import Carried, Wish
from bot.domain.escalation.life import Urgency
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.slack.reading_escalate import (
    read_escalate_command,
    read_escalate_press,
    read_escalate_shortcut,
    read_form,
    write_form,
)
from tests.slack.payloads import ANNA, BERT, BOT, TEAM, command_body, press_body

CARRIED = Carried(Language.DE, "nonce", 7, 3, "C0HELP", "1700000000.000100")


def submitted(carried: str, **fields: Any) -> dict[str, Any]:
    values = {f"escalate-{name.replace('_', '-')}": value for name, value in fields.items()}
    return {
        "team": {"id": TEAM},
        "user": {"id": BERT, "team_id": "T0OTHER"},
        "view": {
            "private_metadata": carried,
            "state": {"values": {name: {name: value} for name, value in values.items()}},
        },
    }


def shortcut(**message: Any) -> dict[str, Any]:
    return {
        "type": "message_action",
        "user": {"id": ANNA, "team_id": TEAM},
        "team": {"id": TEAM},
        "channel": {"id": "C0HELP"},
        "message_ts": "1700000001.000200",
        "message": {"ts": "1700000001.000200", "text": "<@U0BOT> no &amp; server", **message},
    }


def test_the_command_says_what_happened() -> None:
    origin = read_escalate_command(command_body("the server &amp; <https://a.example|a page>"))
    assert (origin.text, origin.is_report, origin.user) == (
        "the server & a page",
        True,
        SlackUser(TEAM, ANNA),
    )
    assert (origin.question_id, origin.message_ts) == (0, "")


def test_the_shortcut_says_what_was_asked_and_where() -> None:
    origin = read_escalate_shortcut(shortcut(thread_ts="1700000000.000100"))
    assert (origin.text, origin.is_report) == ("no & server", False)
    assert (origin.channel_id, origin.message_ts) == ("C0HELP", "1700000001.000200")
    assert origin.thread_ts == "1700000000.000100"
    assert read_escalate_shortcut(shortcut(bot_id="B1", user=BOT)).text == ""


@pytest.mark.parametrize(
    ("value", "expected"), [("7", 7), ("", 0), ("7 x", 0), ("-7", 0), ("9999999999", 0), ("٣", 0)]
)
def test_a_button_names_its_question_or_none(value: str, expected: int) -> None:
    origin = read_escalate_press(press_body({"action_id": "signpost.escalate", "value": value}))
    assert (origin.question_id, origin.message_ts) == (expected, "")


def test_what_goes_through_the_form_comes_back_and_who_submits_is_taken_from_slack() -> None:
    forged = json.dumps({**json.loads(write_form(CARRIED)), "user": ANNA})
    user, carried, _ = read_form(submitted(forged))
    assert carried == CARRIED
    assert user == SlackUser("T0OTHER", BERT)


@pytest.mark.parametrize(
    "carried",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        json.dumps({"language": "xx"}),
        write_form(Carried(Language.EN, "n" * 101)),
        json.dumps(asdict(CARRIED) | {"question_id": "1e9"}),
        json.dumps(asdict(CARRIED) | {"practice_id": 10**12}),
        json.dumps(asdict(CARRIED) | {"practice_id": -1}),
        json.dumps(asdict(CARRIED) | {"channel_id": ["C1"]}),
        "[" * 3000,
    ],
)
def test_what_we_did_not_give_out_is_nothing(carried: str) -> None:
    assert read_form(submitted(carried))[1] is None


def test_every_field_is_read_and_none_is_longer_than_the_form_lets_it_be() -> None:
    option = {"selected_option": {"value": "stopped"}}
    _, _, filled = read_form(
        submitted(
            write_form(CARRIED),
            topic={"selected_option": {"value": "database-backup"}},
            practice={"selected_option": {"value": "5"}},
            package={"selected_option": {"value": "-"}},
            happened={"value": " x" * 5000},
            reach_me={"value": "  0371 1 "},
            urgency=option,
            wishes={"selected_options": [{"value": "direct"}, {"value": "other"}]},
            error_text={"value": None},
        )
    )
    assert (filled.topic, filled.practice_id, filled.practice_name) == ("database-backup", 5, "")
    assert (filled.package, filled.reach_me, filled.error_text) == ("", "0371 1", "")
    assert (filled.urgency, filled.wishes) == (Urgency.STOPPED, frozenset({Wish.DIRECT}))
    assert len(filled.happened) == 3000


def test_names_and_numbers_may_be_written_and_an_urgency_that_is_none_hinders() -> None:
    _, _, filled = read_form(
        submitted(
            write_form(CARRIED),
            practice={"value": "Praxis Dr. Berg"},
            package={"value": "OC-1"},
            urgency={"selected_option": {"value": "now"}},
        )
    )
    assert (filled.practice_id, filled.practice_name, filled.package) == (0, "Praxis Dr. Berg", "OC-1")
    assert filled.urgency is Urgency.HINDERED
