import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.network import Asker, Company, Role, practice_key, role_of
from tests.builders import contact, distributor, manufacturer, partner, practice


def test_capitals_are_part_of_a_practice_s_name() -> None:
    assert practice_key("Praxis Dr. Berg") != practice_key("Praxis Dr. BERG")


def test_a_name_typed_with_combining_signs_is_the_same_name() -> None:
    composed = "Kieferorthopädie Müller"
    assert practice_key(unicodedata.normalize("NFD", composed)) == composed


@given(st.text())
def test_a_practice_s_key_is_trimmed_and_stays_as_it_is(name: str) -> None:
    key = practice_key(name)
    assert practice_key(key) == key
    assert practice_key(f"  {name}\t\n") == key
    assert key == unicodedata.normalize("NFC", name).strip()


@pytest.mark.parametrize(
    ("company", "has_practice", "expected"),
    [
        (manufacturer(), False, Role.MANUFACTURER),
        (distributor(), False, Role.DISTRIBUTOR),
        (distributor(), True, Role.DISTRIBUTOR),
        (partner(), False, Role.PARTNER),
        (None, True, Role.PRACTICE),
        (None, False, Role.OUTSIDER),
    ],
)
def test_the_company_comes_before_the_practice_and_admins_before_all(
    company: Company | None, has_practice: bool, expected: Role
) -> None:
    assert role_of(company, is_admin=False, has_practice=has_practice) is expected
    assert role_of(company, is_admin=True, has_practice=has_practice) is Role.ADMIN


FIRST = contact("First", email="first@nord.example", is_public=False)
SECOND = contact("Second", email="second@nord.example")
THIRD = contact("Third", email="third@nord.example")


@pytest.mark.parametrize(
    ("public_only", "preferred", "expected"),
    [
        (False, "", FIRST),
        (True, "", SECOND),
        (False, "third@nord.example", THIRD),
        (True, "third@nord.example", THIRD),
        (True, "first@nord.example", SECOND),
        (False, "nobody@nord.example", FIRST),
    ],
)
def test_the_preferred_contact_is_named_where_this_reader_may_know_them(
    public_only: bool, preferred: str, expected: object
) -> None:
    company = distributor(contacts=(FIRST, SECOND, THIRD))
    assert company.contact(public_only=public_only, preferred_email=preferred) == expected


def test_a_company_whose_contacts_are_all_private_names_nobody_in_public() -> None:
    assert distributor(contacts=(FIRST,)).contact(public_only=True) is None
    assert distributor(contacts=()).contact(public_only=False) is None


def test_a_contact_without_address_is_not_preferred_by_an_empty_wish() -> None:
    nameless = contact("By phone only", email="")
    assert distributor(contacts=(FIRST, nameless)).contact(public_only=False, preferred_email="") == FIRST


def test_the_practice_decides_who_helps_first_and_what_was_said_only_without_one() -> None:
    said = distributor("south-dental")
    assert Asker(practice=practice(), vendor=said).level_0 == distributor()
    assert Asker(vendor=said).level_0 == said
    assert Asker().level_0 is None
