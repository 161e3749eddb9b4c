from typing import Any

import pytest

from bot.domain.arrival import FileWanted, Withdrawn, Written, from_content, kind_of, to_content
from bot.domain.escalation.bridge import LinkedFile
from bot.domain.network import SlackUser
from bot.slack.reading_threads import is_below_ours, read_file_wanted, read_thread_message
from tests.slack.payloads import ANNA, BERT, BOT, TEAM, Payload, message_body, press_body

HEAD = "1699999999.000100"
FILE = {
    "id": "F1",
    "name": "ceph.png",
    "permalink": "https://signpost.slack.example/files/U0ANNA/F1/ceph.png",
}
LINK = LinkedFile("ceph.png", FILE["permalink"])


def said(text: str = "3.2.180", **event: Any) -> Payload:
    return message_body(text, thread_ts=HEAD, **event)


def hidden(subtype: str, **event: Any) -> Payload:
    """Return what Slack tells of a message that is there already."""
    body = message_body()
    kept = {name: body["event"][name] for name in ("type", "channel", "channel_type")}
    ts = "1700000005.000500"
    body["event"] = {**kept, "subtype": subtype, "hidden": True, "ts": ts, "event_ts": ts, **event}
    return body


def edit(before: str, after: str, **message: Any) -> Payload:
    return hidden(
        "message_changed",
        message={**said(after)["event"], "edited": {"user": ANNA, "ts": "1700000005.000000"}, **message},
        previous_message=said(before)["event"],
    )


def written(body: Payload) -> Written:
    found = read_thread_message(body, BOT)
    assert isinstance(found, Written)
    return found


def test_a_message_of_a_thread_is_read_as_it_was_written() -> None:
    found = written(said(f"ask <@{BERT}> &amp; <!here>", files=[FILE, {"id": "F2", "mode": "tombstone"}]))
    assert (found.workspace_id, found.user, found.channel_id) == (TEAM, SlackUser(TEAM, ANNA), "C0HELP")
    assert (found.thread_ts, found.message_ts, found.version) == (HEAD, "1700000000.000100", "")
    assert found.text == f"ask <@{BERT}> &amp; <!here>"
    assert (found.mentioned, found.files) == ((BERT,), (LINK,))


def test_what_is_locked_is_read_without_its_words_and_files() -> None:
    found = written(said(f":lock: ask <@{BERT}>", subtype="file_share", files=[FILE]))
    assert found.is_internal
    assert (found.text, found.mentioned, found.files) == ("", (), ())


def test_an_edit_is_another_version_of_the_same_message() -> None:
    found = written(edit("3.2.18", "3.2.180"))
    assert (found.text, found.message_ts, found.version) == (
        "3.2.180",
        "1700000000.000100",
        "1700000005.000500",
    )
    assert found.key != written(said()).key


def test_a_file_that_was_taken_out_is_an_edit() -> None:
    body = edit("3.2.180", "3.2.180")
    body["event"]["previous_message"]["files"] = [FILE]
    assert written(body).files == ()


def test_an_edit_is_one_also_where_slack_does_not_tell_what_was_before() -> None:
    body = edit("3.2.18", "3.2.180")
    del body["event"]["previous_message"]
    assert written(body).text == "3.2.180"
    del body["event"]["message"]["edited"]
    assert read_thread_message(body, BOT) is None


def test_a_mention_that_an_edit_brought_in_is_no_new_message() -> None:
    body = said(type="app_mention", edited={"user": ANNA, "ts": "1700000005.000000"})
    assert written(body).version == "1700000005.000000"


def test_a_deletion_is_read_with_or_without_what_was_deleted() -> None:
    bare = hidden("message_deleted", deleted_ts="1700000000.000100")
    found = read_thread_message(bare, BOT)
    assert found == Withdrawn(TEAM, SlackUser(TEAM, ""), "C0HELP", "", "1700000000.000100")
    bare["event"]["previous_message"] = said()["event"]
    assert read_thread_message(bare, BOT) == Withdrawn(
        TEAM, SlackUser(TEAM, ANNA), "C0HELP", HEAD, "1700000000.000100"
    )


@pytest.mark.parametrize(
    "body",
    [
        message_body(),
        message_body(thread_ts="1700000000.000100"),
        said(subtype="channel_join"),
        said(subtype="bot_message", bot_id="B0OTHER"),
        said(bot_id="B0SIGN", user=BOT),
        said(user=BOT),
        edit("3.2.180", "3.2.180", attachments=[{"from_url": "https://example.org"}]),
        edit("3.2.18", "3.2.180", bot_id="B0SIGN"),
        edit("3.2.18", "", subtype="tombstone"),
        hidden("message_deleted", deleted_ts="1", previous_message=said(bot_id="B0SIGN")["event"]),
        hidden("message_replied", message=said()["event"]),
    ],
    ids=lambda body: str(body["event"].get("subtype")),
)
def test_what_no_person_wrote_in_a_thread_is_ignored(body: Payload) -> None:
    assert read_thread_message(body, BOT) is None


def test_a_thread_below_somebody_elses_message_is_not_ours() -> None:
    assert is_below_ours(said(), BOT)
    assert is_below_ours(said(parent_user_id=BOT), BOT)
    assert not is_below_ours(said(parent_user_id=BERT), BOT)
    assert not is_below_ours(edit("3.2.18", "3.2.180", parent_user_id=BERT), BOT)


def test_the_button_of_a_file_names_message_and_number() -> None:
    body = press_body({"action_id": "signpost.thread-file.1", "value": "17 1"})
    thread, when = "1700000000.000100", "1700000009.123456"
    assert read_file_wanted(body) == FileWanted(TEAM, SlackUser(TEAM, ANNA), "C0HELP", thread, when, 17, 1)


@pytest.mark.parametrize("value", ["", "17", "17 x", "17 1 1", "9999999999 0", "-1 0"])
def test_a_value_that_we_did_not_give_out_is_no_file(value: str) -> None:
    assert read_file_wanted(press_body({"value": value})) is None


def test_what_was_stored_is_read_back_as_it_was() -> None:
    pressed = read_file_wanted(press_body({"value": "17 1"}))
    gone = read_thread_message(hidden("message_deleted", deleted_ts="1700000000.000100"), BOT)
    for arrival in (written(said(f"<@{BERT}>", files=[FILE])), pressed, gone):
        assert arrival is not None
        assert from_content(kind_of(arrival), to_content(arrival)) == arrival
