from typing import Any

import pytest
from msgspec.structs import replace

from bot.domain.learning import (
    BARELY_SURE,
    AskedBefore,
    LearnedPhrase,
    Reason,
    place_of,
    reason_for,
    suggestions,
    unwritten,
    with_learned,
)
from bot.domain.manners import Reaction
from bot.domain.scheme import Language
from tests.domain.matching.small import BACKUP, RESTORE, small_scheme

EN, DE = Language.EN, Language.DE
BACKUP_ID, RESTORE_ID = BACKUP.id, RESTORE.id


def question(
    number: int = 1, text: str | None = "bring back what we had last week", **changes: Any
) -> AskedBefore:
    """Return a question answered with the backup, missed, for which the restore was picked then."""
    whole = AskedBefore(
        question_id=number,
        text=text,
        language=EN,
        reaction=Reaction.ANSWER,
        candidates=(BACKUP_ID, RESTORE_ID),
        score=0.9,
        topic=RESTORE_ID,
        outcome="picked",
    )
    return replace(whole, **changes)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, Reason.MISSED),
        ({"outcome": "solved"}, Reason.MISSED),
        ({"reaction": Reaction.CHOOSE}, Reason.UNSURE),
        ({"reaction": Reaction.PICK}, Reason.UNKNOWN),
        ({"reaction": Reaction.PICK, "outcome": "", "topic": None}, Reason.UNKNOWN),
        ({"outcome": "missed", "topic": None}, Reason.MISSED),
        ({"outcome": "solved", "topic": BACKUP_ID, "score": BARELY_SURE - 0.01}, Reason.BARELY),
    ],
)
def test_a_question_is_suggested_for_a_reason(changes: dict[str, Any], reason: Reason) -> None:
    assert reason_for(question(**changes)) is reason


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "solved", "topic": BACKUP_ID, "score": BARELY_SURE},
        {"outcome": "", "topic": BACKUP_ID},
        {"reaction": Reaction.CHOOSE, "outcome": "", "topic": None},
        {"text": None},
        {"text": "  "},
        {"text": "?! 👍"},
    ],
    ids=["surely solved", "answered, nobody said", "choice left alone", "text forgotten", "empty", "no word"],
)
def test_a_question_that_teaches_nothing_is_not_suggested(changes: dict[str, Any]) -> None:
    assert reason_for(question(**changes)) is None
    assert suggestions([question(**changes)], small_scheme()) == ()


def test_nearly_the_same_wording_is_one_suggestion_named_by_the_first() -> None:
    (found,) = suggestions(
        [
            question(9, "what we had last week: bring back!"),
            question(4, "Bring back what we\nhad last week"),
            question(7, "bring back what we hadd last week"),
        ],
        small_scheme(),
    )
    assert (found.id, found.question_ids) == (4, (4, 7, 9))
    assert found.text == "Bring back what we had last week"


def test_other_wording_another_topic_and_another_language_stay_apart() -> None:
    found = suggestions(
        [
            question(1),
            question(2, "our x-rays have vanished"),
            question(3, topic=BACKUP_ID, reaction=Reaction.PICK),
            question(4, language=DE),
        ],
        small_scheme(),
    )
    assert [suggestion.question_ids for suggestion in found] == [(3,), (1,), (2,), (4,)]


def test_the_most_frequent_comes_first_and_what_has_no_topic_last() -> None:
    found = suggestions(
        [
            question(1, "zzz what is this", topic=None, outcome="missed"),
            question(2, "our x-rays have vanished"),
            question(3),
            question(4),
        ],
        small_scheme(),
    )
    assert [(suggestion.id, suggestion.topic) for suggestion in found] == [
        (3, RESTORE_ID),
        (2, RESTORE_ID),
        (1, None),
    ]


def test_a_topic_that_is_no_more_has_to_be_said_anew() -> None:
    (found,) = suggestions([question(topic="abolished")], small_scheme())
    assert found.topic is None


def test_what_the_topic_knows_already_is_left_out() -> None:
    assert suggestions([question(text="Hello, the database is damaged!")], small_scheme()) == ()


def test_what_resembles_something_refused_is_left_out() -> None:
    refused = ["what we had last week, bring back"]
    assert suggestions([question()], small_scheme(), refused) == ()
    assert suggestions([question(text="our x-rays have vanished")], small_scheme(), refused) != ()


def test_learned_phrases_stand_behind_those_of_the_files() -> None:
    scheme = small_scheme()
    merged = with_learned(scheme, [LearnedPhrase(RESTORE_ID, EN, "bring it back")])
    assert merged.topic(RESTORE_ID).phrases[EN] == (*RESTORE.phrases[EN], "bring it back")
    assert merged.topic(RESTORE_ID).phrases[DE] == RESTORE.phrases[DE]
    assert merged.topic(BACKUP_ID) == BACKUP


@pytest.mark.parametrize(
    "phrase",
    [
        LearnedPhrase(RESTORE_ID, EN, "The Database is damaged"),
        LearnedPhrase(BACKUP_ID, EN, "the database is damaged"),
        LearnedPhrase(BACKUP_ID, EN, "see you tomorrow"),
        LearnedPhrase("abolished", EN, "bring it back"),
    ],
    ids=["pasted", "pasted elsewhere", "not support", "no such topic"],
)
def test_the_files_win_over_what_was_learned(phrase: LearnedPhrase) -> None:
    assert with_learned(small_scheme(), [phrase]) == small_scheme()
    assert unwritten(small_scheme(), [phrase]) == ()


def test_a_phrase_learned_twice_counts_once() -> None:
    twice = [LearnedPhrase(RESTORE_ID, EN, "bring it back"), LearnedPhrase(BACKUP_ID, EN, "Bring it back")]
    assert unwritten(small_scheme(), twice) == (twice[0],)


def test_the_place_of_a_phrase_is_told_whatever_its_capitals() -> None:
    assert place_of(small_scheme(), EN, "THE DATABASE IS DAMAGED") == RESTORE_ID
    assert place_of(small_scheme(), EN, "see you tomorrow") == "not-support"
    assert place_of(small_scheme(), DE, "see you tomorrow") is None
