from datetime import date
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from bot.domain.maintenance.vat import VatTable
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.phrases import phrases_of
from bot.domain.matching.words import WordsModel
from bot.files import compiled
from bot.files.compiled import fingerprint, load_words, read_words, store_words
from tests.domain.matching.small import BACKUP, RESTORE, small_model, small_scheme

KEY = fingerprint(small_scheme())
TEXT = "restore the database"


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count how often the model is compiled."""
    count: list[int] = []

    def compile_words(_scheme: object) -> WordsModel:
        count.append(1)
        return small_model()

    monkeypatch.setattr(compiled, "compile_words", compile_words)
    return count


def test_a_model_comes_back_as_it_was_stored(tmp_path: Path) -> None:
    store_words(small_model(), tmp_path / "words.npz", KEY)
    loaded = read_words(tmp_path / "words.npz", KEY)
    assert loaded is not None
    assert loaded.classes == small_model().classes
    for phrase in phrases_of(small_scheme()):
        np.testing.assert_array_equal(
            loaded.read(phrase.text).probabilities, small_model().read(phrase.text).probabilities
        )


def test_it_is_compiled_once_and_then_loaded(tmp_path: Path, compilations: list[int]) -> None:
    first = load_words(small_scheme(), tmp_path)
    second = load_words(small_scheme(), tmp_path)
    assert len(compilations) == 1
    assert Matcher(small_scheme(), first).match(TEXT) == Matcher(small_scheme(), second).match(TEXT)


def test_what_came_ready_made_is_not_compiled_again(tmp_path: Path, compilations: list[int]) -> None:
    ready_made, cache = tmp_path / "compiled", tmp_path / "cache"
    load_words(small_scheme(), ready_made)
    assert load_words(small_scheme(), cache, ready_made).read(TEXT).is_known
    assert len(compilations) == 1
    assert not cache.exists()


@pytest.mark.parametrize("damage", [b"", b"PK", b"\x80\x04 pickled", b"words" * 1_000])
def test_a_foreign_file_is_replaced(tmp_path: Path, compilations: list[int], damage: bytes) -> None:
    load_words(small_scheme(), tmp_path)
    (stored,) = tmp_path.iterdir()
    stored.write_bytes(damage)
    load_words(small_scheme(), tmp_path)
    load_words(small_scheme(), tmp_path)
    assert len(compilations) == 2


@pytest.mark.parametrize("part", range(1, 20))
def test_a_damaged_file_is_never_believed(tmp_path: Path, part: int) -> None:
    file = tmp_path / "words.npz"
    store_words(small_model(), file, KEY)
    content = bytearray(file.read_bytes())
    place = len(content) * part // 20
    file.write_bytes(content[:place])
    assert read_words(file, KEY) is None
    content[place] ^= 0xFF
    file.write_bytes(content)
    loaded = read_words(file, KEY)
    if loaded is not None:
        np.testing.assert_array_equal(loaded.linear.weights, small_model().linear.weights)


def test_a_model_of_other_knowledge_is_refused(tmp_path: Path) -> None:
    store_words(small_model(), tmp_path / "words.npz", KEY)
    assert read_words(tmp_path / "words.npz", fingerprint(small_scheme(BACKUP, RESTORE))) is None


def test_the_fingerprint_follows_what_is_learned_and_nothing_else() -> None:
    reworded = replace(BACKUP, phrases={**BACKUP.phrases, **{next(iter(BACKUP.phrases)): ("one phrase",)}})
    other_answer = replace(BACKUP, answer=RESTORE.answer)
    assert fingerprint(small_scheme(reworded)) != fingerprint(small_scheme(BACKUP))
    assert fingerprint(small_scheme(other_answer)) == fingerprint(small_scheme(BACKUP))
    other_vat = replace(small_scheme(BACKUP), vat=VatTable({"DE": ((date(2007, 1, 1), 1900),)}, {}))
    assert fingerprint(other_vat) == fingerprint(small_scheme(BACKUP))


def test_a_folder_that_cannot_be_written_to_is_done_without(tmp_path: Path, compilations: list[int]) -> None:
    in_the_way = tmp_path / "cache"
    in_the_way.write_text("a file where the folder should be")
    assert load_words(small_scheme(), in_the_way).read(TEXT).is_known
    assert len(compilations) == 1


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(*_args: object, **_kwargs: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(np, "savez", disk_full)
    with pytest.raises(OSError, match="no space"):
        store_words(small_model(), tmp_path / "words.npz", KEY)
    assert list(tmp_path.iterdir()) == []


def test_old_models_do_not_pile_up(tmp_path: Path, compilations: list[int]) -> None:
    for number in range(7):
        load_words(
            small_scheme(replace(BACKUP, phrases={}), replace(RESTORE, id=f"other-{number}")), tmp_path
        )
    assert len(list(tmp_path.glob("words-*.npz"))) == 4
