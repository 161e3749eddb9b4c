"""What is remembered of the companies is never older than the database."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import event, text
from sqlmodel import Session, select

from bot.domain.network import Company
from bot.storage.database import Database
from bot.storage.queries.companies import companies_now
from bot.storage.tables import AbsenceRow, CompanyRow, ContactRow, PersonRow

Change = Callable[[Session], object]


def first(session: Session) -> CompanyRow:
    return session.exec(select(CompanyRow).where(CompanyRow.slug == "nord-dental")).one()


def contact(session: Session) -> ContactRow:
    return session.exec(select(ContactRow).where(ContactRow.company_id == first(session).id)).all()[0]


def absence(session: Session) -> AbsenceRow:
    return AbsenceRow(
        company_id=first(session).id or 0, first_on=date(2026, 12, 24), last_on=date(2026, 12, 31)
    )


def rename(session: Session) -> None:
    first(session).name = "Nord Renamed"


def add_company(session: Session) -> None:
    session.add(CompanyRow(slug="new", name="New", role="distributor"))


def change_contact(session: Session) -> None:
    contact(session).phone = "+49 1"


def add_contact(session: Session) -> None:
    session.add(ContactRow(company_id=first(session).id or 0, rank=9, name="Newcomer"))


def remove_contact(session: Session) -> None:
    session.delete(contact(session))


def close_for_a_week(session: Session) -> None:
    session.add(absence(session))


def by_hand(session: Session) -> None:
    session.execute(text("UPDATE company SET website = 'https://new.example'"))


CHANGES = [
    rename,
    add_company,
    change_contact,
    add_contact,
    remove_contact,
    close_for_a_week,
    by_hand,
]


def companies(database: Database) -> dict[int, Company]:
    return dict(database.run(companies_now).by_id)


@pytest.fixture
def filled(sample_database: Database) -> Database:
    return sample_database


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_change_by_another_process_is_seen_by_the_next_transaction(
    filled: Database, change: Change
) -> None:
    before = companies(filled)
    other = Database(filled.url.render_as_string(hide_password=False))
    other.run(change)
    fresh = companies(other)
    other.close()
    assert companies(filled) == fresh != before


def test_what_has_not_changed_is_not_read_again(filled: Database) -> None:
    companies(filled)
    statements: list[str] = []
    event.listen(
        filled.engine, "before_cursor_execute", lambda *context: statements.append(context[2].lower())
    )
    companies(filled)
    assert not [one for one in statements if "from company" in one or "from contact" in one]


def test_a_change_is_seen_within_its_own_transaction_and_forgotten_when_that_fails(filled: Database) -> None:
    before = companies(filled)

    def change_and_fail(session: Session) -> None:
        rename(session)
        assert "Nord Renamed" in {company.name for company in companies_now(session).by_id.values()}
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        filled.run(change_and_fail)
    assert companies(filled) == before


def test_an_absence_that_is_taken_back_or_moved_is_seen(filled: Database) -> None:
    before = companies(filled)
    filled.run(close_for_a_week)
    during = companies(filled)

    def move(session: Session) -> None:
        session.exec(select(AbsenceRow)).one().last_on = date(2027, 1, 2)

    filled.run(move)
    later = companies(filled)
    filled.run(lambda session: session.delete(session.exec(select(AbsenceRow)).one()))
    assert companies(filled) == before
    assert before != during != later != before


def test_whose_contact_is_away_is_seen_when_the_person_becomes_known(filled: Database) -> None:
    def be_away(session: Session) -> None:
        person = PersonRow(name="Newcomer", company_id=first(session).id)
        session.add(person)
        session.flush()
        away = absence(session)
        away.person_id = person.id
        session.add(away)

    filled.run(be_away)
    before = companies(filled)

    def become_known(session: Session) -> None:
        person = session.exec(select(PersonRow).where(PersonRow.name == "Newcomer")).one()
        person.email = contact(session).email.lower()

    filled.run(become_known)
    after = companies(filled)
    other = Database(filled.url.render_as_string(hide_password=False))
    assert after == companies(other) != before
    other.close()


def test_a_company_that_goes_is_seen_to_go(filled: Database) -> None:
    filled.run(add_company)
    assert "new" in {company.slug for company in companies(filled).values()}

    def remove(session: Session) -> None:
        session.delete(session.exec(select(CompanyRow).where(CompanyRow.slug == "new")).one())

    filled.run(remove)
    assert "new" not in {company.slug for company in companies(filled).values()}
