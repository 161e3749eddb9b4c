import pytest
from msgspec import Struct

from bot.domain.network import Asker, Charge, Company, Whom
from bot.domain.responsibility import Reason, Responsibility, Standpoint, responsible_for, without_terms
from bot.domain.scheme import Language, Provider
from bot.wording.answer import answer_text
from tests.builders import (
    LEVEL_0_TOPICS,
    LEVEL_1_TOPICS,
    MAINTENANCE,
    TECHNICAL,
    TODAY,
    USER_SUPPORT,
    answer,
    contact,
    directory,
    distributor,
    manufacturer,
    partner,
    practice,
    scheme,
    topic,
)

NORD, SOUTH = distributor(), distributor("south-dental", name="South Dental")
MAKER, SCHOOL, ALPHA = manufacturer(), partner(), partner("alpha-academy", name="Alpha Academy")

ASKERS = {
    "resold": Asker(practice=practice()),
    "resold with partner": Asker(practice=practice(support_partner=SCHOOL)),
    "direct": Asker(practice=practice(vendor=MAKER)),
    "unknown": Asker(),
    "said vendor": Asker(vendor=NORD),
    "said maker": Asker(vendor=MAKER),
    "distributor": Asker(company=NORD),
    "distributor, own practice": Asker(company=NORD, practice=practice()),
    "distributor, other's practice": Asker(company=SOUTH, practice=practice()),
    "maker": Asker(company=MAKER),
    "maker, resold practice": Asker(company=MAKER, practice=practice()),
    "maker, direct practice": Asker(company=MAKER, practice=practice(vendor=MAKER)),
    "partner": Asker(company=SCHOOL),
    "partner, own practice": Asker(company=SCHOOL, practice=practice(support_partner=SCHOOL)),
    "partner, other's practice": Asker(company=ALPHA, practice=practice(support_partner=SCHOOL)),
    "partner, free practice": Asker(company=ALPHA, practice=practice()),
}

# Who (- is nobody known), role, reason, standpoint, who bills, who comes next.
_EXPECTED = """
level 0 | resold                        | nord-dental       | distributor  | level-0        | customer  | - | image-instruments
level 0 | resold with partner           | nord-dental       | distributor  | level-0        | customer  | - | image-instruments
level 0 | direct                        | image-instruments | manufacturer | level-0-direct | customer  | - | -
level 0 | unknown                       | -                 | distributor  | level-0        | customer  | - | image-instruments
level 0 | said vendor                   | nord-dental       | distributor  | level-0        | customer  | - | image-instruments
level 0 | said maker                    | image-instruments | manufacturer | level-0-direct | customer  | - | -
level 0 | distributor                   | nord-dental       | distributor  | level-0        | ours      | - | image-instruments
level 0 | distributor, own practice     | nord-dental       | distributor  | level-0        | ours      | - | image-instruments
level 0 | distributor, other's practice | nord-dental       | distributor  | level-0        | colleague | - | image-instruments
level 0 | maker                         | -                 | distributor  | level-0        | colleague | - | image-instruments
level 0 | maker, resold practice        | nord-dental       | distributor  | level-0        | colleague | - | image-instruments
level 0 | maker, direct practice        | image-instruments | manufacturer | level-0-direct | ours      | - | -
level 0 | partner                       | -                 | distributor  | level-0        | colleague | - | image-instruments
level 0 | partner, own practice         | nord-dental       | distributor  | level-0        | colleague | - | image-instruments
level 0 | partner, other's practice     | nord-dental       | distributor  | level-0        | colleague | - | image-instruments
level 0 | partner, free practice        | nord-dental       | distributor  | level-0        | colleague | - | image-instruments

general | resold                        | nord-dental       | distributor  | first-contact  | customer  | - | image-instruments
general | resold with partner           | nord-dental       | distributor  | first-contact  | customer  | - | image-instruments
general | direct                        | image-instruments | manufacturer | level-0-direct | customer  | - | -
general | unknown                       | -                 | distributor  | first-contact  | customer  | - | image-instruments
general | said vendor                   | nord-dental       | distributor  | first-contact  | customer  | - | image-instruments
general | said maker                    | image-instruments | manufacturer | level-0-direct | customer  | - | -
general | distributor                   | nord-dental       | distributor  | first-contact  | ours      | - | image-instruments
general | distributor, own practice     | nord-dental       | distributor  | first-contact  | ours      | - | image-instruments
general | distributor, other's practice | nord-dental       | distributor  | first-contact  | colleague | - | image-instruments
general | maker                         | -                 | distributor  | first-contact  | colleague | - | image-instruments
general | maker, resold practice        | nord-dental       | distributor  | first-contact  | colleague | - | image-instruments
general | maker, direct practice        | image-instruments | manufacturer | level-0-direct | ours      | - | -
general | partner                       | -                 | distributor  | first-contact  | colleague | - | image-instruments
general | partner, own practice         | nord-dental       | distributor  | first-contact  | colleague | - | image-instruments
general | partner, other's practice     | nord-dental       | distributor  | first-contact  | colleague | - | image-instruments
general | partner, free practice        | nord-dental       | distributor  | first-contact  | colleague | - | image-instruments

level 1 | resold                        | image-instruments | manufacturer | level-1 | customer  | - | -
level 1 | resold with partner           | image-instruments | manufacturer | level-1 | customer  | - | -
level 1 | direct                        | image-instruments | manufacturer | level-1 | customer  | - | -
level 1 | unknown                       | image-instruments | manufacturer | level-1 | customer  | - | -
level 1 | said vendor                   | image-instruments | manufacturer | level-1 | customer  | - | -
level 1 | said maker                    | image-instruments | manufacturer | level-1 | customer  | - | -
level 1 | distributor                   | image-instruments | manufacturer | level-1 | colleague | - | -
level 1 | distributor, own practice     | image-instruments | manufacturer | level-1 | colleague | - | -
level 1 | distributor, other's practice | image-instruments | manufacturer | level-1 | colleague | - | -
level 1 | maker                         | image-instruments | manufacturer | level-1 | ours      | - | -
level 1 | maker, resold practice        | image-instruments | manufacturer | level-1 | ours      | - | -
level 1 | maker, direct practice        | image-instruments | manufacturer | level-1 | ours      | - | -
level 1 | partner                       | image-instruments | manufacturer | level-1 | colleague | - | -
level 1 | partner, own practice         | image-instruments | manufacturer | level-1 | colleague | - | -
level 1 | partner, other's practice     | image-instruments | manufacturer | level-1 | colleague | - | -
level 1 | partner, free practice        | image-instruments | manufacturer | level-1 | colleague | - | -

maintenance | resold                        | image-instruments | manufacturer | maintenance | customer  | nord-dental | -
maintenance | resold with partner           | image-instruments | manufacturer | maintenance | customer  | nord-dental | -
maintenance | direct                        | image-instruments | manufacturer | maintenance | customer  | image-instruments | -
maintenance | unknown                       | image-instruments | manufacturer | maintenance | customer  | -           | -
maintenance | said vendor                   | image-instruments | manufacturer | maintenance | customer  | nord-dental | -
maintenance | said maker                    | image-instruments | manufacturer | maintenance | customer  | image-instruments | -
maintenance | distributor                   | image-instruments | manufacturer | maintenance | colleague | -           | -
maintenance | distributor, own practice     | image-instruments | manufacturer | maintenance | colleague | nord-dental | -
maintenance | distributor, other's practice | image-instruments | manufacturer | maintenance | colleague | nord-dental | -
maintenance | maker                         | image-instruments | manufacturer | maintenance | ours      | -           | -
maintenance | maker, resold practice        | image-instruments | manufacturer | maintenance | ours      | nord-dental | -
maintenance | maker, direct practice        | image-instruments | manufacturer | maintenance | ours      | image-instruments | -
maintenance | partner                       | image-instruments | manufacturer | maintenance | colleague | -           | -
maintenance | partner, own practice         | image-instruments | manufacturer | maintenance | colleague | nord-dental | -
maintenance | partner, other's practice     | image-instruments | manufacturer | maintenance | colleague | nord-dental | -
maintenance | partner, free practice        | image-instruments | manufacturer | maintenance | colleague | nord-dental | -

training | resold                        | -             | support-partner | user-support | customer  | - | -
training | resold with partner           | ortho-school  | support-partner | user-support | customer  | - | -
training | direct                        | -             | support-partner | user-support | customer  | - | -
training | unknown                       | -             | support-partner | user-support | customer  | - | -
training | said vendor                   | -             | support-partner | user-support | customer  | - | -
training | said maker                    | -             | support-partner | user-support | customer  | - | -
training | distributor                   | -             | support-partner | user-support | colleague | - | -
training | distributor, own practice     | -             | support-partner | user-support | colleague | - | -
training | distributor, other's practice | -             | support-partner | user-support | colleague | - | -
training | maker                         | -             | support-partner | user-support | colleague | - | -
training | maker, resold practice        | -             | support-partner | user-support | colleague | - | -
training | maker, direct practice        | -             | support-partner | user-support | colleague | - | -
training | partner                       | ortho-school  | support-partner | user-support | ours      | - | -
training | partner, own practice         | ortho-school  | support-partner | user-support | ours      | - | -
training | partner, other's practice     | ortho-school  | support-partner | user-support | colleague | - | -
training | partner, free practice        | alpha-academy | support-partner | user-support | ours      | - | -
"""  # noqa: E501 - a table is read by its columns

TOPICS = {
    "level 0": LEVEL_0_TOPICS,
    "general": [TECHNICAL],
    "level 1": LEVEL_1_TOPICS,
    "maintenance": [MAINTENANCE],
    "training": [USER_SUPPORT],
}


class Row(Struct, frozen=True):
    company: str
    role: Provider
    reason: Reason
    standpoint: Standpoint
    biller: str
    next_company: str


def read_table() -> dict[tuple[str, str], Row]:
    rows = {}
    for line in filter(None, _EXPECTED.splitlines()):
        group, kind, who, role, reason, standpoint, biller, then = (cell.strip() for cell in line.split("|"))
        rows[group, kind] = Row(
            who, Provider(role), Reason(reason), Standpoint(standpoint), biller=biller, next_company=then
        )
    return rows


def row_of(who: Responsibility) -> Row:
    return Row(
        slug(who.company), who.role, who.reason, who.standpoint, slug(who.biller), slug(who.next_company)
    )


def slug(company: Company | None) -> str:
    return company.slug if company else "-"


def test_the_table_has_every_topic_and_every_kind_of_asker() -> None:
    assert sorted(name for names in TOPICS.values() for name in names) == sorted(
        t.id for t in scheme().topics
    )
    assert set(read_table()) == {(group, kind) for group in TOPICS for kind in ASKERS}


@pytest.mark.parametrize("kind", ASKERS)
@pytest.mark.parametrize(("group", "topic_id"), [(group, name) for group in TOPICS for name in TOPICS[group]])
def test_the_scheme_decides_who_is_responsible(group: str, topic_id: str, kind: str) -> None:
    who = responsible_for(topic(topic_id), ASKERS[kind], directory())
    assert row_of(who) == read_table()[group, kind]


@pytest.mark.parametrize("kind", ["unknown", "maker", "partner"])
@pytest.mark.parametrize("topic_id", [*LEVEL_0_TOPICS, TECHNICAL])
@pytest.mark.parametrize("language", Language)
def test_an_unknown_vendor_is_named_by_its_role_and_never_by_a_guess(
    topic_id: str, kind: str, language: Language
) -> None:
    asker = Asker(language, company=ASKERS[kind].company)
    said = answer_text(answer(topic_id, asker))
    assert said.contact is None
    assert not said.no_contact
    assert all(name not in f"{said.company} {said.why}" for name in ("Nord", "Image Instruments", "School"))
    assert {Language.EN: "distributor", Language.DE: "Vertriebspartner"}[language] in said.company


def test_a_practice_without_support_partner_gets_all_of_them_to_choose_from() -> None:
    free = responsible_for(topic(USER_SUPPORT), ASKERS["resold"], directory())
    assert [company.slug for company in free.alternatives] == ["ortho-school", "alpha-academy"]
    bound = responsible_for(topic(USER_SUPPORT), ASKERS["resold with partner"], directory())
    assert bound.alternatives == ()


def test_an_empty_directory_still_names_the_role() -> None:
    empty = directory(manufacturer=None, support_partners=())
    for topic_id, role in (
        ("database-backup", Provider.DISTRIBUTOR),
        ("database-restore", Provider.MANUFACTURER),
        (USER_SUPPORT, Provider.SUPPORT_PARTNER),
    ):
        who = responsible_for(topic(topic_id), Asker(), empty)
        assert (who.company, who.role, who.next_company) == (None, role, None)


def test_the_vendor_s_contact_for_the_practice_comes_before_its_first() -> None:
    second = contact("Sam Second", email="sam@nord.example")
    vendor = distributor(contacts=(contact(), second))
    asker = Asker(practice=practice(vendor=vendor, vendor_contact="sam@nord.example"))
    level_0 = responsible_for(topic("database-backup"), asker, directory())
    level_1 = responsible_for(topic("database-restore"), asker, directory())
    assert level_0.whom(TODAY, public_only=False) == Whom(second)
    assert level_1.whom(TODAY, public_only=False) == Whom(MAKER.contacts[0])


def test_nobody_known_has_no_contact() -> None:
    assert responsible_for(topic(), Asker(), directory()).whom(TODAY, public_only=False) is None


@pytest.mark.parametrize("charge", Charge)
def test_where_others_read_along_a_distributor_s_terms_are_left_out(charge: Charge) -> None:
    company = distributor(charge=charge, charge_note="EUR 180")
    who = responsible_for(topic(), Asker(Language.EN, practice=practice(vendor=company)), directory())
    told = without_terms(who)
    assert told.company is not None
    assert told.company.charge_note == ""
    assert told.company.charge is (Charge.UNKNOWN if charge is Charge.OTHER else charge)
    assert told.company.name == company.name


def test_what_the_manufacturer_and_support_partners_charge_is_no_secret() -> None:
    who = responsible_for(topic("user-support"), Asker(Language.EN, practice=practice()), directory())
    assert without_terms(who) == who
