"""Who a patient is must not stand where others read along. Rather too little is noticed than too much.

Noticed is: a person's name with a birth date, a patient's name beside a picture, a patient number. A date is
taken for a birth date when words say so (born, geb., DOB), when it stands right behind a patient's name, or
right behind a full name and long enough ago. Dates of appointments, licences, logs and versions are neither.
"""

import re
import unicodedata
from datetime import date, timedelta
from itertools import islice

from bot.domain.given_names import is_given_name
from bot.domain.written_dates import WrittenDay, written_days

EARLIEST = date(1900, 1, 1)
NO_BIRTH = frozenset({date(1900, 1, 1), date(1970, 1, 1), date(1980, 1, 1)})
"""What programs show when they know no date; a birth date only beside a name."""
YOUNGEST = timedelta(days=2 * 365)
"""Without a word for birth, a younger date is rather an appointment's."""
_LONGEST = 8000
_MOST_DAYS = 100
"""How many signs and days of a message are looked at; nobody writes more, and it shall not take long."""
_CONTEXT = 80
"""How many signs around a date are looked at for the name."""

_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"
_GAP = r"[\s,;:(]{1,3}"
_PATIENT = r"\b(?:patient(?:in|en)?|pat\.|pt\.)"
_CHILD = r"\b(?:kind(?:es)?|sohn(?:es)?|tochter|child|son|daughter|boy|girl|schülers?|schülerin)"
_TITLE = r"\b(?:herrn?|hr\.|frau|fr\.|mr\.?|mrs\.?|ms\.?|miss|mister)"
_OF_PATIENT = re.compile(
    rf"{_PATIENT}[\s:(]{{1,3}}(?P<one>{_WORD})(?:{_GAP}(?P<two>{_WORD}))?", re.IGNORECASE
)
_OF_CHILD = re.compile(rf"{_CHILD}{_GAP}(?P<one>{_WORD})(?:{_GAP}(?P<two>{_WORD}))?", re.IGNORECASE)
_OF_TITLE = re.compile(rf"{_TITLE}[ ]{{1,2}}(?P<one>{_WORD})(?:[ ](?P<two>{_WORD}))?", re.IGNORECASE)
_PAIR = re.compile(rf"(?=(?<![^\W\d_])(?<![-'’])(?P<one>{_WORD})(?P<gap>,?[ ]{{1,2}})(?P<two>{_WORD}))")
_PATIENT_ALONE = re.compile(rf"{_PATIENT}(?!\w)", re.IGNORECASE)

_BORN = r"(?:geb(?:oren(?:e[rn]?)?)?|born|d\.?o\.?b)"
_BIRTH_DATE = r"(?:geb\.?-?\s?dat(?:um)?|geburtsdatum|geburtstag|date\s+of\s+birth|birth\s?-?date|birthday)"
_BORN_BEFORE = re.compile(
    rf"(?<!\w)(?:(?P<born>{_BORN})|{_BIRTH_DATE})\.?[\s:,=(-]{{0,3}}(?:am|on|is|ist|was|war)?[\s:]{{0,2}}\Z",
    re.IGNORECASE,
)
_BORN_AFTER = re.compile(r"[\s,(]{0,2}(?P<born>geb\.|geboren|born)(?!\w)", re.IGNORECASE)
_STAR_BEFORE = re.compile(r"[ ,;(]{1,3}\*[ ]?\Z")
_ADJACENT = re.compile(r"[ \t,;:(/–-]{1,4}\Z")
_EDGE = " \t\n,;:(/–-)"
_BOLD = re.compile(r"\*([^*\n]+)\*")
_NUMBER = re.compile(
    r"\bpat(?:ient(?:en)?|\.)?['’]?s?[ -]{0,2}(?:nummer|number|nr|no|num|id|identifier)(?![^\W\d_])\.?"
    r"[ ]?(?:ist|is|lautet|war|was)?[ ]?[:=#]{0,2}[ ]?(?!0+\b)(?=[A-Z]{0,3}[-/]?[0-9])[A-Z0-9/-]*[0-9]{3}",
    re.IGNORECASE,
)
_PICTURE_OF = re.compile(
    r"(?<!\w)(?:röntgen(?:bild(?:er)?|aufnahmen?)|opg|frs|dvt|cbct|x-?rays?|cephs?|cephalograms?|radiographs?|pano\w*|fernröntgen(?:seiten)?(?:bild|aufnahme)"
    r"|intraoral\w*)[ ](?:von|of|for|für|from)[ ](?:(?:herrn?|frau|mr\.?|mrs\.?|ms\.?|our|unserer?m?)[ ])?"
    rf"(?P<one>{_WORD})",
    re.IGNORECASE,
)

_TRADE = """
account akte akten alle am an and anlage ansicht at aus auswahl backup bei beim benutzer bild bilder bis
browser by cannot card case chart client could danke das data database datei dateien daten datenbank
datensatz dear dem demo den der detail details dialog did die does dokument dr dropdown dummy editor
eintrag entry error explorer export fehler fehlt feld fenster file files filter folder for form foto
fotos frage from für gelöscht greetings gruß grüße had hallo has hat have hello help here hi hier hilfe
history hotline im image images import in info interface is ist kann karte kartei kartenleser konnte
kontakt konto lassen licence license liebe lieber list liste lizenz login löschen management manager
maske menü mit modell modelle modul module must name namen neu neue new nicht not number nummer nutzer
oder of offen ohne on onyxceph open or ordner panel patient patienten patientin photo photos portal
praxis profil profile rechnung record records regards röntgenbild scan scans schon search seit server
service should sicherung since software soll stammdaten status study suche support system tab table team
termin test testpatient thanks the till to type und until update user version verwaltung vielen view
viewer visit vom von war was will window wird with wurde wurden x-ray zu zum
"""
_NOT_NAMES = frozenset(_TRADE.split())
_NOT_NAME_ENDINGS = (
    "ung", "heit", "keit", "tion", "bild", "bilder", "daten", "datei", "dateien", "liste", "nummer", "akte",
    "kartei", "karte", "fenster", "feld", "bank", "ordner", "import", "export", "server", "aufnahme", "modul",
    "ansicht", "maske", "suche", "modell", "verwaltung", "software",
)  # fmt: skip


def names_patient(text: str, *, has_image: bool, today: date) -> bool:
    """Say whether a message seems to tell who a patient is. `has_image`: a picture is attached to it."""
    text = _BOLD.sub(r"\1", unicodedata.normalize("NFKC", text)[:_LONGEST])
    return (
        _NUMBER.search(text) is not None
        or (has_image and _pictures_somebody(text))
        or any(_is_birth(text, day, today) for day in islice(written_days(text), _MOST_DAYS))
    )


def _pictures_somebody(text: str) -> bool:
    return _names_a_patient(text) or any(_may_be_name(found["one"]) for found in _PICTURE_OF.finditer(text))


def _is_birth(text: str, day: WrittenDay, today: date) -> bool:
    readings = [reading for reading in day.readings if EARLIEST <= reading <= today]
    if not readings:
        return False
    before, after = text[max(0, day.start - _CONTEXT) : day.start], text[day.end : day.end + _CONTEXT]
    word = _BORN_BEFORE.search(before)
    if word or _BORN_AFTER.match(after):
        before = before[: word.start()] if word else before
        is_verb = word is None or word["born"] is not None
        return _is_somebodys(before, after, is_verb=is_verb, is_day_telling=NO_BIRTH.isdisjoint(readings))
    star = _STAR_BEFORE.search(before)
    if star:
        return _ends_with_person(before[: star.start()]) or _borders_on_names(before[: star.start()], "")
    adjacent = _ADJACENT.search(before)
    if adjacent is None or day.has_time:
        return False
    before, is_old = before[: adjacent.start()], max(readings) <= today - YOUNGEST
    return is_old and (_ends_with_patient(before) or (not day.is_year_short and _ends_with_person(before)))


def _is_somebodys(before: str, after: str, *, is_verb: bool, is_day_telling: bool) -> bool:
    """Say whether a day that words call a birth date is told of a person.

    A label alone (`is_verb` is false) also stands in reports about an input field.
    """
    context = f"{before} . {after}"
    return (
        _names_a_patient(context)
        or any(_may_be_name(found["one"]) for found in _OF_TITLE.finditer(context))
        or any(_is_full_name(found, strictly=False) for found in _PAIR.finditer(context))
        or (is_verb and _borders_on_names(before, after))
        or (is_day_telling and _PATIENT_ALONE.search(context) is not None)
    )


def _borders_on_names(before: str, after: str) -> bool:
    """Say whether `before` ends, or `after` begins, with two words that may be somebody's name."""
    left, right = before.rstrip(_EDGE), after.lstrip(_EDGE)
    return any(
        found.end("two") == len(left) and _both_may_be_names(found) for found in _PAIR.finditer(left)
    ) or any(found.start("one") == 0 and _both_may_be_names(found) for found in _PAIR.finditer(right))


def _ends_with_person(before: str) -> bool:
    """Say whether the last words of `before` are somebody's name."""
    return (
        _ends_with_patient(before)
        or any(_ends(found, before) and _may_be_name(found["one"]) for found in _OF_TITLE.finditer(before))
        or any(
            _ends(found, before) and _is_full_name(found, strictly=True) for found in _PAIR.finditer(before)
        )
    )


def _ends_with_patient(before: str) -> bool:
    return any(
        _ends(found, before) and _is_patient_name(found) for found in _OF_PATIENT.finditer(before)
    ) or any(_ends(found, before) and _is_child_name(found) for found in _OF_CHILD.finditer(before))


def _ends(found: re.Match[str], text: str) -> bool:
    """Say whether a name of one or two words is the end of `text`."""
    one, two = found["one"], found["two"]
    if not two:
        return found.end("one") == len(text)
    is_name = not _is_common(two) and (two[0].isupper() or one[0].islower())
    return is_name and found.end("two") == len(text)


def _names_a_patient(text: str) -> bool:
    return any(_is_patient_name(found) for found in _OF_PATIENT.finditer(text)) or any(
        _is_child_name(found) for found in _OF_CHILD.finditer(text)
    )


def _is_patient_name(found: re.Match[str]) -> bool:
    """Say whether a name follows the word for a patient, in small letters too if it is a known one."""
    is_known = is_given_name(found["one"]) and bool(found["two"]) and not _is_common(found["two"])
    return is_known or _may_be_name(found["one"])


def _is_child_name(found: re.Match[str]) -> bool:
    return found["one"][0].isupper() and is_given_name(found["one"])


def _is_full_name(found: re.Match[str], *, strictly: bool) -> bool:
    """Say whether two words are given name and surname, in either order if a comma stands between.

    `strictly`: both begin with a capital.
    """
    one, two = found["one"], found["two"]
    if "," in found["gap"]:
        one, two = two, one
    if not is_given_name(one) or len(two) < 2 or _is_common(two):
        return False
    return not strictly or (one[0].isupper() and two[0].isupper())


def _both_may_be_names(found: re.Match[str]) -> bool:
    return _may_be_name(found["one"]) and _may_be_name(found["two"])


def _may_be_name(word: str) -> bool:
    """Say whether a word looks like a name: written like one, and no word of the trade."""
    return len(word) > 1 and word[0].isupper() and not word.isupper() and not _is_common(word)


def _is_common(word: str) -> bool:
    folded = word.casefold()
    return folded in _NOT_NAMES or any(
        folded.endswith(ending) and len(folded) > len(ending) + 4 for ending in _NOT_NAME_ENDINGS
    )
