"""Who is responsible for a topic, for this asker, and why."""

from datetime import date
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from bot.domain.network import Asker, Charge, Company, Directory, Whom
from bot.domain.scheme import Category, Provider, Topic


class Reason(StrEnum):
    """Why this company: the rule of the scheme that applies."""

    LEVEL_0 = "level-0"
    LEVEL_0_DIRECT = "level-0-direct"
    LEVEL_1 = "level-1"
    MAINTENANCE = "maintenance"
    FIRST_CONTACT = "first-contact"
    USER_SUPPORT = "user-support"


class Standpoint(StrEnum):
    """From where the asker looks at the responsible company."""

    CUSTOMER = "customer"
    OURS = "ours"
    COLLEAGUE = "colleague"


class Responsibility(Struct, frozen=True):
    """Who helps with `topic`.

    `company` is `None` when it is not known which one it is: then the role stands for it, and
    `alternatives` lists the companies it may be (all support partners where a practice has none).
    `biller` is whoever charges the maintenance fee: the vendor, `None` while nobody knows which one that is.
    `next_company` takes over what `company` cannot solve.
    """

    topic: Topic
    role: Provider
    reason: Reason
    standpoint: Standpoint
    company: Company | None
    alternatives: tuple[Company, ...] = ()
    biller: Company | None = None
    next_company: Company | None = None
    preferred_contact: str = ""

    def whom(self, on: date, *, public_only: bool) -> Whom | None:
        """Return whom to reach at the company on a day of its own, as far as this reader may know."""
        if self.company is None:
            return None
        return self.company.whom(on, public_only=public_only, preferred_email=self.preferred_contact)


def responsible_for(topic: Topic, asker: Asker, directory: Directory) -> Responsibility:
    """Apply the scheme: level 0 is the vendor's, level 1 the manufacturer's, training a support partner's."""
    match topic.provider:
        case Provider.DISTRIBUTOR:
            return _vendor(topic, asker, directory)
        case Provider.MANUFACTURER:
            return _manufacturer(topic, asker, directory)
        case Provider.SUPPORT_PARTNER:
            return _support_partner(topic, asker, directory)


def _vendor(topic: Topic, asker: Asker, directory: Directory) -> Responsibility:
    vendor = asker.level_0
    if vendor is None and asker.company is not None and asker.company.role is Provider.DISTRIBUTOR:
        vendor = asker.company
    is_direct = vendor is not None and vendor.role is Provider.MANUFACTURER
    reason = Reason.FIRST_CONTACT if topic.level is None else Reason.LEVEL_0
    return Responsibility(
        topic=topic,
        role=Provider.MANUFACTURER if is_direct else Provider.DISTRIBUTOR,
        reason=Reason.LEVEL_0_DIRECT if is_direct else reason,
        standpoint=_standpoint(asker, vendor),
        company=vendor,
        next_company=None if is_direct else directory.manufacturer,
        preferred_contact=asker.practice.vendor_contact if asker.practice else "",
    )


def _manufacturer(topic: Topic, asker: Asker, directory: Directory) -> Responsibility:
    is_maintenance = topic.category is Category.SOFTWARE_MAINTENANCE
    return Responsibility(
        topic=topic,
        role=Provider.MANUFACTURER,
        reason=Reason.MAINTENANCE if is_maintenance else Reason.LEVEL_1,
        standpoint=_standpoint(asker, directory.manufacturer),
        company=directory.manufacturer,
        biller=asker.level_0 if is_maintenance else None,
    )


def _support_partner(topic: Topic, asker: Asker, directory: Directory) -> Responsibility:
    partner = asker.practice.support_partner if asker.practice else None
    if partner is None and asker.company is not None and asker.company.role is Provider.SUPPORT_PARTNER:
        partner = asker.company
    return Responsibility(
        topic=topic,
        role=Provider.SUPPORT_PARTNER,
        reason=Reason.USER_SUPPORT,
        standpoint=_standpoint(asker, partner),
        company=partner,
        alternatives=() if partner else directory.support_partners,
    )


def _standpoint(asker: Asker, company: Company | None) -> Standpoint:
    if asker.company is None:
        return Standpoint.CUSTOMER
    return (
        Standpoint.OURS
        if company is not None and asker.company.slug == company.slug
        else Standpoint.COLLEAGUE
    )


def without_terms(who: Responsibility) -> Responsibility:
    """Leave out what a distributor wrote of its charges: where others read along, its competitors may."""
    company = who.company
    if company is None or company.role is not Provider.DISTRIBUTOR:
        return who
    charge = Charge.UNKNOWN if company.charge is Charge.OTHER else company.charge
    return replace(who, company=replace(company, charge=charge, charge_note=""))
