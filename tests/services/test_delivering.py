import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from bot.domain.parcel import Parcel
from bot.services import delivering
from bot.services.delivering import LEASE, MAX_ATTEMPTS, MAX_WAIT, OUTLASTED, PACE, Sent, backoff
from bot.storage.database import Database, Isolation
from bot.storage.queries import outbox
from bot.storage.tables import OutboxRow
from tests.fakes import HandClock

MOMENT = timedelta(microseconds=1)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def queue(database: Database, clock: HandClock, key: str, lane: str = "C1", **changes: Any) -> bool:
    values = {"workspace_id": "T1", "method": "chat.postMessage", "content": {"text": key}, **changes}
    with database.transaction() as session:
        return outbox.add(session, key=key, lane=lane, now=clock.now(), **values)


def take(database: Database, clock: HandClock, limit: int = 20) -> list[Parcel]:
    with database.transaction() as session:
        return delivering.take(session, clock, limit)


def taken(database: Database, clock: HandClock, limit: int = 20) -> list[str]:
    return [parcel.key for parcel in take(database, clock, limit)]


def take_one(database: Database, clock: HandClock) -> Parcel:
    (parcel,) = take(database, clock)
    return parcel


def sent(database: Database, clock: HandClock, parcel: Parcel) -> None:
    with database.transaction() as session:
        delivering.sent(session, clock, [Sent(parcel, "1700000000.1")])


def refused(database: Database, clock: HandClock, parcel: Parcel) -> None:
    with database.transaction() as session:
        delivering.refused(session, clock, parcel, "channel_not_found")


def again(
    database: Database,
    clock: HandClock,
    parcel: Parcel,
    seconds: float = 8,
    *,
    is_uncertain: bool = False,
    error: str = "internal_error",
) -> bool:
    wait = timedelta(seconds=seconds)
    with database.transaction() as session:
        return delivering.again(session, clock, parcel, wait, is_uncertain=is_uncertain, error=error)


def row(database: Database, key: str) -> OutboxRow:
    with database.transaction() as session:
        return session.exec(select(OutboxRow).where(OutboxRow.key == key)).one()


def test_a_channel_gets_one_post_at_a_time_in_the_order_of_queueing(
    database: Database, clock: HandClock
) -> None:
    for key in ("first", "second", "third"):
        queue(database, clock, key)
    for key in ("first", "second", "third"):
        parcel = take_one(database, clock)
        assert parcel.key == key
        assert take(database, clock) == []
        sent(database, clock, parcel)
        clock.advance(seconds=PACE.total_seconds())
    assert take(database, clock) == []


def test_posts_into_a_channel_are_a_second_apart(database: Database, clock: HandClock) -> None:
    queue(database, clock, "first")
    queue(database, clock, "second")
    sent(database, clock, take_one(database, clock))
    clock.instant += PACE - MOMENT
    assert take(database, clock) == []
    clock.instant += MOMENT
    assert taken(database, clock) == ["second"]


def test_what_is_noted_together_is_noted_each_for_itself(database: Database, clock: HandClock) -> None:
    for number in range(3):
        queue(database, clock, f"post {number}", lane=f"C{number}")
    queue(database, clock, "behind", lane="C2")
    parcels = take(database, clock)
    refused(database, clock, parcels[1])
    with database.transaction() as session:
        news = [Sent(parcel, f"17.{number}") for number, parcel in enumerate(parcels)]
        delivering.sent(session, clock, [news[2], news[0], news[1]])
    stands = [row(database, f"post {number}") for number in range(3)]
    assert [(one.state, one.dispatched_ts) for one in stands] == [
        ("sent", "17.0"),
        ("failed", ""),
        ("sent", "17.2"),
    ]
    assert take(database, clock) == []
    clock.advance(seconds=PACE.total_seconds())
    assert taken(database, clock) == ["behind"]


def test_what_is_no_post_needs_no_pause_after_it(database: Database, clock: HandClock) -> None:
    queue(database, clock, "first", method="chat.update")
    queue(database, clock, "second", method="chat.update")
    sent(database, clock, take_one(database, clock))
    assert taken(database, clock) == ["second"]


def test_lanes_go_beside_each_other_oldest_first(database: Database, clock: HandClock) -> None:
    for key, lane in (("a1", "A"), ("a2", "A"), ("b1", "B"), ("c1", "C")):
        queue(database, clock, key, lane)
    assert taken(database, clock, limit=2) == ["a1", "b1"]
    assert taken(database, clock, limit=2) == ["c1"]


def test_the_same_lane_in_another_workspace_is_another_lane(database: Database, clock: HandClock) -> None:
    queue(database, clock, "here")
    queue(database, clock, "there", workspace_id="T2")
    assert taken(database, clock) == ["here", "there"]


def test_the_same_thing_is_queued_once(database: Database, clock: HandClock) -> None:
    assert queue(database, clock, "once")
    assert not queue(database, clock, "once", "C2", content={"text": "other"})
    assert row(database, "once").lane == "C1"


def test_a_lane_whose_sender_died_is_free_when_its_lease_is_over(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    queue(database, clock, "second")
    before = take_one(database, clock)
    assert (before.attempts, before.is_uncertain) == (1, False)
    clock.instant += LEASE - MOMENT
    assert take(database, clock) == []
    clock.instant += MOMENT
    after = take_one(database, clock)
    assert (after.key, after.attempts, after.is_uncertain) == ("first", 2, True)


def test_what_was_sent_is_forgotten_but_for_where_it_stands(database: Database, clock: HandClock) -> None:
    queue(database, clock, "first")
    sent(database, clock, take_one(database, clock))
    found = row(database, "first")
    assert (found.state, found.content, found.dispatched_ts) == ("sent", {}, "1700000000.1")
    assert found.sent_at == clock.now()
    clock.advance(days=1)
    assert take(database, clock) == []


def test_what_slack_refuses_is_not_tried_again_and_stops_nothing(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    queue(database, clock, "second")
    refused(database, clock, take_one(database, clock))
    found = row(database, "first")
    assert (found.state, found.content, found.error) == ("failed", {}, "channel_not_found")
    assert taken(database, clock) == ["second"]


def test_what_failed_is_tried_again_after_the_wait_and_before_what_came_later(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    queue(database, clock, "second")
    queue(database, clock, "elsewhere", "C2")
    first, elsewhere = take(database, clock)
    assert again(database, clock, first, seconds=8)
    assert row(database, "first").not_before == clock.now() + timedelta(seconds=8)
    sent(database, clock, elsewhere)
    clock.instant += timedelta(seconds=8) - MOMENT
    assert take(database, clock) == []
    clock.instant += MOMENT
    parcel = take_one(database, clock)
    assert (parcel.key, parcel.attempts, parcel.is_uncertain) == ("first", 2, False)
    assert parcel.content == {"text": "first"}
    assert row(database, "first").error == "internal_error"


def test_once_in_doubt_a_parcel_stays_in_doubt(database: Database, clock: HandClock) -> None:
    queue(database, clock, "first")
    assert again(database, clock, take_one(database, clock), seconds=1, is_uncertain=True)
    clock.advance(seconds=1)
    second = take_one(database, clock)
    assert second.is_uncertain
    assert again(database, clock, second, seconds=1, is_uncertain=False)
    clock.advance(seconds=1)
    assert take_one(database, clock).is_uncertain


def test_it_is_given_up_after_so_many_attempts_and_the_next_goes_on(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    queue(database, clock, "second")
    tries = []
    while (parcel := take_one(database, clock)).key == "first":
        tries.append(again(database, clock, parcel, seconds=1))
        clock.advance(seconds=1)
    assert tries == [True] * (MAX_ATTEMPTS - 1) + [False]
    assert (row(database, "first").state, row(database, "first").content) == ("failed", {})
    assert parcel.key == "second"


def test_no_outage_of_less_than_a_day_costs_a_message(database: Database, clock: HandClock) -> None:
    queue(database, clock, "first")
    end = clock.now() + OUTLASTED
    for _ in range(MAX_ATTEMPTS + 1):
        assert again(database, clock, take_one(database, clock), seconds=300, error="http_503")
        clock.instant += MAX_WAIT
    clock.instant = end
    assert not again(database, clock, take_one(database, clock), error="http_503")
    assert row(database, "first").state == "failed"


def test_nobody_waits_longer_than_the_longest_wait_whatever_slack_asks_for(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    assert again(database, clock, take_one(database, clock), seconds=86_400, error="ratelimited")
    clock.instant += MAX_WAIT
    assert taken(database, clock) == ["first"]


def test_a_lease_from_before_the_clock_was_put_back_holds_up_nobody(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    take_one(database, clock)
    clock.instant -= outbox.FURTHEST
    assert take(database, clock) == []
    clock.instant -= MOMENT
    assert taken(database, clock) == ["first"]


def test_what_is_under_way_is_not_taken_again_by_whoever_has_it_however_late_it_seems(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    queue(database, clock, "elsewhere", "C2")
    under_way = take(database, clock, limit=1)
    clock.advance(hours=1)
    with database.transaction() as session:
        found = delivering.take(session, clock, 1, but=frozenset(one.row_id for one in under_way))
    assert [parcel.key for parcel in found] == ["elsewhere"]


def test_a_wait_from_before_the_clock_was_put_back_holds_up_nobody(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "first")
    again(database, clock, take_one(database, clock), seconds=8)
    clock.advance(hours=-2)
    assert taken(database, clock) == ["first"]


def test_waiting_doubles_from_one_second_to_five_minutes() -> None:
    assert [backoff(attempts).total_seconds() for attempts in (0, 1, 2, 3, 4)] == [1, 1, 2, 4, 8]
    assert backoff(9) == timedelta(seconds=256)
    assert backoff(10) == backoff(MAX_ATTEMPTS) == MAX_WAIT == timedelta(minutes=5)


def taken_over(database: Database, clock: HandClock) -> tuple[Parcel, Parcel]:
    """Let one sender take a parcel, and another one after the first one's lease."""
    queue(database, clock, "first")
    queue(database, clock, "second")
    slow = take_one(database, clock)
    clock.instant += LEASE
    return slow, take_one(database, clock)


def test_what_another_sender_has_sent_since_is_neither_tried_again_nor_refused(
    database: Database, clock: HandClock
) -> None:
    slow, quick = taken_over(database, clock)
    sent(database, clock, quick)
    done = row(database, "first").model_dump()
    assert again(database, clock, slow, is_uncertain=True)
    refused(database, clock, slow)
    assert row(database, "first").model_dump() == done
    clock.advance(days=1)
    assert taken(database, clock) == ["second"]


def test_what_another_sender_is_sending_stays_theirs_and_so_does_the_lane(
    database: Database, clock: HandClock
) -> None:
    slow, quick = taken_over(database, clock)
    held = row(database, "first").model_dump()
    assert again(database, clock, slow, seconds=0)
    refused(database, clock, slow)
    assert row(database, "first").model_dump() == held
    assert take(database, clock) == []
    sent(database, clock, quick)
    assert row(database, "first").state == "sent"


def test_what_slack_has_is_sent_whoever_holds_it_and_the_lane_stays_with_its_holder(
    database: Database, clock: HandClock
) -> None:
    slow, quick = taken_over(database, clock)
    sent(database, clock, slow)
    assert row(database, "first").state == "sent"
    clock.instant += PACE
    assert take(database, clock) == []
    refused(database, clock, quick)
    assert again(database, clock, quick)
    assert row(database, "first").state == "sent"
    assert taken(database, clock) == ["second"]


def test_what_is_sent_while_somebody_looks_for_work_is_not_taken_again(
    postgresql_database: Database, clock: HandClock
) -> None:
    database = postgresql_database
    queue(database, clock, "first", method="chat.update")
    other = Database(database.url.render_as_string(hide_password=False))

    def send_it_meanwhile(*context: Any) -> None:
        if "min(outbox.id)" in context[2] and row(other, "first").state == "waiting":
            sent(other, clock, take_one(other, clock))

    event.listen(database.engine, "after_cursor_execute", send_it_meanwhile)
    claimed = database.run(lambda session: delivering.take(session, clock, 20), Isolation.READ_COMMITTED)
    event.remove(database.engine, "after_cursor_execute", send_it_meanwhile)
    assert (claimed, row(other, "first").state) == ([], "sent")
    other.close()


def file_of(database: Database, clock: HandClock, parent: str) -> None:
    content = {"filename": "a.ics", "thread_of": parent}
    queue(database, clock, "file", method="files.upload", content=content)


def test_a_file_goes_into_the_thread_of_the_message_it_belongs_to(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "message")
    file_of(database, clock, "message")
    sent(database, clock, take_one(database, clock))
    clock.instant += PACE
    assert take_one(database, clock).content == {"filename": "a.ics", "thread_ts": "1700000000.1"}


def test_a_file_whose_message_is_forgotten_stands_alone(database: Database, clock: HandClock) -> None:
    file_of(database, clock, "long ago")
    assert take_one(database, clock).content == {"filename": "a.ics"}


def test_a_file_is_given_up_with_its_message_and_what_comes_after_it_goes_on(
    database: Database, clock: HandClock
) -> None:
    queue(database, clock, "message")
    file_of(database, clock, "message")
    queue(database, clock, "next")
    refused(database, clock, take_one(database, clock))
    assert take(database, clock) == []
    assert (row(database, "file").state, row(database, "file").error) == ("failed", "no_parent")
    assert take_one(database, clock).key == "next"


def test_two_who_note_the_same_parcel_at_once_come_one_after_the_other(
    postgresql_database: Database, clock: HandClock
) -> None:
    """They run read committed, so whoever decides by a row has to lock it first."""
    database = postgresql_database
    queue(database, clock, "first")
    parcel = take_one(database, clock)
    noted, looked = threading.Event(), threading.Event()

    def note_slowly(session: Session) -> None:
        delivering.sent(session, clock, [Sent(parcel, "1700000000.1")])
        noted.set()
        # The other one waits for the row; it would have been here long ago otherwise.
        assert not looked.wait(0.3)

    def refuse(session: Session) -> None:
        delivering.refused(session, clock, parcel, "channel_not_found")
        looked.set()

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(database.run, note_slowly, Isolation.READ_COMMITTED)
        assert noted.wait(10)
        database.run(refuse, Isolation.READ_COMMITTED)
        first.result()
    assert (row(database, "first").state, row(database, "first").error) == ("sent", "")
