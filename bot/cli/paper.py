"""What the bot says, as text for a terminal."""

import textwrap
from collections.abc import Iterator

import typer

from bot.domain.network import Contact
from bot.domain.saying import Answer, Choice, Remark
from bot.domain.scheme import Language
from bot.services.bot import Bot
from bot.wording import say
from bot.wording.answer import answer_text

WIDTH = 92


def answer_on_paper(answer: Answer) -> str:
    """Lay out an answer: the company first, then why, whom to reach, what to do, cost, and the source."""
    text, language = answer_text(answer), answer.language
    contact = _contact(text.contact, text.website) if text.contact else text.no_contact
    reach = (contact, text.absence, text.availability)
    rows = [
        (say(language, "answer.contact"), "\n".join(line for line in reach if line)),
        (say(language, "answer.next"), text.next_step),
        (say(language, "answer.cost"), text.cost),
        ("", text.because),
        (say(language, "answer.source"), f"{text.source}\n{text.source_url}"),
        ("", text.hint),
    ]
    head = f"{typer.style(text.title, bold=True)}  →  {typer.style(text.company, bold=True)}"
    return "\n".join(
        [
            head,
            *_wrapped(f"{text.answer} {text.why}".strip(), ""),
            *_practice(text.practice),
            "",
            *_rows(rows),
        ]
    )


def choice_on_paper(choice: Choice) -> str:
    """List the topics to choose from: all of them where nothing is offered."""
    topics = choice.topics or choice.scheme.topics
    lines = [say(choice.language, f"choice.{choice.opening}")]
    return "\n".join([*lines, *(f"  • {topic.title.in_(choice.language)}" for topic in topics)])


def remark_on_paper(language: Language, remark: Remark, bot: Bot) -> str:
    """Say a remark, with the names of the commands where it wants them."""
    return say(
        language,
        f"remark.{remark}",
        command=bot.command,
        renewals=bot.renewals_command,
        escalate=bot.escalate_command,
    )


def _practice(line: str) -> list[str]:
    return [line] if line else []


def _rows(rows: list[tuple[str, str]]) -> Iterator[str]:
    indent = max(len(label) for label, _ in rows) + 3
    for label, value in rows:
        lines = [line for part in value.splitlines() for line in _wrapped(part, " " * indent)]
        if lines:
            lines[0] = typer.style(label.ljust(indent), bold=True) + lines[0].lstrip()
            yield from lines


def _wrapped(text: str, indent: str) -> list[str]:
    if " " not in text.strip():
        return [indent + text]
    return textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _contact(contact: Contact, website: str) -> str:
    return "  ·  ".join(part for part in (contact.name, contact.phone, contact.email, website) if part)
