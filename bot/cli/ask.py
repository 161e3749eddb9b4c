"""One question, answered in the terminal."""

from functools import partial

from sqlmodel import Session

from bot.app.matching import MeaningComes
from bot.app.parts import accepted_phrases, directory_in, knowledge_with, open_existing
from bot.cli.paper import answer_on_paper, choice_on_paper, remark_on_paper
from bot.domain.manners import Address, Reaction, Situation, place_of, react
from bot.domain.matching.match import Match
from bot.domain.network import Asker
from bot.domain.saying import Answer, Choice, Remark
from bot.services import asking, people
from bot.services.bot import Bot, Message
from bot.services.composing import Frame
from bot.settings import load_settings
from bot.storage.queries import directory as stored


def ask_once(question: str, practice_name: str) -> str:
    """Return the answer to `question` as text. Without a directory the sample one is asked, and says so."""
    settings = load_settings()
    with open_existing(settings) as database:
        scheme, matcher = knowledge_with(settings, accepted_phrases(database), MeaningComes.IF_STORED)
        found = matcher.match(question, place_of(Address.DIRECT))
        with directory_in(database) as (place, is_sample):
            bot = Bot(
                scheme,
                matcher,
                _unused,
                command=settings.support_command,
                renewals_command=settings.renewals_command,
                escalate_command=settings.escalate_command,
                is_sample=is_sample,
            )
            return place.run(
                partial(_answer, bot=bot, question=question, found=found, practice_name=practice_name)
            )


def _answer(session: Session, bot: Bot, question: str, found: Match, practice_name: str) -> str:
    practice_name = practice_name or (_sample_practice(session) if bot.is_sample else "")
    row = stored.practice_by_name(session, practice_name) if practice_name else None
    if practice_name and row is None:
        return f"There is no practice of exactly the name “{practice_name}”: check capitals and spelling."
    practice = stored.practice(session, row.id) if row else None
    language = people.language_for(None, found.language, "")
    network = stored.directory(session, is_sample=bot.is_sample)
    frame = Frame(Asker(language=language, practice=practice), network, is_private=True)
    reaction = react(Situation(question, Address.DIRECT), found)
    remark = _REMARKS.get(reaction)
    if remark is not None:
        return remark_on_paper(language, remark, bot)
    saying = asking.reply_to(bot, question, found, reaction, frame)
    if isinstance(saying, Answer):
        return answer_on_paper(saying)
    if isinstance(saying, Choice):
        return choice_on_paper(saying)
    raise AssertionError(saying)


_REMARKS = {Reaction.HELP: Remark.HELP, Reaction.WELCOME: Remark.HELP, Reaction.DECLINE: Remark.CLINICAL}


def _sample_practice(session: Session) -> str:
    """Ask for the sample's first practice that bought from a distributor, as most practices did."""
    return stored.first_resold_practice(session)


def _unused(_saying: object) -> Message:
    raise AssertionError("The terminal sends no messages.")
