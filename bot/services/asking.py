"""A message or a command comes in: decide what it is about and say who helps."""

from sqlmodel import Session

from bot.domain.arrival import Asked
from bot.domain.manners import Address, ChannelMode, Reaction, Situation, react
from bot.domain.matching.match import Match
from bot.domain.saying import Because, Notice, Opening, Remark, Saying
from bot.services import commands, composing, people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.composing import Frame
from bot.services.people import ChannelFacts, Profile
from bot.storage.queries import directory as stored
from bot.storage.tables import ChannelRow, PersonRow, QuestionRow

THANKS_EMOJI = "blush"
KEPT = frozenset({Reaction.ANSWER, Reaction.CHOOSE, Reaction.PICK})
"""The reactions to a question; others are pleasantries, of which nothing is kept."""


def settle(
    session: Session,
    bot: Bot,
    asked: Asked,
    found: Match,
    profile: Profile | None,
    facts: ChannelFacts | None,
) -> None:
    """Give an arrived message its effect: a reply in the outbox and the question kept, or nothing at all.

    `found` is what the matcher said of `asked.text`; `profile` and `facts` are what Slack said just now, if
    it was asked.
    """
    now = bot.clock.now()
    person = people.meet(session, asked.user, now, profile)
    channel = None
    if asked.address is not Address.DIRECT:
        channel = people.know_channel(session, asked.channel, now, facts)
    practice_id = people.practice_of(session, person, channel, asked.text)
    language = people.language_for(stored.practice(session, practice_id), found.language, person.locale)
    frame = Frame(
        people.asker(session, person, practice_id, language),
        composing.is_private(asked.address, channel, practice_id),
    )
    order = commands.parse(asked.text) if asked.address is Address.COMMAND else None
    if order is not None:
        say.reply(session, bot, asked, commands.obey(session, bot, order, asked, person, channel, frame))
        return
    reaction = react(_situation(asked, channel), found)
    if reaction in KEPT:
        question = _keep(session, bot, asked, found, reaction, person, frame, practice_id)
        frame = Frame(frame.asker, frame.is_private, question.id)
    _act(session, bot, asked, found, reaction, frame)


def reply_to(session: Session, bot: Bot, found: Match, reaction: Reaction, frame: Frame) -> Saying:
    """Put together the answer, the choice or the picker that a question gets."""
    ids = [candidate.topic for candidate in found.candidates]
    if reaction is Reaction.ANSWER:
        best = found.candidates[0]
        return composing.answer(session, bot, frame, best.topic, because=Because(best.phrase, best.score))
    if reaction is Reaction.CHOOSE:
        return composing.choice(bot, frame, Opening.UNSURE, ids[: composing.OFFERED])
    return composing.choice(bot, frame, Opening.UNKNOWN, [])


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


def _keep(
    session: Session,
    bot: Bot,
    asked: Asked,
    found: Match,
    reaction: Reaction,
    person: PersonRow,
    frame: Frame,
    practice_id: int | None,
) -> QuestionRow:
    question = QuestionRow(
        workspace_id=asked.workspace_id,
        channel_id=asked.channel_id,
        message_ts=asked.message_ts,
        thread_ts=asked.thread_ts,
        person_id=person.id,
        practice_id=practice_id,
        address=asked.address,
        language=frame.asker.language,
        text=asked.text,
        reaction=reaction,
        topic=found.topic,
        score=found.candidates[0].score if found.candidates else None,
        candidates=" ".join(candidate.topic for candidate in found.candidates),
        asked_at=bot.clock.now(),
    )
    session.add(question)
    session.flush()
    return question


def _act(session: Session, bot: Bot, asked: Asked, found: Match, reaction: Reaction, frame: Frame) -> None:
    language = frame.asker.language
    match reaction:
        case Reaction.NOTHING:
            return
        case Reaction.WELCOME:
            _welcome(session, bot, asked, frame)
        case Reaction.SWITCHED_OFF:
            notice = Notice(language, Remark.SWITCHED_OFF, (("command", bot.command),))
            say.whisper(session, bot, asked, notice)
        case Reaction.HELP:
            say.reply(session, bot, asked, commands.help_notice(bot, language))
        case Reaction.DECLINE:
            say.reply(session, bot, asked, Notice(language, Remark.CLINICAL))
        case Reaction.PICK if not asked.text.strip():
            say.reply(session, bot, asked, composing.choice(bot, frame, Opening.NO_TEXT, []))
        case _:
            say.reply(session, bot, asked, reply_to(session, bot, found, reaction, frame))


def _welcome(session: Session, bot: Bot, asked: Asked, frame: Frame) -> None:
    if asked.address is Address.COMMAND:  # There is no message to react to.
        say.reply(session, bot, asked, commands.help_notice(bot, frame.asker.language))
    else:
        say.thumb(session, bot, asked, THANKS_EMOJI)
