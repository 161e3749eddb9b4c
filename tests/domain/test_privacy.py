"""Who a patient is: what is noticed, and what a support channel is full of and must not be taken for it."""

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.given_names import is_given_name
from bot.domain.privacy import EARLIEST, YOUNGEST, names_patient

TODAY = date(2026, 11, 24)


def notices(text: str, *, has_image: bool = False) -> bool:
    return names_patient(text, has_image=has_image, today=TODAY)


@pytest.mark.parametrize(
    "text",
    [
        "Die Bilder von Anna Müller, geb. 12.03.2010, fehlen nach dem Update",
        "anna müller geb 12.3.2010 lässt sich nicht öffnen",
        "Bei Max Mustermann (geboren am 12. März 2011) fehlt die Auswertung",
        "Müller, Anna, *12.03.2010: Röntgenbild weg",
        "Müller, Anna (* 12.03.2010)",
        "Patient Yilmaz 04.11.2009 ist doppelt angelegt",
        "Pat. Huber, 12.3.10, keine Bilder",
        "Patientin Lena Groß (2012-05-06) ist verschwunden",
        "beim Patienten Schneider, geb. 1.2.2008, stürzt es ab",
        "Frau Huber 12.03.1987 kann nicht exportiert werden",
        "Herr Krüger, Geburtsdatum: 30.06.1999",
        "Kind Ben Wagner 14.09.2016 doppelt",
        "*Anna Müller* 12.03.2010 fehlt",
        "Patient: Anna Müller\nGeburtsdatum: 12.03.2010\nFehler beim Öffnen",
        "geb. am 12.03.2010: Sophie Lang",
        "Zlatko Quandt, geb. 7.8.2001, fehlt in der Liste",
        "am 12.03.2010 geboren, Name Emma Roth",
        "Patient, geb. 12.03.2010, lässt sich nicht löschen",
        "Patientennummer 48213 öffnet nicht",
        "Pat.-Nr. 4711 ist leer",
        "Patienten-ID: AB-20931",
        "ＡＮＮＡ Müller, geb. 12.03.2010",
        "MÜLLER, Anna 12.03.2010",
        "Hans-Peter Kern, 1.10.2007",
        "Anna Maria Lindner-Voß 03.05.2009",
    ],
)
def test_a_patient_is_noticed_in_german(text: str) -> None:
    assert notices(text)


@pytest.mark.parametrize(
    "text",
    [
        "The images of Emily Clark, born March 12, 2010, are gone since the update",
        "john smith dob 03/12/2008 cannot be opened",
        "Patient Smith 12/03/2011 is there twice",
        "Mrs Jones, date of birth 4 July 1985, no ceph tracing",
        "Mr. O'Neill (DOB: 1990-05-06)",
        "patient Sarah Miller 12-Mar-2010",
        "Sarah Miller, 3/14/2010: photos missing",
        "pt. Baker, d.o.b. 6/7/2012",
        "our patient was moved, born on 12/03/2010, to the other server",
        "patient number 48213 does not load",
        "Patient ID: 20931 shows nothing",
        "patient no. 4711 is empty",
        "her son Noah 5 May 2015 is missing",
        "Jones, Oliver 2011-02-03 has no images",
    ],
)
def test_a_patient_is_noticed_in_english(text: str) -> None:
    assert notices(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-12 10:15:33 ERROR Connection refused by Server Main",
        "2019-03-12 10:15:33,123 [main] WARN Patient Import failed",
        "Anna Meier 12.03.2019 10:15: bitte Server neu starten",
        "Version 3.2.180 (12.03.2019) installiert",
        "OnyxCeph 4.0.12.2010 stürzt ab",
        "der Server ist 192.168.10.12, der Client 10.12.19.87",
        "Lizenz gültig bis 31.12.2027, Paket vom 01.04.2019",
        "Nord Dental hat die Lizenz am 12.03.2019 verlängert",
        "Image Instruments, 25.04.2024, Revision 3",
        "Rechnung Wartung 01.04.2020 ist falsch",
        "Backup Datenbank 12.03.2019 zurückspielen?",
        "Frau Meier hat am 12.03.2026 angerufen",
        "Herr Krause kommt am 30.11.2026 vorbei",
        "Patient Müller hatte am 12.03.2019 einen Termin, das Bild fehlt",
        "Patient Müller, 14.11.2026, 10 Uhr",
        "Anna Meier, 20.11.2026: Update eingespielt",
        "Termin für Patient Müller am 03.12.2026",
        "Das Feld Geburtsdatum nimmt 31.12.2010 nicht an",
        "Im Formular Geburtsdatum: 12.03.2010 wird rot",
        "Geburtsdatum zeigt 01.01.1970 bei jedem Patient",
        "Patient, geb. 24.12.2031, wird angenommen, obwohl das in der Zukunft liegt",
        "wir haben 1200 Patienten und 48213 Bilder",
        "PATIENT NOT FOUND 12.03.2010",
        "Patient Datenbank 12.03.2019 defekt",
        "Patienten-ID fehlt im Export",
        "* 12.03.2019 Backup\n* 13.03.2019 Update",
        "Sabine Krause von Nord Dental hat das Update gemacht",
        "Windows Server 2012-10-30 Patch",
        "Fehler 0x80070005 in Zeile 12.03",
        "Danke, Anna! Viele Grüße, Tom Berger",
    ],
)
def test_what_a_german_support_channel_is_full_of_is_no_patient(text: str) -> None:
    assert not notices(text)


@pytest.mark.parametrize(
    "text",
    [
        "Update to version 12.3.87 failed on the second PC",
        "the licence expires on 31 December 2026",
        "licence Nord Dental, March 12, 2019",
        "SQL Server 2012-03-12 hotfix",
        "ERROR 2019-03-12T10:15:33Z PatientService PatientId=0 null reference",
        "host 10.0.12.19:5432 does not answer since 11/12/2026",
        "appointment with Mrs Jones on 12/03/2018 cannot be printed",
        "Mark from Nord Dental was here on March 3, 2019",
        "Kind Regards, Support Team 12/03/2019",
        "On 12 March 2019, Anna Meier wrote: restart the server",
        "date of birth field rejects 12/31/2010",
        "the patient number limit of 5000 is reached",
        "patient no. 1 on our list of wishes",
        "the patient window stays empty since 2019-03-12",
        "child process 12.03.2010 exited",
        "John Smith, 11/20/2026: updated both PCs",
        "Release May 12, 2019",
    ],
)
def test_what_an_english_support_channel_is_full_of_is_no_patient(text: str) -> None:
    assert not notices(text)


@pytest.mark.parametrize(
    ("text", "is_noticed"),
    [
        ("Patient Müller sieht so aus", True),
        ("das Bild von Patientin Lena Groß ist schwarz", True),
        ("patient anna müller fehlt", True),
        ("OPG von Frau Huber ist schwarz", True),
        ("the x-ray of Emily is upside down", True),
        ("so sieht es bei Patient Bilder aus", False),
        ("Fehler beim Patient Import, siehe Bild", False),
        ("Frau Meier vom Support hat das geschickt", False),
        ("the patient window looks like this", False),
        ("Sabine Krause sagt, das sei normal", False),
        ("PATIENT NOT FOUND", False),
        ("wir exportieren alle Patienten, Onyx hängt dann", False),
        ("das neue Röntgengerät von Kaltmann sendet nichts", False),
        ("", False),
    ],
)
def test_beside_a_picture_a_patient_s_name_is_enough(text: str, is_noticed: bool) -> None:
    assert notices(text, has_image=True) is is_noticed
    assert not notices(text)


@given(st.dates(EARLIEST, TODAY))
def test_a_name_with_birth_words_is_noticed_for_every_day_until_today(day: date) -> None:
    for written in (f"{day:%d.%m.%Y}", day.isoformat(), f"{day:%m/%d/%Y}", f"{day:%d/%m/%Y}"):
        assert notices(f"Anna Müller, geb. {written}")
        assert notices(f"Emily Clark, born on {written}")


@given(st.dates(TODAY + timedelta(days=1), date(2099, 12, 31)))
def test_a_day_to_come_is_no_birth_date(day: date) -> None:
    assert not notices(f"Anna Müller, geb. {day:%d.%m.%Y}")
    assert not notices(f"Patient Müller {day.isoformat()}")


@given(st.dates(EARLIEST, TODAY))
def test_without_a_word_for_birth_only_a_day_long_ago_counts(day: date) -> None:
    assert notices(f"Anna Müller, {day:%d.%m.%Y}") is (day <= TODAY - YOUNGEST)


@given(st.dates(EARLIEST, TODAY))
def test_a_day_alone_is_never_a_patient(day: date) -> None:
    for written in (f"{day:%d.%m.%Y}", day.isoformat(), f"{day:%d %B %Y}"):
        assert not notices(written)
        assert not notices(f"Fehler seit {written} / error since {written}")


@given(st.tuples(*[st.integers(0, 255)] * 4))
def test_an_address_is_never_a_birth_date(parts: tuple[int, ...]) -> None:
    assert not notices(f"Anna Müller {'.'.join(map(str, parts))}")


@given(st.text(max_size=300), st.booleans())
def test_any_text_can_be_judged(text: str, has_image: bool) -> None:
    assert notices(text, has_image=has_image) in (True, False)


@pytest.mark.parametrize(
    "text",
    ["Patient " * 500, "Anna " * 800, "1.1.2010 " * 450, "geb. 1.1.3010" * 300, "*" * 4000, "12." * 1300],
)
def test_a_hostile_message_is_judged_quickly(text: str) -> None:
    begun = time.perf_counter()
    assert not notices(text, has_image=False)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize("name", ["Anna", "JÜRGEN", "juergen", "Zoë", "Hans-Peter", "Bjoern"])
def test_a_given_name_is_known_however_it_is_written(name: str) -> None:
    assert is_given_name(name)


@pytest.mark.parametrize("word", ["Nord", "Server", "will", "Praxis", ""])
def test_other_words_are_no_given_names(word: str) -> None:
    assert not is_given_name(word)
