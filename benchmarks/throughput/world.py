"""A database as it is when the bot has been at work for a while."""

from datetime import UTC, datetime

from sqlalchemy import insert
from sqlmodel import col, select

from benchmarks.throughput.slack import TEAM, user_id
from bot.services.sample import load_sample
from bot.storage.database import Database
from bot.storage.schema import upgrade
from bot.storage.tables import MembershipRow, PersonRow, PracticeRow

FIRST_ID = 1_000_000


def fill(url: str, people: int) -> None:
    """Make the tables, and store the sample companies and many people of their practices, all known."""
    database = Database(url)
    upgrade(database)
    now = datetime.now(UTC)
    with database.transaction() as session:
        load_sample(session)
        practices = session.exec(select(PracticeRow.id).order_by(col(PracticeRow.id))).all()
        session.execute(insert(PersonRow), [_person(number, now) for number in range(1, people + 1)])
        session.execute(insert(MembershipRow), [
            {
                "person_id": FIRST_ID + number,
                "practice_id": practices[number % len(practices)],
                "confirmed_at": now,
            }
            for number in range(1, people + 1)
        ])  # fmt: skip
    database.close()


def _person(number: int, now: datetime) -> dict[str, object]:
    row = PersonRow(
        id=FIRST_ID + number,
        workspace_id=TEAM,
        user_id=user_id(number),
        name=f"Person {number}",
        email=f"person{number}@practice.example",
        locale="en-GB",
        time_zone="Europe/Berlin",
        looked_up_at=now,
    )
    return row.model_dump()
