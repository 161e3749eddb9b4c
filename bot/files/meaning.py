"""The stage of meaning on disk, and its loading behind everybody's back."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np

from bot.domain.matching.encoder import Encoder
from bot.domain.matching.linear import DenseLinear
from bot.domain.matching.meaning import Meaning, MeaningModel, Shares, compile_meaning, sentences_of
from bot.domain.matching.neighbours import neighbours_of
from bot.domain.matching.sparse import Floats
from bot.domain.matching.words import WordsModel
from bot.domain.scheme import SupportScheme
from bot.files.arrays import UNREADABLE, Arrays, forget_oldest, read_arrays, store_arrays
from bot.files.compiled import fingerprint
from bot.files.encoder import EncoderMissingError, PackagedEncoder, encoder_name

# Raise it with every change to what compiling learns or to how it is stored.
_FORMAT = 6
_BATCH = 64
_MAX_REMEMBERED = 30_000
_FAILURES = (EncoderMissingError, PackageNotFoundError, OSError, MemoryError)


class Meanings:
    """Gives the stage of meaning of one scheme, once it is there.

    It is called for each message whose words do not decide, by any thread, and never waits. `is_usable`
    turns false when it turns out that there is no encoder. What was compiled is looked for in `ready_made`,
    then in `folder`, where what is compiled here is stored.
    """

    def __init__(
        self,
        scheme: SupportScheme,
        words: WordsModel,
        folder: Path,
        make_encoder: Callable[[], Encoder] = PackagedEncoder,
        ready_made: Path | None = None,
    ) -> None:
        self._scheme, self._words, self._folder, self._ready_made = scheme, words, folder, ready_made
        self._make_encoder = make_encoder
        self._meaning: Meaning | None = None
        self._has_failed = False
        self._lock = threading.Lock()

    def __call__(self) -> Meaning | None:
        """Return the stage of meaning, `None` while there is none."""
        return self._meaning

    @property
    def is_usable(self) -> bool:
        """Whether there is a stage of meaning, or one may still come."""
        return not self._has_failed

    def begin(self) -> threading.Thread:
        """Load it, or compile it, in a thread of its own that no exit waits for."""
        thread = threading.Thread(target=self.prepare, name="meaning", daemon=True)
        thread.start()
        return thread

    def prepare(self) -> Meaning | None:
        """Load it, or compile it and store it for the next time; `None` without an encoder.

        Compiling takes about half a minute. Whoever calls meanwhile waits for the first one.
        """
        return self._once(lambda encoder: self._stored(encoder.name) or self._compiled(encoder))

    def if_stored(self) -> Meaning | None:
        """Load it if it was compiled before, in about a second; else return `None` at once."""
        if self._meaning is None and not self.is_stored():
            return None
        return self._once(lambda encoder: self._stored(encoder.name))

    def is_stored(self) -> bool:
        """Whether it was compiled before, for the encoder that is installed now."""
        try:
            return self._stored(encoder_name()) is not None
        except PackageNotFoundError:
            return False

    def _once(self, model_for: Callable[[Encoder], MeaningModel | None]) -> Meaning | None:
        with self._lock:
            if self._meaning is None and not self._has_failed:
                try:
                    encoder = self._make_encoder()
                    model = model_for(encoder)
                except _FAILURES:
                    self._has_failed = True
                    return None
                self._meaning = Meaning(model, encoder, self._words.spelling) if model else None
            return self._meaning

    def _file_name(self, encoder: str) -> str:
        return f"meaning-{self._key(encoder)[:20]}.npz"

    def _key(self, encoder: str) -> str:
        return hashlib.sha256(f"{_FORMAT} {encoder} {fingerprint(self._scheme)}".encode()).hexdigest()

    def _stored(self, encoder: str) -> MeaningModel | None:
        folders = [folder for folder in (self._ready_made, self._folder) if folder]
        found = (_read(folder / self._file_name(encoder), self._key(encoder)) for folder in folders)
        return next((model for model in found if model), None)

    def _compiled(self, encoder: Encoder) -> MeaningModel:
        vectors = encode_remembering(encoder, sentences_of(self._scheme), self._folder)
        model = compile_meaning(self._scheme, self._words, vectors)
        arrays = {
            "centre": model.centre,
            "directions": model.neighbours.directions.astype(np.float16),
            "classes": model.neighbours.members.argmax(axis=1).astype(np.int32),
            "weights": model.linear.weights,
            "bias": model.linear.bias,
            "shares": np.array(model.shares),
        }
        try:
            store_arrays(
                self._folder / self._file_name(encoder.name), {"key": self._key(encoder.name)}, arrays
            )
            forget_oldest(self._folder, "meaning-*.npz")
        except OSError:
            # As with the words: a disk that cannot be written to is no reason to do without.
            return model
        return model


def _read(file: Path, key: str) -> MeaningModel | None:
    try:
        header, arrays = read_arrays(file)
        if header["key"] != key:
            return None
        linear = DenseLinear(arrays["weights"], arrays["bias"])
        directions, classes = arrays["directions"].astype(np.float32), arrays["classes"].astype(np.int64)
        neighbours = neighbours_of(directions, classes, len(linear.bias))
        return MeaningModel(arrays["centre"], neighbours, linear, Shares(*arrays["shares"].tolist()))
    except UNREADABLE:
        return None


def encode_remembering(encoder: Encoder, texts: Sequence[str], folder: Path) -> Floats:
    """Return the vectors of `texts`, from `folder` where they were encoded before, and remember them there.

    So an edit of the knowledge encodes only the phrases that are new. Vectors are kept with half precision,
    new ones too, so that the result does not depend on which were remembered.
    """
    file = folder / f"vectors-{hashlib.sha256(encoder.name.encode()).hexdigest()[:20]}.npz"
    known = _remembered(file, encoder.name)
    keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] for text in texts]
    missing = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
    for start in range(0, len(missing), _BATCH):
        part = missing[start : start + _BATCH]
        vectors = encoder.encode([text for _, text in part]).astype(np.float16)
        known.update(zip((key for key, _ in part), vectors, strict=True))
    if missing:
        _remember(file, encoder.name, {**{key: known[key] for key in keys}, **known})
    return np.stack([known[key] for key in keys]).astype(np.float32)


def _remembered(file: Path, encoder: str) -> dict[bytes, np.ndarray[tuple[int], np.dtype[np.float16]]]:
    try:
        header, arrays = read_arrays(file)
        if header["encoder"] != encoder:
            return {}
        keys, vectors = arrays["keys"], arrays["vectors"]
        return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}
    except UNREADABLE:
        return {}


def _remember(
    file: Path, encoder: str, known: dict[bytes, np.ndarray[tuple[int], np.dtype[np.float16]]]
) -> None:
    """Keep the vectors, those at the beginning when they are too many."""
    keys = list(known)[:_MAX_REMEMBERED]
    arrays: Arrays = {
        "keys": np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), -1),
        "vectors": np.stack([known[key] for key in keys]),
    }
    try:
        store_arrays(file, {"encoder": encoder}, arrays)
        forget_oldest(file.parent, "vectors-*.npz")
    except OSError:
        return
