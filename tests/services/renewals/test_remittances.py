from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlmodel import select

from bot.domain.maintenance.entries import EntryKind
from bot.jobs import Renewals
from bot.services.library import Library
from bot.services.renewals.remittances import tick_statements
from bot.services.renewals.statements import send
from bot.storage.database import Database
from bot.storage.tables import CompanyRow, ContactRow, MaintenancePeriodRow, OutboxRow, RemittanceNoticeRow
from bot.storage.threads import Transactions
from tests.renewals import World

DUE = date(2026, 6, 15)
GROSS = 11781
FRIDAY = datetime(2027, 1, 29, 8, tzinfo=UTC)
"""Nine o'clock in Berlin, on the working day before the remittance date, 30 January."""
MONDAY = datetime(2027, 2, 15, 8, tzinfo=UTC)
"""The working day after 13 February, two weeks later."""


class Year(World):
    def hear(self, at: datetime) -> int:
        self.clock.instant = at
        with self.database.transaction() as session:
            return tick_statements(session, self.bot, at)

    def outcomes(self) -> set[tuple[int, str, str]]:
        with self.database.transaction() as session:
            rows = session.exec(select(RemittanceNoticeRow)).all()
            return {(row.stage, row.recipient, row.outcome) for row in rows}

    def company(self, slug: str) -> CompanyRow:
        with self.database.transaction() as session:
            return session.exec(select(CompanyRow).where(CompanyRow.slug == slug)).one()


@pytest.fixture
def year(database: Database) -> Year:
    year = Year(database)
    year.found()
    return year


def test_both_sides_hear_once_at_the_date_and_once_two_weeks_later(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    year.package("ONYX-2", due_on=DUE)
    assert year.hear(FRIDAY - timedelta(seconds=1)) == 0
    assert year.hear(FRIDAY) == 2
    assert year.hear(FRIDAY + timedelta(hours=1)) == 0
    assert year.hear(MONDAY - timedelta(seconds=1)) == 0
    assert year.hear(MONDAY) == 2
    assert year.hear(MONDAY + timedelta(days=30)) == 0
    first, second = year.said_to("UTOM")
    assert "EUR 235.62 is still missing, for 2 maintenance periods" in first
    assert "has not reached Image Instruments yet" in second
    first, second = year.said_to("UKARL")
    assert "Nord Dental is to remit" in first
    assert "No statement for 2026 was sent." in first
    assert "Still not remitted: EUR 235.62" in second


def test_nobody_hears_when_all_was_remitted(year: Year) -> None:
    period = year.package("ONYX-1", due_on=DUE)
    year.record(period, EntryKind.REMITTED, amount_cents=GROSS)
    assert year.hear(FRIDAY) == 0
    assert {outcome for _, _, outcome in year.outcomes()} == {"nothing-missing"}


def test_what_is_remitted_in_between_is_not_heard_of_again(year: Year) -> None:
    period = year.package("ONYX-1", due_on=DUE)
    assert year.hear(FRIDAY) == 2
    year.record(period, EntryKind.REMITTED, amount_cents=GROSS)
    assert year.hear(MONDAY) == 0


def test_after_a_downtime_the_last_stage_alone_is_said(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    assert year.hear(MONDAY + timedelta(days=2, hours=5)) == 2
    nord = f"company:{year.company('nord').id}"
    assert {(stage, outcome) for stage, whose, outcome in year.outcomes() if whose == nord} == {
        (0, "superseded"),
        (14, "queued"),
    }


def test_a_clock_that_jumps_back_and_forth_says_nothing_twice(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    moments = [FRIDAY, MONDAY, FRIDAY, MONDAY + timedelta(days=1), FRIDAY - timedelta(days=400), MONDAY]
    assert [year.hear(moment) for moment in moments] == [2, 2, 0, 0, 0, 0]


def test_what_is_late_waits_for_the_next_working_day(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    assert year.hear(datetime(2027, 1, 29, 19, tzinfo=UTC)) == 0
    assert year.hear(datetime(2027, 1, 31, 10, tzinfo=UTC)) == 0
    assert year.hear(datetime(2027, 2, 1, 8, tzinfo=UTC)) == 2


def test_history_that_is_imported_much_later_is_not_heard_of(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    assert year.hear(datetime(2027, 11, 2, 9, tzinfo=UTC)) == 0


def test_each_side_hears_at_nine_in_its_own_zone(year: Year) -> None:
    year.change(CompanyRow, year.company("nord").id or 0, time_zone="Europe/London", country="GB")
    year.package("ONYX-1", due_on=DUE)
    assert year.hear(FRIDAY) == 1
    assert year.said_to("UTOM") == []
    assert year.hear(FRIDAY + timedelta(hours=1)) == 1


def test_the_manufacturer_hears_who_could_not_be_told(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    with year.database.transaction() as session:
        contact = session.exec(select(ContactRow).where(ContactRow.slack_user_id == "UTOM")).one()
        contact.slack_user_id = ""
    assert year.hear(FRIDAY) == 1
    (said,) = year.said_to("UKARL")
    assert "I could not tell Nord Dental" in said


def test_who_has_sent_its_statement_is_not_asked_for_it(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    year.clock.instant = datetime(2027, 1, 4, 9, tzinfo=UTC)
    with year.database.transaction() as session:
        nord = session.exec(select(CompanyRow).where(CompanyRow.slug == "nord")).one()
        send(
            session,
            replace(year.bot, admins=frozenset({"ines@image.example"})),
            nord,
            2026,
            "ines@image.example",
        )
    assert year.hear(FRIDAY) == 2
    assert "has not been sent" not in year.said_to("UTOM")[-1]


def test_one_distributor_that_cannot_be_added_up_does_not_keep_the_others(year: Year) -> None:
    broken = year.package("ONYX-1", due_on=DUE)
    year.package("ONYX-2", due_on=DUE)
    year.change(MaintenancePeriodRow, broken, currency="CHF")
    with year.database.transaction() as session:
        south = CompanyRow(
            slug="sued", name="Süd", role="distributor", country="DE", time_zone="Europe/Berlin"
        )
        session.add(south)
    year.practice("Praxis Süd", vendor="sued")
    year.package("ONYX-3", practice="Praxis Süd", due_on=DUE)
    assert year.hear(FRIDAY) == 1
    with year.database.transaction() as session:
        (row,) = session.exec(select(OutboxRow).where(OutboxRow.method == "chat.postMessage")).all()
    assert "Süd is to remit" in row.content["text"]


async def test_the_tick_of_the_minute_lets_it_be_heard_and_delivered(year: Year) -> None:
    year.package("ONYX-1", due_on=DUE)
    year.clock.instant = FRIDAY
    transactions, woken = Transactions(year.database), list[str]()
    try:
        await Renewals(transactions, Library(year.bot), lambda: woken.append("woken")).tick()
    finally:
        transactions.close()
    assert any("is still missing" in text for text in year.said_to("UTOM"))
    assert woken
