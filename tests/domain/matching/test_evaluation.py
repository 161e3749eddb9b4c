import numpy as np
import pytest

from bot.domain.matching.cross_validation import cross_validated
from bot.domain.matching.evaluation import already_learned, hear, judge, trade_offs, with_noise
from bot.domain.matching.figures import NONE, Labelled, figures
from bot.domain.matching.noise import Noise
from bot.domain.matching.phrases import phrases_of
from bot.domain.scheme import Language
from tests.domain.matching.small import EN, NOT_SUPPORT, TOPICS, small_matcher, small_scheme

PROVIDERS = {topic.id: topic.provider for topic in TOPICS}
MESSAGES = [
    *(Labelled(text, topic.id, language=EN) for topic in TOPICS for text in topic.phrases[EN]),
    *(Labelled(text, NONE, language=EN) for text in NOT_SUPPORT[EN]),
]


def test_messages_are_judged_in_their_order() -> None:
    outcomes = judge(hear(MESSAGES, small_matcher()), small_matcher())
    assert [outcome.message for outcome in outcomes] == MESSAGES
    assert [outcome.match for outcome in outcomes] == [small_matcher().match(m.text) for m in MESSAGES]


def test_noise_changes_the_text_and_nothing_else() -> None:
    worse = with_noise(MESSAGES, Noise.COURTESY, seed=1)
    assert [(message.label, message.language) for message in worse] == [
        (message.label, message.language) for message in MESSAGES
    ]
    assert all(after.text != before.text for before, after in zip(MESSAGES, worse, strict=True))
    assert worse == with_noise(MESSAGES, Noise.COURTESY, seed=1)


def test_expecting_more_chatter_gives_fewer_false_alarms_and_fewer_answers() -> None:
    messages = [*MESSAGES, Labelled("is the coffee machine of the training room broken", NONE)]
    points = trade_offs(hear(messages, small_matcher()), small_matcher(), PROVIDERS)
    alarms = [point.figures.false_alarm.hits for point in points]
    helped = [point.figures.helped.hits for point in points]
    assert alarms == sorted(alarms, reverse=True)
    assert helped == sorted(helped, reverse=True)
    assert alarms[0] > alarms[-1]
    assert helped[0] > helped[-1]


def test_messages_that_were_learned_are_counted() -> None:
    learned = Labelled("Nightly BACKUP failed!", TOPICS[0].id)
    assert already_learned([learned, Labelled("nightly copy failed", NONE)], small_scheme()) == 1
    assert already_learned([Labelled("👍", NONE)], small_scheme()) == 0


def test_every_phrase_is_judged_once_and_by_a_model_that_has_not_seen_it() -> None:
    heard = cross_validated(small_scheme(), small_matcher())
    phrases = phrases_of(small_scheme())
    assert [message.text for message, _ in heard] == [phrase.text for phrase in phrases]
    assert {message.label for message, _ in heard} == {*PROVIDERS, NONE}
    assert {message.language for message, _ in heard} == set(Language)
    for _, reading in heard:
        assert reading.probabilities.sum() == pytest.approx(1.0, abs=1e-5)
    unseen = figures(judge(heard, small_matcher()), PROVIDERS)
    known = hear([message for message, _ in heard], small_matcher())
    seen = figures(judge(known, small_matcher()), PROVIDERS)
    assert unseen.top1.value < seen.top1.value


def test_cross_validation_gives_the_same_every_time() -> None:
    first, second = (cross_validated(small_scheme(), small_matcher(), 3) for _ in range(2))
    for (_, left), (_, right) in zip(first, second, strict=True):
        np.testing.assert_array_equal(left.probabilities, right.probabilities)
