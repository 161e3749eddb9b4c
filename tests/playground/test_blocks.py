"""Both sides of every limit of Block Kit."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.blocks import message_faults, view_faults
from tests.playground.small_app import actions, button, modal, section, text_input

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def option(label: str = "One", value: str = "1") -> Block:
    return {"text": plain(label), "value": value}


def select(**more: Any) -> Block:
    return {"type": "static_select", "action_id": "s", **more}


def of_length(build: Callable[[str], Block]) -> Callable[[int], list[Block]]:
    return lambda length: [build("x" * length)]


def of_count(build: Callable[[int], Block]) -> Callable[[int], list[Block]]:
    return lambda count: [build(count)]


def buttons(count: int) -> Block:
    return actions(*(button("Go", f"go-{index}") for index in range(count)))


def field(label: str, hint: str = "Hint") -> Block:
    return text_input(label, "f", hint=plain(hint))


def confirm(title: str = "Sure?", text: str = "Really", yes: str = "Yes") -> Block:
    return actions(
        button(
            "Go",
            "go",
            confirm={"title": plain(title), "text": plain(text), "confirm": plain(yes), "deny": plain("No")},
        )
    )


TEXT_LIMITS: dict[str, tuple[int, Callable[[int], list[Block]], str]] = {
    "section text": (3000, of_length(section), "/blocks/0/text/text"),
    "section field": (
        2000,
        of_length(lambda text: {"type": "section", "fields": [plain(text)]}),
        "/blocks/0/fields/0/text",
    ),
    "header": (150, of_length(lambda text: {"type": "header", "text": plain(text)}), "/blocks/0/text/text"),
    "button text": (
        75,
        of_length(lambda text: actions(button(text, "go"))),
        "/blocks/0/elements/0/text/text",
    ),
    "button value": (
        2000,
        of_length(lambda text: actions(button("Go", "go", value=text))),
        "/blocks/0/elements/0/value",
    ),
    "action_id": (255, of_length(lambda text: actions(button("Go", text))), "/blocks/0/elements/0/action_id"),
    "block_id": (255, of_length(lambda text: section("x") | {"block_id": text}), "/blocks/0/block_id"),
    "option label": (
        75,
        of_length(lambda text: actions(select(options=[option(text)]))),
        "/blocks/0/elements/0/options/0/text/text",
    ),
    "option value": (
        150,
        of_length(lambda text: actions(select(options=[option("One", text)]))),
        "/blocks/0/elements/0/options/0/value",
    ),
    "placeholder": (
        150,
        of_length(lambda text: actions(select(options=[option()], placeholder=plain(text)))),
        "/blocks/0/elements/0/placeholder/text",
    ),
    "input label": (2000, of_length(field), "/blocks/0/label/text"),
    "input hint": (2000, of_length(lambda text: field("Label", text)), "/blocks/0/hint/text"),
    "confirm title": (100, of_length(confirm), "/blocks/0/elements/0/confirm/title/text"),
    "confirm text": (
        300,
        of_length(lambda text: confirm(text=text)),
        "/blocks/0/elements/0/confirm/text/text",
    ),
    "confirm button": (
        30,
        of_length(lambda text: confirm(yes=text)),
        "/blocks/0/elements/0/confirm/confirm/text",
    ),
    "markdown": (12_000, of_length(lambda text: {"type": "markdown", "text": text}), "/blocks/0/text"),
    "image address": (
        3000,
        of_length(lambda text: {"type": "image", "image_url": text, "alt_text": "x"}),
        "/blocks/0/image_url",
    ),
    "image description": (
        2000,
        of_length(lambda text: {"type": "image", "image_url": "https://x.example", "alt_text": text}),
        "/blocks/0/alt_text",
    ),
}

COUNT_LIMITS: dict[str, tuple[int, Callable[[int], list[Block]], str]] = {
    "blocks": (50, lambda count: [section("x")] * count, "/blocks"),
    "section fields": (
        10,
        of_count(lambda count: {"type": "section", "fields": [plain("x")] * count}),
        "/blocks/0/fields",
    ),
    "buttons in a row": (25, of_count(buttons), "/blocks/0/elements"),
    "context parts": (
        10,
        of_count(lambda count: {"type": "context", "elements": [plain("x")] * count}),
        "/blocks/0/elements",
    ),
    "options": (
        100,
        of_count(lambda count: actions(select(options=[option()] * count))),
        "/blocks/0/elements/0/options",
    ),
    "overflow entries": (
        5,
        of_count(
            lambda count: actions({"type": "overflow", "action_id": "o", "options": [option()] * count})
        ),
        "/blocks/0/elements/0/options",
    ),
    "checkboxes": (
        10,
        of_count(
            lambda count: actions({"type": "checkboxes", "action_id": "c", "options": [option()] * count})
        ),
        "/blocks/0/elements/0/options",
    ),
    "table rows": (
        100,
        of_count(lambda count: {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]] * count}),
        "/blocks/0/rows",
    ),
    "table columns": (
        20,
        of_count(lambda count: {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * count]}),
        "/blocks/0/rows/0",
    ),
}


@pytest.mark.parametrize("name", TEXT_LIMITS)
def test_a_text_is_accepted_up_to_its_limit_and_refused_beyond_with_the_path(name: str) -> None:
    limit, build, pointer = TEXT_LIMITS[name]
    assert message_faults(build(limit)) == ()
    (fault,) = message_faults(build(limit + 1))
    assert str(fault) == f"must be less than {limit + 1} characters [json-pointer:{pointer}]"


@pytest.mark.parametrize("name", COUNT_LIMITS)
def test_a_list_is_accepted_up_to_its_limit_and_refused_beyond_with_the_path(name: str) -> None:
    limit, build, pointer = COUNT_LIMITS[name]
    assert message_faults(build(limit)) == ()
    (fault,) = message_faults(build(limit + 1))
    assert str(fault) == f"no more than {limit} items allowed [json-pointer:{pointer}]"


def test_markdown_blocks_count_together() -> None:
    half = {"type": "markdown", "text": "x" * 6000}
    assert message_faults([half, half]) == ()
    assert "12001" in str(message_faults([half, half, {"type": "markdown", "text": "x"}])[0])


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ({"type": "section"}, "missing required field: text or fields [json-pointer:/blocks/0]"),
        ({"type": "call", "call_id": "x"}, "unsupported type: call [json-pointer:/blocks/0/type]"),
        (section("x") | {"colour": "red"}, "invalid additional property: colour [json-pointer:/blocks/0]"),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            actions(button("A", "same"), button("B", "same")),
            "action_id `same` already exists [json-pointer:/blocks/0/elements]",
        ),
        (
            actions(select(options=[option()], initial_option=option("Two", "2"))),
            "must match one of the available options [json-pointer:/blocks/0/elements/0/initial_option]",
        ),
        (
            actions(select()),
            "must have exactly one of options and option_groups [json-pointer:/blocks/0/elements/0]",
        ),
        (
            actions(button("A", "a", style="loud")),
            "must be one of primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
    ],
)
def test_a_faulty_block_is_named_with_its_fault_and_path(block: Block, complaint: str) -> None:
    assert [str(fault) for fault in message_faults([block])] == [complaint]


def test_block_ids_are_unique_in_a_message() -> None:
    twice = section("x") | {"block_id": "same"}
    assert "already exists" in str(message_faults([twice, twice])[0])
    assert message_faults([twice, twice | {"block_id": "other"}]) == ()


VIEW_LIMITS: dict[str, tuple[int, Callable[[int], Block], str]] = {
    "title": (24, lambda n: modal("x" * n, section("x")), "/view/title/text"),
    "submit": (24, lambda n: modal("T", section("x"), submit=plain("x" * n)), "/view/submit/text"),
    "close": (24, lambda n: modal("T", section("x"), close=plain("x" * n)), "/view/close/text"),
    "private_metadata": (
        3000,
        lambda n: modal("T", section("x"), private_metadata="x" * n),
        "/view/private_metadata",
    ),
    "callback_id": (255, lambda n: modal("T", section("x"), callback_id="x" * n), "/view/callback_id"),
    "blocks": (100, lambda n: modal("T", *[section("x")] * n), "/view/blocks"),
}


@pytest.mark.parametrize("name", VIEW_LIMITS)
def test_a_view_is_accepted_up_to_each_limit_and_refused_beyond(name: str) -> None:
    limit, build, pointer = VIEW_LIMITS[name]
    assert view_faults(build(limit)) == ()
    (fault,) = view_faults(build(limit + 1))
    assert fault.pointer == pointer


def test_a_modal_with_inputs_needs_a_submit_button() -> None:
    view = modal("T", text_input("Label", "f"))
    assert view_faults(view) == ()
    del view["submit"]
    assert str(view_faults(view)[0]) == "missing required field: submit [json-pointer:/view]"


def test_files_can_be_asked_for_in_modals_only() -> None:
    wanted = {"type": "input", "label": plain("File"), "element": {"type": "file_input", "action_id": "f"}}
    assert view_faults(modal("T", wanted)) == ()
    assert message_faults([wanted]) != ()
    assert view_faults({"type": "home", "blocks": [wanted]}) != ()
