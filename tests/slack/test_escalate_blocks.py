"""The form and the receipt, as Slack takes them: also at their longest."""

from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.escalation.form import EscalateForm, FormRefusal, FormRefused, PracticeChoice
from bot.domain.escalation.life import State, Urgency
from bot.domain.escalation.route import VendorFirst
from bot.domain.escalation.saying import Receipt, Summary
from bot.domain.network import Contact
from bot.domain.scheme import Language
from bot.playground.blocks import message_faults, view_faults
from bot.slack.blocks import render
from bot.slack.blocks.escalate_form import escalate_view, field_errors, receipt_view, refused_view
from bot.slack.mrkdwn import escape
from tests.builders import TODAY, distributor, manufacturer, scheme, topic

EN, DE = Language.EN, Language.DE
LONG = "Praxis <!here> & Söhne " * 20
SUMMARY = Summary(
    escalation_id=7,
    reference="ESC-2026-0042",
    state=State.NEW,
    urgency=Urgency.STOPPED,
    level=0,
    company="Nord Dental",
    contact=Contact("Nora Nord", "nora@nord.example", "+49 371 555 0100"),
    owner="",
    keeper="tom@nord.example",
    practice="Praxis Dr. Berg",
    package="OC-1",
    topic=topic("database-backup"),
    requester="Anna",
    opened_by="",
    respond_by=datetime(2026, 11, 24, 10, tzinfo=UTC),
    solve_by=None,
    time_zone="Europe/Berlin",
)


def form(**changes: Any) -> EscalateForm:
    return replace(EscalateForm(EN, scheme()), **changes)


def many(count: int) -> tuple[PracticeChoice, ...]:
    return tuple(PracticeChoice(key, f"{key} {LONG}"[:80]) for key in range(1, count + 1))


FORMS = [
    form(names_practice=True),
    form(practices=many(1), practice_id=1, topic="database-restore", manufacturer="Image Instruments"),
    form(practices=many(100), practice_id=7, is_for_others=True),
    form(
        practices=many(2),
        practice_id=2,
        packages=tuple((f"OC-{number}", LONG[:80]) for number in range(99)),
        asked=LONG * 50,
        happened=LONG * 50,
        reach_me=LONG,
        vendor=LONG,
        manufacturer=LONG,
    ),
]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("shown", FORMS)
def test_slack_takes_every_form(shown: EscalateForm, language: Language) -> None:
    view = escalate_view(replace(shown, language=language), "carried").to_dict()
    assert view_faults(view) == ()
    assert view["private_metadata"] == "carried"


@pytest.mark.parametrize("language", Language)
def test_no_level_is_named_without_its_company(language: Language) -> None:
    shown = str(escalate_view(form(language=language, vendor="Nord Dental"), "").to_dict())
    assert "evel 0" not in shown
    assert "evel 1" not in shown
    assert ": Nord Dental'" in shown
    assert ": Image Instruments'" in shown


def test_what_is_known_is_filled_in_and_only_two_fields_must_be() -> None:
    shown = form(practices=many(1), practice_id=1, topic="database-backup", packages=(("OC-1", "Praxis"),))
    blocks = {
        block["block_id"]: block for block in escalate_view(shown, "").to_dict()["blocks"] if "label" in block
    }
    assert "escalate-practice" not in blocks
    assert blocks["escalate-topic"]["element"]["initial_option"]["value"] == "database-backup"
    assert blocks["escalate-package"]["element"]["initial_option"]["value"] == "OC-1"
    written = {name for name, block in blocks.items() if "input" in block["element"]["type"]}
    needed = {name for name in written if not blocks[name].get("optional")}
    assert needed == {"escalate-happened", "escalate-reach-me"}
    urgencies = [option["value"] for option in blocks["escalate-urgency"]["element"]["options"]]
    assert urgencies == [*Urgency, "-"]


@pytest.mark.parametrize("language", Language)
def test_slack_takes_the_longest_receipt_as_message_and_in_the_form_s_place(language: Language) -> None:
    summary = replace(SUMMARY, practice=LONG, package=LONG, opened_by=LONG, company=LONG, keeper=LONG)
    receipt = Receipt(language, replace(summary, solve_by=summary.respond_by), informed=(LONG, LONG))
    message = render(receipt)
    assert message_faults(list(message.blocks)) == ()
    assert "<!here>" not in str(message)
    for is_new in (True, False):
        assert view_faults(receipt_view(receipt, "https://a.example/1", is_new=is_new).to_dict()) == ()


def test_a_receipt_says_to_the_eye_and_to_the_ear_who_has_it_until_when_and_whom_to_reach() -> None:
    message = render(Receipt(EN, SUMMARY))
    shown = str(message.blocks)
    for part in (
        "*ESC-2026-0042*  →  *Nord Dental*",
        f"<!date^{int(datetime(2026, 11, 24, 10, tzinfo=UTC).timestamp())}^",
        "tel:+493715550100",
        "OC-1",
    ):
        assert part in shown
    assert message.text == (
        "ESC-2026-0042 · Database backup · work has stopped\n"
        "Nord Dental has it. Nobody there has taken it yet; tom@nord.example sees to it.\n"
        "Response due: Tue 24 Nov, 11:00.\n"
        "Whom to reach: Nora Nord, +49 371 555 0100, nora@nord.example\n"
        "Practice: Praxis Dr. Berg\n"
        "Licence package: OC-1\n"
        "Nord Dental reads what you write in its thread."
    )


def test_no_time_is_named_that_nobody_promised() -> None:
    assert "due" not in render(Receipt(EN, replace(SUMMARY, respond_by=None))).text


def test_who_asks_for_the_manufacturer_hears_why_not_and_whom_to_reach() -> None:
    vendor = distributor()
    refused = VendorFirst(vendor, manufacturer(), vendor.whom(TODAY, public_only=False))
    assert field_errors(EN, refused) == {
        "escalate-wishes": "Nord Dental is the first contact for this: Nora Nord, +49 371 555 0100, "
        "nora@nord.example. If that does not solve it, you can take it to Image Instruments from there. "
        "Take out this tick to send it to Nord Dental."
    }


@pytest.mark.parametrize("refusal", FormRefusal)
def test_slack_takes_every_refusal(refusal: FormRefusal) -> None:
    view = refused_view(FormRefused(DE, refusal, escape(LONG))).to_dict()
    assert view_faults(view) == ()
    assert "submit" not in view
