import pytest

from bot.domain.arrival import Press
from bot.domain.manners import Address
from bot.domain.network import SlackUser
from bot.slack.reading import TEXT_LIMIT, read_command, read_invitation, read_message, read_press
from tests.slack.payloads import (
    ANNA,
    BERT,
    BOT,
    TEAM,
    Payload,
    command_body,
    join_body,
    message_body,
    pick_body,
    press_body,
)

# https://docs.slack.dev/reference/events/message#subtypes, and those that the Web client also sends.
_SUBTYPES = """
assistant_app_thread bot_add bot_message bot_remove bot_disable bot_enable channel_archive
channel_canvas_updated channel_convert_to_private channel_convert_to_public channel_join channel_leave
channel_name channel_posting_permissions channel_purpose channel_topic channel_unarchive document_mention
ekm_access_denied file_comment file_mention group_archive group_join group_leave group_name group_purpose
group_topic group_unarchive huddle_thread list_record_comment me_message message_changed message_deleted
message_replied pinned_item reminder_add reply_broadcast sh_room_created slackbot_response thread_locked
tombstone unpinned_item
"""


def test_a_message_is_read_with_who_where_and_when() -> None:
    asked = read_message(message_body("Wo ist mein Backup?"), BOT)
    assert asked is not None
    assert asked.workspace_id == TEAM
    assert asked.user == SlackUser(TEAM, ANNA)
    assert (asked.channel_id, asked.message_ts, asked.thread_ts) == ("C0HELP", "1700000000.000100", "")
    assert asked.text == "Wo ist mein Backup?"
    assert asked.address is Address.OVERHEARD
    assert not asked.mentions_others
    assert not asked.has_files


@pytest.mark.parametrize("subtype", _SUBTYPES.split())
def test_what_people_did_not_just_write_is_ignored(subtype: str) -> None:
    assert read_message(message_body(subtype=subtype), BOT) is None


@pytest.mark.parametrize(
    ("file", "is_image"),
    [
        ({"mimetype": "image/png", "name": "screen.png"}, True),
        ({"mimetype": "application/octet-stream", "name": "CEPH.DCM"}, True),
        ({"mimetype": "text/plain", "name": "server.log"}, False),
        ({"id": "F1", "mimetype": None, "name": None}, False),
    ],
)
def test_a_picture_among_the_files_is_noticed(file: Payload, is_image: bool) -> None:
    asked = read_message(message_body(subtype="file_share", files=[{"id": "F0"}, file]), BOT)
    assert asked is not None
    assert asked.has_image is is_image


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_files_and_thread_broadcasts_are_questions_too(subtype: str) -> None:
    asked = read_message(message_body(subtype=subtype, files=[{"id": "F1"}], thread_ts="1.0"), BOT)
    assert asked is not None
    assert asked.has_files
    assert asked.thread_ts == "1.0"


@pytest.mark.parametrize(
    "event",
    [
        {"bot_id": "B0ELSE"},
        {"hidden": True},
        {"user": BOT},
        {"user": None},
        {"user": ""},
        {"subtype": "file_share", "bot_id": "B0ELSE"},
    ],
)
def test_bots_hidden_messages_and_its_own_words_are_ignored(event: Payload) -> None:
    assert read_message(message_body(**event), BOT) is None


def test_an_edit_is_ignored_though_it_carries_the_message() -> None:
    edited = message_body()["event"]
    body = message_body(subtype="message_changed", message=edited, previous_message=edited, hidden=True)
    del body["event"]["user"]
    assert read_message(body, BOT) is None


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"channel_type": "im", "channel": "D0ANNA"}, Address.DIRECT),
        ({"channel_type": "im", "channel": "D0ANNA", "text": f"<@{BOT}> help"}, Address.DIRECT),
        ({"channel_type": "mpim"}, Address.OVERHEARD),
        ({"channel_type": "group"}, Address.OVERHEARD),
        ({"text": f"<@{BOT}> help"}, Address.MENTION),
        ({"text": f"help <@{BOT}|signpost>"}, Address.MENTION),
        ({"type": "app_mention", "channel_type": None}, Address.MENTION),
        ({"text": f"<@{BERT}> help"}, Address.OVERHEARD),
        ({"text": f"@{BOT} help"}, Address.OVERHEARD),
    ],
)
def test_how_the_bot_is_addressed(event: Payload, expected: Address) -> None:
    asked = read_message(message_body(**event), BOT)
    assert asked is not None
    assert asked.address is expected


def test_a_mention_and_its_message_are_the_same_arrival() -> None:
    text = f"<@{BOT}> how do I back up?"
    mention = read_message(message_body(text, type="app_mention", channel_type=None), BOT)
    message = read_message(message_body(text) | {"event_id": "Ev0OTHER"}, BOT)
    assert mention == message
    assert mention is not None
    assert mention.text == "how do I back up?"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"<@{BERT}> can you look?", True),
        (f"<@{BOT}> and <@{BERT}>", True),
        ("<!subteam^S0TEAM|@helpers> please", True),
        (f"<@{BOT}> please", False),
        ("<!here> the server is gone", False),
        ("<#C0ELSE|other> is slow", False),
    ],
)
def test_it_is_seen_whether_somebody_else_is_meant(text: str, expected: bool) -> None:
    asked = read_message(message_body(text), BOT)
    assert asked is not None
    assert asked.mentions_others is expected


def test_a_person_of_another_organisation_keeps_their_own_workspace() -> None:
    for event in ({"user_team": "T0ELSE", "team": TEAM}, {"team": "T0ELSE"}):
        asked = read_message(message_body(**event), BOT)
        assert asked is not None
        assert asked.user == SlackUser("T0ELSE", ANNA)
        assert asked.workspace_id == TEAM


def test_without_a_team_the_person_is_of_the_installing_workspace() -> None:
    body = message_body()
    del body["event"]["team"]
    asked = read_message(body, BOT)
    assert asked is not None
    assert asked.user == SlackUser(TEAM, ANNA)


@pytest.mark.parametrize("text", [None, "", f"<@{BOT}>"])
def test_a_picture_alone_is_read_with_an_empty_text(text: str | None) -> None:
    body = message_body(subtype="file_share", files=[{"id": "F1"}])
    body["event"]["text"] = text
    asked = read_message(body, BOT)
    assert asked is not None
    assert asked.text == ""


@pytest.mark.parametrize("length", [TEXT_LIMIT - 1, TEXT_LIMIT, TEXT_LIMIT + 1, 40_000])
def test_only_the_beginning_of_a_long_message_is_kept(length: int) -> None:
    asked = read_message(message_body("ä" * length), BOT)
    assert asked is not None
    assert asked.text == "ä" * min(length, TEXT_LIMIT)


def test_a_command_is_read_with_its_trigger_in_the_message_s_place() -> None:
    asked = read_command(command_body("  <@U0BERT|bert> backup &amp; restore? "))
    assert asked.address is Address.COMMAND
    assert asked.text == "backup & restore?"
    assert asked.user == SlackUser(TEAM, ANNA)
    assert asked.message_ts == "13345224609.738474920.8088930838d88f008e0"
    assert asked.response_url == "https://hooks.slack.com/commands/T0SIGN/1/abc"


def test_a_command_alone_has_an_empty_text_and_a_long_one_is_cut() -> None:
    body = command_body()
    del body["text"]
    assert read_command(body).text == ""
    assert len(read_command(command_body("x" * 10_000)).text) == TEXT_LIMIT


def test_a_button_is_read_with_its_question_and_place() -> None:
    pressed = read_press(press_body())
    assert pressed is not None
    assert (pressed.press, pressed.question_id, pressed.topic) == (Press.SOLVED, 7, "")
    assert (pressed.workspace_id, pressed.channel_id, pressed.message_ts) == (
        TEAM,
        "C0HELP",
        "1700000001.000200",
    )
    assert pressed.user == SlackUser(TEAM, ANNA)
    assert pressed.action_ts == "1700000009.123456"
    assert pressed.response_url == ""


def test_a_topic_is_read_from_the_menu_and_from_its_button() -> None:
    button = {"action_id": "signpost.topic.database-restore", "value": "7 database-restore"}
    for body in (pick_body(), press_body(button)):
        pressed = read_press(body)
        assert pressed is not None
        assert (pressed.press, pressed.question_id, pressed.topic) == (Press.TOPIC, 7, "database-restore")


def test_the_link_is_kept_only_where_nobody_else_sees_the_message() -> None:
    container = {"type": "message", "message_ts": "1.0", "channel_id": "C0HELP", "is_ephemeral": True}
    pressed = read_press(press_body(container=container))
    assert pressed is not None
    assert pressed.response_url == "https://hooks.slack.com/actions/T0SIGN/2/def"


def test_an_outsider_s_press_keeps_their_own_workspace() -> None:
    pressed = read_press(press_body(user={"id": "U0EVE", "team_id": "T0ELSE"}))
    assert pressed is not None
    assert pressed.user == SlackUser("T0ELSE", "U0EVE")
    assert pressed.workspace_id == TEAM


def test_the_place_of_a_press_is_its_channel_and_else_where_its_message_stands() -> None:
    places: list[Payload] = [
        {"channel": {"id": "C0ELSE"}},
        {"channel": None},
        {"channel": None, "container": {}},
    ]
    found = [read_press(press_body(**place)) for place in places]
    assert [pressed.channel_id for pressed in found if pressed] == ["C0ELSE", "C0HELP", ""]


@pytest.mark.parametrize(
    "value",
    ["", " ", "seven", "-7", "7.5", "+7", "²", "7\n", "0x7", "9" * 10, "9" * 2000, "null", "7;drop"],
)
def test_a_forged_or_oversized_number_is_nothing_of_ours(value: str) -> None:
    assert read_press(press_body({"value": value})) is None


def test_the_longest_number_that_is_read_fits_into_the_database() -> None:
    pressed = read_press(press_body({"value": "9" * 9}))
    assert pressed is not None
    assert pressed.question_id < 2**63


@pytest.mark.parametrize(
    "action_id", ["signpost.practice", "signpost.", "other.solved", "signpost.solve", "x" * 255]
)
def test_a_press_of_another_kind_is_nothing_of_ours(action_id: str) -> None:
    assert read_press(press_body({"action_id": action_id})) is None


def test_a_button_without_value_is_nothing_of_ours() -> None:
    body = press_body()
    del body["actions"][0]["value"]
    assert read_press(body) is None


def test_being_invited_is_read_with_who_invited() -> None:
    invited = read_invitation(join_body(), BOT)
    assert invited is not None
    assert invited.user == SlackUser(TEAM, ANNA)
    assert (invited.workspace_id, invited.channel_id, invited.event_ts) == (
        TEAM,
        "C0HELP",
        "1700000003.000300",
    )


@pytest.mark.parametrize("body", [join_body(BERT), join_body(inviter=None)])
def test_others_who_come_and_channels_that_it_was_not_invited_to_are_ignored(body: Payload) -> None:
    assert read_invitation(body, BOT) is None
