"""Putting together what is said about a question, from what the database knows now."""

from datetime import date
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlmodel import Session

from bot.domain.manners import Address
from bot.domain.network import Asker, Company, Contact, Directory, SlackChannel, shown_in
from bot.domain.responsibility import responsible_for, without_terms
from bot.domain.saying import Answer, Because, Choice, Opening, Overview, Step
from bot.domain.scheme import Language, Provider
from bot.services import people
from bot.services.bot import Bot
from bot.storage.queries import directory as stored
from bot.storage.queries.acquaintance import acquaintance_with
from bot.storage.tables import ChannelRow, PersonRow, QuestionRow

OFFERED = 3
"""How many topics a choice offers beside the picker."""


class Frame(Struct, frozen=True):
    """Who asks what, in which network, and who reads along. Only a private answer tells of the practice.

    `question_id` is `None` where the question is not kept (the terminal): then there are no buttons.
    `workspace_id` is where the answer is read, empty for nowhere in Slack.
    """

    asker: Asker
    network: Directory
    is_private: bool
    question_id: int | None = None
    workspace_id: str = ""

    def shown(self, contact: Contact | None) -> Contact | None:
        """Return a contact as it is shown here."""
        return shown_in(contact, self.workspace_id) if contact is not None else None


def frame_of(session: Session, bot: Bot, question: QuestionRow) -> Frame:
    """Return the frame of a question that is stored."""
    person = session.get(PersonRow, question.person_id) if question.person_id is not None else None
    channel = stored.channel(session, SlackChannel(question.workspace_id, question.channel_id))
    language = Language(question.language)
    if person is None:
        asker, network = Asker(language=language), stored.directory(session, is_sample=bot.is_sample)
    else:
        who = acquaintance_with(session, person)
        asker = people.asker(session, who, question.practice_id, language)
        network = stored.directory_of(who.companies, is_sample=bot.is_sample)
    private = is_private(Address(question.address), channel, question.practice_id)
    return Frame(asker, network, private, question.id, question.workspace_id)


def is_private(address: Address, channel: ChannelRow | None, practice_id: int | None) -> bool:
    """Say whether only the asker's own people read the answer."""
    if address in (Address.DIRECT, Address.COMMAND):
        return True
    own = channel is not None and channel.practice_id is not None and channel.practice_id == practice_id
    return own and channel is not None and not channel.is_shared


def answer(
    bot: Bot,
    frame: Frame,
    topic_id: str,
    *,
    because: Because | None = None,
    solved: bool = False,
) -> Answer:
    """Answer with the company responsible for a topic. `KeyError` when the scheme has no such topic."""
    asker, topic = frame.asker, bot.scheme.topic(topic_id)
    who = responsible_for(topic, asker, frame.network)
    now = bot.clock.now()
    whom = who.whom(today_at(bot, who.company), public_only=not frame.is_private)
    lost = who.company is None and asker.company is None and topic.provider is Provider.DISTRIBUTOR
    steps = []
    if not solved and frame.question_id is not None:
        steps = _steps(lost=lost, has_company=who.company is not None)
    return Answer(
        language=asker.language,
        responsibility=who if frame.is_private else without_terms(who),
        scheme=bot.scheme,
        contact=frame.shown(whom.contact if whom else None),
        availability=who.company.calendar.at(now) if who.company else None,
        now=now,
        practice_name=asker.practice.name if asker.practice and frame.is_private else "",
        because=because,
        question_id=frame.question_id,
        steps=tuple(steps),
        is_solved=solved,
        is_sample=bot.is_sample,
        absent=whom.absent if whom else None,
    )


def today_at(bot: Bot, company: Company | None) -> date:
    """Return the day that it is now where a company is."""
    zone = company.calendar.time_zone if company else "UTC"
    return bot.clock.now().astimezone(ZoneInfo(zone)).date()


def _steps(*, lost: bool, has_company: bool) -> list[Step]:
    escalate = [Step.ESCALATE] if has_company else []
    return [Step.SOLVED, Step.NOT_THIS, *escalate, *([Step.SAY_PRACTICE] if lost else [])]


def choice(bot: Bot, frame: Frame, opening: Opening, topic_ids: list[str]) -> Choice:
    """Offer some topics and the picker, with the vendor as a way out."""
    vendor = frame.asker.level_0
    whom = vendor.whom(today_at(bot, vendor), public_only=not frame.is_private) if vendor else None
    return Choice(
        language=frame.asker.language,
        opening=opening,
        topics=tuple(bot.scheme.topic(topic_id) for topic_id in topic_ids if bot.scheme.has_topic(topic_id)),
        scheme=bot.scheme,
        vendor=vendor,
        contact=frame.shown(whom.contact if whom else None),
        question_id=frame.question_id,
        absent=whom.absent if whom else None,
    )


def overview(bot: Bot, frame: Frame) -> Overview:
    """Show the whole scheme, with the asker's own companies where they are known."""
    asker, known = frame.asker, frame.network
    partner = asker.practice.support_partner if asker.practice else None
    return Overview(
        language=asker.language,
        scheme=bot.scheme,
        vendor=asker.level_0,
        manufacturer=known.manufacturer,
        support_partners=(partner,) if partner else known.support_partners,
    )
