"""Reminders at their longest, and what each kind of charge reads like."""

from datetime import date

import pytest
from msgspec.structs import replace

from bot.domain.maintenance.reminder import (
    BillerReminder,
    Nearness,
    PracticeReminder,
    ReachBy,
    ReminderLine,
    ReminderSaying,
    Task,
    UnreachedReminder,
)
from bot.domain.maintenance.vat import Charge, Vat, VatReason
from bot.domain.scheme import Language
from bot.slack.blocks import render

LINE = ReminderLine(
    package="L-1",
    practice="Praxis am Markt",
    biller="Nord Dental",
    is_resold=True,
    due_on=date(2027, 6, 15),
    charge=Charge(9900, Vat(1900, VatReason.DOMESTIC)),
    open_cents=11781,
    currency="EUR",
    nearness=Nearness.AHEAD,
)
REACH_BY = (ReachBy("N" * 80, "e" * 200 + "@x.example", "+49 371 555 0100"),) * 5


def longest(number: int) -> ReminderLine:
    return replace(
        LINE,
        package=f"{number:03}" + "&" * 20,
        practice=f"{number:03}" + "<" * 37 + "x" * 40,
        biller="&" * 80,
        charge=Charge(9900, Vat(1900, VatReason.NO_VAT_ID)),
        open_cents=1,
        nearness=list(Nearness)[number % 5],
        task=list(Task)[number % 5],
        is_unreachable=True,
        reach_by=REACH_BY,
    )


LINES = tuple(longest(number) for number in range(500))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    "build",
    [
        lambda language: PracticeReminder(language, "&" * 80, LINES, 7, "/renewals"),
        lambda language: BillerReminder(language, "&" * 80, LINES, 7, "/renewals"),
        lambda language: UnreachedReminder(language, "&" * 80, True, LINES, REACH_BY, "/renewals"),
    ],
    ids=["practice", "biller", "unreached"],
)
def test_the_longest_one_stays_within_slack_s_limits(language: Language, build: object) -> None:
    assert callable(build)
    saying: ReminderSaying = build(language)
    message = render(saying)
    assert len(message.blocks) <= 50
    for block in message.blocks:
        if block["type"] == "section":
            assert len(block["text"]["text"]) <= 3000
            assert not block["text"]["text"].endswith("…")
    assert "470" in message.text
    assert len(message.text) <= 40_000


@pytest.mark.parametrize(
    ("vat", "words"),
    [
        (Vat(1900, VatReason.DOMESTIC), "EUR 99.00 + 19% VAT EUR 18.81 = EUR 117.81"),
        (Vat(810, VatReason.DOMESTIC), "EUR 99.00 + 8.1% VAT EUR 8.02 = EUR 107.02"),
        (Vat(0, VatReason.REVERSE_CHARGE), "EUR 99.00 + no VAT (reverse charge"),
        (Vat(0, VatReason.EXPORT), "EUR 99.00 + no VAT (abroad) = EUR 99.00"),
        (Vat(1900, VatReason.NO_VAT_ID), "EUR 99.00 + 19% VAT EUR 18.81 (no VAT id is known) = EUR 117.81"),
        (Vat(0, VatReason.UNKNOWN), "charge EUR 99.00 plus VAT for licence package L-1"),
    ],
)
def test_a_charge_is_said_with_its_vat_and_the_reason(vat: Vat, words: str) -> None:
    charge = Charge(9900, vat)
    line = replace(LINE, charge=charge, open_cents=charge.gross_cents)
    assert words in render(PracticeReminder(Language.EN, "Praxis", (line,), 7, "/renewals")).text


def test_it_is_never_called_an_invoice_and_never_said_that_the_software_stops() -> None:
    for near in Nearness:
        for language, wrong in ((Language.EN, ("invoice", "stop")), (Language.DE, ("gesperrt", "stopp"))):
            line = replace(LINE, nearness=near)
            said = render(PracticeReminder(language, "Praxis", (line,), 7, "/renewals")).text.lower()
            assert not any(word in said for word in wrong)


def test_the_most_pressing_of_several_packages_comes_first_and_decides_what_is_said_to_lapse() -> None:
    lines = (LINE, replace(LINE, package="L-2", nearness=Nearness.OVERDUE))
    text = render(PracticeReminder(Language.EN, "Praxis", lines, 7, "/renewals")).text
    assert "only yours while it is paid" in text
    assert text.index("L-2") < text.index("L-1")
