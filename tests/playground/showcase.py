"""One of every block and element that the bot may use."""

from typing import Any

from tests.playground.small_app import button, modal, section

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def options(*labels: str) -> list[Block]:
    return [{"text": plain(label), "value": label.lower()} for label in labels]


GROUPS = [
    {"label": plain("Level 0"), "options": options("Backup", "Update")},
    {"label": plain("Level 1"), "options": options("Restore")},
]
CONFIRM = {
    "title": plain("Sure?"),
    "text": mrkdwn("It *cannot* be undone."),
    "confirm": plain("Yes"),
    "deny": plain("No"),
}
PICTURE = "https://picture.example/x.png"


def element(kind: str, **more: Any) -> Block:
    return {"type": kind, "action_id": f"a-{kind}", **more}


IN_ACTIONS: list[Block] = [
    button("Plain", "b1"),
    button("Primary", "b2", style="primary"),
    button("Danger", "b3", style="danger", confirm=CONFIRM),
    button("Link", "b4", url="https://link.example"),
    element("static_select", placeholder=plain("Choose a topic"), option_groups=GROUPS),
    element("external_select", placeholder=plain("Find a practice")),
    element("users_select", placeholder=plain("Choose a person")),
    element("channels_select", placeholder=plain("Choose a channel")),
    element("conversations_select", placeholder=plain("Choose a place")),
    element("datepicker", initial_date="2026-05-01"),
    element("timepicker", initial_time="08:30"),
    element("datetimepicker", initial_date_time=1_780_000_000),
    element("overflow", options=options("Why?", "More")),
]
LISTS: list[Block] = [
    element("radio_buttons", options=options("Now", "Later"), initial_option=options("Later")[0]),
    element("checkboxes", options=options("Server", "Client"), initial_options=options("Client")),
]
FORMATTED: Block = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "bold", "style": {"bold": True}},
                {"type": "text", "text": " and "},
                {"type": "link", "url": "https://rich.example", "text": "a link"},
                {"type": "emoji", "name": "tada"},
            ],
        },
        {
            "type": "rich_text_list",
            "style": "ordered",
            "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}],
        },
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "as it is"}]},
    ],
}
TABLE: Block = {
    "type": "table",
    "rows": [
        [{"type": "raw_text", "text": "Topic"}, {"type": "raw_text", "text": "Level"}],
        [{"type": "raw_text", "text": "Database restore"}, {"type": "raw_text", "text": "1"}],
    ],
}
FEEDBACK = element(
    "feedback_buttons",
    positive_button={"text": plain("Good answer"), "value": "good"},
    negative_button={"text": plain("Bad answer"), "value": "bad"},
)

MESSAGE: list[Block] = [
    {"type": "header", "text": plain("Everything :tada:")},
    section("*Bold* _soft_ ~gone~ `code` <https://page.example|a page> :wrench:\n&gt; quoted"),
    {"type": "section", "fields": [mrkdwn("*Level*\n0"), mrkdwn("*Company*\nNord Dental")]},
    section("With a picture")
    | {"accessory": {"type": "image", "image_url": PICTURE, "alt_text": "A beside-picture"}},
    section("With a menu") | {"accessory": element("multi_static_select", options=options("One", "Two"))},
    {"type": "divider"},
    {"type": "image", "image_url": PICTURE, "alt_text": "A large picture", "title": plain("Picture title")},
    {"type": "context", "elements": [mrkdwn("Source: *scheme*"), plain("plain words")]},
    {"type": "actions", "elements": IN_ACTIONS},
    {"type": "actions", "elements": LISTS},
    FORMATTED,
    {"type": "markdown", "text": "## Heading\n**strong** and [site](https://md.example)\n- point"},
    {"type": "alert", "level": "warning", "text": mrkdwn("Mind *this*")},
    TABLE,
    {
        "type": "context_actions",
        "elements": [FEEDBACK, element("icon_button", icon="trash", text=plain("Remove"))],
    },
]


def entry(label: str, kind: str, **more: Any) -> Block:
    field = {"type": "input", "block_id": label, "label": plain(label), "optional": True}
    return field | {"element": element(kind, **more), "hint": plain(f"Hint for {label}")}


MODAL = modal(
    "Every input",
    entry("Text", "plain_text_input", placeholder=plain("A few words")),
    entry("Long text", "plain_text_input", multiline=True, initial_value="first line"),
    entry("Number", "number_input", is_decimal_allowed=False, min_value="1", max_value="9"),
    entry("Mail", "email_text_input"),
    entry("Address", "url_text_input"),
    entry("Topic", "static_select", option_groups=GROUPS),
    entry("Topics", "multi_static_select", options=options("One", "Two")),
    entry("Practice", "external_select", placeholder=plain("Type a name")),
    entry("Person", "users_select"),
    entry("People", "multi_users_select"),
    entry("Channel", "channels_select"),
    entry("Place", "conversations_select"),
    entry("Urgency", "radio_buttons", options=options("Now", "Later")),
    entry("Machines", "checkboxes", options=options("Server", "Client")),
    entry("Day", "datepicker"),
    entry("Time", "timepicker"),
    entry("Moment", "datetimepicker"),
    entry("Formatted", "rich_text_input"),
    entry("Files", "file_input"),
)
