"""The phrases that there are to learn from, and what each stands for."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bot.domain.scheme import Language, SupportScheme, Topic

NOT_SUPPORT = "not-support"
CLINICAL = "clinical"


class Phrase(NamedTuple):
    """One phrase to learn from, and the class it stands for: a topic's id, `NOT_SUPPORT` or `CLINICAL`."""

    text: str
    language: Language
    label: str


def phrases_of(scheme: SupportScheme) -> tuple[Phrase, ...]:
    """Return what there is to learn from: topic by topic the titles and phrases, then what is no question."""
    return (
        *(phrase for topic in scheme.topics for phrase in topic_phrases(topic)),
        *_labelled(NOT_SUPPORT, scheme.not_support),
        *_labelled(CLINICAL, scheme.clinical),
    )


def classes_of(phrases: Sequence[Phrase]) -> tuple[str, ...]:
    """Return what the phrases stand for, in the order in which a model has it."""
    return tuple(dict.fromkeys(phrase.label for phrase in phrases))


def topic_phrases(topic: Topic) -> tuple[Phrase, ...]:
    """Return the titles of a topic and its phrases."""
    return tuple(
        Phrase(text, language, topic.id)
        for language in Language
        for text in (topic.title.in_(language), *topic.phrases.get(language, ()))
    )


def _labelled(label: str, phrases: Mapping[Language, tuple[str, ...]]) -> Iterator[Phrase]:
    return (Phrase(text, language, label) for language in Language for text in phrases.get(language, ()))
