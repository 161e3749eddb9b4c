import pytest

from bot.domain.escalation.route import Route, VendorFirst, Way, refusal, route
from bot.domain.network import Asker, Company, Contact, Directory, Whom
from bot.domain.scheme import Language
from tests.builders import (
    LEVEL_0_TOPICS,
    LEVEL_1_TOPICS,
    MAINTENANCE,
    TECHNICAL,
    TODAY,
    USER_SUPPORT,
    directory,
    distributor,
    manufacturer,
    partner,
    practice,
    scheme,
    topic,
)

NORD, MAKER, SCHOOL = distributor(), manufacturer(), partner()
RESOLD = Asker(Language.EN, practice=practice(vendor=NORD, support_partner=SCHOOL))
SAID = Asker(Language.EN, vendor=NORD)
DIRECT = Asker(Language.EN, practice=practice(vendor=MAKER))
UNKNOWN = Asker(Language.EN)
STAFF = Asker(Language.EN, company=NORD, practice=practice(vendor=distributor("other", name="Other Dental")))
OTHER = STAFF.level_0


@pytest.mark.parametrize("topic_id", [*LEVEL_0_TOPICS, TECHNICAL, None])
@pytest.mark.parametrize(
    ("asker", "company"),
    [(RESOLD, NORD), (SAID, NORD), (DIRECT, MAKER), (STAFF, OTHER), (UNKNOWN, None)],
)
def test_level_0_and_what_has_no_topic_go_to_the_vendor(
    topic_id: str | None, asker: Asker, company: Company | None
) -> None:
    found = route(topic(topic_id) if topic_id else None, asker, directory())
    assert found == (Route(Way.LEVEL_0, company, 0) if company else Route(Way.TO_DEFAULT, None, None))


@pytest.mark.parametrize("topic_id", LEVEL_1_TOPICS)
@pytest.mark.parametrize(
    ("asker", "informed"),
    [(RESOLD, (NORD,)), (SAID, (NORD,)), (DIRECT, ()), (STAFF, (OTHER,)), (UNKNOWN, ())],
)
def test_level_1_goes_to_the_manufacturer_and_the_distributor_is_informed(
    topic_id: str, asker: Asker, informed: tuple[Company, ...]
) -> None:
    assert route(topic(topic_id), asker, directory()) == Route(Way.LEVEL_1, MAKER, 1, informed)


@pytest.mark.parametrize("asker", [RESOLD, DIRECT, STAFF, UNKNOWN])
def test_maintenance_goes_to_the_manufacturer(asker: Asker) -> None:
    assert route(topic(MAINTENANCE), asker, directory()) == Route(Way.MAINTENANCE, MAKER, None)


@pytest.mark.parametrize(
    ("asker", "biller"), [(RESOLD, NORD), (DIRECT, MAKER), (STAFF, OTHER), (UNKNOWN, None)]
)
def test_the_bill_for_maintenance_goes_to_whoever_bills(asker: Asker, biller: Company | None) -> None:
    found = route(topic(MAINTENANCE), asker, directory(), is_billing=True)
    assert found == Route(Way.BILLING if biller else Way.TO_DEFAULT, biller, None)


@pytest.mark.parametrize(("asker", "company"), [(RESOLD, SCHOOL), (DIRECT, None), (UNKNOWN, None)])
def test_user_support_goes_to_the_practice_s_partner(asker: Asker, company: Company | None) -> None:
    found = route(topic(USER_SUPPORT), asker, directory())
    assert found == Route(Way.USER_SUPPORT if company else Way.TO_DEFAULT, company, None)


@pytest.mark.parametrize("known", [topic.id for topic in scheme().topics])
@pytest.mark.parametrize("asker", [RESOLD, SAID, DIRECT, STAFF, UNKNOWN])
def test_without_a_manufacturer_nothing_goes_to_nobody_in_silence(known: str, asker: Asker) -> None:
    found = route(topic(known), asker, Directory(None))
    assert (found.way is Way.TO_DEFAULT) == (found.company is None)


@pytest.mark.parametrize("topic_id", LEVEL_0_TOPICS)
def test_level_1_directly_for_level_0_is_refused_with_the_vendor_s_contact(topic_id: str) -> None:
    found = route(topic(topic_id), RESOLD, directory())
    assert refusal(found, directory(), TODAY) == VendorFirst(NORD, MAKER, Whom(NORD.contacts[0]))


def test_the_refusal_names_the_practice_s_own_contact() -> None:
    mine = Contact("Mia Mine", email="mia@nord.example")
    vendor = distributor(contacts=(*NORD.contacts, mine))
    asker = Asker(Language.EN, practice=practice(vendor=vendor))
    refused = refusal(route(topic(), asker, directory()), directory(), TODAY, "mia@nord.example")
    assert refused == VendorFirst(vendor, MAKER, Whom(mine))


@pytest.mark.parametrize("asker", [DIRECT, UNKNOWN])
def test_direct_customers_and_who_is_unknown_are_not_refused(asker: Asker) -> None:
    assert refusal(route(topic(), asker, directory()), directory(), TODAY) is None


@pytest.mark.parametrize("topic_id", [*LEVEL_1_TOPICS, MAINTENANCE, USER_SUPPORT])
def test_only_level_0_is_refused(topic_id: str) -> None:
    assert refusal(route(topic(topic_id), RESOLD, directory()), directory(), TODAY) is None
