"""A message or a command comes in: decide what it is about and say who helps."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from bot.domain.arrival import Asked
from bot.domain.manners import Address, ChannelMode, Reaction, Situation, place_of, react
from bot.domain.matching.match import Match
from bot.domain.saying import Because, Notice, Opening, Remark, Saying, Step
from bot.domain.scheme import Language
from bot.services import commands, composing, discretion, people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.composing import Frame
from bot.services.escalations import wish
from bot.services.people import ChannelFacts, Profile
from bot.storage.queries import directory as stored
from bot.storage.queries import questions
from bot.storage.queries.acquaintance import Somebody
from bot.storage.tables import ChannelRow, PersonRow

THANKS_EMOJI = "blush"
KEPT = frozenset({Reaction.ANSWER, Reaction.CHOOSE, Reaction.PICK})
"""The reactions to a question; others are pleasantries, of which nothing is kept."""


@dataclass(frozen=True)
class _Heard:
    """A message with what is known about it."""

    asked: Asked
    found: Match
    person: Somebody
    channel: ChannelRow | None
    practice_id: int | None
    frame: Frame
    names_patient: bool


def recognise(bot: Bot, asked: Asked) -> Match:
    """Say what a message is about. It may take a tenth of a second, and needs no transaction."""
    return bot.matcher.match(wish.text_of(asked), place_of(asked.address))


def recognise_at_once(bot: Bot, asked: Asked) -> Match | None:
    """Do as `recognise` where it takes no time worth speaking of, else give `None`."""
    return bot.matcher.match_at_once(wish.text_of(asked), place_of(asked.address))


def settle(
    session: Session,
    bot: Bot,
    asked: Asked,
    found: Match,
    profile: Profile | None,
    facts: ChannelFacts | None,
) -> None:
    """Give an arrived message its effect: a reply in the outbox and the question kept, or nothing at all.

    `found` is what `recognise` said of it; `profile` and `facts` are what Slack said just now, if
    it was asked.
    """
    order = commands.parse(asked.text) if asked.address is Address.COMMAND else None
    # The command's own words are the same in every language, so they do not tell which one somebody speaks.
    found = found if order is None else replace(found, language=None)
    heard = _hear(session, bot, asked, found, profile, facts)
    if order is not None:
        person = session.get_one(PersonRow, heard.person.id)
        answer = commands.obey(session, bot, order, asked, person, heard.channel, heard.frame)
        say.reply(session, bot, asked, answer)
        return
    reaction = react(_situation(asked, heard.channel), found)
    if wish.is_wish(asked) and reaction is not Reaction.SWITCHED_OFF:
        _offer_escalation(session, bot, heard)
        return
    if reaction in KEPT:
        question_id = _keep(session, bot, heard, reaction)
        heard = replace(heard, frame=replace(heard.frame, question_id=question_id))
    _act(session, bot, heard, reaction)
    if heard.names_patient:
        discretion.hint(session, bot, asked, heard.frame.asker.language)


def reply_to(bot: Bot, text: str, found: Match, reaction: Reaction, frame: Frame) -> Saying:
    """Put together the answer, the choice or the picker that a question gets."""
    ids = [candidate.topic for candidate in found.candidates]
    if reaction is Reaction.ANSWER:
        best = found.candidates[0]
        return composing.answer(bot, frame, best.topic, because=Because(found.phrase, best.score))
    if reaction is Reaction.CHOOSE:
        return composing.choice(bot, frame, Opening.UNSURE, ids[: composing.OFFERED])
    return composing.choice(bot, frame, Opening.UNKNOWN if text.strip() else Opening.NO_TEXT, [])


def mode_of(channel: ChannelRow | None) -> ChannelMode:
    """Return what the bot does in a channel; mentions only until an admin says otherwise."""
    return ChannelMode(channel.mode) if channel is not None and channel.mode else ChannelMode.MENTIONS


def _situation(asked: Asked, channel: ChannelRow | None) -> Situation:
    return Situation(
        text=asked.text,
        address=asked.address,
        mode=mode_of(channel),
        in_thread=bool(asked.thread_ts),
        mentions_others=asked.mentions_others,
    )


def _hear(
    session: Session,
    bot: Bot,
    asked: Asked,
    found: Match,
    profile: Profile | None,
    facts: ChannelFacts | None,
) -> _Heard:
    now = bot.clock.now()
    who = people.acquaint(session, asked.user, now, profile)
    person = who.person
    channel = None
    if asked.address is not Address.DIRECT:
        channel = people.know_channel(session, asked.channel, now, facts)
    practice_id = people.practice_of(session, who, channel, asked.text, bot.admins)
    asker = people.asker(session, who, practice_id, Language.EN)
    asker = replace(asker, language=people.language_for(asker.practice, found.language, person.locale))
    private = composing.is_private(asked.address, channel, practice_id)
    network = stored.directory_of(who.companies, is_sample=bot.is_sample)
    frame = Frame(asker, network, private, workspace_id=asked.workspace_id)
    names_patient = discretion.names_patient(bot, asked, mode_of(channel))
    return _Heard(asked, found, person, channel, practice_id, frame, names_patient)


def _offer_escalation(session: Session, bot: Bot, heard: _Heard) -> None:
    """Offer the form, with what was asked: that in whose thread it was said, else what was said with it."""
    asked, language = heard.asked, heard.frame.asker.language
    person = session.get_one(PersonRow, heard.person.id)
    question = wish.question_above(session, bot, asked, person)
    key = question.id if question is not None else None
    if question is None and wish.text_of(asked):
        key = _keep(session, bot, heard, Reaction.ANSWER if heard.found.topic else Reaction.PICK)
    say.reply(session, bot, asked, Notice(language, Remark.ESCALATE, (), (Step.ESCALATE,), key))
    if heard.names_patient:
        discretion.hint(session, bot, asked, language)


def _keep(session: Session, bot: Bot, heard: _Heard, reaction: Reaction) -> int:
    asked, found = heard.asked, heard.found
    question = {
        "workspace_id": asked.workspace_id,
        "channel_id": asked.channel_id,
        "message_ts": asked.message_ts,
        "thread_ts": asked.thread_ts,
        "person_id": heard.person.id,
        "practice_id": heard.practice_id,
        "address": asked.address,
        "language": heard.frame.asker.language,
        "text": None if heard.names_patient else wish.text_of(asked),
        "reaction": reaction,
        "topic": found.topic,
        "score": found.candidates[0].score if found.candidates else None,
        "candidates": " ".join(candidate.topic for candidate in found.candidates),
        "asked_at": bot.clock.now(),
    }
    return questions.keep(session, question)


def _act(session: Session, bot: Bot, heard: _Heard, reaction: Reaction) -> None:
    asked, frame = heard.asked, heard.frame
    language = frame.asker.language
    match reaction:
        case Reaction.NOTHING:
            return
        case Reaction.WELCOME if asked.address is not Address.COMMAND:
            say.thumb(session, bot, asked, THANKS_EMOJI)
        case Reaction.SWITCHED_OFF:
            notice = Notice(language, Remark.SWITCHED_OFF, (("command", bot.command),))
            say.whisper(session, bot, asked, notice)
        case Reaction.HELP | Reaction.WELCOME:
            say.reply(session, bot, asked, commands.help_notice(bot, language))
        case Reaction.DECLINE:
            say.reply(session, bot, asked, Notice(language, Remark.CLINICAL))
        case _:
            say.reply(session, bot, asked, reply_to(bot, asked.text, heard.found, reaction, frame))
