"""The compiled matcher on disk: learned once from the knowledge, loaded in a moment ever after."""

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.domain.matching.features import Features
from bot.domain.matching.linear import Linear
from bot.domain.matching.matcher import Matcher
from bot.domain.matching.sparse import Rows
from bot.domain.matching.spelling import spelling_of
from bot.domain.matching.words import WordsModel, compile_words, phrases_of
from bot.domain.scheme import SupportScheme

# Raise it with every change to what compiling learns or to how it is stored.
_FORMAT = 4
_KEPT_FILES = 4
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile, zlib.error)

Arrays = Mapping[str, npt.NDArray[Any]]


def load_matcher(scheme: SupportScheme, cache_folder: Path) -> Matcher:
    """Return the matcher of `scheme`, from `cache_folder` if it was compiled before.

    Otherwise it is compiled, which takes seconds, and stored for the next time. A file that is damaged or
    belongs to something else is replaced; a folder that cannot be written to is done without.
    """
    key = fingerprint(scheme)
    file = cache_folder / f"words-{key[:20]}.npz"
    model = load_words(file, key)
    if model is None:
        model = compile_words(scheme)
        _store_if_possible(model, file, key)
    return Matcher(scheme, model)


def fingerprint(scheme: SupportScheme) -> str:
    """Return the hash of all that compiling depends on, as hexadecimal digits."""
    learned_from = [[phrase.label, phrase.language, phrase.text] for phrase in phrases_of(scheme)]
    content = json.dumps([_FORMAT, learned_from], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def store_words(model: WordsModel, file: Path, key: str) -> None:
    """Write the model so that nobody ever sees half of it. `OSError` when that is impossible."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=file.stem, suffix=".part", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            np.savez(stream, allow_pickle=False, **_arrays(model, key))
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_words(file: Path, key: str) -> WordsModel | None:
    """Return the model stored under `key`; `None` when the file is missing, damaged or of something else."""
    try:
        # Opened here because numpy leaves the file open when it is no zip file.
        with file.open("rb") as stream, np.load(stream, allow_pickle=False) as arrays:
            header = json.loads(arrays["header"].tobytes())
            if header["key"] != key:
                return None
            return _model(header["classes"], {name: arrays[name] for name in arrays.files})
    except _UNREADABLE:
        return None


def _store_if_possible(model: WordsModel, file: Path, key: str) -> None:
    try:
        store_words(model, file, key)
        _forget_oldest(file.parent)
    except OSError:
        # A read-only or full disk costs seconds at every start, which is no reason not to start.
        return


def _forget_oldest(folder: Path) -> None:
    stored = sorted(folder.glob("words-*.npz"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in stored[_KEPT_FILES:]:
        file.unlink(missing_ok=True)


def _arrays(model: WordsModel, key: str) -> dict[str, Any]:
    header = json.dumps({"key": key, "classes": model.classes}).encode()
    known = sorted(model.spelling.known)
    return {
        "header": np.frombuffer(header, np.uint8),
        "words": _joined(model.features.word_places),
        "pieces": _joined(model.features.piece_places),
        "rarity": model.features.rarity,
        "known": _joined(known),
        "texts_with_known": np.array([model.spelling.known[word] for word in known], np.int32),
        "weights": model.linear.weights,
        "bias": model.linear.bias,
        "german_odds": model.german_odds,
        "phrase_starts": model.phrases.starts,
        "phrase_indices": model.phrases.indices.astype(np.int32),
        "phrase_values": model.phrases.values,
    }


def _model(classes: list[str], arrays: Arrays) -> WordsModel:
    words, pieces = _split(arrays["words"]), _split(arrays["pieces"])
    features = Features(
        dict(zip(words, range(len(words)), strict=True)),
        dict(zip(pieces, range(len(words), len(words) + len(pieces)), strict=True)),
        arrays["rarity"],
    )
    indices = arrays["phrase_indices"].astype(np.int64)
    known = zip(_split(arrays["known"]), arrays["texts_with_known"].tolist(), strict=True)
    return WordsModel(
        classes=tuple(classes),
        features=features,
        spelling=spelling_of(dict(known)),
        linear=Linear(arrays["weights"], arrays["bias"]),
        german_odds=arrays["german_odds"],
        phrases=Rows(arrays["phrase_starts"], indices, arrays["phrase_values"], features.width),
    )


def _joined(texts: Any) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def _split(joined: npt.NDArray[Any]) -> list[str]:
    text = joined.tobytes().decode()
    return text.split("\n") if text else []
