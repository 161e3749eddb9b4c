from datetime import date

import pytest
from msgspec.structs import replace

from bot.domain.maintenance.billing_year import BillingCalendar
from bot.domain.maintenance.remittance import DistributorYear, YearSum
from bot.domain.maintenance.saying_statement import (
    Problem,
    Reader,
    RemittanceNote,
    StatementNote,
    StatementRefusal,
    YearNote,
)
from bot.domain.maintenance.statement import Amounts, Line, Mark, Statement
from bot.domain.maintenance.vat import VatReason
from bot.domain.scheme import Language
from bot.slack.blocks import render

YEAR = BillingCalendar().year(2026)
DUE = date(2026, 6, 15)
OPEN = Line(
    1,
    "Praxis <Berg>",
    "ONYX-1",
    DUE,
    date(2027, 6, 14),
    DUE,
    Mark.NONE,
    VatReason.REVERSE_CHARGE,
    Amounts(9900),
)
STATEMENT = Statement("Nord Dental", "Image Instruments", YEAR, "EUR", (OPEN,), (), 0)
SENT = replace(STATEMENT, sent_on=date(2027, 1, 5))
STANDING = DistributorYear("nord", "Nord Dental", YEAR, "EUR", (OPEN,), None)


def note(statement: Statement, today: date = date(2027, 1, 5), **changes: object) -> str:
    whole = StatementNote(Language.EN, Reader.DISTRIBUTOR, statement, today)
    return render(replace(whole, **changes)).text


def test_a_draft_says_from_when_or_how_it_is_sent() -> None:
    assert "The billing year ends on 31 Dec 2026" in note(STATEMENT, date(2026, 12, 31))
    assert "Send it with `/renewals statement 2026 send`." in note(
        STATEMENT, command="/renewals statement 2026 send"
    )


def test_a_sent_statement_says_what_to_remit_by_when_and_with_which_reference() -> None:
    assert "Please remit EUR 99.00 to Image Instruments by 30 Jan 2027" in note(SENT, date(2027, 1, 30))
    assert "Please remit EUR 99.00 to Image Instruments now" in note(SENT, date(2027, 1, 31))
    assert "Nord Dental is to remit EUR 99.00" in note(SENT, reader=Reader.MANUFACTURER)
    assert "“Nord Dental 2026”" in note(SENT)


def test_nothing_and_too_much_are_said_as_such() -> None:
    settled = replace(SENT, lines=(replace(OPEN, amounts=Amounts(9900, remitted_cents=9900)),))
    assert "Nothing is left to remit." in note(settled)
    generous = replace(SENT, lines=(replace(OPEN, amounts=Amounts(9900, remitted_cents=10000)),))
    assert "EUR 1.00 too much was remitted" in note(generous)


def test_vat_is_said_with_its_reason_and_as_plus_vat_where_nobody_knows_it() -> None:
    assert "EUR 99.00 + no VAT (reverse charge) = EUR 99.00" in note(SENT)
    unknown = replace(SENT, lines=(replace(OPEN, vat_reason=VatReason.UNKNOWN),))
    assert "EUR 99.00 plus VAT" in note(unknown)
    domestic = replace(
        SENT, lines=(replace(OPEN, vat_reason=VatReason.DOMESTIC, amounts=Amounts(9900, 1881)),)
    )
    assert "EUR 99.00 + EUR 18.81 VAT = EUR 117.81" in note(domestic)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize("is_repeated", [False, True])
def test_a_remittance_is_heard_of_by_each_side_in_each_language(
    language: Language, reader: Reader, is_repeated: bool
) -> None:
    unreachable = replace(STANDING, is_reachable=False)
    said = render(RemittanceNote(language, reader, "Image Instruments", unreachable, is_repeated)).text
    assert ("99.00" if language is Language.EN else "99,00") in said
    assert ("Nord Dental" in said) is (reader is Reader.MANUFACTURER)


def test_the_sum_of_many_distributors_keeps_within_a_message_and_escapes_names() -> None:
    gaps = tuple(replace(OPEN, period_id=number) for number in range(9))
    many = tuple(replace(STANDING, distributor=f"D{number}", lines=gaps) for number in range(60))
    message = render(YearNote(Language.EN, YearSum(2026, "EUR", many), date(2027, 3, 1)))
    assert len(message.blocks) <= 50
    assert "(no statement sent, late since 30 Jan 2027)" in message.text
    assert "and 4 more" in message.text
    assert "Praxis &lt;Berg&gt;" in message.text


@pytest.mark.parametrize("problem", Problem)
@pytest.mark.parametrize("language", Language)
def test_every_refusal_is_a_sentence(problem: Problem, language: Language) -> None:
    names = ("company", "year", "known", "person", "currencies")
    values: list[tuple[str, str | date]] = [*((name, name) for name in names), ("ends_on", DUE)]
    assert render(StatementRefusal(language, problem, tuple(values))).text.endswith(".")
