import unicodedata
from functools import cache

import numpy as np
import pytest

from bot.domain.matching.matcher import Matcher
from bot.domain.matching.meaning import (
    MAX_CHARACTERS,
    Meaning,
    MeaningModel,
    compile_meaning,
    parts_of,
    sentence_of,
    sentences_of,
    trust_in,
)
from bot.domain.matching.sparse import Floats
from tests.domain.matching.fakes import FakeEncoder
from tests.domain.matching.small import small_model, small_scheme

SAME = {"snapshot": "backup", "snapshots": "backup"}
UNCLEAR = "our snapshots of the patient data"


@cache
def small_meaning_model() -> MeaningModel:
    return compile_meaning(
        small_scheme(), small_model(), FakeEncoder(SAME).encode(sentences_of(small_scheme()))
    )


def small_meaning() -> tuple[Meaning, FakeEncoder]:
    encoder = FakeEncoder(SAME)
    return Meaning(small_meaning_model(), encoder, small_model().spelling), encoder


def matcher_with(meaning: Meaning | None) -> Matcher:
    return Matcher(small_scheme(), small_model(), meaning=lambda: meaning)


def clear_message() -> str:
    """Return the message that the small model is surest of: small models are sure of little."""
    matcher = matcher_with(None)
    return next(
        text for text in ("x", "zzz", *sentences_of(small_scheme())) if matcher.is_clear(matcher.read(text))
    )


def test_what_the_words_decide_is_not_asked() -> None:
    meaning, encoder = small_meaning()
    matcher_with(meaning).match(clear_message())
    assert encoder.asked == []


def test_what_they_do_not_decide_is_asked_once() -> None:
    meaning, encoder = small_meaning()
    matcher_with(meaning).match(UNCLEAR)
    assert encoder.asked == [UNCLEAR]


def test_a_match_says_whether_its_words_alone_decided() -> None:
    meaning, _ = small_meaning()
    assert matcher_with(meaning).match(UNCLEAR).is_by_meaning
    assert not matcher_with(meaning).match(clear_message()).is_by_meaning
    assert not matcher_with(None).match(UNCLEAR).is_by_meaning


def test_a_slip_is_mended_before_the_encoder_reads_it() -> None:
    meaning, encoder = small_meaning()
    meaning.weigh("restore the databse", small_model().read("restore the databse"))
    assert encoder.asked == ["restore the database"]


def test_neighbours_are_kept_as_a_file_keeps_them() -> None:
    directions = small_meaning_model().neighbours.directions
    np.testing.assert_array_equal(directions, directions.astype(np.float16).astype(np.float32))


def test_the_more_phrases_a_topic_has_the_more_its_neighbours_count() -> None:
    few, many = trust_in(10).shares, trust_in(400).shares
    assert few.neighbours < many.neighbours
    assert few.meaning > many.meaning


def test_what_a_message_means_changes_the_chances_and_not_the_language() -> None:
    meaning, _ = small_meaning()
    alone, both = matcher_with(None).match(UNCLEAR), matcher_with(meaning).match(UNCLEAR)
    assert [c.score for c in both.candidates] != [c.score for c in alone.candidates]
    assert both.language is alone.language


def test_while_there_is_no_meaning_words_decide_alone() -> None:
    assert matcher_with(None).match(UNCLEAR) == Matcher(small_scheme(), small_model()).match(UNCLEAR)


def test_the_chances_stay_chances() -> None:
    meaning, _ = small_meaning()
    for text in sentences_of(small_scheme()):
        probabilities = meaning.weigh(text, small_model().read(text)).probabilities
        assert probabilities.sum() == pytest.approx(1.0, abs=1e-4)
        assert (probabilities >= 0).all()


def test_the_same_phrases_teach_the_same() -> None:
    vectors = FakeEncoder(SAME).encode(sentences_of(small_scheme()))
    again = compile_meaning(small_scheme(), small_model(), vectors)
    np.testing.assert_array_equal(again.linear.weights, small_meaning_model().linear.weights)


def test_a_message_of_which_nothing_is_known_stays_silent_unasked() -> None:
    meaning, encoder = small_meaning()
    assert matcher_with(meaning).match("漢字").topic is None
    assert encoder.asked == []


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("Hi all,\nthe *server* is down :cry:\nBest regards\nAnna", "the *server* is down"),
        ("backup 😀😀 failed", "backup failed"),
        ("a\u0336b\u0336", "a b"),
        ("half \ud800 a character", "half a character"),
        ("", ""),
    ],
)
def test_what_is_encoded_is_what_was_said(message: str, sentence: str) -> None:
    assert sentence_of(message) == sentence


def test_only_the_beginning_of_a_long_message_is_encoded() -> None:
    sentence = sentence_of("the server does not answer " * 1_000)
    assert len(sentence) <= MAX_CHARACTERS
    assert unicodedata.is_normalized("NFKC", sentence)


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        (
            "The painters were here. Now my screen is black!",
            ("The painters were here.", "Now my screen is black!"),
        ),
        ("The server is down. Any ideas?", ()),
        ("port 16300, version 4.8.1 and nothing else", ()),
        ("", ()),
    ],
)
def test_a_story_has_parts_and_a_sentence_has_none(sentence: str, parts: tuple[str, ...]) -> None:
    assert parts_of(sentence) == parts


def test_no_message_has_more_than_five_parts() -> None:
    assert len(parts_of("It hangs once more. " * 100)) == 5


def test_parts_count_beside_the_whole_and_only_what_they_add_changes_anything() -> None:
    meaning, encoder = small_meaning()
    reading = small_model().read(UNCLEAR)
    whole, other = encoder.encode([UNCLEAR, "restore the database"])

    def weighed(*vectors: Floats) -> Floats:
        return meaning.model.weigh(reading, np.stack(vectors)).probabilities

    np.testing.assert_allclose(weighed(whole, whole, whole), weighed(whole), atol=1e-6)
    assert abs(weighed(whole, other) - weighed(whole)).max() > 0.01
