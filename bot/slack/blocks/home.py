"""The App Home: its parts one below the other, within the hundred blocks that Slack takes."""

from bot.domain.editing import DataPart
from bot.domain.escalation.listing import EscalationsPart
from bot.domain.maintenance.saying_overview import AskMePart, Home, HomePart
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.edit_home import add_data
from bot.slack.blocks.escalation_list import add_lists
from bot.slack.blocks.page import HOME_BLOCKS, Page
from bot.slack.blocks.parts import message
from bot.slack.blocks.renewals import add_part
from bot.slack.mrkdwn import escape
from bot.wording import say


def home_message(home: Home) -> Message:
    """Show a Home. How to ask is always there: what comes before it is cut where it is too long."""
    page, last = Page(), Page()
    ask = next((part for part in home.parts if isinstance(part, AskMePart)), AskMePart("", "", ""))
    for part in home.parts:
        if isinstance(part, AskMePart):
            _add(last, home.language, part, ask)
        else:
            _add(page, home.language, part, ask)
            page.rule()
    page.cut(
        HOME_BLOCKS - len(last.pieces), say(home.language, "home.cut", renewals_command=ask.renewals_command)
    )
    return message([*page.spoken, *last.spoken], [*page.blocks, *last.blocks])


def _add(page: Page, language: Language, part: HomePart, ask: AskMePart) -> None:
    if isinstance(part, EscalationsPart):
        add_lists(page, language, part)
        return
    if isinstance(part, DataPart):
        add_data(page, language, part)
        return
    if not isinstance(part, AskMePart):
        add_part(page, language, part, ask.renewals_command)
        return
    page.title(say(language, "home.ask_title"))
    text = say(
        language,
        "home.ask",
        command=escape(part.command),
        renewals_command=escape(part.renewals_command),
        escalate_command=escape(part.escalate_command),
    )
    page.markup(text, text)
