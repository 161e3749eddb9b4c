"""Files on the other side: the link is given to one person, who confirmed that they want to see it."""

from sqlmodel import Session

from bot.domain.arrival import FileWanted
from bot.domain.escalation.bridge import BridgeSaying, FileShown, LinkedFile, ThreadNotice, ThreadRemark
from bot.domain.rights import Action
from bot.services import people
from bot.services.bot import Bot
from bot.services.escalations.actors import actor_in
from bot.services.escalations.posting import whisper
from bot.services.people import Profile
from bot.storage.tables import BridgedMessageRow, EscalationRow, PersonRow


def settle(session: Session, bot: Bot, wanted: FileWanted, profile: Profile | None) -> None:
    """Give the link to whoever may see the escalation, as long as the file was not withdrawn."""
    person = people.meet(session, wanted.user, bot.clock.now(), profile)
    language = people.language_for(None, None, person.locale)
    file = _file(session, bot, wanted, person)
    saying: BridgeSaying = ThreadNotice(language, ThreadRemark.NO_FILE)
    if file is not None:
        saying = FileShown(language, file)
    whisper(session, bot, wanted, saying, wanted.key)


def _file(session: Session, bot: Bot, wanted: FileWanted, person: PersonRow) -> LinkedFile | None:
    message = session.get(BridgedMessageRow, wanted.message_id)
    row = session.get(EscalationRow, message.escalation_id) if message else None
    if message is None or row is None or wanted.number >= len(message.files):
        return None
    if message.workspace_id != wanted.workspace_id:  # Nobody can open there what lies in another workspace.
        return None
    if not actor_in(session, bot, row, person).may(Action.SEE_ESCALATION):
        return None
    return LinkedFile(**message.files[wanted.number])
