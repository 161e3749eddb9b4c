"""What is pressed and filled in, read out of Slack's payloads; nothing that a form carries is believed."""

import json
from datetime import date
from typing import Any

import pytest

from bot.domain.maintenance.answers import ClaimForm, Origin, PackageOption, PostponeForm, WhyNot
from bot.domain.maintenance.entries import EntryKind
from bot.domain.network import SlackUser
from bot.domain.scheme import Language
from bot.slack.reading_renewals import read_answer, read_filled, write_carried
from tests.slack.payloads import ANNA, BERT, TEAM, press_body

ORIGIN = Origin("renewed", (7,), TEAM, SlackUser(TEAM, ANNA), "C1", "1.2", "press", 3)
DAY = date(2027, 6, 15)


def submitted(carried: str, **fields: Any) -> dict[str, Any]:
    values = {f"renewal-{name.replace('_', '-')}": value for name, value in fields.items()}
    return {
        "team": {"id": TEAM},
        "user": {"id": BERT, "team_id": TEAM},
        "view": {
            "id": "V1",
            "private_metadata": carried,
            "state": {"values": {name: {name: value} for name, value in values.items()}},
        },
    }


def test_a_press_is_read_with_who_where_and_what() -> None:
    origin = read_answer(press_body({"action_id": "signpost.remind-on", "value": "7"}))
    assert (origin.step, origin.ids, origin.user) == ("remind-on", (7,), SlackUser(TEAM, ANNA))
    assert (origin.channel_id, origin.message_ts) == ("C0HELP", "1700000001.000200")


@pytest.mark.parametrize("value", ["", "x", "-1", "1e3", "9999999999", "½"])
def test_a_value_that_is_not_ours_names_nothing(value: str) -> None:
    assert read_answer(press_body({"action_id": "signpost.renewed", "value": value})).ids == ()


def test_who_submits_is_taken_from_slack_and_not_from_what_the_form_carried() -> None:
    carried = write_carried(ClaimForm(Language.DE, (PackageOption(5, "L-1", DAY),), DAY), ORIGIN)
    forged = json.dumps({**json.loads(carried), "user": ANNA})
    language, origin, filled = read_filled(submitted(forged, po_number={"value": "  4711 "}))
    assert language is Language.DE
    assert origin.user == SlackUser(TEAM, BERT)
    assert (origin.step, origin.ids, origin.seen, origin.key) == ("renewed", (7,), 3, f"form:{TEAM}:V1")
    assert (filled.period_ids, filled.po_number) == ((5,), "4711")


def test_every_field_is_read() -> None:
    carried = write_carried(PostponeForm(Language.EN, DAY, DAY), ORIGIN)
    option = {"selected_option": {"value": "paid"}}
    _, _, filled = read_filled(
        submitted(
            carried,
            packages={"selected_options": [{"value": "4"}, {"value": "5"}]},
            date={"selected_date": "2027-06-15"},
            kind=option,
            why={"selected_option": {"value": "price"}},
            person={"selected_user": BERT},
            amount={"value": None},
        )
    )
    assert (filled.period_ids, filled.on, filled.kind) == ((4, 5), DAY, EntryKind.PAID)
    assert (filled.why, filled.user_id, filled.amount) == (WhyNot.PRICE, BERT, "")


def test_kinds_and_reasons_that_no_form_offers_are_none() -> None:
    carried = write_carried(PostponeForm(Language.EN, DAY, DAY), ORIGIN)
    other = {"selected_option": {"value": "cancelled"}}
    _, _, filled = read_filled(submitted(carried, kind=other, why=other))
    assert (filled.kind, filled.why) == (None, None)
