import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from bot.domain.matching.match import Decision
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.phrases import phrases_of
from bot.domain.matching.place import ADDRESSED, CHANNEL, Place
from bot.domain.matching.words import compile_words
from bot.domain.scheme import Language, Topic
from tests.domain.matching import reference
from tests.domain.matching.hostile import HOSTILE
from tests.domain.matching.small import (
    BACKUP,
    EN,
    NOT_SUPPORT,
    TOPICS,
    small_matcher,
    small_model,
    small_scheme,
)

_vocabulary = st.sampled_from(
    [
        "backup",
        "the",
        "database",
        "restore",
        "Sicherung",
        "zurückspielen",
        "datenbnk",
        "wiederherstelen",
        "lunch",
        "Version",
        "zahn",
        "qwxyz",
        "1433",
        "update,",
        "updaet!",
        "*NAS*",
        "<@U1>",
        ":tada:",
        "ÜBERGABE",
        "ok",
    ]
)
_messages = st.one_of(st.text(max_size=80), st.lists(_vocabulary, max_size=12).map(" ".join))


@given(_messages)
@example("")
@example("restore restore restore the the backup")
def test_the_fast_path_agrees_with_the_obvious_one(text: str) -> None:
    model = small_model()
    reading = model.read(text)
    expected = reference.probabilities(model, text)
    for place, name in enumerate(model.classes):
        assert reading.probabilities[place] == pytest.approx(expected[name], abs=1e-4)


@given(_messages)
def test_the_explaining_phrase_is_the_one_that_resembles_most(text: str) -> None:
    phrases = phrases_of(small_scheme())
    likeness = reference.resemblances(small_model(), text, [phrase.text for phrase in phrases])
    reading = small_matcher().read(text)
    for topic in TOPICS:
        nearest = small_matcher().nearest_phrase(topic.id, reading)
        of_topic = [
            (value, phrase.text)
            for value, phrase in zip(likeness, phrases, strict=True)
            if phrase.label == topic.id
        ]
        most = max(value for value, _ in of_topic)
        assert any(phrase == nearest and value == pytest.approx(most, abs=1e-4) for value, phrase in of_topic)


@given(_messages)
def test_what_is_matched_at_once_is_matched_no_differently(text: str) -> None:
    matcher = small_matcher()
    assert (matcher.match_at_once(text) == matcher.match(text)) == matcher.is_clear(matcher.read(text))


def test_a_long_message_is_not_matched_at_once() -> None:
    backup = "how do I back up the database?"
    assert small_matcher().match_at_once(backup) is not None
    assert small_matcher().match_at_once(backup + " " * 500) is None


@given(_messages)
def test_every_message_gets_a_well_formed_match(text: str) -> None:
    match = small_matcher().match(text)
    scores = [candidate.score for candidate in match.candidates]
    assert [candidate.topic for candidate in match.candidates] == list(
        dict.fromkeys(candidate.topic for candidate in match.candidates)
    )
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert 0 <= match.support <= 1
    assert sum(scores) <= match.support + 1e-4
    assert not (match.clinical and match.decision is not Decision.SILENT)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.id)
@pytest.mark.parametrize("language", Language)
def test_a_phrase_of_its_own_finds_its_topic_and_is_the_reason(topic: Topic, language: Language) -> None:
    for phrase in topic.phrases[language]:
        found = small_matcher().match(phrase)
        assert found.candidates[0].topic == topic.id
        assert small_matcher().nearest_phrase(topic.id, small_matcher().read(phrase)) == phrase


@pytest.mark.parametrize(
    ("message", "topic"),
    [
        (
            "Hi all, how do I *back up* the <https://x.example|database>?\nBest regards\nTom",
            "database-backup",
        ),
        ("nightly bakup faild", "database-backup"),
        ("datenbnk wiederherstellen", "database-restore"),
        ("DATENBANK BESCHAEDIGT", "database-restore"),
        ("neue version instalieren", "software-update"),
        ("gibt es eine schulung", "user-support"),
    ],
)
def test_typos_markup_courtesy_and_capitals_do_not_hide_the_topic(message: str, topic: str) -> None:
    assert small_matcher().match(message).candidates[0].topic == topic


@pytest.mark.parametrize("message", NOT_SUPPORT[EN])
def test_what_is_no_question_gets_silence_and_candidates_all_the_same(message: str) -> None:
    match = small_matcher().match(message)
    assert match.decision is Decision.SILENT
    assert match.topic is None
    assert len(match.candidates) == len(TOPICS)


@pytest.mark.parametrize("message", ["", "   ", "😂😂😂", "12345", "???", "<@U1>", "Жук", "qqqq xxxx"])
def test_what_says_nothing_known_gets_silence(message: str) -> None:
    match = small_matcher().match(message)
    assert match.decision is Decision.SILENT
    assert match.support == 0
    assert match.language is None


def test_a_clinical_question_is_recognised_and_not_answered() -> None:
    match = small_matcher().match("should this tooth be extracted?")
    assert match.clinical
    assert match.decision is Decision.SILENT


def where(chatter_odds: float) -> Place:
    return replace(CHANNEL, chatter_odds=chatter_odds)


@given(_messages, st.floats(1, 100))
def test_where_chatter_is_commoner_no_message_seems_more_of_a_question(text: str, odds: float) -> None:
    reading = small_matcher().read(text)
    usual, chatty = small_matcher().judge(reading, where(1.0)), small_matcher().judge(reading, where(odds))
    assert chatty.support <= usual.support + 1e-6
    if usual.decision is Decision.SILENT:
        assert chatty.decision is Decision.SILENT


def test_a_doubtful_message_is_answered_or_not_by_how_common_chatter_is() -> None:
    reading = small_matcher().read("the backup thing again, see you tomorrow")
    assert small_matcher().judge(reading, where(0.01)).decision is not Decision.SILENT
    assert small_matcher().judge(reading, where(100.0)).decision is Decision.SILENT


def test_who_addresses_the_bot_is_sooner_believed_to_ask() -> None:
    doubtful = "a copy"
    assert small_matcher().match(doubtful, CHANNEL).decision is Decision.SILENT
    assert small_matcher().match(doubtful, ADDRESSED).decision is not Decision.SILENT


@given(_messages)
def test_a_question_is_as_clinical_to_the_bot_as_in_the_channel(text: str) -> None:
    assert small_matcher().match(text, ADDRESSED).clinical is small_matcher().match(text, CHANNEL).clinical


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("how do I restore the database", Language.EN),
        ("wie stelle ich die Datenbank wieder her", Language.DE),
        ("ok", None),
    ],
)
def test_the_language_is_that_of_the_message(message: str, language: Language | None) -> None:
    assert small_matcher().match(message).language is language


def test_a_scheme_without_phrases_against_it_still_matches() -> None:
    scheme = small_scheme(not_support={}, clinical={})
    match = Matcher(scheme, compile_words(scheme)).match("restore the database")
    assert match.candidates[0].topic == "database-restore"
    assert match.support == pytest.approx(1.0)
    assert not match.clinical


def test_a_scheme_of_one_topic_still_matches() -> None:
    scheme = small_scheme(BACKUP, not_support={}, clinical={})
    match = Matcher(scheme, compile_words(scheme)).match("nightly backup")
    assert match.topic == "database-backup"


def test_a_scheme_without_topics_is_refused() -> None:
    scheme = small_scheme()
    empty = type(scheme)(scheme.source, "", {}, {}, {}, {}, ())
    with pytest.raises(ValueError, match="no topic"):
        compile_words(empty)


def test_compiling_twice_gives_the_same_decisions() -> None:
    again = Matcher(small_scheme(), compile_words(small_scheme()))
    for phrase in phrases_of(small_scheme()):
        assert again.match(phrase.text) == small_matcher().match(phrase.text)


def test_threads_share_a_matcher() -> None:
    messages = [phrase.text for phrase in phrases_of(small_scheme())] * 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(small_matcher().match, messages)) == [small_matcher().match(m) for m in messages]


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_message_costs_no_more_than_a_long_one(kind: str) -> None:
    small_matcher().match("warm up")
    long = "how do I back up the database of the practice before the update runs tonight? " * 40
    both = [(_seconds(HOSTILE[kind]), _seconds(long)) for _ in range(8)]
    assert min(hostile for hostile, _ in both) < 3 * min(ordinary for _, ordinary in both)


def _seconds(message: str) -> float:
    started = time.thread_time()
    small_matcher().match(message)
    return time.thread_time() - started
