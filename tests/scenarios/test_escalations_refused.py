"""A channel is archived with a card in it: the company sees it elsewhere, and the default owner is told."""

from datetime import timedelta

from bot.app.trial import Trial
from bot.playground import LocalSlack
from tests.scenarios.test_working_escalations import BOT, LEVEL_1, UP, give_level_1_a_channel, open_one


async def test_the_card_of_an_archived_channel_reaches_somebody_of_the_company(
    trial: Trial, slack: LocalSlack
) -> None:
    anna, tom, karl, ines = (slack.person(name) for name in ("anna", "tom", "karl", "ines"))
    give_level_1_a_channel(trial)
    reference = open_one(trial)
    card = await tom.sees(reference, in_=BOT, within=10)
    await tom.clicks(UP, on=card)
    note = {"Bisher versucht": "Port geprüft", "Genauer Fehlertext": "E 17", "Softwareversion": "3.2"}
    consent = {"Stimmt die Praxis einem Fernzugriff zu?": "Die Praxis stimmt zu"}
    assert await tom.fills({**note, **consent}) is None
    at_level_1 = await karl.sees("Port geprüft", in_=LEVEL_1)
    await karl.clicks("Übernehmen", on=at_level_1)
    await karl.sees("arbeitet daran", in_=LEVEL_1)

    slack.archive(LEVEL_1.removeprefix("#"))
    receipt = next(one for one in anna.all_she_sees(BOT) if reference in one.text)
    await anna.says("It says E 18 now", in_=BOT, thread=receipt)
    await tom.sees("E 18", in_=BOT)
    trial.slack.clock.advance(timedelta(minutes=2))
    again = await karl.sees("Port geprüft", in_=BOT, within=10)
    assert "Gelöst melden" in again.labels
    await karl.sees("E 18", in_=BOT, thread=again)
    alarm = await ines.sees("nicht angenommen", in_=BOT)
    assert "Stattdessen hat es bekommen: Karl Winter." in alarm.text
    await karl.clicks("Gelöst melden", on=again)
    assert await karl.fills({"Was geholfen hat": "Dienst neu gestartet"}) is None
    await anna.sees("Dienst neu gestartet", in_=BOT)
