"""Which company gets an escalation, who else hears of it, and why."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from bot.domain.network import Asker, Company, Directory, Whom
from bot.domain.responsibility import responsible_for
from bot.domain.scheme import Category, Provider, Topic


class Way(StrEnum):
    """Why this company. `TO_DEFAULT`: nobody knows who is responsible; the default owner finds out."""

    LEVEL_0 = "level-0"
    LEVEL_1 = "level-1"
    MAINTENANCE = "maintenance"
    BILLING = "billing"
    USER_SUPPORT = "user-support"
    TO_DEFAULT = "to-default"


class Route(Struct, frozen=True):
    """Where an escalation goes when it is opened; frozen into it. `company` is `None` for the default owner.

    `informed` hears of it without having to do anything. `level` is `None` for what has no level.
    """

    way: Way
    company: Company | None
    level: int | None
    informed: tuple[Company, ...] = ()


def route(topic: Topic | None, asker: Asker, directory: Directory, *, is_billing: bool = False) -> Route:
    """Apply the scheme. `asker` stands for the practice; its vendor is the first contact for level 0.

    Maintenance goes to the manufacturer, what its bill is about to whoever bills. What is about no topic goes
    to the vendor, who is the first contact.
    """
    vendor, maker = asker.level_0, directory.manufacturer
    if topic is None or topic.provider is Provider.DISTRIBUTOR:
        return _to(Way.LEVEL_0, vendor, 0)
    if topic.provider is Provider.SUPPORT_PARTNER:
        return _to(Way.USER_SUPPORT, responsible_for(topic, asker, directory).company, None)
    if topic.category is Category.SOFTWARE_MAINTENANCE:
        return _to(Way.BILLING, vendor, None) if is_billing else _to(Way.MAINTENANCE, maker, None)
    informed = (vendor,) if vendor is not None and vendor.role is Provider.DISTRIBUTOR else ()
    return _to(Way.LEVEL_1, maker, 1, informed)


class VendorFirst(Struct, frozen=True):
    """Why the manufacturer does not take it directly: `vendor` is the first contact, and here is whom to
    reach there, if anybody."""

    vendor: Company
    manufacturer: Company
    whom: Whom | None


def refusal(found: Route, directory: Directory, on: date, preferred_email: str = "") -> VendorFirst | None:
    """Return why what would go along `found` cannot go to level 1 directly; `None` when it may.

    `on` is the vendor's day, `preferred_email` the practice's own contact there.
    """
    maker, vendor = directory.manufacturer, found.company
    if found.way is not Way.LEVEL_0 or maker is None or vendor is None or vendor.slug == maker.slug:
        return None
    return VendorFirst(vendor, maker, vendor.whom(on, public_only=False, preferred_email=preferred_email))


def _to(way: Way, company: Company | None, level: int | None, informed: tuple[Company, ...] = ()) -> Route:
    return Route(way, company, level, informed) if company else Route(Way.TO_DEFAULT, None, None, informed)
