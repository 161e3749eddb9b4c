import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.matching.spelling import Spelling, spelling_of

KNOWN = {
    "datenbank": 5,
    "wiederherstellen": 3,
    "server": 9,
    "serves": 1,
    "key": 4,
    "restore": 2,
    "port1433": 1,
    "that": 9,
    "chat": 2,
}
PAIRS = {"the chat", "that server"}


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return spelling_of(KNOWN, PAIRS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("datenbnk", "datenbank"),
        ("datnebank", "datenbank"),
        ("wiederherstelen", "wiederherstellen"),
        ("wiedrherstelen", "wiederherstellen"),
        ("srever", "server"),
        ("resotre", "restore"),
        ("hat", "that"),
        ("cht", "chat"),
    ],
)
def test_a_slip_is_repaired(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.repair([typed]) == (meant,)


@pytest.mark.parametrize("word", ["serves", "kay", "se", "ate", "rostere", "port1434", "zahnarzt"])
def test_what_is_known_short_numbered_or_far_stays(spelling: Spelling, word: str) -> None:
    assert spelling.repair([word]) == (word,)


def test_of_equally_near_words_the_commonest_is_meant(spelling: Spelling) -> None:
    assert spelling.repair(["servef"]) == ("server",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("the xhat", "the chat"), ("xhat server", "that server"), ("a xhat", "a that")],
)
def test_of_equally_near_words_the_one_known_beside_its_neighbours_is_meant(
    spelling: Spelling, typed: str, meant: str
) -> None:
    assert spelling.repair(typed.split()) == tuple(meant.split())


def test_no_more_than_ten_unknown_words_are_looked_at(spelling: Spelling) -> None:
    unknown = [f"fremd{letter}" for letter in "abcdefghij"]
    assert spelling.repair([*unknown, "srever"])[-1] == "srever"
    assert spelling.repair([*unknown[:9], "srever"])[-1] == "server"
    assert spelling.repair(["fremda"] * 20 + ["srever"])[-1] == "server"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("The srever, again?!", "The server, again?!"),
        ("DATENBNK wiederherstelen", "datenbank wiederherstellen"),
        ("Server, Datenbank: key", "Server, Datenbank: key"),
        ("the serves'r don't", "the serves'r don't"),
        ("", ""),
    ],
)
def test_a_sentence_keeps_all_but_its_slips(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.repair_sentence(typed) == meant


@given(st.text(alphabet="abdekrstvnüßéﬁ'’1 .,-", max_size=60))
def test_a_sentence_is_repaired_once_and_for_all(sentence: str) -> None:
    spelling = spelling_of(KNOWN)
    repaired = spelling.repair_sentence(sentence)
    assert len(repaired.split()) == len(sentence.split())
    assert spelling.repair_sentence(repaired) == repaired


@given(st.lists(st.text(alphabet="abdekrstvn1", max_size=12)))
def test_repair_keeps_the_number_of_words_and_known_words(words: list[str]) -> None:
    repaired = spelling_of(KNOWN).repair(words)
    assert len(repaired) == len(words)
    assert all(after == before or after in KNOWN for before, after in zip(words, repaired, strict=True))
