"""Editing in Slack: forms, lists and the Home's part within Slack's limits at their worst, and safe."""

from datetime import UTC, date, datetime

import pytest

from bot.domain.editing import (
    FIELDS,
    Away,
    Change,
    Choice,
    Claim,
    CompanyPage,
    DataPart,
    EditForm,
    EditStep,
    Field,
    FieldFlaw,
    Flaw,
    Listed,
    Listing,
    ListKind,
    No,
    Page,
    Sheet,
    mark,
)
from bot.domain.maintenance.saying_overview import AskMePart, Home
from bot.domain.scheme import Language
from bot.playground.blocks import message_faults, view_faults
from bot.services.editing.pages import MENU, SHOWN
from bot.slack.blocks import render
from bot.slack.blocks.edit_forms import block_id, edit_view, field_errors, not_edited_view
from bot.slack.reading_editing import read_edit, read_filled, write_carried

LONG = "&<!channel>" * 30
WHEN, DAY = datetime(2026, 11, 24, 9, tzinfo=UTC), date(2026, 11, 24)
MOST = tuple(Choice(str(n), LONG) for n in range(1, MENU + 1))
CHOICES = {
    Field.ORDER: MOST,
    Field.WHO: (Choice("", word="company"), *MOST[1:]),
    Field.SUPPORT_PARTNER: (Choice(""), *MOST[1:]),
    Field.CONTACT_PUBLIC: (Choice("yes"), Choice("no")),
    Field.REMINDERS_TO: (Choice(""), Choice("person"), Choice("channel")),
    Field.LANGUAGE: (Choice(""), Choice("en"), Choice("de")),
}


def form(language: Language, sheet: Sheet, value: str = LONG * 20) -> EditForm:
    values = {name: value for name in FIELDS[sheet] if name not in CHOICES}
    dates = {name: DAY.isoformat() for name in (Field.FIRST_ON, Field.LAST_ON)}
    chosen = {name: options[0].value for name, options in CHOICES.items()}
    return EditForm(language, sheet, 10**9, 10**9, LONG, {**values, **dates, **chosen}, CHOICES)


def worst(language: Language) -> list[Page]:
    listed = tuple(Listed(n, (LONG, LONG), stamp=mark(LONG)) for n in range(SHOWN))
    away = tuple(Listed(n, away=Away(LONG, DAY, DAY, LONG), stamp=mark(LONG)) for n in range(SHOWN))
    return [
        *(form(language, sheet) for sheet in Sheet),
        *(form(language, sheet, "") for sheet in Sheet),
        *(Listing(language, kind, 10**9, LONG, listed, 7, "x" * 80) for kind in ListKind),
        *(Listing(language, kind, 1, "", (), 0, LONG[:80]) for kind in ListKind),
        Listing(language, ListKind.ABSENCES, 1, LONG, away),
        CompanyPage(language, 1, LONG),
    ]


@pytest.mark.parametrize("language", Language)
def test_the_longest_forms_and_lists_keep_slack_s_limits(language: Language) -> None:
    for page in worst(language):
        carried = write_carried(page)
        assert len(carried) <= 3000
        assert view_faults(edit_view(page, carried).to_dict()) == ()
    for no in No:
        assert view_faults(not_edited_view(language, no).to_dict()) == ()


@pytest.mark.parametrize("language", Language)
def test_the_home_s_part_keeps_the_limits_says_everything_and_mentions_nobody(language: Language) -> None:
    fields = [name for name in Field if name not in (Field.FIRST_ON, Field.LAST_ON, Field.CONTACT_PUBLIC)]
    plain = [name for name in fields if name not in (Field.LANGUAGE, Field.REMINDERS_TO)]
    changed = [
        Change(WHEN, "Tom", "desk", Field.CONTACT_PUBLIC, "yes", "no"),
        Change(WHEN, "Tom", "desk", Field.FIRST_ON, "", "2026-12-24"),
        *(Change(WHEN, LONG, LONG, name, LONG, LONG) for name in plain),
    ]
    part = DataPart(
        1,
        LONG,
        "Mo-Fr 08:00-12:00",
        "Europe/Berlin",
        (Away("", DAY, DAY, LONG), Away(LONG, DAY, DAY, "")),
        (Claim(1, 2, "Nina", LONG, LONG),) * 5,
        tuple(changed),
        more_claims=3,
        is_admin=True,
    )
    message = render(Home(language, (part, AskMePart("/support", "/renewals", "/escalate"))))
    view = {"type": "home", "blocks": list(message.blocks)}
    assert view_faults(view) == ()
    assert message_faults(list(message.blocks)) == ()
    shown = str([block for block in message.blocks if block["type"] != "header"])
    assert "<!channel>" not in message.text + shown
    for words in ("Mo-Fr 08:00-12:00", "Nina", "Tom", "desk"):
        assert words in message.text


@pytest.mark.parametrize("language", Language)
def test_every_flaw_of_every_field_has_a_sentence(language: Language) -> None:
    flaws = [FieldFlaw(name, flaw, LONG, "Tom") for name in Field for flaw in Flaw]
    assert all(field_errors(language, [one])[block_id(one.field)] for one in flaws)
    (clash,) = field_errors(Language.EN, [FieldFlaw(Field.COUNTRY, Flaw.CHANGED, "DE", "Tom")]).values()
    assert clash.startswith("Tom has changed this meanwhile, to “DE”.")


def test_who_submits_is_who_sends_it_and_what_was_seen_comes_back() -> None:
    page = form(Language.DE, Sheet.PRACTICE, "x")
    values = {
        block_id(Field.COUNTRY): {block_id(Field.COUNTRY): {"value": "  DE "}},
        block_id(Field.LANGUAGE): {block_id(Field.LANGUAGE): {"selected_option": {"value": "-"}}},
        block_id(Field.VAT_ID): {block_id(Field.VAT_ID): {"value": None}},
    }
    body = {
        "team": {"id": "T1"},
        "user": {"id": "U1", "team_id": "T2"},
        "view": {"id": "V1", "private_metadata": write_carried(page), "state": {"values": values}},
    }
    language, submitted = read_filled(body)
    assert (language, submitted.user.workspace_id, submitted.user.user_id) == (Language.DE, "T2", "U1")
    assert submitted.filled == {Field.COUNTRY: "DE", Field.LANGUAGE: "", Field.VAT_ID: ""}
    assert submitted.seen[Field.COUNTRY] == mark("x")


@pytest.mark.parametrize(
    ("step", "value", "keys", "stamp"),
    [
        (EditStep.PRACTICE, "12", (12,), ""),
        (EditStep.CONFIRM, "3 12", (3, 12), ""),
        (EditStep.DROP_CONTACT, "7 123456789012", (7,), "123456789012"),
        (EditStep.PRACTICE, "99999999999999", (), ""),
        (EditStep.CONFIRM, "x", (), ""),
    ],
)
def test_a_press_carries_only_numbers_that_fit(
    step: EditStep, value: str, keys: tuple[int, ...], stamp: str
) -> None:
    action = {"action_id": f"signpost.{step}", "value": value, "action_ts": "1.2"}
    press = read_edit({"actions": [action], "team": {"id": "T1"}, "user": {"id": "U1"}})
    assert (press.step, press.keys, press.stamp) == (step, keys, stamp)
