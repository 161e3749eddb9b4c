"""What is said and asked after a reminder was answered: within Slack's limits, safe, and whole in words."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import product

import pytest
from msgspec.structs import replace

from bot.domain.maintenance.answers import (
    AnswerStep,
    ClaimForm,
    Fault,
    Field,
    FieldFault,
    NotReceivedForm,
    NotRenewingForm,
    PackageOption,
    PostponeForm,
    RenewalForm,
    SettleForm,
    WhyNot,
    WrongContactForm,
)
from bot.domain.maintenance.reminder import BillerReminder, Nearness, PracticeReminder, ReminderLine, Word
from bot.domain.maintenance.saying_answers import (
    AnsweredBefore,
    AnsweredReminder,
    AnswerSaying,
    ContactFix,
    Deed,
    Did,
    PracticeWord,
    Refusal,
    Refused,
    WordAnswered,
)
from bot.domain.maintenance.vat import Charge, Vat, VatReason
from bot.domain.scheme import Language
from bot.playground.blocks import elements_in, message_faults, view_faults
from bot.slack.blocks import render
from bot.slack.blocks.renewal_forms import field_errors, refused_view, renewal_view

EN = Language.EN
DAY = date(2027, 6, 15)
EVIL = "<!channel> & *Praxis* " + "x" * 58
LINE = ReminderLine(
    "L-1", EVIL, EVIL, True, DAY, Charge(9900, Vat(1900, VatReason.DOMESTIC)), 11781, "EUR", Nearness.AHEAD
)


def deeds() -> tuple[Deed, ...]:
    whole = Deed(Did.CLAIMED, EVIL, DAY, ("L-1", EVIL), DAY, DAY, EVIL, EVIL)
    bare = Deed(Did.CLAIMED, EVIL, DAY)
    return tuple(replace(one, did=did) for one, did in product((whole, bare), Did))


def packages(count: int) -> tuple[PackageOption, ...]:
    return tuple(PackageOption(number, f"L-{number}", DAY, EVIL) for number in range(1, count + 1))


def forms(language: Language) -> Iterator[RenewalForm]:
    for count in (1, 2, 10, 11, 100, 101):
        yield ClaimForm(language, packages(count), DAY)
        yield SettleForm(language, packages(count), DAY, 11781 if count == 1 else None, "PO 4711")
        yield NotRenewingForm(language, packages(count), EVIL)
    yield PostponeForm(language, DAY, DAY)
    yield WrongContactForm(language)
    yield NotReceivedForm(language, EVIL)


def sayings(language: Language) -> Iterator[AnswerSaying]:
    many = tuple(replace(LINE, package=f"L-{number}") for number in range(120))
    ids = tuple(range(999_999_800, 999_999_999))
    for rest in (
        None,
        PracticeReminder(language, EVIL, many, 7, "/renewals"),
        BillerReminder(language, EVIL, many, 7, "/renewals"),
    ):
        yield AnsweredReminder(language, EVIL, deeds() * 2, rest, ids)
    yield AnsweredReminder(language, "", deeds(), None)
    for word, entry_ids in product((Word.CLAIMED, Word.NOT_RENEWING), ((), ids)):
        yield PracticeWord(
            language, word, EVIL, EVIL, ("L-1",), DAY, entry_ids, EVIL, WhyNot.OTHER, "x" * 300, deeds()
        )
    for deed in deeds():
        yield AnsweredBefore(language, (deed,))
        if deed.did in (Did.PAID, Did.BILLED, Did.NOT_RECEIVED, Did.STILL_RENEWING):
            yield WordAnswered(language, deed, EVIL, "x" * 300)
    yield AnsweredBefore(language, ())
    for refusal in Refusal:
        yield Refused(language, refusal, EVIL, DAY)
    for right, passed_on, closed in product(("", EVIL), (True, False), (None, DAY)):
        yield ContactFix(language, 7, EVIL, EVIL, right, passed_on, passed_on, EVIL, closed)


@pytest.mark.parametrize("language", Language)
def test_everything_that_is_said_is_within_slack_s_limits_and_notifies_nobody(language: Language) -> None:
    for saying in sayings(language):
        message = render(saying)
        assert message_faults(list(message.blocks)) == ()
        assert message.text
        assert "<!channel>" not in str(message.blocks[1:])
        assert "<!channel>" not in message.text


@pytest.mark.parametrize("language", Language)
def test_every_form_is_within_slack_s_limits(language: Language) -> None:
    for form in forms(language):
        view = renewal_view(form, "x" * 3000).to_dict()
        assert view_faults(view) == ()
        assert len(view["title"]["text"]) <= 24
    for refused in (AnsweredBefore(language, deeds()), Refused(language, Refusal.NOT_YOURS)):
        assert view_faults(refused_view(refused).to_dict()) == ()


def test_one_package_is_not_asked_for_and_of_several_all_are_chosen() -> None:
    for count, chosen in ((1, 0), (2, 2), (10, 10), (11, 11), (101, 100)):
        view = renewal_view(ClaimForm(EN, packages(count), DAY), "{}").to_dict()
        fields = {block["block_id"]: block for block in view["blocks"] if block["type"] == "input"}
        options = fields.get("renewal-packages", {}).get("element", {}).get("initial_options", [])
        assert len(options) == chosen


@pytest.mark.parametrize("language", Language)
def test_every_fault_is_said_at_its_field(language: Language) -> None:
    for fault, field in zip(Fault, Field, strict=False):
        said = field_errors(language, [FieldFault(field, fault, DAY)])
        assert list(said) == [f"renewal-{field}"]
        assert said[f"renewal-{field}"].endswith(("?", ".", "!"))


def test_what_is_answered_has_nothing_to_press_and_the_rest_keeps_its_buttons() -> None:
    labels = [
        [element["text"]["text"] for block in render(saying).blocks for element in elements_in(block)]
        for saying in (
            AnsweredReminder(EN, "P", deeds(), None),
            AnsweredReminder(EN, "P", deeds(), None, (4, 5)),
            AnsweredReminder(EN, "P", deeds(), PracticeReminder(EN, "P", (LINE,), 7, "/renewals")),
            PracticeWord(EN, Word.CLAIMED, "A", "P", ("L-1",), DAY, ()),
            PracticeWord(EN, Word.CLAIMED, "A", "P", ("L-1",), DAY, (4,)),
        )
    ]
    reminder = ["Renewed", "Remind me on…", "Not renewing", "Wrong contact"]
    assert labels == [[], ["Still renewing"], reminder, [], ["Confirm", "Not received"]]


def test_a_button_carries_what_it_is_about() -> None:
    message = render(PracticeWord(EN, Word.NOT_RENEWING, "A", "P", ("L-1",), DAY, (4, 5)))
    (button,) = [element for block in message.blocks for element in elements_in(block)]
    assert (button["action_id"], button["value"]) == (f"signpost.{AnswerStep.STILL_RENEWING}", "4 5")


def test_somebody_whom_the_bot_does_not_know_is_linked_and_not_spelled_out() -> None:
    text = render(ContactFix(EN, 7, "P", "Anna", "<@U0BERG>", False, False)).text
    assert "should go to <https://slack.com/app_redirect?channel=U0BERG|Slack>." in text


@pytest.mark.parametrize("written", ["<@U0BERG>", "<!channel>", "<@U0BERG> <!here> @here", "<@W1><@W2>"])
def test_what_somebody_wrote_into_a_form_never_becomes_a_mention(written: str) -> None:
    for saying in (
        ContactFix(EN, 7, "P", written, written, False, False, written, DAY),
        ContactFix(EN, 7, written, "Anna", written, False, False),
        PracticeWord(EN, Word.NOT_RENEWING, written, written, (written,), DAY, (4,), words=written),
        WordAnswered(EN, Deed(Did.NOT_RECEIVED, written, DAY, (written,)), written, written),
    ):
        message = render(saying)
        assert not re.search(r"<[@!]|(?<!\w)@\w", f"{message.text} {message.blocks}")
