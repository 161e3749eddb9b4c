"""Whose report counts what, and the weekly digest, once, on both engines."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete
from sqlmodel import col, select

from bot.domain.escalation.life import Move
from bot.domain.report import Figures, Report, read_week
from bot.services import delivering
from bot.services.reports import digests, rerouting
from bot.services.reports.gathering import report_of
from bot.storage.database import Database
from bot.storage.tables import CompanyRow, DigestNoticeRow, OutboxRow, QuestionRow, VerdictRow
from tests.builders import MORNING
from tests.escalations import LEVEL_0, LEVEL_1, TEAM, World

WEEK = read_week("2026-W48", "Europe/Berlin")
MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
"""Nine o'clock in Berlin, on the Monday after `WEEK`."""
PNG = b"\x89PNG"


@pytest.fixture
def world(database: Database) -> World:
    world = World(database).found()
    key = world.open()
    world.clock.advance(hours=1)
    world.move(key, Move.TAKE, "tom")
    world.move(key, Move.HAND_OVER, "tom")
    world.open("tilo", practice_id=world.practices["Praxis Dr. Tal"], topic=LEVEL_0)
    world.open("dora", practice_id=world.practices["Praxis Direkt"], topic=LEVEL_1)
    world.open("arzt", topic="user-support")
    for practice, topic, reaction, outcome in (
        ("Praxis Dr. Berg", LEVEL_0, "answer", ""),
        ("Praxis Dr. Berg", None, "answer", "missed"),
        ("Praxis Dr. Berg", "user-support", "pick", "picked"),
        ("Praxis Dr. Tal", None, "pick", ""),
        ("", None, "choose", ""),
    ):
        question(world, practice, topic, reaction, outcome)
    question(world, "Praxis Dr. Tal", LEVEL_0, "answer", "", asked_at=MORNING - timedelta(days=7))
    return world


def question(
    world: World, practice: str, topic: str | None, reaction: str, outcome: str, asked_at: datetime = MORNING
) -> None:
    world.nonces += 1
    with world.database.transaction() as session:
        row = QuestionRow(
            workspace_id=TEAM,
            channel_id="C1",
            message_ts=str(world.nonces),
            practice_id=world.practices.get(practice),
            address="mention",
            language="en",
            reaction=reaction,
            topic=topic,
            outcome=outcome,
            asked_at=asked_at,
        )
        session.add(row)
        session.flush()
        if outcome == "missed":
            person = world.people["anna"]
            session.add(
                VerdictRow(
                    question_id=row.id or 0, person_id=person, kind="not-this", given_at=world.clock.now()
                )
            )


def told(world: World, slug: str) -> Report:
    with world.database.transaction() as session:
        company = session.get(CompanyRow, world.companies[slug]) if slug else None
        return report_of(session, world.bot, WEEK, company)


# ---- whose figures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "asked", "opened", "handed_over", "vendors"),
    [
        ("", (5, 3, 1), 4, 1, {"Nord Dental", "Alpine Ortho", "Image Instruments", ""}),
        ("image", (5, 3, 1), 4, 1, {"Nord Dental", "Alpine Ortho", "Image Instruments", ""}),
        ("nord", (3, 1, 1), 2, 1, {"Nord Dental"}),
        ("alpine", (1, 1, 0), 1, 0, {"Alpine Ortho"}),
        ("school", (1, 0, 0), 1, 0, {"Nord Dental"}),
    ],
)
def test_each_company_s_report_counts_what_is_its_own(
    world: World,
    slug: str,
    asked: tuple[int, int, int],
    opened: int,
    handed_over: int,
    vendors: set[str],
) -> None:
    found = told(world, slug)
    total = found.total
    assert (total.questions, total.unanswered, total.missed) == asked
    assert (total.opened, total.open, total.handed_over) == (opened, opened, handed_over)
    assert {name for name, _ in found.by_vendor} == vendors


def test_response_times_are_the_company_s_working_time(world: World) -> None:
    assert told(world, "nord").total.responses == (timedelta(hours=1),)
    assert told(world, "alpine").total.responses == ()


def test_what_a_company_is_overdue_with_is_counted(world: World) -> None:
    world.promise("alpine", 30, None)
    world.open("tilo", practice_id=world.practices["Praxis Dr. Tal"])
    world.clock.advance(days=1)
    world.sweep()
    assert told(world, "alpine").total.overdue == 1
    assert told(world, "nord").total.overdue == 0


# ---- the digest ------------------------------------------------------------------------------------


def tick(world: World, now: datetime, picture: bytes | None = None) -> list[str]:
    """Do what a tick does; return the weeks that were sent, with their companies."""
    sent = []
    with world.database.transaction() as session:
        due = digests.due(session, now)
    for company_id in due:
        with world.database.transaction() as session:
            weekly = digests.weekly(session, world.bot, company_id, now)
        with world.database.transaction() as session:
            if digests.send(session, world.bot, weekly, picture, now):
                sent.append(f"{weekly.slug} {weekly.week}")
    return sent


def queued(world: World) -> list[OutboxRow]:
    query = select(OutboxRow).where(col(OutboxRow.key).contains(" digest "))
    with world.database.transaction() as session:
        return list(session.exec(query.order_by(col(OutboxRow.id))).all())


ALL = ["image 2026-W48", "nord 2026-W48", "alpine 2026-W48", "school 2026-W48"]


def test_the_digest_comes_at_nine_on_monday_once(world: World) -> None:
    assert tick(world, MONDAY - timedelta(minutes=1)) == []
    assert tick(world, MONDAY) == ALL
    assert tick(world, MONDAY) == []
    assert tick(world, MONDAY + timedelta(days=1)) == []
    rows = queued(world)
    assert [row.method for row in rows] == ["chat.postMessage", "files.upload"] * 4
    assert {row.lane for row in rows} == {"CIMAGE", "CNORD", "CALPINE", "CSCHOOL"}
    nord = next(row for row in rows if row.lane == "CNORD")
    assert "Questions: 3. Unanswered: 1. Taken for something else: 1." in nord.content["text"]
    assert "Alpine" not in str(nord.content)


SOON = timedelta(minutes=5)


def refuse(world: World, channel: str, error: str = "is_archived") -> int:
    """Let Slack refuse what goes to a channel; return how many messages are tried elsewhere."""
    clock = world.clock
    clock.advance(minutes=6)  # What was put off is due again.
    with world.database.transaction() as session:
        session.execute(delete(OutboxRow).where(~col(OutboxRow.key).contains(" digest ")))
        while parcels := delivering.take(session, clock, 20):
            for parcel in parcels:
                if parcel.lane == channel:
                    delivering.refused(session, clock, parcel, error)
                else:
                    delivering.again(session, clock, parcel, SOON, is_uncertain=False, error="busy")
    return world.database.run(lambda session: rerouting.reroute(session, world.bot))


def test_what_an_archived_channel_refuses_goes_to_each_next_place_once(world: World) -> None:
    tick(world, MONDAY, PNG)
    said = next(row.content["text"] for row in queued(world) if row.lane == "CNORD")
    assert refuse(world, "CNORD") == 3
    moved = [row for row in queued(world) if row.lane == "UTINA"]
    assert [row.method for row in moved] == ["chat.postMessage", "files.upload", "files.upload"]
    assert {row.content["channel"] for row in moved} == {"UTINA"}
    assert moved[0].content["text"] == said
    assert refuse(world, "CNORD") == 0
    assert refuse(world, "UTINA", "user_disabled") == 3
    assert refuse(world, "UTOM", "user_disabled") == 0
    assert {row.state for row in queued(world) if "digest 2 " in row.key} == {"settled"}


def test_what_slack_refuses_for_another_reason_is_not_sent_elsewhere_and_forgotten(world: World) -> None:
    tick(world, MONDAY)
    assert refuse(world, "CNORD", "invalid_blocks") == 0
    nord = [row for row in queued(world) if row.lane == "CNORD"]
    assert {(row.state, str(row.content)) for row in nord} == {("settled", "{}")}


def test_of_two_replicas_one_sends_it(world: World) -> None:
    with world.database.transaction() as session:
        ours = digests.weekly(session, world.bot, world.companies["nord"], MONDAY)
        theirs = digests.weekly(session, world.bot, world.companies["nord"], MONDAY)
    outcomes = []
    for weekly in (ours, theirs):
        with world.database.transaction() as session:
            outcomes.append(digests.send(session, world.bot, weekly, PNG, MONDAY))
    assert outcomes == [True, False]
    assert len(queued(world)) == 3


def test_it_is_not_sent_again_when_the_outbox_was_emptied(world: World) -> None:
    tick(world, MONDAY)
    with world.database.transaction() as session:
        session.execute(delete(OutboxRow))
    assert tick(world, MONDAY + timedelta(hours=1)) == []
    assert queued(world) == []


def test_whoever_was_down_on_monday_says_it_on_the_next_working_day_and_never_at_night(world: World) -> None:
    assert tick(world, MONDAY + timedelta(hours=9)) == []
    assert tick(world, MONDAY + timedelta(days=1)) == ALL


@pytest.mark.parametrize(
    ("monday", "is_nine"),
    [
        (datetime(2026, 10, 26, 7, 59, tzinfo=UTC), False),
        (datetime(2026, 10, 26, 8, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 30, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 7, 0, tzinfo=UTC), True),
    ],
)
def test_nine_is_nine_also_after_the_clocks_were_changed(
    database: Database, monday: datetime, is_nine: bool
) -> None:
    world = World(database).found()
    world.clock.instant = monday - timedelta(days=3)
    world.open()
    assert bool(tick(world, monday)) == is_nine
    assert bool(tick(world, monday + timedelta(hours=1))) != is_nine
    assert [row.lane for row in queued(world) if row.method == "chat.postMessage"] == ["CIMAGE", "CNORD"]


def test_a_holiday_on_monday_moves_it_to_tuesday(database: Database) -> None:
    world = World(database).found()
    easter_monday = datetime(2026, 4, 6, 7, tzinfo=UTC)
    world.clock.instant = easter_monday - timedelta(days=4)
    world.open()
    assert tick(world, easter_monday) == []
    assert tick(world, easter_monday + timedelta(days=1)) == ["image 2026-W14", "nord 2026-W14"]


def test_a_week_in_which_nothing_happened_is_not_worth_a_message(database: Database) -> None:
    world = World(database).found()
    assert tick(world, MONDAY) == []
    with database.transaction() as session:
        outcomes = {row.outcome for row in session.exec(select(DigestNoticeRow)).all()}
    assert outcomes == {"nothing-happened"}


def test_whoever_cannot_be_reached_is_noted(database: Database) -> None:
    world = World(database)
    world.company("image", "manufacturer", "Image Instruments", is_reachable=False)
    assert tick(world, MONDAY) == []
    with database.transaction() as session:
        assert session.exec(select(DigestNoticeRow.outcome)).one() == "unreachable"


def test_the_figures_are_attached_and_the_picture_where_there_is_one(world: World) -> None:
    tick(world, MONDAY, PNG)
    files = [row for row in queued(world) if row.method == "files.upload" and row.lane == "CNORD"]
    names = [row.content["filename"] for row in files]
    assert names == ["support-nord-2026-W48.csv", "support-nord-2026-W48.png"]
    text = b64decode(files[0].content["data"]).decode("utf-8-sig")
    assert "total;;3;1;1;2;0;2;0;1;0;1;60" in text
    assert b64decode(files[1].content["data"]) == PNG


def test_the_figures_in_all_are_the_sum_of_nothing_where_nothing_was(database: Database) -> None:
    world = World(database).found()
    assert told(world, "nord").total == Figures()
