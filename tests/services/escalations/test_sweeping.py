from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, select, update

from bot.domain.escalation.agenda import Coming
from bot.domain.escalation.life import Move, State
from bot.domain.parcel import Parcel
from bot.services import delivering
from bot.services.bot import Bot
from bot.services.delivering import Sent
from bot.services.escalations import sweeping, telling
from bot.storage.tables import EscalationRow, EscalationThreadRow, OutboxRow, PersonRow
from tests.escalations import World
from tests.fakes import HandClock

MINUTE = timedelta(minutes=1)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a time in Berlin in the November of the tests; the 24th is a Tuesday."""
    return datetime(2026, 11, day, hour - 1, minute, tzinfo=UTC)


def deliver(world: World, clock: HandClock, *, but: str = "") -> None:
    """Send what is queued; Slack refuses the key `but`."""
    while True:
        with world.database.transaction() as session:
            parcels = delivering.take(session, clock, 20)
            for parcel in parcels:
                _send(parcel, session, clock, but)
        if not parcels:
            return
        clock.advance(seconds=1)


def _send(parcel: Parcel, session: Session, clock: HandClock, but: str) -> None:
    if parcel.key == but:
        delivering.refused(session, clock, parcel, "channel_not_found")
    else:
        delivering.sent(session, clock, [Sent(parcel, f"17.{parcel.row_id}")])


# ---- promises --------------------------------------------------------------------------------------


def test_a_promise_warns_the_owner_then_the_channel_then_the_lead_each_once(world: World) -> None:
    world.promise("nord", None, 80)
    key = world.open()
    world.move(key, Move.TAKE, "tina")
    heard = {"UTINA": 0, "CNORD": len(world.said("CNORD")), "UTOM": 0}
    for minutes, who in ((60, "UTINA"), (80, "CNORD"), (100, "UTOM")):
        world.sweep_at(at(24, 10) + timedelta(minutes=minutes) - MINUTE)
        assert {name: len(world.said(name)) for name in heard} == heard
        world.sweep_at(at(24, 10) + timedelta(minutes=minutes))
        heard[who] += 1
        for _ in range(2):
            assert {name: len(world.said(name)) for name in heard} == heard
            world.sweep()


def test_what_nobody_took_in_time_opens_the_requester_s_way_up(world: World) -> None:
    world.promise("nord", 60, None)
    key = world.open()
    world.sweep_at(at(24, 10, 59))
    assert not world.row(key).can_go_up
    world.sweep_at(at(24, 11))
    assert world.row(key).can_go_up
    assert "take it to Image Instruments now" in world.texts("UANNA")[-1]
    world.move(key, Move.TAKE_UP, "anna")
    assert world.row(key).company_id == world.companies["image"]


def test_while_the_requester_is_asked_nobody_is_warned(world: World) -> None:
    world.promise("nord", 60, 80)
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    world.move(key, Move.ASK_BACK, "tom")
    before = len(world.said())
    world.sweep_at(at(25, 17))
    assert len(world.said()) == before


def test_after_an_outage_everything_that_was_due_is_done_and_nothing_is_said_twice(world: World) -> None:
    world.promise("nord", 60, 120)
    key = world.open()
    world.sweep_at(at(30, 12))
    alarms = ["warn-owner", "tell-channel", "tell-lead"]
    assert sorted(world.kinds(key)) == sorted(["open", *alarms, *alarms])
    assert world.sweep().due == 0
    assert world.row(key).next_action_at is not None


# ---- without a promise -----------------------------------------------------------------------------


def test_what_nobody_took_comes_up_after_four_working_hours_and_each_working_morning(world: World) -> None:
    key = world.open()
    for moment, count in (
        (at(24, 14, 59), 0),
        (at(24, 15), 1),
        (at(25, 7, 59), 1),
        (at(25, 8), 2),
        (at(26, 8), 3),
        (at(27, 8), 4),
        (at(29, 12), 4),
        (at(30, 8), 5),
    ):
        world.sweep_at(moment)
        assert world.kinds(key).count("untaken") == count, moment
    assert world.said("CNORD")[-1].content["reply_broadcast"] is True


def test_level_0_has_let_its_time_lapse_when_nobody_took_it_by_the_next_morning(world: World) -> None:
    key = world.open()
    world.sweep_at(at(24, 15))
    assert not world.row(key).can_go_up
    world.sweep_at(at(25, 8))
    assert world.row(key).can_go_up


def test_the_owner_of_what_is_silent_hears_on_the_third_working_morning(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    world.sweep_at(at(27, 7, 59))
    assert world.texts("UTOM") == []
    world.sweep_at(at(27, 8))
    assert "has been quiet for days" in world.texts("UTOM")[0]


def test_the_requester_is_reminded_after_two_and_five_working_days_and_then_the_owner(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    world.move(key, Move.ASK_BACK, "tom")
    for moment, asked, unanswered in (
        (at(26, 7, 59), 0, 0),
        (at(26, 8), 1, 0),
        (datetime(2026, 12, 1, 6, 59, tzinfo=UTC), 1, 0),
        (datetime(2026, 12, 1, 7, 0, tzinfo=UTC), 2, 0),
        (datetime(2026, 12, 8, 7, 0, tzinfo=UTC), 2, 1),
    ):
        world.sweep_at(moment)
        assert world.kinds(key).count("ask-requester") == asked
        assert world.kinds(key).count("unanswered") == unanswered


def test_what_is_resolved_and_not_answered_closes_after_seven_days(world: World) -> None:
    key = world.open()
    world.move(key, Move.RESOLVE, "tom")
    world.sweep_at(at(24, 10) + timedelta(days=7) - MINUTE)
    assert world.row(key).state == State.RESOLVED
    world.sweep_at(at(24, 10) + timedelta(days=7))
    assert world.row(key).state == State.CLOSED
    assert world.texts("UANNA")[-1].startswith("Signpost has closed ESC-2026-0001")


def test_a_sign_of_life_begins_the_waiting_anew(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tom")
    world.sweep_at(at(27, 8))
    world.move(key, Move.ASK_BACK, "tom")
    world.move(key, Move.REPLY, "anna")
    world.sweep_at(at(30, 12))
    assert world.kinds(key).count("silent") == 1


# ---- nothing gets lost -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [{"keeper": ""}, {"next_action_at": None}, {"state": "taken"}, {"state": "waiting", "keeper": ""}],
)
def test_what_has_nobody_or_nothing_next_is_repaired_once_and_told(
    world: World, broken: dict[str, object]
) -> None:
    key = world.open()
    with world.database.transaction() as session:
        session.execute(update(EscalationRow).values(**broken))
    swept = world.sweep()
    assert swept.repaired == ("ESC-2026-0001",)
    assert not swept.is_clean
    row = world.row(key)
    assert (row.state, row.keeper) == (State.NEW, "tom@nord.example")
    assert row.next_action_at is not None
    assert "I have mended that" in world.texts("UKARL")[0]
    assert world.sweep().is_clean


def test_what_belonged_to_somebody_who_is_gone_goes_back_to_the_company(world: World) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tina")
    with world.database.transaction() as session:
        session.delete(session.get_one(PersonRow, world.people["tina"]))
    assert world.sweep().repaired == ("ESC-2026-0001",)
    assert world.row(key).state == State.NEW
    world.move(key, Move.TAKE, "tom")
    assert world.sweep().is_clean


def test_it_looks_at_all_that_are_open_however_old(world: World) -> None:
    key = world.open()
    with world.database.transaction() as session:
        session.execute(
            update(EscalationRow).values(next_action_at=None, opened_at=at(24, 10) - timedelta(days=900))
        )
    assert world.sweep().repaired == (world.row(key).reference,)


def test_a_card_that_slack_refuses_is_told_to_the_default_owner_once(world: World) -> None:
    key = world.open()
    clock = HandClock()
    deliver(world, clock, but=f"escalation ESC-2026-0001 {world.side('nord')}")
    assert world.sweep().undelivered == ("ESC-2026-0001",)
    assert len(world.texts("UKARL")) == 1
    assert world.sweep().is_clean
    assert world.kinds(key) == ["open", "undelivered"]


def test_one_that_cannot_be_dealt_with_stops_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = world.open(), world.open()
    said = telling.tell_step

    def tell(session: Session, bot: Bot, row: EscalationRow, step: Coming, key: str) -> None:
        if row.id == bad:
            raise RuntimeError("broken")
        said(session, bot, row, step, key)

    monkeypatch.setattr(telling, "tell_step", tell)
    swept = world.sweep_at(at(24, 15))
    assert swept.failed == (world.row(bad).reference,)
    assert world.kinds(good).count("untaken") == 1
    assert world.kinds(bad).count("untaken") == 0
    monkeypatch.undo()
    world.sweep_at(at(24, 15, 5))
    assert world.kinds(bad).count("untaken") == 1


def test_the_limit_leaves_the_rest_for_the_next_call(world: World) -> None:
    keys = [world.open() for _ in range(3)]
    world.clock.instant = at(24, 15)
    found = []
    for _ in range(3):
        with world.database.transaction() as session:
            found.append(sweeping.sweep(session, world.bot, world.clock.now(), limit=2).due)
    assert found == [2, 1, 0]
    assert all(world.kinds(key).count("untaken") == 1 for key in keys)


# ---- threads ---------------------------------------------------------------------------------------


def test_the_head_goes_first_and_the_lines_go_under_it(world: World) -> None:
    world.move(world.open(), Move.TAKE, "tom")
    clock = HandClock()
    seen: list[Parcel] = []
    while True:
        with world.database.transaction() as session:
            parcels = delivering.take(session, clock, 20)
            for parcel in parcels:
                delivering.sent(session, clock, [Sent(parcel, f"17.{parcel.row_id}")])
        if not parcels:
            break
        seen += [parcel for parcel in parcels if parcel.lane == "UANNA"]
        clock.advance(seconds=1)
    head, update_, line = seen
    assert update_.method == "chat.update"
    assert update_.content["ts"] == f"17.{head.row_id}"
    assert line.content["thread_ts"] == f"17.{head.row_id}"
    with world.database.transaction() as session:
        query = select(EscalationThreadRow).where(EscalationThreadRow.side == "requester")
        assert session.exec(query).one().message_ts == f"17.{head.row_id}"


def test_a_line_finds_its_thread_long_after_the_head_was_forgotten(world: World) -> None:
    key = world.open()
    clock = HandClock()
    deliver(world, clock)
    with world.database.transaction() as session:
        for row in session.exec(select(OutboxRow).where(col(OutboxRow.state) == "sent")).all():
            session.delete(row)
    world.move(key, Move.TAKE, "tom")
    assert all("thread_of" not in row.content for row in world.said(updates=True))
    assert world.said("UANNA")[-1].content["thread_ts"].startswith("17.")
