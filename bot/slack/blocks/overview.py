"""The whole support scheme on one page."""

from slack_sdk.models.blocks import Block, HeaderBlock, PlainTextObject

from bot.domain.network import Company
from bot.domain.saying import Overview
from bot.domain.scheme import Category, Provider
from bot.services.bot import Message
from bot.slack.blocks.parts import context, message, section
from bot.slack.mrkdwn import bold, escape, link
from bot.wording import say
from bot.wording.answer import fee_sentences
from bot.wording.formats import either


def overview_message(overview: Overview) -> Message:
    """Show all topics by level and company, with each category's status and cost."""
    scheme, language = overview.scheme, overview.language
    title = say(language, "overview.title")
    blocks: list[Block] = [HeaderBlock(text=PlainTextObject(text=title))]
    spoken = [title]
    for category in scheme.categories:
        heading, lines = _category(overview, category)
        blocks.append(section("\n".join([bold(escape(heading)), *(_line(line) for line in lines)])))
        spoken += [heading, *lines]
        fee = scheme.fees.get(category)
        if fee is not None:
            cost = " ".join(fee_sentences(language, fee))
            blocks += context(escape(cost))
            spoken.append(cost)
    source = scheme.source
    blocks += context(f"{say(language, 'answer.source')}: {link(source.url, source.title)}")
    spoken.append(f"{say(language, 'answer.source')}: {source.title}")
    return message([escape(line) for line in spoken], blocks)


def _line(line: str) -> str:
    """Set the levels off from the topics below them."""
    return escape(line) if line.startswith("•") or line.endswith(".") else bold(escape(line))


def _category(overview: Overview, category: Category) -> tuple[str, list[str]]:
    language, entry = overview.language, overview.scheme.categories[category]
    status = say(language, f"overview.status.{entry.status}")
    title = entry.title.in_(language)
    topics = [topic for topic in overview.scheme.topics if topic.category is category]
    levelled = any(topic.level is not None for topic in topics)
    company = _company(overview, entry.provider)
    heading = (
        f"{title} ({status})"
        if levelled
        else say(language, "overview.category", title=title, status=status, company=company)
    )
    lines = [entry.content.in_(language)]
    lines += [f"• {topic.title.in_(language)}" for topic in topics if topic.level is None]
    for number, level in overview.scheme.levels.items():
        at_level = [topic for topic in topics if topic.level == number]
        if at_level:
            name = _company(overview, level.provider)
            lines.append(say(language, "overview.level", title=level.title.in_(language), company=name))
            lines += [f"• {topic.title.in_(language)}" for topic in at_level]
    return heading, lines


def _company(overview: Overview, provider: Provider) -> str:
    language = overview.language
    known: dict[Provider, Company | None] = {
        Provider.DISTRIBUTOR: overview.vendor,
        Provider.MANUFACTURER: overview.manufacturer,
        Provider.SUPPORT_PARTNER: None,
    }
    company = known[provider]
    if company is not None:
        return company.name
    match provider:
        case Provider.DISTRIBUTOR:
            return say(language, "overview.unknown_vendor")
        case Provider.MANUFACTURER:
            return overview.scheme.manufacturer_name
        case Provider.SUPPORT_PARTNER:
            names = [partner.name for partner in overview.support_partners]
            return either(language, names) if names else say(language, "overview.unknown_partner")
