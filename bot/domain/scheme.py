"""The support scheme: who helps with what. Its content is knowledge, read from files; here is its shape."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct, field

from bot.domain.maintenance.vat import VatTable


class Language(StrEnum):
    """The languages the bot speaks."""

    EN = "en"
    DE = "de"


class Provider(StrEnum):
    """The role that is responsible; a company fills it (`bot.domain.network`)."""

    DISTRIBUTOR = "distributor"
    MANUFACTURER = "manufacturer"
    SUPPORT_PARTNER = "support-partner"


class Category(StrEnum):
    """The three categories that the scheme distinguishes."""

    SOFTWARE_MAINTENANCE = "software-maintenance"
    TECHNICAL_SUPPORT = "technical-support"
    USER_SUPPORT = "user-support"


class Status(StrEnum):
    """Whether a practice must have what a category provides."""

    OBLIGATORY = "obligatory"
    OPTIONAL = "optional"


class Text(Struct, frozen=True):
    """One text in each language."""

    en: str
    de: str

    def in_(self, language: Language) -> str:
        """Return the text in `language`."""
        return self.de if language is Language.DE else self.en


class Source(Struct, frozen=True):
    """The page the scheme comes from; every answer cites it."""

    title: str
    url: str
    revision: str
    updated_on: date


class Level(Struct, frozen=True):
    """A level of technical support: 0 is the first contact, 1 the manufacturer behind it."""

    number: int
    provider: Provider
    title: Text
    rule: Text


class CategoryEntry(Struct, frozen=True):
    """What a category contains, who provides it and whether it is obligatory."""

    category: Category
    title: Text
    content: Text
    provider: Provider
    status: Status


class Fee(Struct, frozen=True):
    """What a category costs. Without an amount the provider decides; `billing` says how in a sentence."""

    category: Category
    billing: Text
    net_cents: int | None = None
    currency: str | None = None
    per: Text | None = None


class Topic(Struct, frozen=True):
    """Something people need help with.

    `level` is `None` for what has no level (a category as a whole). `phrases` are what people type, in the
    order of the file.
    """

    id: str
    category: Category
    level: int | None
    provider: Provider
    title: Text
    answer: Text
    next_step: Text
    phrases: Mapping[Language, tuple[str, ...]]


class SupportScheme(Struct, frozen=True):
    """All of the knowledge. `topics` stand in the order in which the scheme lists them.

    `not_support` and `clinical` are phrases on which the bot stays silent and which it declines.
    """

    source: Source
    manufacturer_name: str
    provider_titles: Mapping[Provider, Text]
    categories: Mapping[Category, CategoryEntry]
    levels: Mapping[int, Level]
    fees: Mapping[Category, Fee]
    topics: tuple[Topic, ...]
    not_support: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    clinical: Mapping[Language, tuple[str, ...]] = field(default_factory=dict)
    vat: VatTable = field(default_factory=lambda: VatTable({}, {}))

    def topic(self, topic_id: str) -> Topic:
        """Return the topic; `KeyError` when the scheme has none of that id."""
        for topic in self.topics:
            if topic.id == topic_id:
                return topic
        raise KeyError(topic_id)

    def has_topic(self, topic_id: str) -> bool:
        """Say whether the scheme knows `topic_id`."""
        return any(topic.id == topic_id for topic in self.topics)
