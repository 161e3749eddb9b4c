"""What the bot says, as Block Kit. Pure: a value goes in, a message comes out."""

from bot.domain.maintenance.reminder import (
    BillerReminder,
    PracticeReminder,
    ReminderSaying,
    UnreachedReminder,
)
from bot.domain.maintenance.saying_answers import AnswerSaying
from bot.domain.maintenance.saying_overview import (
    Home,
    OverdueLines,
    OverviewSaying,
    PackageHistory,
    Renewals,
    RenewalsHint,
)
from bot.domain.maintenance.saying_statement import (
    RemittanceNote,
    StatementNote,
    StatementRefusal,
    StatementSaying,
    YearNote,
)
from bot.domain.saying import Answer, ChannelReport, Choice, Notice, Overview, Saying
from bot.services.bot import Message
from bot.slack.blocks.answer import answer_message
from bot.slack.blocks.choice import choice_message
from bot.slack.blocks.home import home_message
from bot.slack.blocks.notice import channel_message, notice_message
from bot.slack.blocks.overview import overview_message
from bot.slack.blocks.reminder import reminder_message
from bot.slack.blocks.renewal_answers import answer_saying
from bot.slack.blocks.renewals import hint_message, history_message, overdue_message, renewals_message
from bot.slack.blocks.statement import statement_message


def render(saying: Saying) -> Message:
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
        case _:
            return _about_renewals(saying)


def _about_renewals(
    saying: ReminderSaying | AnswerSaying | OverviewSaying | StatementSaying,
) -> Message:
    match saying:
        case Home():
            return home_message(saying)
        case Renewals():
            return renewals_message(saying)
        case OverdueLines():
            return overdue_message(saying)
        case PackageHistory():
            return history_message(saying)
        case RenewalsHint():
            return hint_message(saying)
        case _:
            return _about_one_payment(saying)


def _about_one_payment(saying: ReminderSaying | AnswerSaying | StatementSaying) -> Message:
    match saying:
        case PracticeReminder() | BillerReminder() | UnreachedReminder():
            return reminder_message(saying)
        case StatementNote() | RemittanceNote() | YearNote() | StatementRefusal():
            return statement_message(saying)
        case _:
            return answer_saying(saying)
