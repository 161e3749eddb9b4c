"""What the bot says, as Block Kit. Pure: a value goes in, a message comes out."""

from collections.abc import Callable
from typing import Any, get_args

from bot.domain.escalation.bridge import BridgeSaying
from bot.domain.escalation.listing import ListSaying
from bot.domain.escalation.saying import EscalationSaying
from bot.domain.maintenance.reminder import ReminderSaying
from bot.domain.maintenance.saying_answers import AnswerSaying
from bot.domain.maintenance.saying_overview import Home, OverdueLines, PackageHistory, Renewals, RenewalsHint
from bot.domain.maintenance.saying_statement import StatementSaying
from bot.domain.report import Digest
from bot.domain.saying import Answer, ChannelReport, Choice, Notice, Overview, Saying
from bot.services.bot import Message
from bot.slack.blocks.answer import answer_message
from bot.slack.blocks.choice import choice_message
from bot.slack.blocks.escalation import escalation_message
from bot.slack.blocks.escalation_list import list_message
from bot.slack.blocks.escalation_thread import bridge_message
from bot.slack.blocks.home import home_message
from bot.slack.blocks.notice import channel_message, notice_message
from bot.slack.blocks.overview import overview_message
from bot.slack.blocks.reminder import reminder_message
from bot.slack.blocks.renewal_answers import answer_saying
from bot.slack.blocks.renewals import hint_message, history_message, overdue_message, renewals_message
from bot.slack.blocks.report import digest_message
from bot.slack.blocks.statement import statement_message

_RENDERERS: dict[type, Callable[[Any], Message]] = {
    Answer: answer_message,
    Choice: choice_message,
    Overview: overview_message,
    ChannelReport: channel_message,
    Notice: notice_message,
    Home: home_message,
    Renewals: renewals_message,
    OverdueLines: overdue_message,
    PackageHistory: history_message,
    RenewalsHint: hint_message,
    Digest: digest_message,
    **dict.fromkeys(get_args(ReminderSaying), reminder_message),
    **dict.fromkeys(get_args(AnswerSaying), answer_saying),
    **dict.fromkeys(get_args(StatementSaying), statement_message),
    **dict.fromkeys(get_args(EscalationSaying), escalation_message),
    **dict.fromkeys(get_args(BridgeSaying), bridge_message),
    **dict.fromkeys(get_args(ListSaying), list_message),
}


def render(saying: Saying) -> Message:
    """Turn a saying into a message. Raises `SlackObjectFormationError` when it breaks a limit of Slack's."""
    return _RENDERERS[type(saying)](saying)
