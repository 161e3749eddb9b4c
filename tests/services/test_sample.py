from sqlmodel import select

from bot.domain.network import Charge
from bot.domain.scheme import Provider
from bot.services.sample import load_sample, sample_people
from bot.storage.database import Database
from bot.storage.queries import directory as stored
from bot.storage.tables import PracticeRow


def test_the_sample_has_every_kind_of_company_and_customer(database: Database) -> None:
    with database.transaction() as session:
        load_sample(session)
        sellers = stored.companies(session, Provider.DISTRIBUTOR)
        (maker,) = stored.companies(session, Provider.MANUFACTURER)
        assert len(stored.companies(session, Provider.SUPPORT_PARTNER)) == 2
        direct = stored.practice_by_name(session, "KFO-Praxis Dr. Sommer")
        alone = stored.practice_by_name(session, "Zahnspangenwerk Lübeck")
        assert direct is not None
        assert alone is not None
        customer = stored.practice(session, direct.id)
        assert customer is not None
        assert customer.vendor.slug == maker.slug
        assert alone.support_partner_id is None
    assert {company.charge for company in sellers} == {Charge.YEARLY, Charge.ONCE, Charge.NOTHING}
    assert len({company.calendar.time_zone for company in sellers}) == 3
    assert all(company.contacts for company in (*sellers, maker))


def test_loading_the_sample_again_changes_nothing(database: Database) -> None:
    with database.transaction() as session:
        load_sample(session)
        load_sample(session)
        assert len(session.exec(select(PracticeRow)).all()) == 6


def test_the_sample_invents_only_what_cannot_exist() -> None:
    people = sample_people()
    assert all(person.email.endswith(".example") for person in people)
    handles = [person.email.partition("@")[0] for person in people]
    assert len(set(handles)) == len(handles)
    assert {"anna", "tom", "karl"} <= set(handles)
    assert [person.name for person in people if person.is_admin] == ["Ines Krause"]
