"""A message or a command comes in: decide what it is about and say who helps."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlmodel import Session

from bot.domain.arrival import Asked
from bot.domain.manners import Address, ChannelMode, Reaction, Situation, place_of, react
from bot.domain.matching.match import Match
from bot.domain.saying import Because, Notice, Opening, Remark, Saying, Step
from bot.domain.scheme import Language
from bot.services import commands, composing, discretion, people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.commands import Order
from bot.services.composing import Frame
from bot.services.escalations import wish
from bot.services.people import ChannelFacts, Profile
from bot.storage.afresh import start_afresh
from bot.storage.queries import directory as stored
from bot.storage.queries import questions as stored_questions
from bot.storage.queries.acquaintance import Acquaintance, Somebody
from bot.storage.queries.outbox import Outgoing
from bot.storage.tables import ChannelRow, PersonRow

THANKS_EMOJI = "blush"
KEPT = frozenset({Reaction.ANSWER, Reaction.CHOOSE, Reaction.PICK})
"""The reactions to a question; others are pleasantries, of which nothing is kept."""


class Question(Struct, frozen=True):
    """An arrived message: what `recognise` said of it, and what Slack said just now, if it was asked."""

    asked: Asked
    found: Match
    profile: Profile | None = None
    facts: ChannelFacts | None = None


class _Heard(Struct, frozen=True):
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


def settle(session: Session, bot: Bot, questions: Sequence[Question]) -> None:
    """Give arrived messages their effect: a reply in the outbox and the question kept, or nothing at all.

    One after the other, but plain questions that follow each other together: it takes fewer statements.
    """
    ordered = [(question, _order(question.asked)) for question in questions]
    for are_plain, some in groupby(ordered, _is_plain):
        if are_plain:
            _answer(session, bot, [question for question, _ in some])
            start_afresh(session)
            continue
        for question, order in some:
            if order is None:
                _hear_wish(session, bot, question)
            else:
                _obey(session, bot, question, order)
            start_afresh(session)


def _is_plain(ordered: tuple[Question, Order | None]) -> bool:
    """Say whether a message is a question or a pleasantry, and neither an order nor a wish to escalate."""
    question, order = ordered
    return order is None and not wish.is_wish(question.asked)


def _order(asked: Asked) -> Order | None:
    return commands.parse(asked.text) if asked.address is Address.COMMAND else None


def _answer(session: Session, bot: Bot, questions: Sequence[Question]) -> None:
    heard = _hear(session, bot, questions)
    reactions = [react(_situation(one.asked, one.channel), one.found) for one in heard]
    kept = [(one, reaction) for one, reaction in zip(heard, reactions, strict=True) if reaction in KEPT]
    keys = iter(_keep(session, bot, kept))
    outgoing: list[Outgoing] = []
    for one, reaction in zip(heard, reactions, strict=True):
        frame = replace(one.frame, question_id=next(keys)) if reaction in KEPT else one.frame
        outgoing += _calls(bot, one, reaction, frame)
    say.send(session, bot, outgoing)


def _obey(session: Session, bot: Bot, question: Question, order: Order) -> None:
    # The words of an order are the same in every language: they do not tell which one somebody speaks.
    found = replace(question.found, language=None)
    (heard,) = _hear(session, bot, [replace(question, found=found)])
    person = session.get_one(PersonRow, heard.person.id)
    answer = commands.obey(session, bot, order, heard.asked, person, heard.channel, heard.frame)
    say.reply(session, bot, heard.asked, answer)


def _hear_wish(session: Session, bot: Bot, question: Question) -> None:
    (heard,) = _hear(session, bot, [question])
    reaction = react(_situation(heard.asked, heard.channel), heard.found)
    if reaction is Reaction.SWITCHED_OFF:
        say.send(session, bot, list(_calls(bot, heard, reaction, heard.frame)))
    else:
        _offer_escalation(session, bot, heard)


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


def _hear(session: Session, bot: Bot, questions: Sequence[Question]) -> list[_Heard]:
    now = bot.clock.now()
    asked_by = [(question.asked.user, question.profile) for question in questions]
    known = people.acquaint(session, asked_by, now)
    return [
        _understand(session, bot, question, who, now) for question, who in zip(questions, known, strict=True)
    ]


def _understand(session: Session, bot: Bot, question: Question, who: Acquaintance, now: datetime) -> _Heard:
    asked, found, person = question.asked, question.found, who.person
    channel = None
    if asked.address is not Address.DIRECT:
        channel = people.know_channel(session, asked.channel, now, question.facts)
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
        reaction = Reaction.ANSWER if heard.found.topic else Reaction.PICK
        (key,) = _keep(session, bot, [(heard, reaction)])
    offer = Notice(language, Remark.ESCALATE, (), (Step.ESCALATE,), key)
    say.send(session, bot, [say.to_reply(bot, asked, offer), *_hints(bot, heard)])


def _keep(session: Session, bot: Bot, questions: Sequence[tuple[_Heard, Reaction]]) -> list[int]:
    return stored_questions.keep(session, [_values(bot, heard, reaction) for heard, reaction in questions])


def _values(bot: Bot, heard: _Heard, reaction: Reaction) -> dict[str, Any]:
    asked, found = heard.asked, heard.found
    return {
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


def _calls(bot: Bot, heard: _Heard, reaction: Reaction, frame: Frame) -> Iterator[Outgoing]:
    """Give the calls that a message gets for a reaction."""
    asked, language = heard.asked, frame.asker.language
    match reaction:
        case Reaction.NOTHING:
            pass
        case Reaction.WELCOME if asked.address is not Address.COMMAND:
            yield say.to_thumb(asked, THANKS_EMOJI)
        case Reaction.SWITCHED_OFF:
            notice = Notice(language, Remark.SWITCHED_OFF, (("command", bot.command),))
            yield say.to_whisper(bot, asked, notice)
        case Reaction.HELP | Reaction.WELCOME:
            yield say.to_reply(bot, asked, commands.help_notice(bot, language))
        case Reaction.DECLINE:
            yield say.to_reply(bot, asked, Notice(language, Remark.CLINICAL))
        case _:
            yield say.to_reply(bot, asked, reply_to(bot, asked.text, heard.found, reaction, frame))
    yield from _hints(bot, heard)


def _hints(bot: Bot, heard: _Heard) -> Iterator[Outgoing]:
    if heard.names_patient:
        yield discretion.hint(bot, heard.asked, heard.frame.asker.language)
