import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.matching.normalise import MAX_CHARACTERS, MAX_WORDS, fold, plain_text, split_words


def words(message: str) -> tuple[str, ...]:
    return split_words(plain_text(message))


@pytest.mark.parametrize(
    "spelling", ["Schlüssel für Größe", "Schluessel fuer Groesse", "Schlussel fur Grosse"]
)
def test_umlauts_meet_however_they_are_typed(spelling: str) -> None:
    assert words(spelling) == ("schlussel", "fur", "grosse")


def test_a_decomposed_umlaut_is_the_same_letter() -> None:
    assert words(unicodedata.normalize("NFD", "Übergabe")) == words("Übergabe")


@pytest.mark.parametrize(
    ("message", "seen"),
    [
        ("<@U04KJ2> the key", "the key"),
        ("<#C01|support> the key", "the key"),
        ("<!here> the key", "the key"),
        ("see <https://onyxwiki.net|the wiki>", "see the wiki"),
        ("see <https://onyxwiki.net>", "see"),
        ("see https://onyxwiki.net/x now", "see now"),
        ("R&amp;D &lt;key&gt;", "R&D <key>"),
        ("&gt; Program is not activated\nwhy?", "Program is not activated\nwhy?"),
        ("> quoted\n> twice", "quoted\ntwice"),
        ("done :tada: :+1::skin-tone-3:", "done"),
        ("re\u200bstore \u202ethe\u202c data", "restore the data"),
        ("a   b\t c\n\n \n d", "a b c\nd"),
    ],
)
def test_a_reader_sees_no_markup(message: str, seen: str) -> None:
    assert plain_text(message) == seen


def test_bold_code_and_punctuation_do_not_change_the_words() -> None:
    assert words("*restore* the `database`, _please_!!!") == ("restore", "the", "database", "please")


def test_an_apostrophe_joins_its_word() -> None:
    assert words("can't") == words("cant") == words("can’t")


def test_drawn_out_letters_are_cut_to_two() -> None:
    assert words("heeeelp") == words("heelp")


def test_only_the_beginning_of_an_endless_message_counts() -> None:
    endless = "wort " * 10_000
    assert len(plain_text(endless)) <= MAX_CHARACTERS
    assert len(words("a " * 5_000)) == MAX_WORDS


@given(st.text())
def test_words_are_folded_once_and_for_all(message: str) -> None:
    for word in words(message):
        assert word
        assert not word.isspace()
        assert word == word.casefold()


@given(st.text(max_size=200))
def test_case_makes_no_difference_to_german_and_english(message: str) -> None:
    letters = "".join(character for character in message if character in "abcäöüßÄÖÜ XYZ-.,")
    assert words(letters.upper()) == words(letters.lower())


@given(st.text(alphabet="aeouäöüß "))
def test_folding_leaves_no_umlaut(text: str) -> None:
    assert set(fold(text)) <= set("aeous ")
