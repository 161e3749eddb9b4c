from bot.domain.matching.effect import Effect, effect_of
from bot.domain.matching.phrases import CLINICAL, Phrase, phrases_of
from bot.domain.scheme import Language
from tests.domain.matching.small import BACKUP, NOT_SUPPORT, RESTORE, TRAINING, UPDATE, small_scheme

EN = Language.EN


def effect(text: str, label: str = RESTORE.id) -> Effect:
    return effect_of(small_scheme(), Phrase(text, EN, label), [BACKUP.id, UPDATE.id])


def test_every_phrase_of_the_touched_topics_counts_once_and_no_other() -> None:
    found = effect("bring our old records back")
    assert found.topic.total == len([p for p in phrases_of(small_scheme()) if p.label == RESTORE.id])
    labels = [p.label for p in phrases_of(small_scheme())]
    assert found.others.total == len(
        [label for label in labels if label not in (RESTORE.id, TRAINING.id, CLINICAL)]
    )
    assert sum(map(len, NOT_SUPPORT.values())) < found.others.total


def test_a_phrase_mislabelled_harms_the_topics_it_is_taken_from() -> None:
    texts = " ".join(text for text in BACKUP.phrases[EN])
    assert effect(texts).others.after < effect(texts).others.before


def test_a_phrase_of_words_that_nothing_else_has_changes_next_to_nothing() -> None:
    found = effect("qwertz")
    assert abs(found.topic.after - found.topic.before) <= 1


def test_the_same_phrase_has_the_same_effect() -> None:
    assert effect("bring our old records back") == effect("bring our old records back")


def test_a_phrase_helps_those_that_share_its_words() -> None:
    found = effect("recover the deleted patient")
    assert found.topic.after > found.topic.before


def test_what_was_before_does_not_depend_on_the_new_phrase() -> None:
    one, other = effect("recover the deleted patient"), effect("qwertz")
    assert (one.topic.before, one.others.before) == (other.topic.before, other.others.before)
