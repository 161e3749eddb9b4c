"""A choice between topics, or the picker of all of them."""

from slack_sdk.models.blocks import Block, ButtonElement, StaticSelectElement

from bot.domain.saying import Choice
from bot.services.bot import Message
from bot.slack.blocks.parts import (
    actions,
    contact_words,
    context,
    message,
    section,
    topic_button,
    topic_picker,
)
from bot.slack.mrkdwn import escape
from bot.wording import say
from bot.wording.presence import absence


def choice_message(choice: Choice) -> Message:
    """Show the offered topics as buttons and all topics as a menu."""
    language = choice.language
    opening = say(language, f"choice.{choice.opening}")
    way_out = _way_out(choice)
    blocks: list[Block] = [section(escape(opening))]
    if choice.question_id is not None:
        elements: list[ButtonElement | StaticSelectElement] = [
            topic_button(language, topic, choice.question_id) for topic in choice.topics
        ]
        elements.append(topic_picker(language, choice.scheme, choice.question_id))
        blocks += actions(elements)
    blocks += context(way_out)
    titles = [escape(topic.title.in_(language)) for topic in choice.topics]
    return message([escape(opening), *titles, way_out], blocks)


def _way_out(choice: Choice) -> str:
    """Name the vendor; escaped."""
    if choice.vendor is None:
        return escape(say(choice.language, "choice.vendor_unknown"))
    vendor = choice.vendor
    contact = contact_words(choice.contact) if choice.contact else escape(vendor.website or vendor.name)
    words = say(choice.language, "choice.vendor", company=escape(vendor.name), contact=contact)
    away = absence(choice.language, choice.absent, choice.contact)
    return f"{words} {escape(away)}".strip()
