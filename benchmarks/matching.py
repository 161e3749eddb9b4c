"""The matcher beside its peers, in one run: how often it is right, and how long a message takes.

    python -m benchmarks.matching [MESSAGES.jsonl]

Every matcher gets the same phrases and the same messages. Without a file every fifth phrase is kept back and
serves as a message; with one ({"text", "label", "also"} a line, label "none" for what is no question) all
phrases are learned. A peer that is not installed is skipped and says so.

top-1     messages whose best topic is a right one, whatever the decision
at 5 %    messages answered rightly when the threshold lets 5 % of the other messages through
median    milliseconds for one message
start     seconds until the first message can be matched; Signpost's stages are loaded as they were compiled

The peers bm25s and scikit-learn come with the dependency group `bench`. Saved: benchmarks/matching.md.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from rapidfuzz import fuzz, process

from bot.domain.matching.courtesy import words_of
from bot.domain.matching.match import Decision
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.phrases import Phrase, phrases_of
from bot.domain.scheme import Language, SupportScheme
from bot.files.compiled import load_words
from bot.files.knowledge import read_knowledge
from bot.files.meaning import Meanings
from bot.paths import cache_folder, shipped
from tests.domain.matching.hostile import HOSTILE

FALSE_ALARMS = 0.05
KEPT_BACK = 5

Answer = tuple[str, float]
Peer = Callable[[str], Answer]


class Message(Struct, frozen=True):
    """A message and the topics that are right; none for what is no question."""

    text: str
    right: frozenset[str]


class NotInstalledError(Exception):
    """The peer's package is missing; the message is its name."""


def main() -> None:
    """Print the table."""
    scheme = read_knowledge(shipped("knowledge"))
    if len(sys.argv) > 1:
        learned, messages = scheme, list(read_messages(Path(sys.argv[1])))
    else:
        learned, messages = keep_back(scheme)
    phrases = phrases_of(learned)
    print(f"{len(phrases)} phrases, {len(messages)} messages\n")
    print(f"{'matcher':<44}{'top-1':>8}{'at 5 %':>8}{'median':>10}{'start':>9}")
    for name, build in PEERS.items():
        try:
            report(name, partial(build, phrases), messages)
        except NotInstalledError as missing:
            print(f"{name:<44}skipped: {missing} is not installed")
    own(learned, messages)


def own(scheme: SupportScheme, messages: Sequence[Message]) -> None:
    """Measure Signpost's two stages, and what their decisions come to."""
    words = load_words(scheme, cache_folder())  # compiled now if it never was, so that it can be loaded
    if Meanings(scheme, words, cache_folder()).prepare() is None:
        raise SystemExit("The sentence encoder does not work here: signpost check says what to do.")
    report("Signpost: words", lambda: answering(words_alone(scheme)), messages)
    report("Signpost: words, then meaning", lambda: answering(with_meaning(scheme)), messages)
    matcher = with_meaning(scheme)
    clear = [matcher.is_clear(matcher.read(message.text)) for message in messages]
    print(f"\nwords decide {share(iter(clear)):.2f} of the messages")
    for name, deciding in (("words", words_alone(scheme)), ("words, then meaning", matcher)):
        print(f"decisions by {name}: {decisions(deciding, messages)}")
    slow = [milliseconds(matcher, m.text) for m, known in zip(messages, clear, strict=True) if not known]
    print(f"what needs the meaning: median {statistics.median(slow):.1f} ms, slowest {max(slow):.1f} ms")
    for name, hostile in (("words", words_alone(scheme)), ("words, then meaning", matcher)):
        kind, worst = slowest_hostile(hostile)
        print(f"hostile messages by {name}: slowest {worst:.1f} ms of processor (wanted: 20), {kind}")


def words_alone(scheme: SupportScheme) -> Matcher:
    """Return the first stage."""
    return Matcher(scheme, load_words(scheme, cache_folder()))


def with_meaning(scheme: SupportScheme) -> Matcher:
    """Return both stages."""
    words = load_words(scheme, cache_folder())
    meanings = Meanings(scheme, words, cache_folder())
    meanings.prepare()
    return Matcher(scheme, words, meaning=meanings)


def answering(matcher: Matcher) -> Peer:
    """Answer with the best topic, whatever the decision."""

    def answer(text: str) -> Answer:
        best = matcher.match(text).candidates[0]
        return best.topic, best.score

    return answer


def decisions(matcher: Matcher, messages: Sequence[Message]) -> str:
    """Say what the matcher's own decisions come to."""
    asked = [(matcher.match(message.text), message.right) for message in messages if message.right]
    right = share(match.topic in topics for match, topics in asked)
    helped = share(
        match.topic in topics
        or (match.decision is Decision.CHOOSE and any(c.topic in topics for c in match.candidates[:3]))
        for match, topics in asked
    )
    others = [message for message in messages if not message.right]
    alarms = share(matcher.match(message.text).decision is not Decision.SILENT for message in others)
    return f"right {right:.3f}, helped {helped:.3f}, false alarms {alarms:.3f}"


def milliseconds(matcher: Matcher, text: str) -> float:
    """Return how long one message takes."""
    started = time.perf_counter()
    matcher.match(text)
    return 1_000 * (time.perf_counter() - started)


def slowest_hostile(matcher: Matcher) -> tuple[str, float]:
    """Return which hostile message takes most processor time, in milliseconds, the best of five tries."""

    def taken(text: str) -> float:
        started = time.thread_time()
        matcher.match(text)
        return 1_000 * (time.thread_time() - started)

    best = {kind: min(taken(text) for _ in range(5)) for kind, text in HOSTILE.items()}
    return max(best.items(), key=lambda item: item[1])


def report(name: str, build: Callable[[], Peer], messages: Sequence[Message]) -> None:
    """Ask a matcher every message and print its line."""
    started = time.perf_counter()
    peer = build()
    start = time.perf_counter() - started
    answers, taken = [], []
    for message in messages:
        started = time.perf_counter()
        answers.append(peer(message.text))
        taken.append(1_000 * (time.perf_counter() - started))
    judged = list(zip(answers, messages, strict=True))
    alarms = sorted((score for (_, score), message in judged if not message.right), reverse=True)
    threshold = alarms[int(len(alarms) * FALSE_ALARMS)] if alarms else float("-inf")
    asked = [(answer, message.right) for answer, message in judged if message.right]
    top_1 = share(topic in right for (topic, _), right in asked)
    clear = share(topic in right and score > threshold for (topic, score), right in asked)
    median = statistics.median(taken)
    print(f"{name:<44}{top_1:>8.3f}{clear:>8.3f}{median:>7.2f} ms{start:>7.2f} s", flush=True)


def share(hits: Iterator[bool]) -> float:
    """Return how many of the hits are true, 0 to 1."""
    counted = list(hits)
    return sum(counted) / max(1, len(counted))


def read_messages(file: Path) -> Iterator[Message]:
    """Read labelled messages."""
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        topics = {entry["label"], *entry.get("also", [])} - {"none"}
        yield Message(entry["text"], frozenset(topics))


def keep_back(scheme: SupportScheme) -> tuple[SupportScheme, list[Message]]:
    """Return the scheme without every fifth phrase, and those phrases as messages."""
    messages: list[Message] = []

    def divide(
        phrases: Mapping[Language, tuple[str, ...]], right: frozenset[str]
    ) -> dict[Language, tuple[str, ...]]:
        for texts in phrases.values():
            messages.extend(Message(text, right) for text in texts[::KEPT_BACK])
        return {
            language: tuple(text for number, text in enumerate(texts) if number % KEPT_BACK)
            for language, texts in phrases.items()
        }

    topics = [replace(topic, phrases=divide(topic.phrases, frozenset({topic.id}))) for topic in scheme.topics]
    learned = replace(
        scheme,
        topics=tuple(topics),
        not_support=divide(scheme.not_support, frozenset()),
        clinical=divide(scheme.clinical, frozenset()),
    )
    return learned, messages


def nearest_phrase(
    scores_of: Callable[[str], Sequence[float]], phrases: Sequence[Phrase], topics: set[str]
) -> Peer:
    """Answer with the topic of the best phrase, as sure as it is ahead of the best phrase of no topic."""
    labels = np.array([phrase.label for phrase in phrases])
    is_topic = np.isin(labels, list(topics))

    def answer(text: str) -> Answer:
        scores = np.asarray(scores_of(text), dtype=np.float64)
        best = int(np.where(is_topic, scores, -np.inf).argmax())
        against = float(scores[~is_topic].max(initial=0.0))
        return str(labels[best]), float(scores[best]) - against

    return answer


def topics_of(phrases: Sequence[Phrase]) -> set[str]:
    """Return the classes that are topics."""
    return {phrase.label for phrase in phrases} - {"not-support", "clinical"}


def rapidfuzz_peer(scorer: Callable[..., float]) -> Callable[[Sequence[Phrase]], Peer]:
    """Score every phrase with a rapidfuzz scorer, on lower-cased text."""

    def build(phrases: Sequence[Phrase]) -> Peer:
        texts = [phrase.text.lower() for phrase in phrases]

        def scores_of(text: str) -> Sequence[float]:
            scores: Sequence[float] = process.cdist([text.lower()], texts, scorer=scorer)[0]
            return scores

        return nearest_phrase(scores_of, phrases, topics_of(phrases))

    return build


def bm25_peer(phrases: Sequence[Phrase]) -> Peer:
    """Score every phrase with BM25 over the words as Signpost folds them."""
    try:
        import bm25s  # type: ignore[import-not-found]  # noqa: PLC0415
    except ImportError as error:
        raise NotInstalledError("bm25s") from error
    index = bm25s.BM25()
    texts = [list(words_of(phrase.text)) for phrase in phrases]
    index.index(texts, show_progress=False)
    known = {word for words in texts for word in words}

    def scores_of(text: str) -> Sequence[float]:
        words = [word for word in words_of(text) if word in known]
        scores: Sequence[float] = index.get_scores(words) if words else [0.0] * len(texts)
        return scores

    return nearest_phrase(scores_of, phrases, topics_of(phrases))


def scikit_learn_peer(phrases: Sequence[Phrase]) -> Peer:
    """Learn a logistic regression on TF-IDF of words and pieces with scikit-learn."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
        from sklearn.pipeline import make_pipeline, make_union  # noqa: PLC0415
    except ImportError as error:
        raise NotInstalledError("scikit-learn") from error
    model = make_pipeline(
        make_union(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
            TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), min_df=2, sublinear_tf=True),
        ),
        LogisticRegression(C=30, max_iter=300),
    ).fit([phrase.text for phrase in phrases], [phrase.label for phrase in phrases])
    classes: list[str] = list(model.classes_)
    is_topic = np.isin(classes, list(topics_of(phrases)))

    def answer(text: str) -> Answer:
        chances = np.where(is_topic, model.predict_proba([text])[0], 0.0)
        best = int(chances.argmax())
        return classes[best], float(chances[best])

    return answer


PEERS: Mapping[str, Callable[[Sequence[Phrase]], Peer]] = {
    "rapidfuzz WRatio, nearest phrase": rapidfuzz_peer(fuzz.WRatio),
    "rapidfuzz token_set_ratio, nearest phrase": rapidfuzz_peer(fuzz.token_set_ratio),
    "bm25s, nearest phrase": bm25_peer,
    "scikit-learn, TF-IDF + logistic regression": scikit_learn_peer,
}


if __name__ == "__main__":
    main()
