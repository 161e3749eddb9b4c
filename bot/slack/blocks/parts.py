"""The pieces that several messages share."""

from collections.abc import Iterable, Sequence

from slack_sdk.models.blocks import Block, ButtonElement, SectionBlock, StaticSelectElement

from bot.domain.network import Contact
from bot.domain.saying import Step
from bot.domain.scheme import Language, SupportScheme, Topic
from bot.services.bot import Message
from bot.slack.blocks.checked import (
    Actions,
    Button,
    Choice,
    Choices,
    Context,
    Markdown,
    Menu,
    Plain,
    Section,
)
from bot.slack.mrkdwn import cut, escape, link, who
from bot.wording import say

ACTION = "signpost."
"""What every action id of ours begins with; a question's number follows after a second dot in values."""
SECTION_LIMIT = 3000


def message(text: Iterable[str], blocks: Sequence[Block]) -> Message:
    """Put a message together; `text` are the lines that a screen reader reads."""
    return Message("\n".join(line for line in text if line), tuple(block.to_dict() for block in blocks))


def section(text: str) -> SectionBlock:
    """Show mrkdwn that is escaped already, cut to what Slack takes."""
    return Section(text=Markdown(text=cut(text, SECTION_LIMIT)))


def context(*texts: str) -> list[Block]:
    """Show small print; nothing where there is none."""
    elements = [Markdown(text=cut(text, SECTION_LIMIT)) for text in texts if text]
    return [Context(elements=elements)] if elements else []


def step_button(language: Language, step: Step, question_id: int | None) -> ButtonElement:
    """Make the button of a step."""
    return Button(
        action_id=f"{ACTION}{step}",
        text=Plain(text=say(language, f"button.{step}"), emoji=True),
        value=str(question_id or ""),
        style="primary" if step in (Step.SOLVED, Step.SAY_PRACTICE) else None,
    )


def topic_button(language: Language, topic: Topic, question_id: int) -> ButtonElement:
    """Make the button that chooses a topic."""
    return Button(
        action_id=f"{ACTION}topic.{topic.id}",
        text=Plain(text=topic.title.in_(language)[:75]),
        value=f"{question_id} {topic.id}",
    )


def topic_picker(language: Language, scheme: SupportScheme, question_id: int) -> StaticSelectElement:
    """Make the menu of all topics, grouped as the scheme groups them."""
    return Menu(
        action_id=f"{ACTION}topic",
        placeholder=Plain(text=say(language, "button.pick")),
        option_groups=[
            Choices(
                label=Plain(text=label[:75]),
                options=[
                    Choice(
                        text=Plain(text=topic.title.in_(language)[:75]),
                        value=f"{question_id} {topic.id}",
                    )
                    for topic in topics
                ],
            )
            for label, topics in grouped_topics(language, scheme)
        ],
    )


def grouped_topics(language: Language, scheme: SupportScheme) -> list[tuple[str, list[Topic]]]:
    """Group the topics by category, and technical support by level, in the scheme's order."""
    groups: dict[str, list[Topic]] = {}
    for topic in scheme.topics:
        label = scheme.categories[topic.category].title.in_(language)
        if topic.level is not None:
            label = f"{label}, {scheme.levels[topic.level].title.in_(language)}"
        groups.setdefault(label, []).append(topic)
    return list(groups.items())


def actions(elements: Sequence[ButtonElement | StaticSelectElement]) -> list[Block]:
    """Show buttons and menus; nothing where there is none."""
    return [Actions(elements=list(elements))] if elements else []


def contact_markup(contact: Contact, website: str = "") -> str:
    """Show whom to reach, everything a click away."""
    parts = [f"*{escape(contact.name)}*" if contact.name else ""]
    if contact.phone:
        parts.append(
            link(f"tel:{''.join(c for c in contact.phone if c.isdigit() or c == '+')}", contact.phone)
        )
    if contact.email:
        parts.append(link(f"mailto:{contact.email}", contact.email))
    if contact.slack is not None:
        parts.append(who(contact.slack))
    if website:
        parts.append(link(website, website.removeprefix("https://")))
    return "  ·  ".join(part for part in parts if part)


def contact_words(contact: Contact, website: str = "") -> str:
    """Say whom to reach, for a screen reader: escaped, with Slack's own markup for whoever is in Slack."""
    words = [escape(part) for part in (contact.name, contact.phone, contact.email, website) if part]
    return ", ".join([*words, *([who(contact.slack)] if contact.slack else [])])


def former(language: Language, practice: str) -> str:
    """Return what stands for somebody who was forgotten; `practice` is empty where it is not known."""
    if practice:
        return say(language, "escalation.former_member", practice=practice)
    return say(language, "escalation.former_person")
