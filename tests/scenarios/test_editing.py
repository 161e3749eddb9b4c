"""A distributor edits its own data in its Home: it holds for the next answer, and others see it."""

from datetime import timedelta

from bot.playground import LocalSlack
from tests.builders import MORNING

BOT = "@Signpost"
QUESTION = "the second PC cannot find the database server"


async def test_hours_an_absence_and_a_member_are_edited_in_the_home(slack: LocalSlack) -> None:
    tom, nora, anna = slack.person("tom"), slack.person("nora"), slack.person("anna")
    await nora.opens_home()
    await tom.opens_home()
    home = await tom.sees_home("Ihre Daten: Nord Dental Systeme")

    await tom.clicks("Öffnungszeiten", on=home)
    await tom.sees_modal("Öffnungszeiten")
    complaints = await tom.fills({"Öffnungszeiten": "von acht bis fünf"})
    assert complaints is not None
    assert "kann ich nicht lesen" in complaints["Öffnungszeiten"]
    assert await tom.fills({"Öffnungszeiten": "24/7"}) is None
    home = await tom.sees_home("in „24/7“ geändert")
    answer = await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    assert "closed" not in answer.text.lower()

    await tom.clicks("Abwesenheiten", on=home)
    empty = await tom.sees_modal("Abwesenheiten")
    await tom.clicks("Abwesenheit hinzufügen", on=empty)
    await tom.sees_modal("Abwesenheit")
    today = MORNING.date()
    first, last = today - timedelta(days=1), today + timedelta(days=2)
    days = {"Erster Tag": first.isoformat(), "Letzter Tag": last.isoformat(), "Bemerkung": "Inventur"}
    assert await tom.fills(days) is None
    await tom.sees_home("Inventur")
    answer = await anna.sees_answer(await anna.says(QUESTION, in_=BOT))
    assert "closed" in answer.text.lower()


async def test_whoever_claims_a_practice_is_confirmed_by_its_vendor(slack: LocalSlack) -> None:
    mira, tom, oliver = slack.person("mira"), slack.person("tom"), slack.person("oliver")
    await mira.opens_home()
    await mira.clicks("Which practice am I?", on=await mira.sees_home("which practice is yours"))
    await mira.sees_modal()
    assert await mira.fills({"Your practice's name": "Northgate Orthodontic Centre"}) is None
    await oliver.opens_home()
    home = await oliver.sees_home("says to belong to Northgate Orthodontic Centre")
    await oliver.clicks("Confirm", on=home)
    await mira.sees_home("Software maintenance: Northgate Orthodontic Centre")
    await oliver.sees_home("belongs to Northgate Orthodontic Centre")
    await tom.opens_home()
    assert "Northgate" not in (await tom.sees_home("Ihre Daten")).text
