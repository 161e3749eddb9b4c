"""The matcher on public intent data, which knows nothing of OnyxCeph: is it general, or only tuned?

    python -m benchmarks.intents TRAIN TEST [--knowledge FOLDER] [--phrases COUNT]

TRAIN and TEST are each a folder with the files `seq.in` and `label`, a line an utterance, or a CSV file with
the columns `text` and `category` (or `label`, or `intent`). The intents become a knowledge folder, which is
kept where `--knowledge` says, for `signpost classify --knowledge FOLDER`. The data is no part of this
project; github.com/jianguoz/Few-Shot-Intent-Detection has the three sets below, with ten phrases an intent.

top-1     share of the messages whose best topic is the right one, and between what it truly lies (95 %)
median    milliseconds for one message; 99 % of the messages took no longer than the next column says
--phrases learns so many phrases instead, the same ones again, each with an invented word: for the speed

Measured on 2026-11-28, ten phrases an intent, top-1 on the whole test sets, of BANKING77 on the first eight
messages of each intent:

               messages   scikit-learn   words   words, then meaning
    BANKING77       616          0.737   0.748                 0.794   (95 %: 3 points to either side)
    HWU64          1076          0.697   0.704                 0.778   (3 points)
    CLINC150       4500          0.811   0.810                 0.876   (1 point)

With CLINC150 enlarged to 15,000 phrases, words take 0.66 ms a message at the median, and 7.8 ms at 99 %.

How much the matcher trusts few phrases was chosen while looking at about a fifth of these messages.
"""

import argparse
import csv
import hashlib
import itertools
import json
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.matching import (
    NotInstalledError,
    Peer,
    answering,
    scikit_learn_peer,
    with_meaning,
)
from bot.domain.matching.figures import Share
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.phrases import phrases_of
from bot.domain.matching.words import compile_words
from bot.domain.scheme import SupportScheme
from bot.files.knowledge import read_knowledge

LABEL_COLUMNS = ("category", "label", "intent")
FEWEST_PHRASES = 4
SCHEME = """
[source]
title = "Public intent data"
url = "https://example.org"
revision = "1"
updated_on = 2020-01-01

[providers.distributor]
title = { en = "distributor", de = "Vertriebspartner" }

[categories.technical-support]
title = { en = "Technical support", de = "Technischer Support" }
content = { en = "Everything.", de = "Alles." }
provider = "distributor"
status = "optional"

[levels]
"""
TOPIC = """category = "technical-support"
provider = "distributor"
title = {{ en = {}, de = {} }}
answer = {{ en = "-", de = "-" }}
next_step = {{ en = "-", de = "-" }}

[phrases]
de = [{}]
en = [
{}]
"""


class Utterance(NamedTuple):
    """What somebody said, and the topic id of the intent it is labelled with."""

    text: str
    topic: str


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intents")
    parser.add_argument("train", type=Path)
    parser.add_argument("test", type=Path)
    parser.add_argument("--knowledge", type=Path)
    parser.add_argument("--phrases", type=int)
    wanted = parser.parse_args()
    train, test = read_utterances(wanted.train), read_utterances(wanted.test)
    if wanted.phrases:
        train = enlarged(train, wanted.phrases)
    with tempfile.TemporaryDirectory() as temporary:
        folder = wanted.knowledge or Path(temporary)
        write_knowledge(train, folder)
        compare(read_knowledge(folder), test)


def compare(scheme: SupportScheme, test: Sequence[Utterance]) -> None:
    """Print a line for each matcher."""
    phrases = phrases_of(scheme)
    print(f"{len(scheme.topics)} intents, {len(phrases)} phrases, {len(test)} messages\n")
    print(f"{'matcher':<44}{'top-1':>8}{'95 %':>16}{'median':>10}{'99 %':>10}{'learned in':>12}")
    report("Signpost: words", lambda: words_peer(scheme), test)
    report("Signpost: words, then meaning", lambda: answering(with_meaning(scheme)), test)
    try:
        report("scikit-learn, TF-IDF + logistic regression", lambda: scikit_learn_peer(phrases), test)
    except NotInstalledError as missing:
        print(f"skipped: {missing} is not installed")


def words_peer(scheme: SupportScheme) -> Peer:
    """Answer with the best topic by the words, whatever the decision."""
    matcher = Matcher(scheme, compile_words(scheme))

    def answer(text: str) -> tuple[str, float]:
        best = matcher.match(text).candidates[0]
        return best.topic, best.score

    return answer


def report(name: str, build: Callable[[], Peer], test: Sequence[Utterance]) -> None:
    """Let a matcher learn, ask it every message and print its line."""
    begun = time.perf_counter()
    peer = build()
    learned_in = time.perf_counter() - begun
    hits, milliseconds = 0, []
    for text, topic in test:
        begun = time.perf_counter()
        hits += peer(text)[0] == topic
        milliseconds.append(1_000 * (time.perf_counter() - begun))
    share = Share(hits, len(test))
    between = "{:.3f} to {:.3f}".format(*share.interval)
    median = f"{statistics.median(milliseconds):.2f} ms"
    slow = f"{statistics.quantiles(milliseconds, n=100)[-1]:.2f} ms"
    print(
        f"{name:<44}{share.value:>8.3f}{between:>16}{median:>10}{slow:>10}{learned_in:>10.1f} s", flush=True
    )


def read_utterances(source: Path) -> list[Utterance]:
    """Read a folder or a CSV file."""
    rows = _rows_of_folder(source) if source.is_dir() else _rows_of_csv(source)
    return [Utterance(text.strip(), topic_id(label)) for text, label in rows]


def topic_id(label: str) -> str:
    """Return the label as a file's name: `reverted_card_payment?` is `reverted-card-payment`."""
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def enlarged(utterances: Sequence[Utterance], count: int) -> list[Utterance]:
    """Return `count` utterances: the given ones again and again, each with an invented word behind it."""
    return [
        Utterance(f"{text} {_invented_word(number)}", topic)
        for number, (text, topic) in zip(range(count), itertools.cycle(utterances), strict=False)
    ]


def write_knowledge(utterances: Sequence[Utterance], folder: Path) -> None:
    """Write the intents as topics of which nothing but the phrases is known.

    Every topic needs titles and German phrases. Titles are learned as phrases are, so two of its phrases
    serve as titles and a third as the German one: each phrase is learned exactly once. A phrase that comes
    again, be it of another intent, is left out.
    """
    by_topic: dict[str, list[str]] = {}
    for text, topic in {text.casefold(): (text, topic) for text, topic in reversed(utterances)}.values():
        by_topic.setdefault(topic, []).append(text)
    poor = [topic for topic, texts in by_topic.items() if len(texts) < FEWEST_PHRASES]
    if poor:
        raise SystemExit(
            f"At least {FEWEST_PHRASES} phrases an intent are needed; too few: {', '.join(poor)}"
        )
    (folder / "topics").mkdir(parents=True, exist_ok=True)
    topics = f"topics = [{', '.join(map(quoted, by_topic))}]\n"
    (folder / "scheme.toml").write_text(topics + SCHEME, encoding="utf-8")
    for topic, texts in by_topic.items():
        (folder / "topics" / f"{topic}.toml").write_text(topic_file(texts), encoding="utf-8")


def topic_file(texts: Sequence[str]) -> str:
    """Return the file of a topic with these phrases."""
    en, de, german, *english = map(quoted, texts)
    return TOPIC.format(en, de, german, "".join(f"  {text},\n" for text in english))


def quoted(text: str) -> str:
    """Return a TOML string; JSON writes it alike, but for the delete character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _rows_of_folder(folder: Path) -> Iterator[tuple[str, str]]:
    texts, labels = ((folder / name).read_text(encoding="utf-8").splitlines() for name in ("seq.in", "label"))
    return zip(texts, labels, strict=True)


def _rows_of_csv(file: Path) -> Iterator[tuple[str, str]]:
    with file.open(encoding="utf-8", newline="") as stream:
        rows: list[Mapping[str, str]] = list(csv.DictReader(stream))
    column = next((name for name in LABEL_COLUMNS if rows and name in rows[0]), None)
    if column is None or "text" not in rows[0]:
        raise SystemExit(f"{file}: a header with `text` and one of {', '.join(LABEL_COLUMNS)} is needed")
    return ((row["text"], row[column]) for row in rows)


def _invented_word(number: int) -> str:
    return "".join(chr(ord("a") + byte % 26) for byte in hashlib.sha256(str(number).encode()).digest()[:8])


if __name__ == "__main__":
    main()
