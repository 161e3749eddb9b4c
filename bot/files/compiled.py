"""The compiled matcher on disk: learned once from the knowledge, loaded in a moment ever after."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.domain.matching.features import Features
from bot.domain.matching.linear import Linear
from bot.domain.matching.phrases import phrases_of
from bot.domain.matching.sparse import Rows
from bot.domain.matching.spelling import spelling_of
from bot.domain.matching.words import WordsModel, compile_words
from bot.domain.scheme import SupportScheme
from bot.files.arrays import UNREADABLE, Arrays, forget_oldest, read_arrays, store_arrays

# Raise it with every change to what compiling learns or to how it is stored.
_FORMAT = 7


def load_words(scheme: SupportScheme, cache_folder: Path, ready_made: Path | None = None) -> WordsModel:
    """Return the words model of `scheme`, from `ready_made` or `cache_folder` if it was compiled before.

    Otherwise it is compiled, which takes seconds, and stored in the cache for the next time. A file that is
    damaged or belongs to something else is replaced; a folder that cannot be written to is done without.
    """
    key = fingerprint(scheme)
    name = f"words-{key[:20]}.npz"
    for folder in (ready_made, cache_folder):
        model = read_words(folder / name, key) if folder else None
        if model is not None:
            return model
    model = compile_words(scheme)
    _store_if_possible(model, cache_folder / name, key)
    return model


def fingerprint(scheme: SupportScheme) -> str:
    """Return the hash of all that compiling depends on, as hexadecimal digits."""
    learned_from = [[phrase.label, phrase.language, phrase.text] for phrase in phrases_of(scheme)]
    content = json.dumps([_FORMAT, learned_from], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def store_words(model: WordsModel, file: Path, key: str) -> None:
    """Write the model so that nobody ever sees half of it. `OSError` when that is impossible."""
    store_arrays(file, {"key": key, "classes": model.classes}, _arrays(model))


def read_words(file: Path, key: str) -> WordsModel | None:
    """Return the model stored under `key`; `None` when the file is missing, damaged or of something else."""
    try:
        header, arrays = read_arrays(file)
        return _model(header["classes"], arrays) if header["key"] == key else None
    except UNREADABLE:
        return None


def _store_if_possible(model: WordsModel, file: Path, key: str) -> None:
    try:
        store_words(model, file, key)
        forget_oldest(file.parent, "words-*.npz")
    except OSError:
        # A read-only or full disk costs seconds at every start, which is no reason not to start.
        return


def _arrays(model: WordsModel) -> dict[str, Any]:
    known = sorted(model.spelling.known)
    return {
        "words": _joined(model.features.word_places),
        "pieces": _joined(model.features.piece_places),
        "rarity": model.features.rarity,
        "known": _joined(known),
        "texts_with_known": np.array([model.spelling.known[word] for word in known], np.int32),
        "weights": model.linear.weights.astype(np.float16),
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
        spelling=spelling_of(dict(known), features.word_places),
        linear=Linear(arrays["weights"].astype(np.float32), arrays["bias"]),
        german_odds=arrays["german_odds"],
        phrases=Rows(arrays["phrase_starts"], indices, arrays["phrase_values"], features.width),
    )


def _joined(texts: Any) -> npt.NDArray[np.uint8]:
    return np.frombuffer("\n".join(texts).encode(), np.uint8)


def _split(joined: npt.NDArray[Any]) -> list[str]:
    text = joined.tobytes().decode()
    return text.split("\n") if text else []
