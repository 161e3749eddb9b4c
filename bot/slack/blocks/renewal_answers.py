"""What is said after somebody answered a reminder: in its place, and to the other side."""

import re
from collections.abc import Iterable, Sequence
from itertools import zip_longest

from slack_sdk.models.blocks import Block, ButtonElement, HeaderBlock, PlainTextObject

from bot.domain.maintenance.answers import AnswerStep
from bot.domain.maintenance.reminder import Word
from bot.domain.maintenance.saying_answers import (
    AnsweredBefore,
    AnsweredReminder,
    AnswerSaying,
    ContactFix,
    Deed,
    Did,
    PracticeWord,
    Refused,
    WordAnswered,
)
from bot.domain.scheme import Language
from bot.services.bot import Message
from bot.slack.blocks.parts import ACTION, actions, message, section
from bot.slack.blocks.reminder import HEADER_LIMIT, reminder_message
from bot.slack.mrkdwn import escape, link
from bot.wording import say
from bot.wording.formats import day, every

SHOWN = 24
"""How many sentences about what was answered a message shows; the rest is counted."""
A_SECTION = 2500
"""How many characters one section takes, well below Slack's 3000."""
PRESSED = frozenset({AnswerStep.CONFIRM, AnswerStep.STILL_RENEWING})
"""The buttons that stand out."""
_UNKNOWN = re.compile(r"<@([UW][A-Z0-9]+)>")
"""How a person stands in a text whom the bot does not know by name."""


def answer_saying(saying: AnswerSaying) -> Message:
    """Show any of them."""
    match saying:
        case AnsweredReminder():
            return answered_reminder(saying)
        case PracticeWord():
            return practice_word(saying)
        case WordAnswered():
            return word_answered(saying)
        case AnsweredBefore() | Refused():
            return _plain([escape(refused_words(saying))], [])
        case ContactFix():
            return contact_fix(saying)


def answered_reminder(saying: AnsweredReminder) -> Message:
    """Show what was answered to a reminder above what is left of it, with its buttons."""
    language = saying.language
    said = [_safe(deed_words(language, deed)) for deed in saying.deeds[:SHOWN]]
    if len(saying.deeds) > SHOWN:
        said.append(say(language, "renewal_form.more", count=len(saying.deeds) - SHOWN))
    back = _buttons(language, (AnswerStep.STILL_RENEWING,), saying.taken_back) if saying.taken_back else []
    if saying.rest is None:
        title = _title(language, saying.practice)
        header = HeaderBlock(text=PlainTextObject(text=title[:HEADER_LIMIT]))
        return message([escape(title), *said], [header, *_sections(said), *actions(back)])
    rest = reminder_message(saying.rest)
    new = tuple(block.to_dict() for block in [*_sections(said), *actions(back)])
    return Message("\n".join([*said, rest.text]), (rest.blocks[0], *new, *rest.blocks[1:]))


def _title(language: Language, practice: str) -> str:
    if practice:
        return say(language, "reminder.practice.title", practice=practice)
    return say(language, "reminder.biller.title")


def practice_word(saying: PracticeWord) -> Message:
    """Tell whoever bills what a practice said, what to do now, and what became of it."""
    language = saying.language
    steps = (
        (AnswerStep.CONFIRM, AnswerStep.NOT_RECEIVED)
        if saying.word is Word.CLAIMED
        else (AnswerStep.STILL_RENEWING,)
    )
    lines = [_safe(_said(saying))]
    lines += [_safe(deed_words(language, deed)) for deed in saying.answers[:SHOWN]]
    if saying.entry_ids:
        following = say(
            language,
            f"renewal_form.next.{saying.word}",
            practice=saying.practice,
            packages=" ".join(saying.packages),
        )
        lines.append(escape(following))
    return _plain(lines, _buttons(language, steps, saying.entry_ids) if saying.entry_ids else [])


def _said(saying: PracticeWord) -> str:
    language = saying.language
    why = say(language, f"renewal_form.reason.{saying.why}") if saying.why else ""
    return say(
        language,
        f"renewal_form.word.{saying.word}",
        who=saying.who,
        practice=saying.practice,
        packages=_packages(language, saying.packages),
        date=day(language, saying.on),
        note=_in_brackets(saying.reference),
        why=f"{why} ({saying.words})" if saying.words else why,
    )


def word_answered(saying: WordAnswered) -> Message:
    """Tell one side what became of what it said."""
    language, deed = saying.language, saying.deed
    part = "-in-part" if deed.did is Did.PAID and deed.until is None else ""
    text = say(
        language,
        f"renewal_form.answered.{deed.did}{part}",
        who=deed.who,
        biller=deed.biller,
        practice=saying.practice,
        packages=_packages(language, deed.packages),
        until=day(language, deed.until) if deed.until else "",
        words=saying.words,
    )
    return _plain([_safe(text)], [])


def contact_fix(saying: ContactFix) -> Message:
    """Tell whoever keeps the data who is wrong, who is right, and what is still to do."""
    language = saying.language
    right = "right" if saying.right else "unknown"
    lines = [
        say(language, f"renewal_form.fix.{right}", who=saying.who, about=saying.about, right=saying.right),
        say(language, "renewal_form.fix.passed_on" if saying.is_passed_on else "renewal_form.fix.tell"),
        say(language, "renewal_form.fix.is_set" if saying.is_set else "renewal_form.fix.mend"),
    ]
    if saying.closed_on is None:
        return _plain(
            [_safe(line) for line in lines], _buttons(language, (AnswerStep.FIX_DONE,), (saying.fix_id,))
        )
    closed = say(
        language, "renewal_form.fix.closed", who=saying.closed_by, date=day(language, saying.closed_on)
    )
    return _plain([_safe(lines[0]), _safe(closed)], [])


# ---- sentences -------------------------------------------------------------------------------------


def deed_words(language: Language, deed: Deed) -> str:
    """Say what somebody did, in the message that it was done in."""
    is_part = deed.did is Did.PAID and deed.until is None
    is_unknown = deed.did is Did.WRONG_CONTACT and not deed.note
    variant = "-in-part" if is_part else "-unknown" if is_unknown else ""
    return say(language, f"renewal_form.deed.{deed.did}{variant}", **_values(language, deed))


def refused_words(saying: AnsweredBefore | Refused) -> str:
    """Say why something has no effect."""
    language = saying.language
    if isinstance(saying, Refused):
        date = day(language, saying.on) if saying.on else ""
        return say(language, f"renewal_form.refusal.{saying.refusal}", who=saying.who, date=date)
    sentences = [
        say(language, f"renewal_form.before.{deed.did}", **_values(language, deed)) for deed in saying.deeds
    ]
    return " ".join([*sentences, say(language, "renewal_form.nothing_changed")])


def _values(language: Language, deed: Deed) -> dict[str, str]:
    return {
        "who": deed.who,
        "packages": _packages(language, deed.packages),
        "date": day(language, deed.on),
        "day": day(language, deed.day) if deed.day else "",
        "until": day(language, deed.until) if deed.until else "",
        "note": deed.note if deed.did in (Did.WRONG_CONTACT, Did.NOT_RECEIVED) else _in_brackets(deed.note),
        "biller": deed.biller,
    }


def _packages(language: Language, packages: Sequence[str]) -> str:
    count = "all" if not packages else "one" if len(packages) == 1 else "many"
    return say(language, f"renewal_form.packages.{count}", packages=every(language, list(packages)))


def _in_brackets(words: str) -> str:
    return f" ({words})" if words else ""


# ---- shapes ----------------------------------------------------------------------------------------


def _safe(text: str) -> str:
    """Escape a text; a person whom the bot does not know by name becomes a link, which notifies nobody."""
    words_and_ids = _UNKNOWN.split(text)
    words, ids = words_and_ids[::2], words_and_ids[1::2]
    people = [link(f"https://slack.com/app_redirect?channel={user_id}", "Slack") for user_id in ids]
    return "".join(part for pair in zip_longest(map(escape, words), people, fillvalue="") for part in pair)


def _plain(lines: Sequence[str], buttons: Sequence[ButtonElement]) -> Message:
    return message(lines, [*_sections(lines), *actions(buttons)])


def _sections(lines: Iterable[str]) -> list[Block]:
    """Show lines, as many in a section as it takes."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + len(line) < A_SECTION:
            parts[-1] = f"{parts[-1]}\n{line}"
        else:
            parts.append(line)
    return [section(part) for part in parts]


def _buttons(language: Language, steps: Sequence[AnswerStep], ids: Sequence[int]) -> list[ButtonElement]:
    return [
        ButtonElement(
            action_id=f"{ACTION}{step}",
            text=PlainTextObject(text=say(language, f"renewal_form.button.{step}"), emoji=True),
            value=" ".join(str(one) for one in ids),
            style="primary" if step in PRESSED else None,
        )
        for step in steps
    ]
