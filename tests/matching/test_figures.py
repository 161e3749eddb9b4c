"""The gate: how good the matcher must be on messages that it has not learned from.

A figure that falls below its gate is a step back. Raise a gate when the matcher has become better for good;
never tune anything to these messages, or they prove nothing any more (see the README beside this file).
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.domain.matching.evaluation import hear, judge, with_noise
from bot.domain.matching.figures import LOWER_IS_BETTER, Figures, Labelled, figures
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.noise import Noise
from bot.domain.scheme import Language, SupportScheme
from bot.files.compiled import load_words
from bot.files.knowledge import read_knowledge
from bot.files.messages import read_labelled
from bot.paths import cache_folder, shipped

MESSAGES = Path(__file__).parent / "messages.jsonl"
NOISE_MAY_COST = 0.05
SEEDS = (1, 2, 3)
EVERYTHING = "all"

_NAMES = ("right", "helped", "top1", "top3", "wrong_company", "false_alarm")
GATES: Mapping[str, Mapping[str, float]] = {
    group: dict(zip(_NAMES, gates, strict=True))
    for group, *gates in (
        (EVERYTHING, 0.89, 0.92, 0.93, 0.97, 0.02, 0.11),
        (Language.EN, 0.89, 0.93, 0.93, 0.97, 0.025, 0.11),
        (Language.DE, 0.88, 0.91, 0.92, 0.96, 0.015, 0.13),
    )
}


@pytest.fixture(scope="module")
def scheme() -> SupportScheme:
    return read_knowledge(shipped("knowledge"))


@pytest.fixture(scope="module")
def matcher(scheme: SupportScheme) -> Matcher:
    return Matcher(scheme, load_words(scheme, cache_folder()))


@pytest.fixture(scope="module")
def messages(scheme: SupportScheme) -> list[Labelled]:
    topics = {topic.id for topic in scheme.topics}
    return list(read_labelled(MESSAGES.read_bytes(), MESSAGES.name, topics))


def measured(
    scheme: SupportScheme, matcher: Matcher, messages: list[Labelled], group: str = EVERYTHING
) -> Figures:
    of_group = [message for message in messages if group in (EVERYTHING, message.language)]
    providers = {topic.id: topic.provider for topic in scheme.topics}
    return figures(judge(hear(of_group, matcher), matcher), providers)


@pytest.mark.parametrize("group", GATES)
def test_the_figures_are_no_worse_than_they_were(
    scheme: SupportScheme, matcher: Matcher, messages: list[Labelled], group: str
) -> None:
    found = measured(scheme, matcher, messages, group)
    for name, gate in GATES[group].items():
        value = getattr(found, name).value
        assert (value <= gate) if name in LOWER_IS_BETTER else (value >= gate), f"{name} is {value:.3f}"


@pytest.mark.parametrize("group", GATES)
@pytest.mark.parametrize("kind", Noise)
def test_noise_costs_no_more_than_five_points(
    scheme: SupportScheme, matcher: Matcher, messages: list[Labelled], kind: Noise, group: str
) -> None:
    clean = measured(scheme, matcher, messages, group)
    worse = [message for seed in SEEDS for message in with_noise(messages, kind, seed)]
    noisy = measured(scheme, matcher, worse, group)
    for name in GATES[group]:
        lost = getattr(clean, name).value - getattr(noisy, name).value
        assert (-lost if name in LOWER_IS_BETTER else lost) <= NOISE_MAY_COST, f"{name} loses {lost:.3f}"


def test_there_are_enough_messages_of_every_label_in_both_languages(
    scheme: SupportScheme, messages: list[Labelled]
) -> None:
    for topic in scheme.topics:
        for language in Language:
            of_both = [m for m in messages if m.label == topic.id and m.language is language]
            assert len(of_both) >= 7, topic.id
