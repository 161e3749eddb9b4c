import re
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest
from msgspec.structs import asdict, replace

from bot.domain.network import Asker, Charge, Practice
from bot.domain.opening import Availability
from bot.domain.saying import Answer, Because
from bot.domain.scheme import Category, Language
from bot.wording.answer import AnswerText, answer_text, fee_sentences
from tests.builders import (
    MAINTENANCE,
    MORNING,
    USER_SUPPORT,
    answer,
    charging,
    distributor,
    manufacturer,
    partner,
    practice,
    scheme,
)

EN, DE = Language.EN, Language.DE
OWN, DIRECT = practice(), practice(vendor=manufacturer())
CLOSED = Availability(is_open=False, opens_at=datetime(2026, 11, 25, 7, 0, tzinfo=UTC))


def said(topic_id: str, asker: Asker, **changes: object) -> AnswerText:
    return answer_text(answer(topic_id, asker, **changes))


def test_a_level_0_topic_names_the_vendor_and_who_comes_next() -> None:
    text = said("database-backup", Asker(EN, practice=OWN))
    assert text.title == "Database backup"
    assert text.company == "Nord Dental (distributor, Level 0)"
    assert text.why == (
        "Level 0 topics are the vendor's: Nord Dental sold you OnyxCeph and is your first contact. "
        "What Nord Dental cannot solve goes on to Image Instruments (level 1)."
    )
    assert text.contact == distributor().contacts[0]
    assert text.practice == "For Praxis Dr. Berg"
    assert (
        text.because == "Understood as “Database backup”, because it resembles “back up the database” (91%)."
    )
    assert text.source == "OnyxCeph³™ Wiki: Support Categories, revision 1714023373, 25 Apr 2024"
    assert text.source_url == scheme().source.url
    assert text.hint == ""


def test_the_same_in_german() -> None:
    text = said("database-backup", Asker(DE, practice=OWN))
    assert text.company == "Nord Dental (Vertriebspartner, Level 0)"
    assert text.why == (
        "Themen aus Level 0 übernimmt der Verkäufer: Nord Dental hat Ihnen OnyxCeph verkauft und ist Ihr "
        "erster Ansprechpartner. Was Nord Dental nicht lösen kann, geht weiter an Image Instruments "
        "(Level 1)."
    )
    assert text.practice == "Für Praxis Dr. Berg"
    assert text.because.endswith("ähnelt (91 %).")
    assert text.source.endswith("Revision 1714023373, 25.04.2024")


@pytest.mark.parametrize(
    ("language", "company", "why"),
    [
        (EN, "Image Instruments (manufacturer, Level 1)", "Level 1 topics go to Image Instruments directly."),
        (
            DE,
            "Image Instruments (Hersteller, Level 1)",
            "Themen aus Level 1 gehen direkt an Image Instruments.",
        ),
    ],
)
def test_a_level_1_topic_goes_to_the_manufacturer(language: Language, company: str, why: str) -> None:
    text = said("database-restore", Asker(language, practice=OWN))
    assert (text.company, text.why) == (company, why)
    assert text.cost == ""


def test_direct_customers_have_the_manufacturer_as_level_0_and_nobody_after_it() -> None:
    text = said("database-backup", Asker(EN, practice=DIRECT))
    assert text.company == "Image Instruments (manufacturer, Level 0)"
    assert text.why == (
        "You bought OnyxCeph from Image Instruments directly, "
        "so Image Instruments is your first contact as well."
    )


def test_maintenance_names_the_manufacturer_the_biller_and_the_fee() -> None:
    text = said(MAINTENANCE, Asker(EN, practice=OWN))
    assert text.company == "Image Instruments (manufacturer)"
    assert "obligatory" in text.answer
    assert text.why.startswith(
        "It is provided by Image Instruments. The fee is charged by Nord Dental, who sold you"
    )
    assert text.cost == (
        "EUR 99 plus VAT per licence package and year, whatever the licence type, version and scope."
    )
    german = said(MAINTENANCE, Asker(DE, practice=OWN))
    assert "Die Gebühr berechnet Nord Dental" in german.why
    assert german.cost.startswith("99 EUR zzgl. MwSt. je Lizenzpaket und Jahr")


def test_maintenance_of_direct_customers_is_billed_by_nobody_else() -> None:
    text = said(MAINTENANCE, Asker(EN, practice=DIRECT))
    assert "charged by" not in text.why
    assert "reseller" not in text.cost


def test_who_bills_maintenance_is_told_in_general_where_the_vendor_is_unknown() -> None:
    text = said(MAINTENANCE, Asker(EN))
    assert "charged by" not in text.why
    assert text.cost.endswith("the reseller charges it and remits it to Image Instruments.")


def test_training_is_the_support_partner_s_and_lists_all_where_there_is_none() -> None:
    bound = said(USER_SUPPORT, Asker(EN, practice=practice(support_partner=partner())))
    assert (bound.company, bound.why) == ("Ortho School (support partner)", "Yours is Ortho School.")
    free = said(USER_SUPPORT, Asker(EN, practice=OWN))
    assert free.company == "your support partner"
    assert free.why == "Which one is up to you. To choose from: Ortho School and Alpha Academy."
    assert "in no licence package" in free.cost
    assert said(USER_SUPPORT, Asker(DE, practice=OWN)).why.endswith("Ortho School und Alpha Academy.")


def test_what_a_support_partner_charges_is_told_beside_what_holds_for_all() -> None:
    dear = partner(charge=Charge.OTHER, charge_note="EUR 90 an hour")
    text = said(USER_SUPPORT, Asker(EN, practice=practice(support_partner=dear)))
    assert text.cost.startswith("Ortho School: EUR 90 an hour. Training and user support are in no licence")


def test_an_unknown_practice_is_told_the_role_and_how_to_say_who_it_is() -> None:
    text = said("database-backup", Asker(EN))
    assert text.company == "your distributor (Level 0)"
    assert text.why == (
        "Level 0 topics go to the company that sold you OnyxCeph. "
        "I do not know yet which one that is for you."
    )
    assert text.hint.startswith("Tell me which practice or distributor is yours")
    assert said("database-restore", Asker(EN)).hint == ""
    assert said("technical-support", Asker(DE)).company == "Ihr Vertriebspartner"


def test_a_distributor_s_people_are_told_what_to_do_and_what_to_hand_over() -> None:
    text = said("database-backup", Asker(EN, company=distributor()))
    assert text.why == (
        "Your company is Level 0 here, the practice's first contact. What you cannot solve: hand over to "
        "Image Instruments (level 1), with what you tried, the exact error text and the version."
    )
    above = said("database-restore", Asker(EN, company=distributor()))
    assert above.why.startswith("Level 1 topics go to Image Instruments: hand over with what you tried")
    assert text.hint == ""


def test_the_maker_s_people_learn_whose_the_practice_is() -> None:
    known = said("database-backup", Asker(EN, company=manufacturer(), practice=OWN))
    assert known.why.startswith("Level 0 topics are the vendor's: for this practice that is Nord Dental.")
    unknown = said("database-backup", Asker(EN, company=manufacturer()))
    assert unknown.why == (
        "Level 0 topics are the vendor's. Name the practice in your question, and I tell you who that is."
    )
    assert unknown.hint == ""


def test_what_a_topic_is_about_is_told_to_customers_and_not_to_colleagues() -> None:
    assert (
        said("database-backup", Asker(EN, practice=OWN)).answer == scheme().topic("database-backup").answer.en
    )
    assert said("database-backup", Asker(EN, company=distributor())).answer == ""
    assert said("database-backup", Asker(EN, company=partner())).answer == ""


@pytest.mark.parametrize(
    ("availability", "english", "german"),
    [
        (None, "", ""),
        (Availability(is_open=True, opens_at=None), "open now", "jetzt erreichbar"),
        (CLOSED, "closed now, opens Wed 25 Nov, 08:00", "jetzt geschlossen, wieder ab Mi., 25. Nov., 08:00"),
        (Availability(is_open=False, opens_at=None), "closed now", "jetzt geschlossen"),
    ],
)
def test_it_says_whether_they_are_open_and_when_next(
    availability: Availability | None, english: str, german: str
) -> None:
    text = said("database-backup", Asker(EN, practice=OWN), availability=availability)
    assert text.availability == english
    assert said("database-backup", Asker(DE, practice=OWN), availability=availability).availability == german
    assert text.opens_at == (availability.opens_at if availability else None)


@pytest.mark.parametrize(
    ("charge", "note", "expected"),
    [
        (Charge.NOTHING, "", "Nord Dental charges nothing for this."),
        (Charge.ONCE, "", "Nord Dental charges for this once."),
        (Charge.YEARLY, "", "Nord Dental charges for this yearly."),
        (Charge.YEARLY, "EUR 240 a year", "Nord Dental charges for this yearly: EUR 240 a year."),
        (Charge.YEARLY, "EUR 240 a year.", "Nord Dental charges for this yearly: EUR 240 a year."),
        (Charge.OTHER, "by the hour", "Nord Dental: by the hour."),
        (Charge.OTHER, "by the hour.", "Nord Dental: by the hour."),
    ],
)
def test_it_says_what_the_vendor_charges(charge: Charge, note: str, expected: str) -> None:
    assert said("database-backup", Asker(EN, practice=charging(charge, note))).cost == expected


def test_without_knowing_the_charge_it_says_who_decides() -> None:
    text = said("database-backup", Asker(EN, practice=charging(Charge.UNKNOWN)))
    assert text.cost == "Whether the vendor charges for it, once or yearly, is the vendor's own decision."


def test_what_the_vendor_charges_says_nothing_of_level_1_or_maintenance() -> None:
    free = Asker(EN, practice=charging(Charge.NOTHING))
    assert said("database-restore", free).cost == ""
    assert "EUR 99" in said(MAINTENANCE, free).cost


def test_a_company_without_contact_is_said_to_have_none() -> None:
    text = said("database-backup", Asker(EN, practice=practice(vendor=distributor(contacts=()))))
    assert text.contact is None
    assert text.no_contact == "I have no contact for Nord Dental yet. Please ask an admin to add one."


def test_a_missing_contact_is_said_only_where_a_company_has_none() -> None:
    assert said("database-backup", Asker(EN, practice=OWN)).no_contact == ""
    assert said("database-backup", Asker(EN)).no_contact == ""


def test_the_manufacturer_is_named_even_where_the_directory_does_not_know_it() -> None:
    restore = answer("database-restore", Asker(EN))
    nobody = replace(restore.responsibility, company=None)
    text = answer_text(replace(restore, responsibility=nobody, contact=None, availability=None))
    assert text.company == "Image Instruments (manufacturer, Level 1)"
    assert text.why == "Level 1 topics go to Image Instruments directly."
    assert text.hint == ""


@pytest.mark.parametrize("missing", ["net_cents", "currency", "per"])
def test_a_fee_without_amount_currency_or_unit_is_told_in_words_only(missing: str) -> None:
    fee = scheme().fees[Category.SOFTWARE_MAINTENANCE]
    part: dict[str, Any] = {missing: None}
    assert list(fee_sentences(EN, replace(fee, **part))) == [fee.billing.en]


def test_solved_and_sample_are_said_at_the_end() -> None:
    solved = said("database-backup", Asker(EN, practice=OWN), is_solved=True)
    assert solved.hint == "Marked as solved. Glad that helped!"
    assert said("database-backup", Asker(EN), is_sample=True).hint.startswith("These are sample companies")


PRACTICES: list[Practice | None] = [
    None, OWN, DIRECT, practice(support_partner=partner()), charging(Charge.YEARLY, "EUR 240"),
    charging(Charge.OTHER, "by the hour."), practice(vendor=distributor(contacts=())),
]  # fmt: skip
COMPANIES = [None, distributor(), manufacturer(), partner()]


def all_answers() -> list[Answer]:
    return [
        answer(topic.id, Asker(language, company=company, practice=own), because=because)
        for language, topic, company, own in product(Language, scheme().topics, COMPANIES, PRACTICES)
        for because in (None, Because("back it up", 0.5))
    ]


def test_every_answer_is_written_properly() -> None:
    for one in all_answers():
        text = answer_text(one)
        shown = {name: value for name, value in asdict(text).items() if isinstance(value, str) and value}
        for name, value in shown.items():
            assert value == " ".join(value.split()), f"{name}: {value!r}"
            assert not re.search(r"\(\s*[,)]|\{|\}|\.\.|\s[.,;:]|None", value), f"{name}: {value!r}"
        for name in ("answer", "why", "cost", "no_contact", "because", "next_step", "hint"):
            if name in shown:
                assert shown[name].endswith((".", "!", "?")), f"{name}: {shown[name]!r}"


def test_every_answer_names_a_company_or_a_role_and_says_why_and_what_next() -> None:
    for one in all_answers():
        text = answer_text(one)
        assert text.company
        assert text.why
        assert text.next_step
        assert str(MORNING.year - 2) in text.source
