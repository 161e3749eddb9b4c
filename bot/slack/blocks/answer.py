"""The answer: the responsible company first, then why, whom to reach, and what to do next."""

from slack_sdk.models.blocks import Block

from bot.domain.saying import Answer
from bot.services.bot import Message
from bot.slack.blocks.parts import (
    actions,
    contact_markup,
    contact_words,
    context,
    message,
    section,
    step_button,
)
from bot.slack.mrkdwn import bold, date, escape, link
from bot.wording import say
from bot.wording.answer import AnswerText, answer_text


def answer_message(answer: Answer) -> Message:
    """Show an answer with its buttons."""
    text, language = answer_text(answer), answer.language
    blocks: list[Block] = [
        section(f"{_headline(text)}\n{escape(_reason(text))}"),
    ]
    contact = _contact(text)
    if contact:
        blocks.append(section(f"*{say(language, 'answer.contact')}*\n{contact}"))
    blocks.append(section(f"*{say(language, 'answer.next')}*\n{escape(text.next_step)}"))
    blocks += context(
        f"*{say(language, 'answer.cost')}:* {escape(text.cost)}" if text.cost else "",
        escape(text.practice),
        escape(text.because),
        f"{say(language, 'answer.source')}: {link(text.source_url, text.source)}",
        escape(text.hint),
    )
    blocks += actions([step_button(language, step, answer.question_id) for step in answer.steps])
    return message(_spoken(answer, text), blocks)


def _headline(text: AnswerText) -> str:
    return f"{bold(escape(text.title))}  →  {bold(escape(text.company))}"


def _reason(text: AnswerText) -> str:
    return f"{text.answer} {text.why}".strip()


def _contact(text: AnswerText) -> str:
    if text.contact is None:
        return escape(text.no_contact)
    shown = (contact_markup(text.contact, text.website), escape(text.absence), _availability(text))
    return "\n".join(line for line in shown if line)


def _availability(text: AnswerText) -> str:
    if text.opens_at is None:
        return escape(text.availability)
    return escape(text.availability).replace(escape(text.opens), date(text.opens_at, text.opens))


def _spoken(answer: Answer, text: AnswerText) -> list[str]:
    language = answer.language
    contact = contact_words(text.contact, text.website) if text.contact else escape(text.no_contact)
    before = [f"{text.title}: {text.company}", _reason(text)]
    after = [
        text.absence,
        text.availability,
        f"{say(language, 'answer.next')}: {text.next_step}",
        f"{say(language, 'answer.cost')}: {text.cost}" if text.cost else "",
        text.practice,
        text.because,
        f"{say(language, 'answer.source')}: {text.source}",
        text.hint,
    ]
    return [
        *(escape(line) for line in before),
        f"{say(language, 'answer.contact')}: {contact}" if contact else "",
        *(escape(line) for line in after),
    ]
