"""Reading the support scheme from its folder of TOML files, with every fault found at once."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

import tomli
from msgspec import Struct
from msgspec.structs import replace
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from bot.domain import scheme
from bot.domain.matching.phrases import CLINICAL, NOT_SUPPORT
from bot.domain.scheme import Category, Language, Provider, Status, SupportScheme, Topic
from bot.files.vat_toml import VatFile

RESERVED = frozenset({NOT_SUPPORT, CLINICAL})
Model = TypeVar("Model", bound=BaseModel)
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class KnowledgeFault(Struct, frozen=True):
    """One thing wrong with one key of one file, and what to do about it."""

    file: str
    key: str
    value: str
    remedy: str

    def __str__(self) -> str:
        at = f"{self.file}: {self.key}" if self.key else self.file
        return f"{at} = {self.value}: {self.remedy}" if self.value else f"{at}: {self.remedy}"


class KnowledgeError(Exception):
    """The knowledge cannot be used. `faults` are all that were found, in the order of the files."""

    def __init__(self, faults: list[KnowledgeFault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Text(_Strict):
    en: Words
    de: Words

    def value(self) -> scheme.Text:
        return scheme.Text(self.en, self.de)


class _Phrases(_Strict):
    en: tuple[Words, ...] = Field(min_length=1)
    de: tuple[Words, ...] = Field(min_length=1)

    def value(self) -> Mapping[Language, tuple[str, ...]]:
        return {Language.EN: self.en, Language.DE: self.de}


class _Source(_Strict):
    title: Words
    url: Words
    revision: Words
    updated_on: date


class _Provider(_Strict):
    title: _Text
    company: Words | None = None


class _Category(_Strict):
    title: _Text
    content: _Text
    provider: Provider
    status: Status


class _Level(_Strict):
    provider: Provider
    title: _Text
    rule: _Text


class _Fee(_Strict):
    billing: _Text
    net_cents: int | None = Field(default=None, ge=0)
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    per: _Text | None = None


class _SchemeFile(_Strict):
    topics: tuple[Words, ...] = Field(min_length=1)
    source: _Source
    providers: dict[Provider, _Provider]
    categories: dict[Category, _Category]
    levels: dict[int, _Level]
    fees: dict[Category, _Fee] = {}


class _TopicFile(_Strict):
    category: Category
    level: int | None = None
    provider: Provider
    title: _Text
    answer: _Text
    next_step: _Text
    phrases: _Phrases


class _PhrasesFile(_Strict):
    phrases: _Phrases


Edition = frozenset[tuple[str, int, int, int]]
"""Of each file its name, when its content and when its entry changed (ns), and its size in bytes."""


def edition_of(folder: Path) -> Edition:
    """Look at the files that `read_knowledge` reads, without reading them; an edit makes another edition.

    Other files, as editors leave them, do not count. A folder that is gone is an empty edition.
    """
    found = set()
    for path in [*folder.glob("*.toml"), *folder.glob("topics/*.toml")]:
        try:
            facts = path.stat()
        except FileNotFoundError:
            continue  # Taken away just now: that is what the edition then says.
        name = path.relative_to(folder).as_posix()
        found.add((name, facts.st_mtime_ns, facts.st_ctime_ns, facts.st_size))
    return frozenset(found)


def read_knowledge(folder: Path) -> SupportScheme:
    """Read `scheme.toml`, `topics/*.toml`, `not-support.toml`, `clinical.toml` and `vat.toml`.

    The last three may be absent.
    Topics come in the order of `topics` in the scheme file. Raises `KnowledgeError` with every fault, each
    naming its file relative to `folder`.
    """
    reading = _Reading(folder)
    head = reading.file("scheme.toml", _SchemeFile)
    found = sorted(path.stem for path in (folder / "topics").glob("*.toml"))
    listed = head.topics if head is not None else tuple(found)
    topics = {
        topic_id: reading.file(f"topics/{topic_id}.toml", _TopicFile) for topic_id in dict.fromkeys(listed)
    }
    for topic_id in sorted(set(found) - set(topics)):
        reading.fault(
            f"topics/{topic_id}.toml", "", "", "scheme.toml does not list this topic: add it to `topics`"
        )
    not_support = reading.file("not-support.toml", _PhrasesFile, optional=True)
    clinical = reading.file("clinical.toml", _PhrasesFile, optional=True)
    vat = reading.file("vat.toml", VatFile, optional=True)
    for topic_id in RESERVED & set(topics):
        reading.fault(
            f"topics/{topic_id}.toml", "", "", "this name stands for phrases beside the topics: take another"
        )
    if head is not None:
        for topic_id, topic in topics.items():
            if topic is not None:
                reading.faults.extend(_topic_faults(f"topics/{topic_id}.toml", topic, head))
    reading.faults.extend(_repeated_phrases({**topics, "": not_support, " ": clinical}))
    if reading.faults or head is None:
        raise KnowledgeError(reading.faults)
    found_topics = {topic_id: topic for topic_id, topic in topics.items() if topic is not None}
    scheme = _scheme(head, found_topics, not_support, clinical)
    return replace(scheme, vat=vat.value()) if vat else scheme


class _Reading:
    """Reads files one after the other and collects what is wrong with them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults: list[KnowledgeFault] = []

    def fault(self, file: str, key: str, value: str, remedy: str) -> None:
        self.faults.append(KnowledgeFault(file, key, value, remedy))

    def file(self, name: str, model: type[Model], *, optional: bool = False) -> Model | None:
        path = self.folder / name
        try:
            content = tomli.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            if not optional:
                self.fault(name, "", "", f"the file is missing from {self.folder}: restore it")
            return None
        except UnicodeDecodeError as error:
            self.fault(name, "", "", f"byte {error.start} is not UTF-8: save the file as UTF-8")
            return None
        except (ValueError, RecursionError) as error:  # Also for numbers and nesting beyond all sense.
            self.fault(name, "", "", f"this is no valid TOML: {error}")
            return None
        except OSError as error:
            self.fault(name, "", "", f"this cannot be read ({error.strerror}): look at its name and rights")
            return None
        try:
            return model.model_validate(content)
        except ValidationError as error:
            self.faults.extend(_faults(name, error))
            return None


def _faults(file: str, error: ValidationError) -> Iterator[KnowledgeFault]:
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"] if part != "[key]")
        shown = "" if detail["type"] == "missing" else _short(detail["input"])
        value = str(detail.get("ctx", {}).get("value", shown))
        yield KnowledgeFault(file, key, value, _remedy(detail["type"], detail))


def _remedy(kind: str, detail: Mapping[str, Any]) -> str:
    fixed = {
        "missing": "this key is missing: add it",
        "extra_forbidden": "no such key is known here: remove it or correct its spelling",
        "string_too_short": "this is empty: write it",
        "too_short": "write at least one",
        "date_type": "write a day without quotation marks, such as 2026-01-31",
        "decimal_parsing": "write per cent with a point, such as 19 or 25.5",
        "decimal_type": "write per cent with a point, such as 19 or 25.5",
    }
    message = str(detail.get("ctx", {}).get("error") or detail["msg"])
    return fixed.get(kind, message[:1].lower() + message[1:])


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else shown[:57] + "..."


def _topic_faults(file: str, topic: _TopicFile, head: _SchemeFile) -> Iterator[KnowledgeFault]:
    if topic.category not in head.categories:
        yield KnowledgeFault(
            file, "category", topic.category, "scheme.toml has no such category: add it there"
        )
    if topic.level is None:
        return
    level = head.levels.get(topic.level)
    if level is None:
        known = ", ".join(str(number) for number in head.levels)
        yield KnowledgeFault(
            file, "level", str(topic.level), f"scheme.toml knows the levels {known}: use one of them"
        )
    elif level.provider is not topic.provider:
        remedy = f"level {topic.level} is provided by the {level.provider}: correct the level or the provider"
        yield KnowledgeFault(file, "provider", topic.provider, remedy)


def _repeated_phrases(files: Mapping[str, _TopicFile | _PhrasesFile | None]) -> Iterator[KnowledgeFault]:
    seen: dict[tuple[Language, str], tuple[str, int]] = {}
    for name, content in files.items():
        if content is None:
            continue
        file = {"": "not-support.toml", " ": "clinical.toml"}.get(name, f"topics/{name}.toml")
        for language, phrases in content.phrases.value().items():
            for number, phrase in enumerate(phrases):
                first_file, first_number = seen.setdefault((language, phrase.casefold()), (file, number))
                if (first_file, first_number) != (file, number):
                    remedy = (
                        f"the same phrase stands at {first_file}: phrases.{language}.{first_number}: "
                        "keep it in one place"
                    )
                    yield KnowledgeFault(file, f"phrases.{language}.{number}", _short(phrase), remedy)


def _scheme(
    head: _SchemeFile,
    topics: Mapping[str, _TopicFile],
    not_support: _PhrasesFile | None,
    clinical: _PhrasesFile | None,
) -> SupportScheme:
    manufacturer = head.providers.get(Provider.MANUFACTURER)
    return SupportScheme(
        source=scheme.Source(**head.source.model_dump()),
        manufacturer_name=(manufacturer.company if manufacturer else None) or "the manufacturer",
        provider_titles={provider: entry.title.value() for provider, entry in head.providers.items()},
        categories={
            key: scheme.CategoryEntry(key, e.title.value(), e.content.value(), e.provider, e.status)
            for key, e in head.categories.items()
        },
        levels={
            number: scheme.Level(number, e.provider, e.title.value(), e.rule.value())
            for number, e in sorted(head.levels.items())
        },
        fees={
            key: scheme.Fee(key, e.billing.value(), e.net_cents, e.currency, e.per.value() if e.per else None)
            for key, e in head.fees.items()
        },
        topics=tuple(_topic(topic_id, topics[topic_id]) for topic_id in dict.fromkeys(head.topics)),
        not_support=not_support.phrases.value() if not_support else {},
        clinical=clinical.phrases.value() if clinical else {},
    )


def _topic(topic_id: str, content: _TopicFile) -> Topic:
    return Topic(
        id=topic_id,
        category=content.category,
        level=content.level,
        provider=content.provider,
        title=content.title.value(),
        answer=content.answer.value(),
        next_step=content.next_step.value(),
        phrases=content.phrases.value(),
    )
