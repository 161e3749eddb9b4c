"""Renewals and the Home: within Slack's limits at their worst, safe, and whole in their words alone."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from bot.domain.maintenance.billing_year import BillingCalendar
from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.overview import (
    Chapter,
    Due,
    Happening,
    Heading,
    Line,
    LineList,
    Names,
    NextStep,
    OwnPackage,
    Payment,
    Remittances,
    Sum,
)
from bot.domain.maintenance.saying_overview import (
    AskMePart,
    BillerPart,
    Helper,
    Hint,
    Home,
    HomePart,
    Lack,
    NetworkPart,
    NoPart,
    OverdueLines,
    PackageHistory,
    PracticePart,
    Renewals,
    RenewalsHint,
    RenewalsPart,
)
from bot.domain.maintenance.state import State
from bot.domain.maintenance.vat import Charge, Vat, VatReason
from bot.domain.network import Contact
from bot.domain.saying import Saying
from bot.domain.scheme import Language
from bot.playground.blocks import message_faults, view_faults
from bot.services.renewals.overview import (
    CHAPTERS_SHOWN,
    LATE_SHOWN,
    LINES_SHOWN,
    PACKAGES_SHOWN,
    PRACTICES_SHOWN,
)
from bot.slack.blocks import render
from bot.slack.blocks.page import packed
from bot.slack.blocks.renewals import DISTRIBUTORS_SHOWN
from tests.domain.maintenance.small import entry

DAY = date(2026, 11, 24)
LONG = "&<!channel>" * 20
"""Longer than anybody's name, and escaped longer still."""
WORST = Names(LONG, LONG, LONG)
NO_VAT_ID = Vat(1900, VatReason.NO_VAT_ID)
ASK = AskMePart("/support", "/renewals", "/escalate")


def line(names: Names, **changes: object) -> Line:
    whole = Line(names, DAY, State.OVERDUE, Charge(9900, NO_VAT_ID), "EUR", paid_cents=100)
    return replace(whole, **changes)


def practice_part(names: Names, count: int) -> PracticePart:
    payment = Payment(DAY, 11781, names.package)
    own = OwnPackage(line(names, is_claimed=True), DAY, payment, NextStep.PAY, also_open=3)
    contact = Contact(names.practice, "tom@nord.example", "+49 40 66969 117")
    return PracticePart(names.practice, (own,) * count, (Helper(names.biller, contact),), more=7)


def line_list(names: Names, count: int, heading: Heading = Heading.OVERDUE) -> LineList:
    return LineList(heading, (Sum("EUR", 20_000, 198_000_000),), (line(names, is_refused=True),) * count)


def biller_part(names: Names, count: int) -> BillerPart:
    return BillerPart(names.biller, tuple(line_list(names, count, heading) for heading in Heading))


def network_part(name: str, count: int) -> NetworkPart:
    year = BillingCalendar().year(2026)
    days = tuple(Due(year.begins_on + timedelta(days=30 * n), 9, 89100, 106029, 0, 5) for n in range(12))
    one = Remittances(name, year, VatReason.DOMESTIC, "EUR", days, missing_before_cents=11781)
    return NetworkPart(DAY, (one,) * count)


WORST_PARTS: list[tuple[RenewalsPart, ...]] = [
    (practice_part(WORST, PACKAGES_SHOWN),) * PRACTICES_SHOWN,
    (network_part(LONG, 200), biller_part(WORST, LINES_SHOWN)),
    *((NoPart(lack, LONG, LONG),) for lack in Lack),
]


def sayings(language: Language) -> list[Saying]:
    history = Chapter(line(WORST), (Happening(entry(EntryKind.PAID, reference=LONG), True),) * 200)
    return [
        *(Renewals(language, "/renewals", parts) for parts in WORST_PARTS),
        OverdueLines(language, (line_list(WORST, LATE_SHOWN), line_list(WORST, LATE_SHOWN))),
        OverdueLines(language, ()),
        PackageHistory(language, LONG, LONG, DAY, (history,) * CHAPTERS_SHOWN, more=3),
        *(RenewalsHint(language, hint, "/renewals", LONG) for hint in Hint),
    ]


@pytest.mark.parametrize("language", Language)
def test_the_longest_answers_keep_slack_s_limits_and_mention_nobody(language: Language) -> None:
    for saying in sayings(language):
        message = render(saying)
        assert message_faults(list(message.blocks)) == ()
        assert len(message.text) <= 40_000
        marked_up = [block for block in message.blocks if block["type"] != "header"]
        assert "<!channel>" not in message.text + str(marked_up)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("parts", WORST_PARTS)
def test_the_longest_homes_keep_slack_s_limits_and_still_say_how_to_ask(
    language: Language, parts: tuple[HomePart, ...]
) -> None:
    message = render(Home(language, (*parts, ASK)))
    assert view_faults({"type": "home", "blocks": list(message.blocks)}) == ()
    assert len(message.blocks) <= 100
    assert "`/support topics`" in str(message.blocks[-1])


def test_a_home_that_is_too_long_says_that_there_is_more() -> None:
    parts = (practice_part(WORST, 30),) * PRACTICES_SHOWN
    message = render(Home(Language.EN, (*parts, ASK)))
    assert len(message.blocks) == 100
    assert "There is more than fits here." in str(message.blocks)


def test_everything_shown_is_also_said() -> None:
    names = Names("L-1", "Praxis Dr. Berg", "Nord Dental")
    parts = (practice_part(names, 2), biller_part(names, 2), network_part("Nord Dental", 2))
    for saying in (Renewals(Language.EN, "/renewals", parts), Home(Language.EN, (*parts, ASK))):
        message = render(saying)
        for words in ("L-1", "EUR 117.81", "Praxis Dr. Berg", "+49 40 66969 117", "Jan 2026", "20000"):
            assert words in message.text, words


def test_lines_are_joined_to_as_few_texts_as_fit_and_never_broken() -> None:
    assert packed(["ab", "cd", "ef"], room=5) == ["ab\ncd", "ef"]
    assert packed(["ab", "cd", "ef"], room=8) == ["ab\ncd\nef"]
    assert packed(["abcdef"], room=5) == ["abcdef"]
    assert packed([], room=5) == []


def test_of_many_distributors_those_with_the_largest_gaps_are_shown() -> None:
    part = network_part("Quiet", 3)
    gap = replace(part.distributors[0], distributor="Gap", missing_before_cents=10**6)
    many = replace(part, distributors=(*part.distributors * DISTRIBUTORS_SHOWN, gap))
    text = render(Renewals(Language.EN, "/renewals", (many,))).text
    assert text.index("Gap, ") < text.index("Quiet, ")
    assert f"not shown here: {3 * DISTRIBUTORS_SHOWN + 1 - DISTRIBUTORS_SHOWN}" in text


def test_the_button_to_say_one_s_practice_stands_where_it_is_not_known() -> None:
    for lack in Lack:
        blocks = str(render(Renewals(Language.EN, "/renewals", (NoPart(lack),))).blocks)
        assert ("signpost.say-practice" in blocks) == (lack is Lack.UNKNOWN)
