"""What the bot says, as Block Kit. Pure: a value goes in, a message comes out."""

from bot.domain.escalation.saying import Card, Nudge, Receipt, ThreadLine, Trouble
from bot.domain.maintenance.reminder import BillerReminder, PracticeReminder, UnreachedReminder
from bot.domain.saying import Answer, ChannelReport, Choice, Notice, Overview, Saying
from bot.services.bot import Message
from bot.slack.blocks.answer import answer_message
from bot.slack.blocks.choice import choice_message
from bot.slack.blocks.escalation import escalation_message
from bot.slack.blocks.notice import channel_message, notice_message
from bot.slack.blocks.overview import overview_message
from bot.slack.blocks.reminder import reminder_message


def render(saying: Saying) -> Message:  # noqa: PLR0911 - a return a kind of saying
    """Turn a saying into a message. Raises `SlackObjectFormationError` when it breaks a limit of Slack's."""
    match saying:
        case Answer():
            return answer_message(saying)
        case Choice():
            return choice_message(saying)
        case Overview():
            return overview_message(saying)
        case ChannelReport():
            return channel_message(saying)
        case Notice():
            return notice_message(saying)
        case Card() | Receipt() | ThreadLine() | Nudge() | Trouble():
            return escalation_message(saying)
        case PracticeReminder() | BillerReminder() | UnreachedReminder():
            return reminder_message(saying)
