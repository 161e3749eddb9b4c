"""What one side writes in its thread, as the other sides read it."""

import pytest
from sqlmodel import select

from bot.domain.arrival import Withdrawn
from bot.domain.escalation.life import Move
from bot.domain.network import SlackChannel
from bot.services import delivering, inbox
from bot.services.delivering import Sent
from bot.storage.queries import directory as stored
from bot.storage.tables import InboxRow
from tests.bridging import Threads
from tests.escalations import LEVEL_1, TEAM, World


@pytest.fixture
def threads(world: World) -> Threads:
    return Threads(world)


def opened(threads: Threads, **changes: str) -> int:
    key = threads.world.open(**changes)
    threads.deliver()
    return key


def inbox_rows(world: World) -> list[InboxRow]:
    with world.database.transaction() as session:
        return list(session.exec(select(InboxRow)).all())


def test_each_side_reads_what_the_other_writes_with_name_and_home(threads: Threads) -> None:
    opened(threads)
    threads.says("tom", "CNORD", "Is the port open?")
    threads.says("anna", "UANNA", "How do I see that?")
    assert threads.below("UANNA") == ["*Tom* · Nord Dental: Is the port open?"]
    assert threads.below("CNORD") == ["*Anna* · Praxis Dr. Berg: How do I see that?"]


def test_a_message_that_comes_twice_is_carried_once(threads: Threads) -> None:
    opened(threads)
    said = threads.says("tom", "CNORD", "Is the port open?")
    threads.arrives(said)
    assert len(threads.below("UANNA")) == 1


def test_an_edit_changes_the_copy_and_nothing_else(threads: Threads) -> None:
    opened(threads)
    said = threads.says("tom", "CNORD", "Is port 16300 open?")
    threads.says("tom", "CNORD", "Or 80?")
    threads.edits(said, "Is port 16301 open?")
    assert threads.below("UANNA") == [
        "*Tom* · Nord Dental · edited: Is port 16301 open?",
        "*Tom* · Nord Dental: Or 80?",
    ]


def test_an_edit_reaches_a_copy_that_was_not_sent_yet(threads: Threads) -> None:
    opened(threads)
    said = threads.written("tom", "CNORD", "Is port 16300 open?")
    edited = threads.written("tom", "CNORD", "16301!", message_ts=said.message_ts, version=threads.next_ts())
    threads.arrives(said, edited)
    assert threads.below("UANNA") == ["*Tom* · Nord Dental · edited: 16301!"]


def test_an_edit_reaches_a_copy_whose_row_in_the_outbox_was_forgotten(threads: Threads) -> None:
    opened(threads)
    said = threads.says("tom", "CNORD", "Is port 16300 open?")
    with threads.world.database.transaction() as session:
        for row in threads.world.said():
            session.delete(row)
    threads.edits(said, "16301!")
    assert threads.below("UANNA") == ["*Tom* · Nord Dental · edited: 16301!"]


def test_what_was_deleted_is_withdrawn_and_stays_so(threads: Threads) -> None:
    opened(threads)
    said = threads.says("tom", "CNORD", "Is the port open?", "shot.png")
    value = threads.buttons("UANNA")[0]["value"]
    threads.deletes(said)
    threads.edits(said, "came too late")
    assert threads.below("UANNA") == ["Whoever wrote this has withdrawn it."]
    threads.opens("anna", value)
    assert "withdrawn" in threads.whispers[-1]["text"]


def test_a_deletion_that_does_not_tell_its_thread_is_understood(threads: Threads) -> None:
    opened(threads)
    said = threads.says("tom", "CNORD", "Is the port open?")
    threads.arrives(Withdrawn(TEAM, said.user, said.channel_id, "", said.message_ts))
    assert threads.below("UANNA") == ["Whoever wrote this has withdrawn it."]


def test_a_deletion_that_overtakes_its_message_keeps_it_back(threads: Threads) -> None:
    opened(threads)
    said = threads.written("tom", "CNORD", "Is the port open?")
    threads.deletes(said)
    threads.arrives(said)
    assert threads.below("UANNA") == []


@pytest.mark.parametrize("lock", ["🔒 ", ":lock:", "  *:lock:* ", "&gt; 🔒", "<@UTINA> :lock: "])
def test_a_message_that_begins_with_a_lock_stays_with_its_side(threads: Threads, lock: str) -> None:
    key = opened(threads)
    threads.says("tom", "CNORD", f"{lock}they never pay")
    threads.says("anna", "UANNA", f"{lock}they never answer")
    assert threads.below("UANNA") == threads.below("CNORD") == []
    assert threads.world.kinds(key) == ["open"]


def test_what_is_locked_later_is_withdrawn_and_what_is_unlocked_is_carried(threads: Threads) -> None:
    opened(threads)
    said = threads.says("tom", "CNORD", "they never pay")
    threads.edits(said, "🔒 they never pay")
    assert threads.below("UANNA") == ["Whoever wrote this has withdrawn it."]
    threads.edits(said, "we call you at noon")
    assert threads.below("UANNA") == ["*Tom* · Nord Dental · edited: we call you at noon"]
    locked = threads.says("tom", "CNORD", "🔒 at noon?")
    threads.edits(locked, "at noon")
    assert threads.below("UANNA")[1:] == ["*Tom* · Nord Dental · edited: at noon"]


def test_nothing_of_what_is_locked_is_stored(threads: Threads) -> None:
    opened(threads)
    said = threads.written("tom", "CNORD", "🔒 they never pay", message_ts="1")
    with threads.world.database.transaction() as session:
        assert inbox.receive_in_thread(session, threads.world.bot, said)
    (row,) = inbox_rows(threads.world)
    assert "pay" not in str(row.content)


def test_nothing_is_stored_of_a_thread_that_is_no_escalations(threads: Threads) -> None:
    opened(threads)
    threads.says("tom", "CNORD", "lunch?", thread_ts="1699999999.000000")
    threads.says("tom", "CNORD", "lunch?", channel_id="CELSE")
    threads.says("otto", "UANNA", "lunch?")
    assert inbox_rows(threads.world) == []


def test_while_a_head_is_being_sent_nobody_can_say_whose_thread_it_is(threads: Threads) -> None:
    world = threads.world
    world.open()
    said = [
        threads.written("tom", "CNORD", "Hello", thread_ts="1700000001.000000"),
        threads.written("anna", "UANNA", "Hello", thread_ts="1700000001.000000"),
    ]

    def belong() -> list[bool | None]:
        with world.database.transaction() as session:
            return [inbox.receive_in_thread(session, world.bot, one) for one in said]

    assert belong() == [False, False]
    with world.database.transaction() as session:
        parcels = delivering.take(session, threads.clock, 20)
    assert belong() == [None, None]
    assert inbox_rows(world) == []
    for parcel in parcels:
        with world.database.transaction() as session:
            delivering.sent(session, threads.clock, [Sent(parcel, "1700000001.000000")])
    assert belong() == [True, True]


def test_whoever_may_not_write_is_told_once_and_alone(threads: Threads) -> None:
    key = opened(threads)
    threads.says("otto", "CNORD", "I know this!")
    threads.says("otto", "CNORD", "Really!")
    assert threads.below("UANNA") == []
    (whisper,) = threads.whispers
    assert (whisper["channel"], whisper["user"]) == ("CNORD", "UOTTO")
    assert "not passed on" in whisper["text"]
    assert threads.world.kinds(key) == ["open"]


def test_whoever_is_only_informed_reads_along_and_is_not_passed_on(threads: Threads) -> None:
    opened(threads, topic=LEVEL_1)
    threads.says("karl", "CIMAGE", "Which backup?")
    threads.says("tom", "CNORD", "The one of Monday")
    assert threads.below("CNORD") == ["*Karl* · Image Instruments: Which backup?"]
    assert threads.below("UANNA") == ["*Karl* · Image Instruments: Which backup?"]
    assert [one["user"] for one in threads.whispers] == ["UTOM"]


def test_after_handing_over_the_earlier_company_reads_along_but_not_what_is_internal(
    threads: Threads,
) -> None:
    key = opened(threads)
    early = threads.says("tom", "CNORD", "Is the port open?")
    threads.says("tom", "CNORD", "🔒 no idea")
    threads.world.move(key, Move.TAKE, "tom")
    threads.world.move(key, Move.HAND_OVER, "tom")
    threads.deliver()
    threads.says("karl", "CIMAGE", "Which server?")
    threads.says("karl", "CIMAGE", "🔒 they broke it")
    threads.says("anna", "UANNA", "The old one")
    threads.edits(early, "Is port 16300 open?")
    ours = ["*Karl* · Image Instruments: Which server?", "*Anna* · Praxis Dr. Berg: The old one"]
    assert threads.below("CNORD")[-2:] == ours
    assert threads.below("CIMAGE") == ours[1:]
    assert threads.below("UANNA")[0] == "*Tom* · Nord Dental · edited: Is port 16300 open?"


def test_the_answer_that_was_waited_for_lets_the_clock_go_on(threads: Threads) -> None:
    threads.world.promise("nord", 60, 600)
    key = opened(threads)
    threads.world.move(key, Move.TAKE, "tom")
    threads.world.move(key, Move.ASK_BACK, "tom")
    assert threads.world.row(key).solution_due_at is None
    threads.deliver()
    threads.says("tom", "CNORD", "No hurry")
    assert threads.world.row(key).state == "waiting"
    threads.says("anna", "UANNA", "🔒 what do I say?")
    assert threads.world.row(key).state == "waiting"
    threads.says("anna", "UANNA", "3.2.180")
    row = threads.world.row(key)
    assert (row.state, row.solution_due_at is not None) == ("taken", True)
    assert threads.below("CNORD")[-1:] == ["*Anna* · Praxis Dr. Berg: 3.2.180"]
    assert "works on it" in threads.posts["UANNA", threads.head("UANNA")]["text"]
    assert threads.world.kinds(key)[-2:] == ["message", "reply"]


def test_what_the_company_writes_begins_the_following_up_anew_and_what_the_requester_writes_does_not(
    threads: Threads,
) -> None:
    key = opened(threads)
    due = threads.world.row(key).next_action_at
    threads.world.clock.instant = threads.world.clock.instant.replace(minute=30)
    threads.says("anna", "UANNA", "Hello?")
    assert threads.world.row(key).next_action_at == due
    threads.says("tom", "CNORD", "We look at it")
    later = threads.world.row(key).next_action_at
    assert due is not None
    assert later is not None
    assert later > due


def test_a_file_is_a_link_for_whoever_confirms_and_may_see_it(threads: Threads) -> None:
    opened(threads)
    threads.says("anna", "UANNA", "", "ceph.png")
    (button,) = threads.buttons("CNORD")
    assert button["confirm"]["title"]["text"] == "May show patients"
    assert "https" not in str(button)
    threads.opens("tom", button["value"])
    threads.opens("lena", button["value"])
    threads.opens("tom", button["value"].replace(" 0", " 1"))
    threads.opens("tom", "4711 0")
    texts = [one["text"] for one in threads.whispers]
    assert "https://slack.example/files/ceph.png" in texts[0]
    assert all("https" not in text for text in texts[1:])
    assert [one["user"] for one in threads.whispers] == ["UTOM", "ULENA", "UTOM", "UTOM"]


def test_where_others_came_to_read_along_nothing_of_the_practice_is_shown(threads: Threads) -> None:
    opened(threads)
    with threads.world.database.transaction() as session:
        channel = stored.channel(session, SlackChannel(TEAM, "CNORD"))
        assert channel is not None
        channel.is_shared = True
    threads.says("anna", "UANNA", "Max Muster, 3.4.1990", "ceph.png")
    (line,) = threads.below("CNORD")
    assert "Something was written about ESC-2026-0001" in line
    assert "Muster" not in str(threads.posts)
    assert threads.buttons("CNORD") == []


def test_of_one_thread_only_the_oldest_is_taken_until_it_is_settled(threads: Threads) -> None:
    opened(threads)
    world = threads.world
    first = threads.written("tom", "CNORD", "first")
    second = threads.written("tom", "CNORD", "second")
    other = threads.written("anna", "UANNA", "other")
    with world.database.transaction() as session:
        for one in (first, second, other):
            inbox.receive_in_thread(session, world.bot, one)
    with world.database.transaction() as session:
        taken = inbox.take(session, world.bot, 10)
        assert [work.arrival for work in taken] == [first, other]
    with world.database.transaction() as session:
        inbox.put_off(session, world.bot, taken[0])
    with world.database.transaction() as session:
        assert inbox.take(session, world.bot, 10) == []
        rows = {row.id: row for row in session.exec(select(InboxRow)).all()}
        waiting = [row for row in rows.values() if row.claimed_until is None]
        assert [row.not_before for row in waiting] == [waiting[0].not_before] * 2
        assert [row.attempts for row in waiting] == [1, 0]


def test_what_cannot_be_carried_is_forgotten_and_its_writer_told(threads: Threads) -> None:
    opened(threads)
    world = threads.world
    said = threads.written("tom", "CNORD", "Max Muster")
    with world.database.transaction() as session:
        inbox.receive_in_thread(session, world.bot, said)
        (row,) = session.exec(select(InboxRow)).all()
        row.attempts = inbox.MAX_ATTEMPTS
    with world.database.transaction() as session:
        assert inbox.take(session, world.bot, 10) == []
    threads.deliver()
    assert "send it again" in threads.whispers[-1]["text"]
    (row,) = inbox_rows(world)
    assert (row.state, "Muster" in str(row.content)) == ("failed", False)
