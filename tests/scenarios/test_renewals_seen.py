"""Four roles open their Home and type `/renewals`: everybody sees what is theirs, and nothing else."""

import pytest

from bot.app.trial import Trial
from bot.playground import LocalSlack
from tests.scenarios.packages import store_packages

SUPPORT = "#support"


@pytest.fixture
def slack(trial: Trial) -> LocalSlack:
    store_packages(trial)
    return trial.slack


async def test_a_practice_sees_its_own_packages_in_its_home_and_by_command(slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await anna.opens_home()
    home = await anna.sees_home("Kieferorthopädie am Markt")
    assert "SEEN-102: overdue since" in home.text
    assert "EUR 99.00 + 19% VAT EUR 18.81 = EUR 117.81" in home.text
    assert "charged by Nord Dental Systeme" in home.text
    assert "Tom Petersen" in home.text
    assert "Ask me" in home.text
    assert "SEEN-105" not in home.text
    await anna.runs("/renewals", in_=SUPPORT)
    told = await anna.sees("SEEN-101: due soon", in_=SUPPORT)
    assert told.is_ephemeral
    assert "SEEN-105" not in told.text + told.fallback
    await anna.runs("/renewals package SEEN-105", in_=SUPPORT)
    await anna.sees("I know no licence package SEEN-105", in_=SUPPORT)


async def test_a_distributor_sees_whom_to_bill_and_what_is_late(slack: LocalSlack) -> None:
    tom = slack.person("tom")
    await tom.opens_home()
    home = await tom.sees_home("Was Nord Dental Systeme berechnet")
    assert "SEEN-104" in home.text
    assert "SEEN-107" not in home.text
    assert "SEEN-110" not in home.text
    await tom.runs("/renewals überfällig", in_=SUPPORT)
    late = await tom.sees("SEEN-105", in_=SUPPORT)
    assert "SEEN-102" in late.text
    assert "SEEN-104" not in late.text


async def test_the_manufacturer_sees_the_distributors_and_its_direct_customers(slack: LocalSlack) -> None:
    karl = slack.person("karl")
    await karl.opens_home()
    home = await karl.sees_home("Abführungen der Vertriebspartner")
    assert "Direktkunden von Image Instruments" in home.text
    assert "SEEN-107" in home.text
    await karl.runs("/renewals", in_=SUPPORT)
    told = await karl.sees("Castle Dental Supplies", in_=SUPPORT)
    assert "Nord Dental Systeme" in told.text
    pytest.importorskip("matplotlib", reason="the extra `plots` is not installed")
    await karl.sees("maintenance-by-month.png", in_="@Signpost")


async def test_whoever_is_not_confirmed_or_not_known_sees_one_sentence(slack: LocalSlack) -> None:
    mira, nora = slack.person("mira"), slack.person("nora")
    await nora.opens_home()
    await nora.sees_home("zwischen einer Praxis")
    await mira.opens_home()
    home = await mira.sees_home("I do not know yet which practice is yours")
    await mira.clicks("Which practice am I?", on=home)
    await mira.sees_modal("Who are you?")
    await mira.fills({"Your practice's name": "Northgate Orthodontic Centre"})
    claimed = await mira.sees_home("As soon as Castle Dental Supplies confirms that")
    assert "SEEN-111" not in claimed.text
