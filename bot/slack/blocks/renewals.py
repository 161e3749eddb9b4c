"""What `/renewals` answers: a practice's packages, a biller's lists, the network's figures, a history."""

from slack_sdk.models.blocks import Block

from bot.domain.maintenance.overview import Chapter, LineList, by_month
from bot.domain.maintenance.saying_overview import (
    BillerPart,
    Lack,
    NetworkPart,
    NoPart,
    OverdueLines,
    PackageHistory,
    PracticePart,
    Renewals,
    RenewalsHint,
    RenewalsPart,
)
from bot.domain.saying import Step
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.page import MESSAGE_BLOCKS, Page
from bot.slack.blocks.parts import actions, contact_markup, contact_words, message, section, step_button
from bot.slack.mrkdwn import bold, escape
from bot.wording import renewals as words
from bot.wording import say
from bot.wording.formats import day
from bot.wording.prices import price

DISTRIBUTORS_SHOWN = 12


def renewals_message(renewals: Renewals) -> Message:
    """Show somebody's own part of renewals."""
    page = Page()
    for part in renewals.parts:
        add_part(page, renewals.language, part, renewals.command)
    page.cut(MESSAGE_BLOCKS, say(renewals.language, "renewals.hint.words", command=renewals.command))
    return _message(page)


def overdue_message(found: OverdueLines) -> Message:
    """List what is late."""
    page, language = Page(), found.language
    late = [one for one in found.lists if one.count]
    if not late:
        page.lines("", [say(language, "renewals.overdue_none")])
    for one in late:
        _add_list(page, language, one)
    return _message(page)


def hint_message(hint: RenewalsHint) -> Message:
    """Say what may be typed, or that there is no such package."""
    package = escape(hint.package[:80]).replace("`", "'")
    text = say(hint.language, f"renewals.hint.{hint.hint}", command=escape(hint.command), package=package)
    return message([text], [section(text)])


def history_message(found: PackageHistory) -> Message:
    """Show a package's years, each with what happened."""
    page, language = Page(), found.language
    page.title(say(language, "renewals.history", package=found.package, practice=found.practice))
    page.small(escape(say(language, "renewals.bought_on", date=day(language, found.bought_on))))
    for chapter in found.chapters:
        _add_chapter(page, language, chapter)
    if found.more:
        page.small(say(language, "renewals.more_years", count=found.more))
    page.cut(MESSAGE_BLOCKS, say(language, "renewals.more_years", count=found.more))
    return _message(page)


def add_part(page: Page, language: Language, part: RenewalsPart, command: str) -> None:
    """Add somebody's part to a page; `command` is the name of the command for renewals."""
    match part:
        case PracticePart():
            _add_practice(page, language, part, command)
        case BillerPart():
            _add_biller(page, language, part, command)
        case NetworkPart():
            _add_network(page, language, part)
        case NoPart():
            _add_lack(page, language, part)


def _message(page: Page) -> Message:
    return message(page.spoken, page.blocks)


def _add_practice(page: Page, language: Language, part: PracticePart, command: str) -> None:
    page.title(say(language, "renewals.own", practice=part.practice))
    if not part.packages:
        page.lines("", [say(language, "renewals.own_none", practice=part.practice)])
    for own in part.packages:
        page.lines(words.package_title(language, own), words.package_lines(language, own))
    if part.more:
        page.small(say(language, "renewals.more_packages", count=part.more, command=escape(command)))
    for helper in part.helpers:
        title = escape(say(language, "renewals.helper", company=helper.company))
        if helper.contact is None:
            page.markup(bold(title), title)
        else:
            said = f"{title}: {contact_words(helper.contact)}"
            page.markup(f"{bold(title)}\n{contact_markup(helper.contact)}", said)


def _add_biller(page: Page, language: Language, part: BillerPart, command: str) -> None:
    if part.is_direct:
        page.title(say(language, "renewals.direct", company=part.company))
    else:
        page.title(say(language, "renewals.billing", company=part.company))
    empty = [words.list_title(language, one) for one in part.lists if not one.count]
    for one in part.lists:
        if one.count:
            _add_list(page, language, one)
    if empty:
        page.small(escape("  ·  ".join(empty)))
    page.small(say(language, "renewals.how_all", command=escape(command)))


def _add_list(page: Page, language: Language, found: LineList) -> None:
    lines = [f"• {words.list_line(language, line, found.heading)}" for line in found.lines]
    more = words.not_shown(language, found)
    page.lines(words.list_title(language, found), [*lines, *([more] if more else [])])


def _add_network(page: Page, language: Language, part: NetworkPart) -> None:
    page.title(say(language, "renewals.network"))
    if not part.distributors:
        page.lines("", [say(language, "renewals.network_none")])
    # Those with the largest gaps first: of many, they are the ones to see.
    gaps = sorted(part.distributors, key=lambda one: -(one.missing_before_cents + one.missing_cents))
    for one in gaps[:DISTRIBUTORS_SHOWN]:
        page.lines(words.distributor_title(language, one), words.distributor_lines(language, one, part))
    if len(gaps) > DISTRIBUTORS_SHOWN:
        page.small(say(language, "renewals.more_distributors", count=len(gaps) - DISTRIBUTORS_SHOWN))
    for currency in part.currencies:
        months = by_month(one for one in part.distributors if one.currency == currency)
        page.lines("", [say(language, "renewals.chart")])
        page.code(words.chart(language, months, currency))


def _add_lack(page: Page, language: Language, part: NoPart) -> None:
    text = say(
        language,
        f"renewals.lack.{part.lack}",
        practice=escape(part.practice),
        vendor=escape(part.vendor),
    )
    page.markup(text, text)
    asks: list[Block] = actions([step_button(language, Step.SAY_PRACTICE, None)])
    page.add(asks if part.lack is Lack.UNKNOWN else [])


def _add_chapter(page: Page, language: Language, chapter: Chapter) -> None:
    line = chapter.line
    charged = price(language, line.charge, line.currency)
    lines = [say(language, "renewals.price", amount=charged, company=line.names.biller)]
    lines += [f"• {words.happening(language, one, line.currency)}" for one in chapter.happenings]
    if not chapter.happenings:
        lines.append(say(language, "renewals.nothing_happened"))
    page.lines(words.state(language, line), lines)
