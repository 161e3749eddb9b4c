"""Who hears what time says: whoever it is for, and past whoever is away the next who is there."""

from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct
from sqlmodel import Session

from bot.domain.escalation.agenda import Step
from bot.domain.network import SlackChannel, SlackUser
from bot.domain.presence import Absent
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.services.escalations import reaching
from bot.services.escalations.keeping import keepers
from bot.services.escalations.reaching import Reach
from bot.services.escalations.records import terms_of
from bot.services.escalations.sides import company_side, thread_of
from bot.storage.tables import EscalationRow, PersonRow

TO_OWNER = frozenset({Step.WARN_OWNER, Step.SILENT, Step.UNANSWERED})
PEOPLE = ("U", "W")
"""How the ids of people in Slack begin."""


class Part(StrEnum):
    """As what somebody hears of it. `THREAD`: everybody of the company, in its thread."""

    THREAD = "thread"
    OWNER = "owner"
    LEAD = "lead"
    COLLEAGUE = "colleague"
    KEEPER = "keeper"


class Hearer(Struct, frozen=True):
    """Who hears of it, where, and in which language; `passed` are those who are away and would come first."""

    part: Part
    reach: Reach
    language: Language
    passed: tuple[Absent, ...] = ()


def hearer(session: Session, bot: Bot, row: EscalationRow, step: Step) -> Hearer | None:
    """Return who hears of a step that concerns the company; `None` where nobody is reached in Slack.

    While nobody at all is there it is whoever it is meant for.
    """
    found = list(_in_order(session, bot, row, step))
    there = next((place for place, one in enumerate(found) if one.reach.absent is None), None)
    if there is None:
        return next(iter(found), None)
    passed = [one.reach.absent for one in found[:there] if one.reach.absent is not None]
    chosen = found[there]
    return Hearer(chosen.part, chosen.reach, chosen.language, tuple(dict.fromkeys(passed)))


def _in_order(session: Session, bot: Bot, row: EscalationRow, step: Step) -> Iterator[Hearer]:
    terms = terms_of(row)
    owner = session.get(PersonRow, row.owner_id) if row.owner_id is not None else None
    named: dict[Part, Reach | None] = {
        Part.OWNER: reaching.person_reach(session, bot, owner) if step in TO_OWNER else None,
        Part.THREAD: _thread(session, bot, row),
        Part.LEAD: reaching.lead_reach(session, bot, terms),
    }
    first = Part.LEAD if step is Step.TELL_LEAD else Part.OWNER
    for part in sorted(named, key=lambda one: one is not first):
        reach = named[part]
        if reach is not None:
            yield Hearer(part, reach, terms.language)
    for reach in reaching.company_reaches(session, bot, row.company_id):
        yield Hearer(Part.COLLEAGUE, reach, terms.language)
    for keeper in keepers(session, bot):
        if keeper.place is not None:
            yield Hearer(Part.KEEPER, Reach(keeper.place, keeper.name), keeper.language)


def _thread(session: Session, bot: Bot, row: EscalationRow) -> Reach | None:
    """Return the company's thread; one with a person alone is no use while that person is away."""
    thread = thread_of(session, row, company_side(row.company_id))
    if thread is None or thread.is_kept:
        return None
    if not thread.channel_id.startswith(PEOPLE):
        return Reach(SlackChannel(thread.workspace_id, thread.channel_id))
    place = SlackUser(thread.workspace_id, thread.channel_id)
    known = reaching.company_reaches(session, bot, row.company_id)
    return next((one for one in known if one.place == place), Reach(place))
