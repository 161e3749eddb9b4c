import base64
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from threading import Barrier
from typing import Any

import pytest
from msgspec.structs import replace
from sqlmodel import col, select

from bot.domain.maintenance.entries import EntryKind
from bot.domain.maintenance.period import Leg
from bot.domain.maintenance.remittance import YearSum
from bot.domain.maintenance.saying_statement import (
    Problem,
    StatementNote,
    StatementRefusal,
    StatementSaying,
    YearNote,
)
from bot.domain.maintenance.statement import Amounts, Statement
from bot.services.renewals import statements
from bot.services.renewals.recording import NewEntry, record_all
from bot.services.renewals.statement_sums import year_sum
from bot.services.renewals.statement_words import StatementWish, say_statement
from bot.services.renewals.statements import Sent, StatementRefusedError
from bot.storage.database import Database
from bot.storage.tables import (
    AbsenceRow,
    CompanyRow,
    ContactRow,
    MaintenancePeriodRow,
    OutboxRow,
    PersonRow,
    StatementLineRow,
    StatementRow,
)
from tests.renewals import TEAM, World

JANUARY = datetime(2027, 1, 5, 9, tzinfo=UTC)
DUE = date(2026, 6, 15)
GROSS = 11781


class Books(World):
    """The world of reminders, with what statements need of it."""

    def company(self, slug: str = "nord") -> CompanyRow:
        with self.database.transaction() as session:
            return session.exec(select(CompanyRow).where(CompanyRow.slug == slug)).one()

    def draft(self, year: int = 2026, slug: str = "nord") -> Statement:
        with self.database.transaction() as session:
            return statements.draft(session, self.bot, self.company_in(session, slug), year)

    def send(self, year: int = 2026, by: str = "tom@nord.example", slug: str = "nord") -> Sent:
        return self.database.run(
            lambda session: statements.send(session, self.bot, self.company_in(session, slug), year, by)
        )

    def sum(self, year: int = 2026) -> YearSum:
        with self.database.transaction() as session:
            return year_sum(session, self.bot, year)

    def say(self, user: str, wish: StatementWish = StatementWish()) -> StatementSaying:  # noqa: B008 - frozen
        with self.database.transaction() as session:
            person = session.exec(select(PersonRow).where(PersonRow.user_id == user)).one()
            return say_statement(session, self.bot, person, wish)

    def person(self, user: str, email: str, company: str = "", **values: Any) -> None:
        with self.database.transaction() as session:
            company_id = self.company_in(session, company).id if company else None
            session.add(
                PersonRow(workspace_id=TEAM, user_id=user, email=email, company_id=company_id, **values)
            )

    def correct(self, period_id: int, entry_id: int) -> None:
        entry = NewEntry(period_id, EntryKind.CORRECTION, Leg.REMITTANCE, JANUARY.date(), corrects=entry_id)
        with self.database.transaction() as session:
            record_all(session, self.bot, [entry], "tester")

    def queued(self) -> list[OutboxRow]:
        with self.database.transaction() as session:
            return list(session.exec(select(OutboxRow).order_by(col(OutboxRow.id))).all())

    def company_in(self, session: Any, slug: str) -> CompanyRow:
        found: CompanyRow = session.exec(select(CompanyRow).where(CompanyRow.slug == slug)).one()
        return found


@pytest.fixture
def books(database: Database) -> Books:
    books = Books(database)
    books.found()
    books.clock.instant = JANUARY
    books.person("UTOM", "tom@nord.example", "nord", name="Tom")
    books.person("UKARL", "karl@image.example", "image", name="Karl", locale="de-DE")
    return books


def refused(books: Books, **wanted: Any) -> StatementRefusedError:
    with pytest.raises(StatementRefusedError) as caught:
        books.send(**wanted)
    return caught.value


# ---- drafting ---------------------------------------------------------------------------------------


def test_a_draft_lists_the_years_resold_periods_with_both_legs(books: Books) -> None:
    period = books.package("ONYX-1", due_on=DUE)
    books.package("ONYX-2", due_on=date(2027, 1, 1))
    books.package("ONYX-3", practice="Praxis Dr. Sommer", due_on=DUE)
    books.record(period, EntryKind.BILLED, amount_cents=GROSS)
    books.record(period, EntryKind.PAID, amount_cents=5000)
    draft = books.draft()
    (line,) = draft.lines
    assert (line.practice, line.package) == ("Praxis am Markt", "ONYX-1")
    assert (line.begins_on, line.ends_on) == (DUE, date(2027, 6, 14))
    assert line.amounts == Amounts(9900, 1881, GROSS, 5000, 0)
    assert (draft.distributor, draft.manufacturer, draft.sent_on) == (
        "Nord Dental",
        "Image Instruments",
        None,
    )
    assert draft.year.remit_by == date(2027, 1, 30)


def test_the_billing_year_begins_and_is_remitted_as_the_company_agreed(books: Books) -> None:
    nord = books.company()
    books.change(CompanyRow, nord.id or 0, billing_year_start="07-01", remit_within_days=10)
    books.package("ONYX-1", due_on=DUE)
    assert books.draft(2026).lines == ()
    draft = books.draft(2025)
    assert len(draft.lines) == 1
    assert draft.year.remit_by == date(2026, 7, 10)


def test_periods_of_several_currencies_are_not_added_up(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    other = books.package("ONYX-2", due_on=DUE)
    books.change(MaintenancePeriodRow, other, currency="CHF")
    with pytest.raises(StatementRefusedError, match="CHF, EUR"):
        books.draft()


@pytest.mark.parametrize("year", [0, 12, 9999, -5])
def test_what_is_no_year_is_refused_kindly(books: Books, year: int) -> None:
    with pytest.raises(StatementRefusedError) as caught:
        books.draft(year)
    assert caught.value.problem is Problem.NO_YEAR


# ---- sending ----------------------------------------------------------------------------------------


def test_sending_freezes_the_lines_and_changes_come_in_the_next(books: Books) -> None:
    period = books.package("ONYX-1", due_on=DUE)
    sent = books.send().statement
    books.record(period, EntryKind.REMITTED, amount_cents=GROSS)
    assert books.draft(2026) == sent
    coming = books.draft(2027)
    assert coming.carried_cents == GROSS
    assert [change.amounts for change in coming.changes] == [Amounts(remitted_cents=GROSS)]
    assert coming.to_remit_cents == 0
    books.clock.instant = datetime(2028, 1, 5, 9, tzinfo=UTC)
    assert books.send(2027).statement.changes == coming.changes
    assert books.draft(2028).changes == ()


def test_a_payment_taken_back_after_the_next_statement_comes_in_the_one_after(books: Books) -> None:
    period = books.package("ONYX-1", due_on=DUE)
    books.record(period, EntryKind.REMITTED, amount_cents=GROSS)
    books.send()
    books.correct(period, 1)
    coming = books.draft(2027)
    assert [change.amounts for change in coming.changes] == [Amounts(remitted_cents=-GROSS)]
    assert coming.to_remit_cents == GROSS


def test_sending_twice_is_the_same_statement_once(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    first, queued = books.send(), len(books.queued())
    books.clock.advance(days=3)
    second = books.send(by="karl@image.example")
    assert (first.is_new, second.is_new) == (True, False)
    assert second.statement == first.statement
    assert len(books.queued()) == queued
    with books.database.transaction() as session:
        assert len(session.exec(select(StatementRow)).all()) == 1
        assert len(session.exec(select(StatementLineRow)).all()) == 1


def test_two_who_send_at_the_same_time_send_it_once(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    start = Barrier(2)

    def send() -> Sent:
        start.wait()
        return books.send()

    with ThreadPoolExecutor(2) as pool:
        sent = [future.result() for future in [pool.submit(send), pool.submit(send)]]
    assert sorted(one.is_new for one in sent) == [False, True]
    assert sent[0].statement == sent[1].statement
    assert len(books.queued()) == 6


def test_a_year_that_is_not_over_where_the_distributor_is_is_not_sent(books: Books) -> None:
    books.clock.instant = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
    error = refused(books)
    assert error.problem is Problem.NOT_OVER
    assert error.values["ends_on"] == date(2026, 12, 31)
    books.clock.advance(minutes=1)
    assert books.send().is_new


def test_a_statement_is_sent_by_its_own_people_the_manufacturers_and_admins_alone(books: Books) -> None:
    with books.database.transaction() as session:
        session.add(CompanyRow(slug="sued", name="Süd", role="distributor", time_zone="Europe/Berlin"))
    books.person("USUE", "sue@sued.example", "sued")
    assert refused(books, by="sue@sued.example").problem is Problem.NOT_YOURS
    assert refused(books, by="anna@practice.example").problem is Problem.UNKNOWN_PERSON
    assert refused(books, by="").problem is Problem.UNKNOWN_PERSON
    assert books.send(by="Karl@image.example").is_new


# ---- in Slack ---------------------------------------------------------------------------------------


def test_both_sides_get_the_totals_what_to_do_next_and_two_files(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    books.send()
    told = [(row.content["channel"], row.method) for row in books.queued()]
    each = ["chat.postMessage", "files.upload", "files.upload"]
    assert told == [("UTOM", method) for method in each] + [("UKARL", method) for method in each]
    note, csv, html = books.queued()[:3]
    assert "EUR 99.00 + EUR 18.81 VAT = EUR 117.81" in note.content["text"]
    assert "Please remit EUR 117.81 to Image Instruments by 30 Jan 2027" in note.content["text"]
    assert [row.content["filename"] for row in (csv, html)] == [
        "statement-nord-2026.csv",
        "statement-nord-2026.html",
    ]
    assert b"ONYX-1;2026-06-15" in base64.b64decode(csv.content["data"])
    assert b"<td" in base64.b64decode(html.content["data"])
    assert "Nord Dental is to remit EUR 117.81" in books.queued()[3].content["text"]


def test_a_statement_goes_past_whoever_is_away(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    books.person("UTINA", "tina@nord.example", "nord", name="Tina")
    with books.database.transaction() as session:
        tom = session.exec(select(PersonRow).where(PersonRow.user_id == "UTOM")).one()
        day = JANUARY.date()
        session.add(AbsenceRow(company_id=tom.company_id or 0, person_id=tom.id, first_on=day, last_on=day))
    books.send()
    assert {row.content["channel"] for row in books.queued()} == {"UTINA", "UKARL"}


def test_whoever_has_nobody_in_slack_is_named_to_the_sender(books: Books) -> None:
    with books.database.transaction() as session:
        for person in session.exec(select(PersonRow).where(PersonRow.email == "tom@nord.example")).all():
            person.user_id = person.workspace_id = None
        for contact in session.exec(select(ContactRow)).all():
            contact.slack_user_id = contact.slack_workspace_id = ""
    assert books.send().unreachable == ("Nord Dental",)


def test_a_distributor_sees_its_own_statement_and_may_take_it_with_it(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    note = books.say("UTOM", StatementWish(cause="command 7", command="/renewals statement"))
    assert isinstance(note, StatementNote)
    assert note.statement.year.number == 2026
    assert note.command == "/renewals statement 2026 send"
    books.say("UTOM", StatementWish(cause="command 7"))
    assert [row.method for row in books.queued()] == ["files.upload", "files.upload"]


def test_a_distributor_sends_from_slack(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    note = books.say("UTOM", StatementWish(2026, is_sending=True))
    assert isinstance(note, StatementNote)
    assert note.statement.sent_on == date(2027, 1, 5)
    early = books.say("UTOM", StatementWish(2027, is_sending=True))
    assert isinstance(early, StatementRefusal)
    assert "runs until 31 Dec 2027" in books.bot.render(early).text


def test_the_manufacturer_sees_the_sum_in_its_language_and_a_practice_nothing(books: Books) -> None:
    books.package("ONYX-1", due_on=DUE)
    note = books.say("UKARL")
    assert isinstance(note, YearNote)
    assert "Nord Dental" in books.bot.render(note).text
    assert "es fehlen 117,81 EUR" in books.bot.render(note).text
    refusal = books.say("UANNA")
    assert isinstance(refusal, StatementRefusal)
    assert refusal.problem is Problem.NOT_SEEN


# ---- the manufacturer's sum -------------------------------------------------------------------------


def test_the_sum_tells_expected_reported_collected_remitted_and_gaps_apart(books: Books) -> None:
    settled, half, open_ = (books.package(f"ONYX-{number}", due_on=DUE) for number in (1, 2, 3))
    books.record(settled, EntryKind.PAID, amount_cents=GROSS)
    books.record(settled, EntryKind.REMITTED, amount_cents=GROSS)
    books.record(half, EntryKind.REMITTED, amount_cents=5000)
    (before,) = books.sum().distributors
    assert (before.reported, before.lacks_statement) == (None, True)
    books.send()
    late = books.package("ONYX-4", due_on=DUE)
    year = books.sum()
    assert year.expected == Amounts(4 * 9900, 4 * 1881, 0, GROSS, GROSS + 5000)
    assert year.reported.gross_cents == 3 * GROSS
    (standing,) = year.distributors
    assert [gap.period_id for gap in standing.gaps] == [half, open_, late]
    assert year.missing_cents == 3 * GROSS - 5000
    assert not standing.lacks_statement


def test_what_was_remitted_too_much_for_one_period_pays_for_no_other(books: Books) -> None:
    much = books.package("ONYX-1", due_on=DUE)
    books.package("ONYX-2", due_on=DUE)
    books.record(much, EntryKind.REMITTED, amount_cents=2 * GROSS)
    assert books.sum().missing_cents == GROSS


def test_a_period_moved_after_sending_is_summed_where_it_was_stated(books: Books) -> None:
    period = books.package("ONYX-1", due_on=DUE)
    books.send()
    books.record(period, EntryKind.MOVED, moved_to=date(2027, 2, 1))
    assert (len(books.sum(2026).distributors[0].lines), books.sum(2027).distributors[0].lines) == (1, ())


def test_without_distributors_the_sum_is_nothing(database: Database) -> None:
    year = Books(database).sum()
    assert replace(year, currency="") == YearSum(2026, "", ())
