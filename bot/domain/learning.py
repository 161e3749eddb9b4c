"""Which questions teach the matcher something: suggestions for an editor, who decides.

Nothing here is learned. A suggestion becomes a `LearnedPhrase` by the yes of an editor, and only then.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz, process

from bot.domain.manners import Reaction
from bot.domain.matching.courtesy import words_of
from bot.domain.scheme import Language, SupportScheme

BARELY_SURE = 0.8
"""Below this probability an answer that solved the question was luck, and worth learning from."""
ALIKE = 88
"""From this likeness on, 0 to 100 and whatever the order of the words, two wordings are the same one."""
LONGEST_PHRASE = 300
"""In characters; a longer message is a story, of which an editor takes the telling sentence."""


class Reason(StrEnum):
    """Why a question is suggested: the bot named something else, was unsure, knew nothing, or barely knew."""

    MISSED = "missed"
    UNSURE = "unsure"
    UNKNOWN = "unknown"
    BARELY = "barely"


class AskedBefore(Struct, frozen=True):
    """A question with what came of it.

    `text` is `None` when its time is over. `candidates` are the topics the matcher saw, best first, `score`
    the probability of the first. `topic` is what the question ended with, `None` while nobody said;
    `outcome` is `picked`, `solved`, `missed`, or empty where nobody pressed anything.
    """

    question_id: int
    text: str | None
    language: Language
    reaction: Reaction
    candidates: tuple[str, ...]
    score: float | None
    topic: str | None
    outcome: str


class Suggestion(Struct, frozen=True):
    """A wording that the matcher might learn. `topic` is `None` where an editor has to say which.

    `text` is that of the first question; `question_ids` are all with nearly the same wording, in order, and
    `candidates` the topics that the matcher saw in the first.
    """

    text: str
    language: Language
    topic: str | None
    reason: Reason
    question_ids: tuple[int, ...]
    candidates: tuple[str, ...] = ()

    @property
    def id(self) -> int:
        """The number by which people name it: that of the first question."""
        return self.question_ids[0]


class LearnedPhrase(Struct, frozen=True):
    """A phrase that an editor accepted for a topic."""

    topic: str
    language: Language
    text: str


def reason_for(question: AskedBefore) -> Reason | None:
    """Say why a question is worth suggesting, `None` when it teaches nothing.

    It is when somebody picked a topic after a miss, a choice or the picker; when an answer solved it although
    the matcher was barely sure; and when it was missed, or got the picker, and nobody said what it was about.
    """
    if not words_of(question.text or ""):
        return None
    if question.outcome in ("picked", "solved") and question.topic is not None:
        return _reason_to_keep(question)
    if question.outcome == "missed":
        return Reason.MISSED
    return Reason.UNKNOWN if question.reaction is Reaction.PICK else None


def _reason_to_keep(question: AskedBefore) -> Reason | None:
    if question.reaction is not Reaction.ANSWER:
        return Reason.UNSURE if question.reaction is Reaction.CHOOSE else Reason.UNKNOWN
    if question.topic != next(iter(question.candidates), None):
        return Reason.MISSED
    return Reason.BARELY if (question.score or 0.0) < BARELY_SURE else None


def suggestions(
    questions: Iterable[AskedBefore], scheme: SupportScheme, refused: Sequence[str] = ()
) -> tuple[Suggestion, ...]:
    """Return what `questions` suggest: topic by topic as the scheme lists them, the most frequent first.

    Those without a topic come last. Questions with nearly the same wording, topic and language are one
    suggestion. What a topic knows word for word is left out, and so is what resembles a text in `refused`.
    """
    phrases = {topic.id: topic.phrases for topic in scheme.topics}
    known = cache(lambda topic_id: _wordings(phrases[topic_id]))  # Few topics are asked for, most are large.
    refused_wordings = [wording(text) for text in refused]
    groups: dict[tuple[str | None, Language], _Groups] = {}
    for question in sorted(questions, key=lambda question: question.question_id):
        reason = reason_for(question)
        if reason is None:
            continue
        topic = question.topic if question.topic in phrases else None
        said = wording(question.text or "")
        if (topic is not None and said in known(topic)) or _nearest(said, refused_wordings) is not None:
            continue
        groups.setdefault((topic, question.language), _Groups()).add(
            said, _suggestion(question, topic, reason)
        )
    place = {topic.id: number for number, topic in enumerate(scheme.topics)}
    found = [suggestion for group in groups.values() for suggestion in group.found]
    return tuple(
        sorted(found, key=lambda s: (place.get(s.topic or "", len(place)), -len(s.question_ids), s.id))
    )


def wording(text: str) -> str:
    """Return the form in which texts are compared: folded words, no greeting, no punctuation."""
    return " ".join(words_of(text))


def one_line(text: str) -> str:
    """Return a text as a phrase: on one line, with single blanks."""
    return " ".join(text.split())


def with_learned(scheme: SupportScheme, learned: Iterable[LearnedPhrase]) -> SupportScheme:
    """Return the scheme with the learned phrases behind those of the files.

    A phrase that the files have already, in whatever topic, is left out: the files win, also when an
    exported phrase was pasted into them. So is one of a topic that is no more.
    """
    phrases = tuple(learned)
    if not phrases:
        return scheme
    new = unwritten(scheme, phrases)
    return replace(
        scheme,
        topics=tuple(
            replace(
                topic,
                phrases={
                    language: (
                        *topic.phrases.get(language, ()),
                        *(p.text for p in new if (p.topic, p.language) == (topic.id, language)),
                    )
                    for language in Language
                },
            )
            if any(phrase.topic == topic.id for phrase in new)
            else topic
            for topic in scheme.topics
        ),
    )


def unwritten(scheme: SupportScheme, learned: Iterable[LearnedPhrase]) -> tuple[LearnedPhrase, ...]:
    """Return the learned phrases that `scheme` does not have yet, each once, for topics that it has."""
    taken = set(_places(scheme))
    new = []
    for phrase in learned:
        key = _key(phrase.language, phrase.text)
        if scheme.has_topic(phrase.topic) and key not in taken:
            taken.add(key)
            new.append(phrase)
    return tuple(new)


def place_of(scheme: SupportScheme, language: Language, text: str) -> str | None:
    """Return where the scheme has this phrase: a topic's id, or the file of those beside the topics."""
    return _places(scheme).get(_key(language, text))


def _places(scheme: SupportScheme) -> dict[tuple[Language, str], str]:
    sources = {
        "not-support": scheme.not_support,
        "clinical": scheme.clinical,
        **{topic.id: topic.phrases for topic in scheme.topics},
    }
    return {
        _key(language, text): name
        for name, phrases in sources.items()
        for language, texts in phrases.items()
        for text in texts
    }


def _key(language: Language, text: str) -> tuple[Language, str]:
    return language, text.casefold()


def _wordings(phrases: Mapping[Language, Sequence[str]]) -> frozenset[str]:
    return frozenset(wording(text) for texts in phrases.values() for text in texts)


def _suggestion(question: AskedBefore, topic: str | None, reason: Reason) -> Suggestion:
    ids = (question.question_id,)
    text = one_line(question.text or "")
    return Suggestion(text, question.language, topic, reason, ids, question.candidates)


def _nearest(said: str, others: Sequence[str]) -> int | None:
    found = process.extractOne(said, others, scorer=fuzz.token_sort_ratio, processor=None, score_cutoff=ALIKE)
    return None if found is None else int(found[2])


class _Groups:
    """Suggestions of one topic and language, each with the wording of its first question."""

    def __init__(self) -> None:
        self.found: list[Suggestion] = []
        self._wordings: list[str] = []

    def add(self, said: str, suggestion: Suggestion) -> None:
        """Join the suggestion with one that is worded alike, or open a group."""
        place = _nearest(said, self._wordings)
        if place is None:
            self.found.append(suggestion)
            self._wordings.append(said)
        else:
            first = self.found[place]
            ids = first.question_ids + suggestion.question_ids
            self.found[place] = replace(first, question_ids=ids)
