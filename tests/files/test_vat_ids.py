import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.maintenance.vat import TaxParty
from bot.files.countries import country_codes
from bot.files.vat_ids import vat_id


@pytest.mark.parametrize(
    ("value", "country", "proper"),
    [
        ("DE 136 695 976", "DE", "DE136695976"),
        ("136695976", "DE", "DE136695976"),
        ("de136695976", "DE", "DE136695976"),
        ("U13585627", "AT", "ATU13585627"),
        ("BE 697.449.992", "BE", "BE0697449992"),
        ("61 954 506 077", "FR", "FR61954506077"),
        ("EL 094259216", "GR", "EL094259216"),
        ("094259216", "GR", "EL094259216"),
        ("CHE-107.787.577 IVA", "CH", "CHE-107.787.577 IVA"),
        ("107787577 mwst", "CH", "CHE-107.787.577 MWST"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("980780684", "GB", "GB980780684"),
        ("GD001", "GB", "GBGD001"),
        ("XI 980 7806 84", "GB", "XI980780684"),
        ("NO 995 525 828 MVA", "NO", "NO995525828MVA"),
        ("00621", "IS", "IS00621"),
    ],
)
def test_an_id_is_kept_in_one_form_with_its_country_s_letters(value: str, country: str, proper: str) -> None:
    assert vat_id(value, country) == proper
    assert vat_id(proper, country) == proper


@pytest.mark.parametrize(
    ("value", "country", "seat"),
    [
        ("FR40303265045", "DE", "FR"),
        ("DE136695976", "CH", "DE"),
        ("CHE-107.787.577 MWST", "LI", "CH"),
        ("FR40303265045", "MC", "FR"),
        ("GB980780684", "IE", "GB"),
        ("DE136695976", "", "DE"),
    ],
)
def test_an_id_of_another_country_than_the_address_s_is_taken_and_taxes_there(
    value: str, country: str, seat: str
) -> None:
    assert TaxParty(country, vat_id(value, country)).seat == seat


@pytest.mark.parametrize(
    ("value", "country", "proper"),
    [
        ("12-3456789", "US", "US123456789"),
        ("TR 1234567890", "TR", "TR1234567890"),
        ("ABN 51 824 753 556", "AU", "AUABN51824753556"),
        ("12345", "LI", "LI12345"),
    ],
)
def test_where_the_form_is_not_known_the_country_s_letters_go_before_it(
    value: str, country: str, proper: str
) -> None:
    assert vat_id(value, country) == proper
    assert vat_id(proper, country) == proper
    assert TaxParty(country, proper).seat == country


@pytest.mark.parametrize(
    ("value", "country", "remedy"),
    [
        ("DE136695977", "DE", "length or check digit is wrong"),
        ("DE13669597", "DE", "length or check digit is wrong"),
        ("FR40303265046", "DE", "length or check digit is wrong"),
        ("US123456789", "DE", "length or check digit is wrong"),
        ("CHE-107.787.578 MWST", "CH", "length or check digit is wrong"),
        ("CHE-107.787.577", "CH", "as CHE-123.456.788 MWST"),
        ("107787577", "CH", "as CHE-123.456.788 MWST"),
        ("995 525 828", "NO", "as NO 995 525 828 MVA"),
        ("802311781", "GB", "length or check digit is wrong"),
        ("136695976", "", "begin it with the country's letters"),
        ("unknown", "US", "write its letters and digits"),
        ("n/a (exempt 7)", "US", "write its letters and digits"),
        ("1" * 21, "US", "write its letters and digits"),
    ],
)
def test_what_is_no_vat_id_is_refused_with_the_remedy(value: str, country: str, remedy: str) -> None:
    with pytest.raises(ValueError, match=remedy):
        vat_id(value, country)


written = st.text(max_size=25) | st.from_regex(r"[A-Z]{0,3}[0-9 .-]{3,14}( MWST|MVA|B01)?", fullmatch=True)


@given(written, st.sampled_from([*sorted(country_codes()), ""]))
def test_whatever_is_written_it_is_refused_or_kept_in_a_form_that_stays(value: str, country: str) -> None:
    try:
        proper = vat_id(value, country)
    except ValueError:
        return
    assert vat_id(proper, country) == proper
    assert TaxParty(country, proper).seat in country_codes()
