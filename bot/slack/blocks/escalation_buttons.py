"""The buttons of escalations: a move each, what is rare in a menu behind them."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    ActionsBlock,
    Block,
    ButtonElement,
    Option,
    OverflowMenuElement,
    PlainTextObject,
)
from slack_sdk.models.blocks.block_elements import InteractiveElement

from bot.domain.escalation.life import Move
from bot.domain.escalation.saying import Summary
from bot.domain.scheme import Language
from bot.slack.blocks.parts import ACTION
from bot.wording import say

PRESS = f"{ACTION}esc-"
"""What the action id of a move begins with; the button's value is the escalation's number."""
MORE = f"{PRESS}more"
"""The menu of further moves; an option's value is the number and the move."""
ABREAST = 4
RARE = (Move.REASSIGN, Move.GIVE_UP)
OUTSTANDING = frozenset({Move.TAKE, Move.PASS_ON, Move.CONFIRM, Move.TAKE_UP})
NAME_LIMIT = 45
"""So that a company's name never pushes its level out of a button: Slack takes 75 characters."""


def move_buttons(language: Language, summary: Summary, moves: Sequence[Move]) -> list[Block]:
    """Show the moves that are possible; nothing where there is none."""
    if not moves:
        return []
    rare = [move for move in moves if move in RARE] if len(moves) > ABREAST else []
    elements: list[InteractiveElement] = [
        ButtonElement(
            action_id=f"{PRESS}{move}",
            text=PlainTextObject(text=move_label(language, summary, move)),
            value=str(summary.escalation_id),
            style="primary" if move in OUTSTANDING else None,
        )
        for move in moves
        if move not in rare
    ]
    if rare:
        options = [_option(language, summary, move) for move in rare]
        elements.append(OverflowMenuElement(action_id=MORE, options=options))
    return [ActionsBlock(elements=elements)]


def move_label(language: Language, summary: Summary, move: Move) -> str:
    """Return what a button says; no level stands there without its company."""
    return say(
        language,
        f"escalation_work.button.{move.value}",
        manufacturer=shortened(summary.manufacturer, NAME_LIMIT),
        lower=shortened(summary.lower, NAME_LIMIT),
    )


def shortened(text: str, limit: int) -> str:
    """Cut a text to what Slack takes."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _option(language: Language, summary: Summary, move: Move) -> Option:
    text = move_label(language, summary, move)
    return Option(text=PlainTextObject(text=text), value=f"{summary.escalation_id} {move}")
