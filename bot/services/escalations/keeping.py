"""The default owner: a person who gets what nobody else is responsible for, or what nobody else is told."""

from msgspec import Struct
from sqlmodel import Session

from bot.domain.scheme import Language, Provider
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations.reaching import Place, Reach, company_reaches, person_reach
from bot.storage.queries import directory as stored


class Keeper(Struct, frozen=True):
    """The default owner: gets what nobody else is responsible for. `name` is never empty."""

    name: str
    place: Place | None
    language: Language


def default_owner(session: Session, bot: Bot) -> Keeper:
    """Return the first of `keepers`, by a name of theirs if nobody of them is known in Slack."""
    known = keepers(session, bot)
    if known:
        return known[0]
    names = _keeper_names(bot)
    maker = next(iter(stored.companies(session, Provider.MANUFACTURER)), None)
    first = next(iter(maker.contacts), None) if maker else None
    fallback = (first.email or first.name) if first else maker.name if maker else "admin"
    language = next(iter(maker.languages), Language.EN) if maker else Language.EN
    return Keeper(next(iter(names), fallback), None, language)


def keepers(session: Session, bot: Bot) -> list[Keeper]:
    """Return who gets what nobody else is responsible for, as far as they are reached in Slack.

    The person whom the settings name, then the admins, then the manufacturer's people; whoever is away comes
    after all who are there.
    """
    found: dict[Place, tuple[Keeper, Reach]] = {}
    for keeper, reach in (*_named(session, bot), *_makers(session, bot)):
        found.setdefault(reach.place, (keeper, reach))
    return [keeper for keeper, _ in sorted(found.values(), key=lambda one: one[1].absent is not None)]


def _keeper_names(bot: Bot) -> list[str]:
    return [*([bot.escalations.owner] if bot.escalations.owner else []), *sorted(bot.admins)]


def _named(session: Session, bot: Bot) -> list[tuple[Keeper, Reach]]:
    names = _keeper_names(bot)
    known = stored.people_known_as(session, frozenset(names))
    found = []
    for name in names:
        for person in [one for one in known if name in (one.email, one.user_id)]:
            reach = person_reach(session, bot, person)
            if reach is not None:
                company = stored.company(session, person.company_id) if not person.locale else None
                spoken = next(iter(company.languages), None) if company else None
                language = people.language_for(None, spoken, person.locale)
                found.append((Keeper(person.email or person.user_id or name, reach.place, language), reach))
    return found


def _makers(session: Session, bot: Bot) -> list[tuple[Keeper, Reach]]:
    maker = next(iter(stored.companies(session, Provider.MANUFACTURER)), None)
    if maker is None:
        return []
    first = next(iter(maker.contacts), None)
    name = next(iter(_keeper_names(bot)), (first.email or first.name) if first else maker.name)
    language = next(iter(maker.languages), Language.EN)
    reaches = company_reaches(session, bot, stored.company_id(session, maker.slug) or 0)
    return [(Keeper(name, one.place, language), one) for one in reaches]
