"""What Slack accepts as Block Kit in messages, modals and Home, and where it finds fault.

https://docs.slack.dev/reference/block-kit/blocks; what Signpost does not use is refused by its type.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.playground.elements import (
    BUTTONS,
    CONTEXT_ACTIONS,
    ENTRIES,
    FILE_INPUT,
    ID,
    IMAGE,
    LISTS,
    MULTI_SELECTS,
    OVERFLOW,
    PICKERS,
    SELECTS,
    URL,
    either,
    plain,
    text_of,
)
from bot.playground.rules import RefusedError
from bot.playground.schema import Anything, Choice, Fault, Faults, Flag, Kinds, Many, Rule, Shape, Words

MESSAGE_BLOCKS, VIEW_BLOCKS = 50, 100
MARKDOWN_CHARACTERS = (
    12_000  # in a whole payload, https://docs.slack.dev/reference/block-kit/blocks/markdown-block
)


def _block(required: tuple[str, ...] = (), /, **fields: Rule) -> Shape:
    return Shape({"type": Anything(), "block_id": ID, **fields}, ("type", *required))


def _text_or_fields(block: Mapping[str, Any], pointer: str) -> Faults:
    if not block.get("text") and not block.get("fields"):
        yield Fault(pointer, "missing required field: text or fields")


def _one_picture(block: Mapping[str, Any], pointer: str) -> Faults:
    if not block.get("image_url") and not block.get("slack_file"):
        yield Fault(pointer, "missing required field: image_url or slack_file")


_SECTION = Shape(
    {
        "type": Anything(),
        "block_id": ID,
        "text": either(3000),
        "fields": Many(either(2000), 10),
        "accessory": Kinds({**BUTTONS, **SELECTS, **MULTI_SELECTS, **PICKERS, **LISTS, **OVERFLOW, **IMAGE}),
        "expand": Flag(),
    },
    ("type",),
    _text_or_fields,
)
_IMAGE = Shape(
    {
        "type": Anything(),
        "block_id": ID,
        "image_url": URL,
        "slack_file": Anything(),
        "alt_text": Words(2000),
        "title": plain(2000),
    },
    ("type", "alt_text"),
    _one_picture,
)
_ACTIONS = Kinds({**BUTTONS, **SELECTS, **PICKERS, **LISTS, **OVERFLOW})
_CONTEXT = Kinds({**IMAGE, **{kind: text_of(kind, 3000) for kind in ("plain_text", "mrkdwn")}})
_CELL = Kinds(
    {
        "raw_text": Shape({"type": Anything(), "text": Words(3000, least=0)}, ("type", "text")),
        "raw_number": Shape({"type": Anything(), "value": Anything(), "text": Words(3000)}, ("type",)),
        "rich_text": Shape({"type": Anything(), "elements": Many(Anything(), 100)}, ("type", "elements")),
    }
)
_TABLE = _block(("rows",), rows=Many(Many(_CELL, 20), 100), column_settings=Many(Anything(), 20))
_INPUT_ELEMENTS: Mapping[str, Shape] = {**SELECTS, **MULTI_SELECTS, **PICKERS, **LISTS, **ENTRIES}


def _input(elements: Mapping[str, Shape]) -> Shape:
    return _block(
        ("label", "element"),
        label=plain(2000),
        hint=plain(2000),
        optional=Flag(),
        dispatch_action=Flag(),
        element=Kinds(elements),
    )


_EVERYWHERE: Mapping[str, Shape] = {
    "section": _SECTION,
    "divider": _block(),
    "image": _IMAGE,
    "actions": _block(("elements",), elements=Many(_ACTIONS, 25)),
    "context": _block(("elements",), elements=Many(_CONTEXT, 10)),
    "header": _block(("text",), text=plain(150)),
    "rich_text": _block(("elements",), elements=Many(Anything(), 1000, least=0)),
    "input": _input(_INPUT_ELEMENTS),
    "alert": _block(
        ("text",),
        text=either(3000),
        level=Choice(("default", "info", "warning", "error", "success")),
    ),
}
MESSAGE_KINDS = Kinds(
    {
        **_EVERYWHERE,
        "markdown": _block(("text",), text=Words(MARKDOWN_CHARACTERS)),
        "table": _TABLE,
        "context_actions": _block(("elements",), elements=Many(Kinds(CONTEXT_ACTIONS), 5)),
    }
)
MODAL_KINDS = Kinds({**_EVERYWHERE, "input": _input({**_INPUT_ELEMENTS, **FILE_INPUT})})
HOME_KINDS = Kinds(_EVERYWHERE)


def message_faults(blocks: Any) -> tuple[Fault, ...]:
    """What Slack would refuse in a message's blocks; empty when they are fine."""
    faults = [*Many(MESSAGE_KINDS, MESSAGE_BLOCKS, least=0)(blocks, "/blocks")]
    if not faults:
        faults += [*_identity_faults(blocks, "/blocks"), *_sum_faults(blocks)]
    return tuple(faults)


def check_message(blocks: Any) -> None:
    """Refuse a message's blocks as chat.postMessage does: `invalid_blocks`, with each fault and its path."""
    if faults := message_faults(blocks):
        raise refusal("invalid_blocks", faults)


def view_faults(view: Any) -> tuple[Fault, ...]:
    """What Slack would refuse in a modal or Home; empty when it is fine."""
    if not isinstance(view, dict) or view.get("type") not in {"modal", "home"}:
        return (Fault("/view/type", "must be one of modal, home"),)
    shape = _MODAL if view["type"] == "modal" else _HOME
    faults = [*shape(view, "/view")]
    if not faults:
        faults = [*_identity_faults(view["blocks"], "/view/blocks")]
    return tuple(faults)


def check_view(view: Any) -> None:
    """Refuse a view as views.* do: `invalid_arguments`, with each fault and its path."""
    if faults := view_faults(view):
        raise refusal("invalid_arguments", faults)


def refusal(error: str, faults: Sequence[Fault]) -> RefusedError:
    """The answer Slack gives to faulty blocks: the complaints in `errors` and in `response_metadata`."""
    said = [str(fault) for fault in faults]
    return RefusedError(
        error, errors=said, response_metadata={"messages": [f"[ERROR] {complaint}" for complaint in said]}
    )


def elements_in(block: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every interactive element of a block, in the order in which it is drawn."""
    candidates = [block.get("accessory"), block.get("element"), *(block.get("elements") or ())]
    for candidate in candidates:
        if isinstance(candidate, dict) and "action_id" in candidate:
            yield candidate


def _identity_faults(blocks: Sequence[Mapping[str, Any]], pointer: str) -> Faults:
    block_ids: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in block_ids:
            yield Fault(f"{pointer}/{index}/block_id", f"`{block_id}` already exists")
        if block_id:
            block_ids.add(block_id)
        action_ids = [element["action_id"] for element in elements_in(block)]
        for action_id in {name for name in action_ids if action_ids.count(name) > 1}:
            yield Fault(f"{pointer}/{index}/elements", f"action_id `{action_id}` already exists")


def _sum_faults(blocks: Sequence[Mapping[str, Any]]) -> Faults:
    if sum(len(block["text"]) for block in blocks if block["type"] == "markdown") > MARKDOWN_CHARACTERS:
        yield Fault("/blocks", f"markdown text must be less than {MARKDOWN_CHARACTERS + 1} characters in all")
    if sum(block["type"] == "table" for block in blocks) > 1:
        yield Fault("/blocks", "no more than 1 table allowed")


def _submit_for_inputs(view: Mapping[str, Any], pointer: str) -> Faults:
    blocks = view.get("blocks")
    has_input = isinstance(blocks, list) and any(
        isinstance(block, dict) and block.get("type") == "input" for block in blocks
    )
    if has_input and not view.get("submit"):
        yield Fault(pointer, "missing required field: submit")


_VIEW: Mapping[str, Rule] = {
    "type": Anything(),
    "private_metadata": Words(3000, least=0),
    "callback_id": Words(255, least=0),
    "external_id": Words(255, least=0),
}
_MODAL = Shape(
    {
        **_VIEW,
        "title": plain(24),
        "submit": plain(24),
        "close": plain(24),
        "blocks": Many(MODAL_KINDS, VIEW_BLOCKS, least=0),
        "clear_on_close": Flag(),
        "notify_on_close": Flag(),
        "submit_disabled": Flag(),
    },
    ("title", "blocks"),
    _submit_for_inputs,
)
_HOME = Shape({**_VIEW, "blocks": Many(HOME_KINDS, VIEW_BLOCKS, least=0)}, ("blocks",))
