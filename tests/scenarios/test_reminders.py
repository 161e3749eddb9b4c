"""A practice and its distributor hear of maintenance that falls due, over the wire."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlmodel import select

from bot.app.trial import open_trial
from bot.domain.clock import Clock
from bot.playground.clock import WorkspaceClock
from bot.services.renewals.arming import arm
from bot.storage.database import Database
from bot.storage.tables import CompanyRow, LicencePackageRow, MaintenancePeriodRow, PracticeRow
from tests.fakes import running_from
from tests.scenarios.conftest import Stage, serving

BOT = "@Signpost"
START = datetime(2027, 1, 4, 6, tzinfo=UTC)
DUE = date(2027, 6, 15)


def sell(url: str, clock: Clock, number: str, practice: str) -> None:
    """Let a practice have a package whose maintenance is due on `DUE`."""
    database = Database(url)
    with database.transaction() as session:
        owner = session.exec(select(PracticeRow).where(PracticeRow.name == practice)).one()
        biller = session.get_one(CompanyRow, owner.vendor_id)
        package = LicencePackageRow(number=number, practice_id=owner.id or 0, bought_on=date(2026, 6, 15))
        session.add(package)
        session.flush()
        period = MaintenancePeriodRow(
            package_id=package.id or 0,
            anniversary_on=DUE,
            due_on=DUE,
            net_cents=9900,
            currency="EUR",
            biller_id=biller.id or 0,
            is_resold=biller.role == "distributor",
        )
        session.add(period)
        session.flush()
        arm(session, [period.id or 0], clock.now())
    database.close()


async def test_90_days_before_the_practice_gets_its_calendar_file_and_the_distributor_its_list(
    tmp_path: Path, stage: Stage
) -> None:
    clock = running_from(START)
    async with stage.open(tmp_path, clock) as trial, serving(trial):
        sell(trial.settings.database_url, clock, "TEST-1", "Kieferorthopädie am Markt")
        clock.advance_to(datetime(2027, 3, 17, 8, 30, tzinfo=UTC))
        anna, tom, heike = (trial.slack.person(name) for name in ("anna", "tom", "heike"))
        reminder = await anna.sees("TEST-1", in_=BOT, within=15)
        assert "Nord Dental Systeme will charge EUR 99.00" in reminder.text
        file = await anna.sees("Software maintenance, due dates", in_=BOT, thread=None, within=15)
        assert file.thread_ts == reminder.ts
        (stored,) = file.message.files
        assert b"DTSTART;VALUE=DATE:20270615" in stored.content
        bill = await tom.sees("TEST-1", in_=BOT, within=15)
        assert "Bitte stellen Sie in Rechnung" in bill.text
        assert not any("TEST-1" in shown.text for shown in heike.all_she_sees())


async def test_the_next_reminder_is_offered_as_a_move(tmp_path: Path) -> None:
    clock = WorkspaceClock(lambda: START)
    async with open_trial(tmp_path, clock=clock) as trial:
        sell(trial.settings.database_url, clock, "TEST-1", "Kieferorthopädie am Markt")
        clock.advance(timedelta(hours=1))
        assert "The next reminder is due" in dict(trial.slack.moves)
