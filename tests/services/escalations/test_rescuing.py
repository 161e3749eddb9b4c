"""Slack refuses something that an escalation says: it finds another way, once, and the alarm is raised."""

from datetime import timedelta

import pytest
from msgspec import Struct, field
from msgspec.structs import replace
from sqlmodel import Session, col, select

from bot.domain.arrival import Written
from bot.domain.escalation.life import Move
from bot.domain.network import SlackUser
from bot.domain.parcel import Parcel
from bot.services import delivering
from bot.services.delivering import Sent
from bot.services.escalations import bridging
from bot.storage.database import Database
from bot.storage.tables import ChannelRow, OutboxRow, PersonRow
from tests.escalations import NOTE, TEAM, World
from tests.fakes import HandClock

HAPPENED = "The second PC finds no server."


class Slack(Struct):
    """Takes what is queued, but in places that are `closed`; `deleted` messages cannot be changed."""

    world: World
    clock: HandClock = field(default_factory=HandClock)
    closed: set[str] = field(default_factory=set)
    deleted: set[str] = field(default_factory=set)
    taken: list[Parcel] = field(default_factory=list)

    def deliver(self) -> None:
        while True:
            with self.world.database.transaction() as session:
                parcels = delivering.take(session, self.clock, 20)
                for parcel in parcels:
                    self._answer(session, parcel)
            if not parcels:
                return
            self.clock.advance(seconds=1)

    def _answer(self, session: Session, parcel: Parcel) -> None:
        if parcel.lane in self.closed:
            delivering.refused(session, self.clock, parcel, "is_archived")
        elif parcel.content.get("ts") in self.deleted:
            delivering.refused(session, self.clock, parcel, "message_not_found")
        else:
            delivering.sent(
                session, self.clock, [Sent(parcel, parcel.content.get("ts") or f"17.{parcel.row_id}")]
            )
            self.taken.append(parcel)

    def round(self) -> tuple[str, ...]:
        """Deliver, sweep twice (the second finds nothing new), and deliver again."""
        self.deliver()
        found = self.world.sweep().undelivered
        assert self.world.sweep().undelivered == ()
        self.deliver()
        return found

    def texts(self, lane: str) -> list[str]:
        return [str(parcel.content["text"]) for parcel in self.taken if parcel.lane == lane]

    def heads(self, lane: str) -> list[Parcel]:
        return [
            one
            for one in self.taken
            if one.lane == lane and one.method == "chat.postMessage" and HAPPENED in one.content["text"]
        ]


@pytest.fixture
def world(database: Database) -> World:
    return World(database).found()


@pytest.fixture
def slack(world: World) -> Slack:
    return Slack(world)


def test_a_card_that_a_channel_refuses_goes_to_the_next_place_once_with_an_alarm(
    world: World, slack: Slack
) -> None:
    slack.closed = {"CNORD"}
    key = world.open()
    assert slack.round() == ("ESC-2026-0001",)
    assert world.threads(key)[world.side("nord")] == "UTINA"
    assert len(slack.heads("UTINA")) == 1
    (alarm,) = slack.texts("UKARL")
    assert "did not take a message about ESC-2026-0001 for Nord Dental" in alarm
    assert "Tina got it instead." in alarm
    assert world.kinds(key) == ["open", "undelivered"]
    world.move(key, Move.TAKE, "tom")
    slack.deliver()
    assert any("Tom has taken ESC-2026-0001." in text for text in slack.texts("UTINA"))


def test_a_channel_that_is_archived_later_loses_neither_card_nor_what_was_said(
    world: World, slack: Slack
) -> None:
    key = world.open()
    slack.deliver()
    slack.closed = {"CNORD"}
    world.move(key, Move.TAKE, "tom")
    world.move(key, Move.ASK_BACK, "tom")
    assert slack.round() == ("ESC-2026-0001",)
    (head,) = slack.heads("UTINA")
    lines = [one for one in slack.taken if one.lane == "UTINA" and one.content.get("thread_ts")]
    assert [one.content["thread_ts"] for one in lines] == [f"17.{head.row_id}"] * 2
    assert "Tom asks:" in lines[1].content["text"]


def test_when_no_place_of_the_company_takes_it_the_default_owner_gets_the_card(
    world: World, slack: Slack
) -> None:
    slack.closed = {"CNORD", "UTOM", "UTINA"}
    key = world.open()
    for _ in range(3):
        slack.round()
    assert world.threads(key)[world.side("nord")] == "UKARL"
    assert len(slack.heads("UKARL")) == 1
    assert "Nobody at Nord Dental can be reached in Slack" in slack.texts("UKARL")[-1]
    slack.closed = set()
    world.person("theo", company="nord")
    world.sweep()
    slack.deliver()
    assert world.threads(key)[world.side("nord")] == "UTHEO"
    assert len(slack.heads("UTHEO")) == 1


def test_while_nobody_at_all_takes_it_there_is_no_heartbeat_and_it_is_tried_again(
    world: World, slack: Slack
) -> None:
    everybody = {row.user_id or "" for row in _people(world)} | {"CNORD", "CIMAGE"}
    slack.closed = everybody
    key = world.open()
    for _ in range(len(everybody)):
        slack.deliver()
        assert not world.sweep().is_clean
    slack.deliver()
    assert not world.sweep().is_clean
    before = len(world.said())
    assert not world.sweep().is_clean
    assert len(world.said()) == before
    slack.closed = set()
    slack.clock.advance(hours=30)
    with world.database.transaction() as session:
        failed = session.exec(select(OutboxRow).where(OutboxRow.state == "failed")).all()
        for row in failed:
            row.not_before -= timedelta(days=2)
    world.sweep()
    slack.deliver()
    assert world.sweep().is_clean
    side = world.threads(key)[world.side("nord")]
    assert slack.heads(side)


def test_a_card_that_somebody_deletes_comes_back_where_it_was(world: World, slack: Slack) -> None:
    key = world.open()
    slack.deliver()
    (head,) = slack.heads("CNORD")
    slack.deleted = {f"17.{head.row_id}"}
    world.move(key, Move.TAKE, "tom")
    world.move(key, Move.ASK_BACK, "tom")
    slack.round()
    assert len(slack.heads("CNORD")) == 2
    assert slack.texts("UKARL") == []
    world.move(key, Move.RESOLVE, "tom")
    assert slack.round() == ()
    assert len(slack.heads("CNORD")) == 2


def test_of_a_requester_who_cannot_be_reached_the_company_hears_how_else(world: World, slack: Slack) -> None:
    slack.closed = {"UANNA"}
    key = world.open()
    assert slack.round() == ("ESC-2026-0001",)
    assert set(world.threads(key)) == {world.side("nord")}
    told = slack.texts("CNORD")[-1]
    assert "Slack takes no messages to Anna about ESC-2026-0001" in told
    assert "+49 371 555 0123  ·  anna@practice.example" in told
    slack.closed = set()
    world.move(key, Move.TAKE, "tom")
    slack.deliver()
    assert any("ESC-2026-0001" in text for text in slack.texts("UANNA"))
    assert world.sweep().is_clean


def test_each_company_that_has_it_hears_once_that_the_requester_is_not_reached(
    world: World, slack: Slack
) -> None:
    slack.closed = {"UANNA"}
    key = world.open()
    slack.round()
    for move, by in ((Move.TAKE, "tom"), (Move.HAND_OVER, "tom"), (Move.TAKE, "karl")):
        world.move(key, move, by, NOTE)
        slack.round()
    for lane in ("CNORD", "CIMAGE"):
        assert len([text for text in slack.texts(lane) if "takes no messages to Anna" in text]) == 1


def test_an_owner_who_left_slack_is_passed_by_in_the_company_s_thread(world: World, slack: Slack) -> None:
    key = world.open()
    world.move(key, Move.TAKE, "tina")
    slack.deliver()
    slack.closed = {"UTINA"}
    world.clock.advance(days=3)
    world.sweep()
    assert slack.round() == ("ESC-2026-0001",)
    assert "has been quiet for days" in slack.texts("CNORD")[-1]
    assert "did not take a message" in slack.texts("UKARL")[-1]


def test_an_alarm_that_the_default_owner_cannot_get_goes_to_the_next_one(world: World, slack: Slack) -> None:
    slack.closed = {"UKARL"}
    world.open("otto")
    slack.round()
    assert any("find out and pass it on" in text for text in slack.texts("UADA"))


def test_what_a_practice_writes_meanwhile_arrives_at_the_new_place_and_its_edits_too(
    world: World, slack: Slack
) -> None:
    world.open()
    slack.deliver()
    slack.closed = {"CNORD"}
    head = next(one for one in slack.taken if one.lane == "UANNA")
    anna = SlackUser(TEAM, "UANNA")
    written = Written(TEAM, anna, "DANNA", f"17.{head.row_id}", "18.1", text="It says E 17.")
    edited = replace(written, version="18.5", text="It says E 18.")
    world.database.run(lambda session: bridging.settle(session, world.bot, written, None))
    slack.round()
    (line,) = [one for one in slack.taken if one.lane == "UTINA" and "E 17." in one.content["text"]]
    world.database.run(lambda session: bridging.settle(session, world.bot, edited, None))
    slack.deliver()
    (change,) = [one for one in slack.taken if one.lane == "UTINA" and "E 18." in one.content["text"]]
    assert (change.method, change.content["ts"]) == ("chat.update", f"17.{line.row_id}")


def test_what_is_closed_is_let_be(world: World, slack: Slack) -> None:
    key = world.open()
    world.move(key, Move.RESOLVE, "tom")
    world.move(key, Move.CONFIRM, "anna")
    slack.closed = {"CNORD", "UANNA"}
    assert slack.round() == ()
    with world.database.transaction() as session:
        failed = session.exec(select(OutboxRow).where(col(OutboxRow.state) == "settled")).all()
    assert failed
    assert all(row.content == {} for row in failed)


def test_a_channel_that_others_come_to_read_is_left_and_its_card_emptied(world: World, slack: Slack) -> None:
    key = world.open()
    slack.deliver()
    (head,) = slack.heads("CNORD")
    with world.database.transaction() as session:
        session.get_one(ChannelRow, (TEAM, "CNORD")).is_shared = True
    world.sweep()
    world.move(key, Move.TAKE, "tom")
    slack.deliver()
    changes = [one for one in slack.taken if one.lane == "CNORD" and one.row_id != head.row_id]
    (emptied,) = changes
    assert (emptied.method, emptied.content["ts"]) == ("chat.update", f"17.{head.row_id}")
    assert HAPPENED not in str(emptied.content)
    assert "Praxis Dr. Berg" not in str(emptied.content)
    assert world.threads(key)[world.side("nord")] == "UTINA"
    assert any("Tom has taken" in text for text in slack.texts("UTINA"))


def _people(world: World) -> list[PersonRow]:
    with world.database.transaction() as session:
        return list(session.exec(select(PersonRow)).all())
