import pytest

from bot.files.csv_table import FileRefused
from bot.files.directory_csv import (
    CompanySheet,
    PeopleSheet,
    PracticeSheet,
    Sheet,
    read_sheet,
    template,
    write_sheet,
)
from bot.files.directory_lines import LINES
from bot.files.kinds import Kind

COMPANY = {
    "slug": "nord-dental",
    "name": "Nord Dental",
    "role": "distributor",
    "country": "DE",
    "subdivision": "HH",
    "time_zone": "Europe/Berlin",
    "languages": "de en",
    "opening_hours": "Mo-Fr 08:00-17:00",
    "charge": "yearly",
    "contact_name": "Tom Petersen",
    "contact_email": "tom@nord-dental.example",
    "contact_phone": "+49 40 66969 117",
    "contact_slack": "@tom",
}
PRACTICE = {"name": "Kieferorthopädie am Markt", "vendor": "nord-dental", "country": "DE"}
PERSON = {"name": "Anna Lehmann", "email": "anna@kfo.example", "practices": "Kieferorthopädie am Markt"}
DEFAULTS = {Kind.COMPANIES: COMPANY, Kind.PRACTICES: PRACTICE, Kind.PEOPLE: PERSON}


def read(kind: Kind, *rows: dict[str, str]) -> Sheet:
    return read_sheet(kind, write_sheet(kind, rows), f"{kind}.csv")


def faults(kind: Kind, *rows: dict[str, str]) -> list[str]:
    with pytest.raises(FileRefused) as refused:
        read(kind, *rows)
    return [str(fault) for fault in refused.value.faults]


def cell(kind: Kind, column: str, value: str, **others: str) -> str:
    """Return the one proper form that the cell is read in."""
    sheet = read(kind, {**DEFAULTS[kind], **others, column: value})
    return sheet.entries[0].values.cells()[column]


def fault(kind: Kind, column: str, value: str, **others: str) -> str:
    (found,) = faults(kind, {**DEFAULTS[kind], **others, column: value})
    assert f":2 {column}" in found
    return found


@pytest.mark.parametrize("kind", Kind)
def test_the_template_is_an_empty_file_that_explains_every_column(kind: Kind) -> None:
    content = template(kind)
    assert read_sheet(kind, content, "new.csv").entries == ()
    text = content.decode("utf-8-sig")
    for column in LINES[kind].columns():
        assert f"# {column}: " in text


@pytest.mark.parametrize("kind", Kind)
def test_the_template_is_still_read_when_a_spreadsheet_has_saved_it(kind: Kind) -> None:
    lines = template(kind).decode("utf-8-sig").splitlines()
    delimiters = ";" * (len(LINES[kind].columns()) - 1)
    saved = [line + delimiters if line.startswith(("#", '"')) else line for line in lines]
    assert read_sheet(kind, "\r\n".join(saved).encode("utf-16"), "new.csv").entries == ()


def test_further_contacts_leave_the_company_columns_empty_or_repeat_them() -> None:
    further = {
        "slug": "nord-dental",
        "contact_name": "Service",
        "contact_email": "service@nord-dental.example",
    }
    third = {**COMPANY, "contact_name": "Ute", "contact_email": "ute@nord-dental.example"}
    sheet = read(Kind.COMPANIES, COMPANY, further, third)
    assert isinstance(sheet, CompanySheet)
    assert [entry.values.contact_name for entry in sheet.entries] == ["Tom Petersen", "Service", "Ute"]
    assert {entry.values.name for entry in sheet.entries} == {"Nord Dental"}
    assert [entry.line for entry in sheet.entries] == [2, 3, 4]


def test_a_further_contact_cannot_change_the_company() -> None:
    other = {**COMPANY, "contact_email": "b@nord-dental.example", "name": "Süd Dental"}
    assert faults(Kind.COMPANIES, COMPANY, other) == [
        'companies.csv:3 name "Süd Dental": '
        "line 2 has “Nord Dental” for this company: repeat it or leave it empty"
    ]


def test_what_is_wrong_with_a_company_is_said_once() -> None:
    wrong = {**COMPANY, "time_zone": "Berlin"}
    further = {"slug": "nord-dental", "contact_name": "Service", "contact_phone": "+49 40 66969 100"}
    (found,) = faults(Kind.COMPANIES, wrong, further)
    assert found.startswith('companies.csv:2 time_zone "Berlin"')


def test_all_faults_of_all_rows_are_said_at_once() -> None:
    found = faults(
        Kind.COMPANIES,
        {**COMPANY, "country": "UK", "opening_hours": "montags", "charge": "gratis", "contact_email": "tom@"},
        {**COMPANY, "slug": "Nord Dental", "role": "reseller", "website": "nord.example", "vat_id": "DE1"},
    )
    assert [text.split(" ")[:2] for text in found] == [
        ["companies.csv:2", "country"],
        ["companies.csv:2", "opening_hours"],
        ["companies.csv:2", "charge"],
        ["companies.csv:2", "contact_email"],
        ["companies.csv:3", "slug"],
        ["companies.csv:3", "role"],
        ["companies.csv:3", "website"],
        ["companies.csv:3", "vat_id"],
    ]
    assert found[0] == (
        'companies.csv:2 country "UK": this is no ISO 3166 country code: '
        "use two letters, such as DE, CH or GB (the United Kingdom is GB)"
    )


def test_faults_of_the_header_do_not_hide_those_of_the_rows() -> None:
    content = b"name;email;phon;slack_user;workspace;company;practices\nAnna;anna@;;;;;Praxis am Markt\n"
    with pytest.raises(FileRefused) as refused:
        read_sheet(Kind.PEOPLE, content, "people.csv")
    assert [(fault.line, fault.column) for fault in refused.value.faults] == [
        (1, "phon"),
        (1, "phone"),
        (2, "email"),
    ]


def test_a_second_manufacturer_is_a_fault() -> None:
    first = {**COMPANY, "role": "manufacturer"}
    second = {**first, "slug": "other", "contact_email": "x@other.example"}
    (found,) = faults(Kind.COMPANIES, first, second)
    assert found.startswith('companies.csv:3 role "manufacturer": line 2 (nord-dental)')


def test_the_same_contact_twice_and_a_line_that_adds_nothing_are_faults() -> None:
    found = faults(Kind.COMPANIES, COMPANY, COMPANY, {"slug": "nord-dental"})
    assert [text.split(":")[1] for text in found] == [
        '3 contact_email "tom@nord-dental.example"',
        '4 slug "nord-dental"',
    ]


def test_a_contact_needs_a_name_and_a_way_to_be_reached() -> None:
    nothing = {"contact_name": "", "contact_email": "", "contact_phone": ""}
    assert cell(Kind.COMPANIES, "contact_slack", "", **nothing) == ""
    assert "no name" in faults(Kind.COMPANIES, {**COMPANY, "contact_name": ""})[0]
    unreachable = {**COMPANY, **nothing, "contact_slack": "", "contact_name": "Tom"}
    assert "nobody can reach" in faults(Kind.COMPANIES, unreachable)[0]


@pytest.mark.parametrize(
    ("column", "value", "proper"),
    [
        ("role", "Distributor", "distributor"),
        ("country", "de", "DE"),
        ("subdivision", "DE-SN", "SN"),
        ("languages", "DE, en", "de en"),
        ("vat_id", "136 695 976", "DE136695976"),
        ("vat_id", "ATU 13585627", "ATU13585627"),
        ("charge", "", "unknown"),
        ("charge_note", "EUR 180\na year", "EUR 180 a year"),
        ("contact_email", "Tom@Nord-Dental.example", "tom@nord-dental.example"),
        ("contact_slack", "#Support-Nord", "#support-nord"),
        ("contact_slack", "T012AB/U345CD", "T012AB/U345CD"),
        ("contact_public", "", "yes"),
        ("contact_public", "Nein", "no"),
        ("contact_public", "FALSCH", "no"),
        ("opening_hours", "", ""),
    ],
)
def test_a_company_cell_is_read_in_its_proper_form(column: str, value: str, proper: str) -> None:
    assert cell(Kind.COMPANIES, column, value) == proper


@pytest.mark.parametrize(
    ("column", "value", "remedy"),
    [
        ("slug", "", "this cell is empty: fill it"),
        ("name", "x" * 81, "80 are shown"),
        ("role", "", "this cell is empty: fill it"),
        ("subdivision", "XX", "use one of BB, BE, BW"),
        ("time_zone", "Europe/Berln", "use Europe/Berlin"),
        ("languages", "de fr", "use de, en"),
        ("website", "https://a|b.example", "https://www.example.com"),
        ("vat_id", "DE123456789", "check digit"),
        ("charge_note", "", "say here in words"),
        ("contact_phone", "4.9E+11", "as text"),
        ("contact_slack", "tom", "@handle or #channel"),
        ("contact_public", "maybe", "write yes or no"),
    ],
)
def test_a_wrong_company_cell_is_refused_with_a_remedy(column: str, value: str, remedy: str) -> None:
    assert remedy in fault(Kind.COMPANIES, column, value, charge="other", charge_note="by the hour")


@pytest.mark.parametrize("kind", [Kind.COMPANIES, Kind.PRACTICES])
@pytest.mark.parametrize(
    ("value", "country", "proper"),
    [
        ("136 695 976", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("CHE107787577MWST", "CH", "CHE-107.787.577 MWST"),
        ("980 7806 84", "GB", "GB980780684"),
        ("995 525 828 MVA", "NO", "NO995525828MVA"),
        ("CHE-107.787.577 MWST", "DE", "CHE-107.787.577 MWST"),
    ],
)
def test_companies_and_practices_have_their_vat_ids_checked_alike(
    kind: Kind, value: str, country: str, proper: str
) -> None:
    assert cell(kind, "vat_id", value, country=country, subdivision="") == proper


@pytest.mark.parametrize("kind", [Kind.COMPANIES, Kind.PRACTICES])
@pytest.mark.parametrize(
    ("value", "country"),
    [("DE136695977", "DE"), ("CHE-107.787.578 MWST", "CH"), ("GB980780685", "GB"), ("995525829MVA", "NO")],
)
def test_a_vat_id_with_a_wrong_check_digit_is_refused(kind: Kind, value: str, country: str) -> None:
    assert "check digit" in fault(kind, "vat_id", value, country=country, subdivision="")


@pytest.mark.parametrize(
    ("name", "length"), [("Praxis Dr.", 10), ("x" * 80, 80), ("Praxis Mu\u0308ller", 13)]
)
def test_a_practice_name_has_10_to_80_characters(name: str, length: int) -> None:
    assert len(cell(Kind.PRACTICES, "name", name)) == length


@pytest.mark.parametrize("name", ["Praxis Dr", "x" * 81, "Praxis am|Markt", "Praxis am\nMarkt"])
def test_a_practice_name_that_no_licence_has_is_refused(name: str) -> None:
    fault(Kind.PRACTICES, "name", name)


def test_practice_names_that_differ_in_capitals_are_two_practices() -> None:
    sheet = read(Kind.PRACTICES, PRACTICE, {**PRACTICE, "name": "Kieferorthopädie am MARKT"})
    assert isinstance(sheet, PracticeSheet)
    assert len(sheet.entries) == 2


def test_a_practice_stands_in_the_file_once() -> None:
    assert "line 2 has it already" in faults(Kind.PRACTICES, PRACTICE, PRACTICE)[0]


@pytest.mark.parametrize("domain", ["gmail.com", "gmx.de", "WEB.DE", "t-online.de", "mail.gmx.net"])
def test_a_public_mail_domain_tells_nothing_and_is_refused_with_the_reason(domain: str) -> None:
    assert "anybody can have an address" in fault(Kind.PRACTICES, "email_domains", f"kfo.example {domain}")


def test_domains_and_channels_may_be_several() -> None:
    assert (
        cell(Kind.PRACTICES, "email_domains", "@kfo.example, Abc.example;kfo.example")
        == "abc.example kfo.example"
    )
    assert cell(Kind.PRACTICES, "channels", "#Kfo C012AB #kfo") == "#kfo C012AB"


def test_a_domain_and_a_channel_belong_to_one_practice() -> None:
    one = {**PRACTICE, "email_domains": "kfo.example", "channels": "#kfo"}
    found = faults(Kind.PRACTICES, one, {**one, "name": "Another practice"})
    assert [text.split(": ")[0] for text in found] == [
        'practices.csv:3 email_domains "kfo.example"',
        'practices.csv:3 channels "#kfo"',
    ]


def test_a_person_belongs_to_a_company_or_to_practices() -> None:
    assert "not to both" in fault(Kind.PEOPLE, "practices", "Praxis am Markt", company="nord-dental")
    assert "belongs nowhere" in fault(Kind.PEOPLE, "practices", "")
    assert (
        cell(Kind.PEOPLE, "practices", " Zahn am Ring|Praxis am Markt | ") == "Praxis am Markt | Zahn am Ring"
    )


def test_a_person_is_recognisable_in_slack() -> None:
    assert "nothing tells who" in fault(Kind.PEOPLE, "slack_user", "", email="")
    assert "only within a workspace" in fault(Kind.PEOPLE, "workspace", "", slack_user="U012AB")
    assert cell(Kind.PEOPLE, "slack_user", "U012AB", workspace="T012AB", email="") == "U012AB"


def test_a_person_of_two_workspaces_has_a_line_for_each() -> None:
    one = {**PERSON, "slack_user": "U1AB", "workspace": "T1AB"}
    sheet = read(Kind.PEOPLE, one, {**one, "workspace": "T2AB"})
    assert isinstance(sheet, PeopleSheet)
    assert len(sheet.entries) == 2
    assert "the same person" in faults(Kind.PEOPLE, one, one)[0]
    assert "the same person" in faults(Kind.PEOPLE, one, PERSON)[0]
