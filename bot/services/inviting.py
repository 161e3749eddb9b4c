"""The bot was invited to a channel."""

from sqlmodel import Session

from bot.domain.arrival import Invited
from bot.domain.network import SlackChannel
from bot.domain.saying import Notice, Remark
from bot.services import people
from bot.services import saying as say
from bot.services.bot import Bot
from bot.services.people import ChannelFacts, Profile


def settle(
    session: Session, bot: Bot, invited: Invited, profile: Profile | None, facts: ChannelFacts | None
) -> None:
    """Know the channel, and tell the one who invited what the bot does there."""
    now = bot.clock.now()
    person = people.meet(session, invited.user, now, profile)
    people.know_channel(session, SlackChannel(invited.workspace_id, invited.channel_id), now, facts)
    language = people.language_for(None, None, person.locale)
    notice = Notice(language, Remark.INTRODUCTION, (("command", bot.command),))
    say.whisper(session, bot, invited, notice)
