import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from bot.domain.maintenance.vat import VatTable
from bot.domain.scheme import Category, Language, Provider, Status, Text
from bot.files.knowledge import KnowledgeError, KnowledgeFault, read_knowledge
from bot.paths import shipped
from tests.builders import LEVEL_0_TOPICS, LEVEL_1_TOPICS, MAINTENANCE, TECHNICAL, USER_SUPPORT, scheme

Break = Callable[[Path], None]
BACKUP = "topics/database-backup.toml"
VAT = "vat.toml"

# ---- what is shipped -------------------------------------------------------------------------------


def test_the_shipped_scheme_has_the_18_topics() -> None:
    assert sorted(topic.id for topic in scheme().topics) == sorted(
        [*LEVEL_0_TOPICS, *LEVEL_1_TOPICS, MAINTENANCE, TECHNICAL, USER_SUPPORT]
    )
    assert len(scheme().topics) == 18


@pytest.mark.parametrize(
    ("topic_ids", "level", "provider", "category"),
    [
        (LEVEL_0_TOPICS, 0, Provider.DISTRIBUTOR, Category.TECHNICAL_SUPPORT),
        (LEVEL_1_TOPICS, 1, Provider.MANUFACTURER, Category.TECHNICAL_SUPPORT),
        ([MAINTENANCE], None, Provider.MANUFACTURER, Category.SOFTWARE_MAINTENANCE),
        ([TECHNICAL], None, Provider.DISTRIBUTOR, Category.TECHNICAL_SUPPORT),
        ([USER_SUPPORT], None, Provider.SUPPORT_PARTNER, Category.USER_SUPPORT),
    ],
)
def test_each_topic_is_on_its_level_with_its_provider(
    topic_ids: list[str], level: int | None, provider: Provider, category: Category
) -> None:
    for topic_id in topic_ids:
        topic = scheme().topic(topic_id)
        assert (topic.level, topic.provider, topic.category) == (level, provider, category)


@pytest.mark.parametrize("language", Language)
def test_every_topic_has_its_words_and_at_least_15_phrases_in_each_language(language: Language) -> None:
    for topic in scheme().topics:
        phrases = topic.phrases[language]
        assert len(phrases) >= 15, topic.id
        assert len({phrase.casefold() for phrase in phrases}) == len(phrases)
        assert all(text.in_(language).strip() for text in (topic.title, topic.answer, topic.next_step))


@pytest.mark.parametrize("language", Language)
def test_sentences_end_and_are_written_with_single_blanks(language: Language) -> None:
    texts = [text for topic in scheme().topics for text in (topic.answer, topic.next_step)]
    texts += [level.rule for level in scheme().levels.values()]
    texts += [fee.billing for fee in scheme().fees.values()]
    texts += [entry.content for entry in scheme().categories.values()]
    for text in texts:
        said = text.in_(language)
        assert said.endswith((".", "!", "?")), said
        assert said == " ".join(said.split())


def test_both_languages_say_something_of_their_own() -> None:
    for topic in scheme().topics:
        assert topic.answer.en != topic.answer.de
        assert topic.next_step.en != topic.next_step.de


def test_level_0_is_the_distributor_s_and_level_1_the_manufacturer_s() -> None:
    providers = {number: level.provider for number, level in scheme().levels.items()}
    assert providers == {0: Provider.DISTRIBUTOR, 1: Provider.MANUFACTURER}
    assert "first contact" in scheme().levels[0].rule.en
    assert scheme().manufacturer_name == "Image Instruments"


def test_maintenance_is_obligatory_and_the_other_two_are_optional() -> None:
    assert {category: entry.status for category, entry in scheme().categories.items()} == {
        Category.SOFTWARE_MAINTENANCE: Status.OBLIGATORY,
        Category.TECHNICAL_SUPPORT: Status.OPTIONAL,
        Category.USER_SUPPORT: Status.OPTIONAL,
    }


def test_maintenance_costs_99_euro_a_package_and_year_and_the_others_have_no_set_price() -> None:
    fee = scheme().fees[Category.SOFTWARE_MAINTENANCE]
    assert (fee.net_cents, fee.currency) == (9900, "EUR")
    assert fee.per is not None
    assert "licence package and year" in fee.per.en
    assert "remits it to Image Instruments" in fee.billing.en
    for category in (Category.TECHNICAL_SUPPORT, Category.USER_SUPPORT):
        assert scheme().fees[category].net_cents is None


def test_it_says_who_decides_about_prices_and_that_training_is_in_no_package() -> None:
    assert "vendor's own decision" in scheme().fees[Category.TECHNICAL_SUPPORT].billing.en
    training = scheme().fees[Category.USER_SUPPORT].billing
    assert "in no licence package" in training.en
    assert "requires training" in training.en
    assert "in keinem Lizenzpaket" in training.de


def test_the_source_is_a_fixed_revision_with_its_date() -> None:
    source = scheme().source
    assert source.revision == "1714023373"
    assert source.updated_on == date(2024, 4, 25)
    assert source.url.startswith("https://onyxwiki.net/")
    assert source.revision in source.url


@pytest.mark.parametrize("language", Language)
def test_it_knows_what_is_no_support_question_and_what_is_clinical(language: Language) -> None:
    assert len(scheme().not_support[language]) >= 100
    assert len(scheme().clinical[language]) >= 20


# ---- what is refused -------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped("knowledge"), tmp_path / "knowledge"))


def swapping(file: str, old: str, new: str) -> Break:
    def change(folder: Path) -> None:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def removing(file: str) -> Break:
    return lambda folder: (folder / file).unlink()


def writing(file: str, content: bytes) -> Break:
    def write(folder: Path) -> None:
        (folder / file).write_bytes(content)

    return write


def copying(source: str, target: str) -> Break:
    def copy(folder: Path) -> None:
        (folder / target).write_bytes((folder / source).read_bytes())

    return copy


def faults_of(folder: Path) -> list[KnowledgeFault]:
    with pytest.raises(KnowledgeError) as refused:
        read_knowledge(folder)
    assert str(refused.value) == "\n".join(str(fault) for fault in refused.value.faults)
    return refused.value.faults


BAD: dict[str, tuple[Break, str, str, str, str]] = {
    # what is done, then file, key, value, remedy
    "the scheme is missing": (removing("scheme.toml"), "scheme.toml", "", "", "missing from"),
    "a topic is missing": (removing(BACKUP), BACKUP, "", "", "the file is missing from"),
    "a key is missing": (
        swapping(BACKUP, 'provider = "distributor"\n', ""),
        BACKUP, "provider", "", "this key is missing: add it",
    ),
    "a language is missing": (
        swapping(BACKUP, "[answer]\nen = ", "[answer]\nfr = "),
        BACKUP, "answer.en", "", "this key is missing: add it",
    ),
    "a key is unknown": (
        swapping(BACKUP, "level = 0", 'level = 0\ncolour = "red"'),
        BACKUP, "colour", "'red'", "no such key is known",
    ),
    "a text is empty": (
        swapping(BACKUP, "[title]\nen = ", '[title]\nen = " " # '),
        BACKUP, "title.en", "' '", "this is empty: write it",
    ),
    "a number is a word": (
        swapping(BACKUP, "level = 0", 'level = "none"'), BACKUP, "level", "'none'", "valid integer",
    ),
    "a list is a text": (
        swapping("scheme.toml", "topics = [", 'topics = "all"\nothers = ['),
        "scheme.toml", "topics", "'all'", "valid tuple",
    ),
    "a level does not exist": (
        swapping(BACKUP, "level = 0", "level = 7"), BACKUP, "level", "7", "knows the levels 0, 1",
    ),
    "a level belongs to another provider": (
        swapping(BACKUP, "level = 0", "level = 1"),
        BACKUP, "provider", "distributor", "level 1 is provided by the manufacturer",
    ),
    "a provider is unknown": (
        swapping(BACKUP, 'provider = "distributor"', 'provider = "dealer"'),
        BACKUP, "provider", "'dealer'", "'distributor', 'manufacturer' or 'support-partner'",
    ),
    "a category is unknown": (
        swapping(BACKUP, 'category = "technical-support"', 'category = "helpdesk"'),
        BACKUP, "category", "'helpdesk'", "'technical-support'",
    ),
    "a category is not in the scheme": (
        swapping("scheme.toml", "[categories.user-support]", "[categories.other]"),
        "scheme.toml", "categories.other", "'other'", "'user-support'",
    ),
    "a fee has no currency": (
        swapping("scheme.toml", 'currency = "EUR"', 'currency = "Euro"'),
        "scheme.toml", "fees.software-maintenance.currency", "'Euro'", "pattern",
    ),
    "a fee is negative": (
        swapping("scheme.toml", "net_cents = 9900", "net_cents = -1"),
        "scheme.toml", "fees.software-maintenance.net_cents", "-1", "greater than or equal to 0",
    ),
    "a topic is not listed": (
        copying(BACKUP, "topics/archiving.toml"), "topics/archiving.toml", "", "", "add it to `topics`",
    ),
    "a phrase is repeated": (
        swapping(BACKUP, "en = [\n", 'en = [\n  "Black screen instead of the 3D model",\n'),
        "topics/troubleshooting.toml", "phrases.en.10", "'black screen instead of the 3D model'",
        f"the same phrase stands at {BACKUP}: phrases.en.0",
    ),
    "there are no phrases": (
        writing("clinical.toml", b"[phrases]\nen = []\nde = ['x']\n"),
        "clinical.toml", "phrases.en", "[]", "write at least one",
    ),
    "it is no TOML": (
        writing("not-support.toml", b"[phrases\n"), "not-support.toml", "", "", "no valid TOML",
    ),
    "a rate is negative": (
        swapping(VAT, "percent = 25.5", "percent = -1"),
        VAT, "rates.FI.1.percent", "-1", "greater than or equal to 0",
    ),
    "a rate is more than all": (
        swapping(VAT, "percent = 25.5", "percent = 100.5"),
        VAT, "rates.FI.1.percent", "100.5", "less than or equal to 100",
    ),
    "a rate is a word": (
        swapping(VAT, "percent = 25.5", 'percent = "25,5"'),
        VAT, "rates.FI.1.percent", "'25,5'", "per cent with a point, such as 19 or 25.5",
    ),
    "a rate is yes": (
        swapping(VAT, "percent = 25.5", "percent = true"),
        VAT, "rates.FI.1.percent", "True", "per cent with a point, such as 19 or 25.5",
    ),
    "a rate is endless": (
        swapping(VAT, "percent = 25.5", "percent = inf"),
        VAT, "rates.FI.1.percent", "inf", "finite number",
    ),
    "a rate is finer than can be charged": (
        swapping(VAT, "percent = 25.5", "percent = 25.555"),
        VAT, "rates.FI.1.percent", "25.555", "no more than 2 decimal places",
    ),
    "a rate's day is a text": (
        swapping(VAT, "since = 2024-09-01", 'since = "2024-09-01"'),
        VAT, "rates.FI.1.since", "'2024-09-01'", "a day without quotation marks, such as 2026-01-31",
    ),
    "a rate has an hour": (
        swapping(VAT, "since = 2024-09-01", "since = 2024-09-01T00:00:00"),
        VAT, "rates.FI.1.since", "datetime.datetime(2024, 9, 1, 0, 0)", "a day without quotation marks",
    ),
    "a rate has an end": (
        swapping(VAT, "{ since = 2024-09-01,", "{ until = 2030-01-01, since = 2024-09-01,"),
        VAT, "rates.FI.1.until", "datetime.date(2030, 1, 1)", "no such key is known",
    ),
    "rates are out of order": (
        swapping(VAT, "since = 2024-09-01", "since = 2012-12-31"),
        VAT, "rates.FI", "2012-12-31", "order the days, each once",
    ),
    "two rates hold from one day on": (
        swapping(VAT, "since = 2024-09-01", "since = 2013-01-01"),
        VAT, "rates.FI", "2013-01-01", "order the days, each once",
    ),
    "a country has no rate": (
        swapping(VAT, "BE = [{ since = 1996-01-01, percent = 21 }]", "BE = []"),
        VAT, "rates.BE", "[]", "write at least one",
    ),
    "a country is unknown": (
        swapping(VAT, "GB = [", "UK = ["), VAT, "rates.UK", "'UK'", "the United Kingdom is GB",
    ),
    "Greece has the letters of its VAT ids": (
        swapping(VAT, "GR = { since", "EL = { since"), VAT, "union.EL", "'EL'", "Greece is GR",
    ),
    "a country is written small": (
        swapping(VAT, "NO = [", "no = ["), VAT, "rates.no", "'no'", "in capitals: NO",
    ),
    "a member of the union has no rate": (
        swapping(VAT, "BE = [{", "NZ = [{"), VAT, "union", "BE", "add it to rates",
    ),
    "a membership ends before it begins": (
        swapping(VAT, "until = 2020-12-31", "until = 1992-12-31"),
        VAT, "union.GB", "1992-12-31", "correct since or until",
    ),
    "the rates are missing": (
        swapping(VAT, "[rates]", "[rate]"), VAT, "rates", "", "this key is missing: add it",
    ),
    "it is not UTF-8": (
        writing("clinical.toml", "[phrases]\nde = ['Zähne']\n".encode("cp1252")),
        "clinical.toml", "", "", "byte 18 is not UTF-8: save the file as UTF-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", BAD)
def test_bad_knowledge_is_refused_by_file_key_value_and_remedy(folder: Path, wrong: str) -> None:
    break_it, file, key, value, remedy = BAD[wrong]
    break_it(folder)
    fault = next((fault for fault in faults_of(folder) if (fault.file, fault.key) == (file, key)), None)
    assert fault is not None, faults_of(folder)
    assert fault.value == value
    assert remedy in fault.remedy
    assert all(part in str(fault) for part in (file, key, value, fault.remedy))


def test_every_fault_of_every_file_is_found_at_once(folder: Path) -> None:
    for wrong in ("a fee is negative", "it is no TOML", "it is not UTF-8"):
        BAD[wrong][0](folder)
    swapping("topics/activation.toml", "level = 0", 'level = "x"\nsize = 1')(folder)
    removing("topics/pms-interface.toml")(folder)
    assert {(fault.file, fault.key) for fault in faults_of(folder)} == {
        ("scheme.toml", "fees.software-maintenance.net_cents"),
        ("topics/activation.toml", "level"),
        ("topics/activation.toml", "size"),
        ("not-support.toml", ""),
        ("clinical.toml", ""),
    }
    swapping("scheme.toml", "net_cents = -1", "net_cents = 9900")(folder)
    swapping("topics/database-backup.toml", "level = 0", "level = 1")(folder)
    BAD["a topic is not listed"][0](folder)
    assert {
        ("topics/activation.toml", "level"),
        ("topics/pms-interface.toml", ""),
        ("topics/database-backup.toml", "provider"),
        ("topics/archiving.toml", ""),
        ("clinical.toml", ""),
    } <= {(fault.file, fault.key) for fault in faults_of(folder)}


@pytest.mark.parametrize(("length", "shown"), [(58, "x" * 58), (59, "x" * 56 + "...")])
def test_a_long_value_is_shown_by_its_beginning(folder: Path, length: int, shown: str) -> None:
    swapping(BACKUP, 'provider = "distributor"', f'provider = "{"x" * length}"')(folder)
    (fault,) = faults_of(folder)
    assert fault.value.strip("'") == shown


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert [fault.file for fault in faults_of(tmp_path)] == ["scheme.toml"]


def test_phrases_about_nothing_may_be_left_out(folder: Path) -> None:
    removing("not-support.toml")(folder)
    removing("clinical.toml")(folder)
    found = read_knowledge(folder)
    assert found.not_support == {}
    assert found.clinical == {}


def test_every_fault_of_the_vat_table_is_found_at_once(folder: Path) -> None:
    wrongs = {
        "a country is unknown": "rates.UK",
        "rates are out of order": "rates.FI",
        "a country has no rate": "rates.BE",
        "Greece has the letters of its VAT ids": "union.EL",
        "a membership ends before it begins": "union.GB",
    }
    for wrong in wrongs:
        BAD[wrong][0](folder)
    swapping(VAT, "percent = 7.7", "percent = -7.7")(folder)
    assert {(fault.file, fault.key) for fault in faults_of(folder)} == {
        *((VAT, key) for key in wrongs.values()),
        (VAT, "rates.CH.1.percent"),
    }


def test_without_a_vat_table_no_rate_is_known(folder: Path) -> None:
    removing(VAT)(folder)
    assert read_knowledge(folder).vat == VatTable({}, {})


def test_rates_are_read_to_the_hundredth_of_a_per_cent_from_numbers_and_texts(folder: Path) -> None:
    written = (
        "[rates]\nDE = [{ since = 2007-01-01, percent = 19 }, { since = 2030-01-01, percent = '19.25' }]\n"
        "FR = [{ since = 2014-01-01, percent = 0.29 }]\n"
        "[union]\nDE = { since = 1993-01-01 }\nFR = { since = 1993-01-01, until = 1993-01-01 }\n"
    )
    writing(VAT, written.encode())(folder)
    assert read_knowledge(folder).vat == VatTable(
        rates={
            "DE": ((date(2007, 1, 1), 1900), (date(2030, 1, 1), 1925)),
            "FR": ((date(2014, 1, 1), 29),),
        },
        union={"DE": (date(1993, 1, 1), None), "FR": (date(1993, 1, 1), date(1993, 1, 1))},
    )


def test_topics_come_in_the_order_of_the_scheme_file(folder: Path) -> None:
    swapping("scheme.toml", '"software-maintenance",\n', "")(folder)
    swapping("scheme.toml", '"user-support",', '"user-support", "software-maintenance",')(folder)
    assert [topic.id for topic in read_knowledge(folder).topics][-2:] == [
        "user-support",
        "software-maintenance",
    ]


def test_a_new_topic_needs_no_more_than_its_file_and_its_place(folder: Path) -> None:
    (folder / "topics/archiving.toml").write_text(
        'category = "technical-support"\nlevel = 1\nprovider = "manufacturer"\n'
        'title = { en = "Archiving", de = "Archivierung" }\n'
        'answer = { en = "We archive.", de = "Wir archivieren." }\n'
        'next_step = { en = "Call.", de = "Anrufen." }\n'
        'phrases = { en = ["put old patients away"], de = ["alte Patienten auslagern"] }\n',
        encoding="utf-8",
    )
    swapping("scheme.toml", '"user-support",', '"user-support", "archiving",')(folder)
    topic = read_knowledge(folder).topic("archiving")
    assert topic.title == Text("Archiving", "Archivierung")
    assert topic.phrases[Language.DE] == ("alte Patienten auslagern",)


def test_an_unknown_topic_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="teleport"):
        scheme().topic("teleport")
    assert not scheme().has_topic("teleport")
    assert scheme().has_topic("database-backup")
