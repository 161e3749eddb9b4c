"""Short messages: remarks, and what the bot does in a channel."""

from slack_sdk.models.blocks import PlainTextObject
from slack_sdk.models.views import View

from bot.domain.saying import ChannelReport, Notice, Remark
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.parts import actions, message, section, step_button
from bot.slack.mrkdwn import escape
from bot.wording import say


def notice_message(notice: Notice) -> Message:
    """Show a remark with what is filled in."""
    values = {name: escape(value) for name, value in notice.values}
    text = say(notice.language, f"remark.{notice.remark}", **values)
    buttons = [step_button(notice.language, step, notice.question_id) for step in notice.steps]
    return message([text], [section(text), *actions(buttons)])


def channel_message(report: ChannelReport) -> Message:
    """Say what the bot does in a channel."""
    lines = [say(report.language, "channel.changed")] if report.changed else []
    lines.append(say(report.language, f"channel.now.{report.mode}"))
    if not report.changed:
        lines.append(say(report.language, "channel.how", command=report.command))
    text = " ".join(lines)
    return message([text], [section(text)])


def remark_view(language: Language, remark: Remark) -> View:
    """Show a remark in a modal's place."""
    return View(
        type="modal",
        title=PlainTextObject(text="Signpost"),
        close=PlainTextObject(text=say(language, "edit.close")),
        blocks=[section(escape(say(language, f"remark.{remark}")))],
    )
