"""Many practices with a person and a licence package each, for what has to be done in great numbers."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TypeVar

from msgspec import Struct
from sqlmodel import Session, col, func, select

from bot.playground.workspace import Person
from bot.services.renewals.arming import arm
from bot.storage.tables import (
    CompanyRow,
    LicencePackageRow,
    MaintenancePeriodRow,
    MembershipRow,
    PersonRow,
    PracticeRow,
    ReminderDueRow,
)
from tests.faults.stage import Stage

VENDOR = "nord-dental"
DUE_IN = timedelta(days=95)
"""The first reminder comes 90 days before; the next one a month later."""
BATCH = 500
T = TypeVar("T")


class Inhabitant(Struct, frozen=True):
    """A person of a practice with one package."""

    number: str
    user: str
    handle: str


def settle_town(stage: Stage, size: int) -> list[Inhabitant]:
    """Let so many practices exist, in the workspace and in the database; nothing is due for them yet."""
    inhabitants = [
        Inhabitant(f"TOWN-{number:05d}", f"UTOWN{number:05d}", f"town{number:05d}") for number in range(size)
    ]
    for one in inhabitants:
        stage.slack.workspace.add_person(_person(stage, one))
        stage.slack.workspace.direct(one.user, stage.slack.bot_user_id)
    database = stage.open_database()
    with database.transaction() as session:
        vendor = session.exec(select(CompanyRow).where(CompanyRow.slug == VENDOR)).one()
        for some in _batches(inhabitants):
            _move_in(session, stage, vendor.id or 0, some)
        _arm_all(session, stage.slack.clock.now())
    database.close()
    return inhabitants


def fall_due(stage: Stage) -> None:
    """Let time pass to when everybody has one reminder to hear, at once."""
    database = stage.open_database()
    with database.transaction() as session:
        due = select(func.max(ReminderDueRow.at)).join(MaintenancePeriodRow).join(LicencePackageRow)
        at = session.exec(due.where(col(LicencePackageRow.number).startswith("TOWN-"))).one()
    database.close()
    stage.pass_time(at + timedelta(minutes=1) - stage.slack.clock.now())


def _arm_all(session: Session, now: datetime) -> None:
    query = select(MaintenancePeriodRow.id).join(LicencePackageRow)
    keys = session.exec(query.where(col(LicencePackageRow.number).startswith("TOWN-"))).all()
    for some in _batches([key for key in keys if key is not None]):
        arm(session, some, now)


def _move_in(session: Session, stage: Stage, vendor_id: int, some: list[Inhabitant]) -> None:
    now = stage.slack.clock.now()
    practices = [
        PracticeRow(
            name=f"Practice {one.number}",
            vendor_id=vendor_id,
            country="DE",
            time_zone="Europe/Berlin",
            language="en",
        )
        for one in some
    ]
    people = [
        PersonRow(
            workspace_id=stage.slack.team_id,
            user_id=one.user,
            name=one.handle,
            email=f"{one.handle}@town.example",
            looked_up_at=now,
        )
        for one in some
    ]
    session.add_all([*practices, *people])
    session.flush()
    packages = [
        LicencePackageRow(
            number=one.number, practice_id=practice.id or 0, bought_on=_due_on(now) - timedelta(days=365)
        )
        for one, practice in zip(some, practices, strict=True)
    ]
    session.add_all(packages)
    session.add_all(
        MembershipRow(person_id=person.id or 0, practice_id=practice.id or 0, confirmed_at=now)
        for person, practice in zip(people, practices, strict=True)
    )
    session.flush()
    session.add_all(_period(package.id or 0, vendor_id, _due_on(now)) for package in packages)


def _period(package_id: int, biller_id: int, due_on: date) -> MaintenancePeriodRow:
    return MaintenancePeriodRow(
        package_id=package_id,
        anniversary_on=due_on,
        due_on=due_on,
        net_cents=9900,
        currency="EUR",
        biller_id=biller_id,
        is_resold=True,
    )


def _due_on(now: datetime) -> date:
    return now.date() + DUE_IN


def _person(stage: Stage, one: Inhabitant) -> Person:
    return Person(
        id=one.user,
        handle=one.handle,
        name=one.handle,
        email=f"{one.handle}@town.example",
        title="",
        locale="en-GB",
        time_zone="Europe/Berlin",
        team_id=stage.slack.team_id,
    )


def _batches(items: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]
