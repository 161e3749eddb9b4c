"""An escalation worked in Slack, as the practice, its distributor, the manufacturer and strangers see it."""

import asyncio

from bot.app.trial import Trial
from bot.domain.escalation.life import Urgency
from bot.domain.scheme import Language
from bot.playground import LocalSlack
from bot.services.bot import Bot
from bot.services.escalations.opening import Opened, Request, open_escalation
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.queries import directory
from bot.storage.tables import ChannelRow, ContactRow, PersonRow
from tests.builders import ScriptedMatcher, scheme

BOT, LEVEL_1 = "@Signpost", "#general"
"""The manufacturer's channel has strangers in it here, so that somebody presses who may not."""
REFERENCE = "ESC-"
UP = "An Image Instruments übergeben (Level 1)"


def open_one(trial: Trial) -> str:
    """Let Anna's practice escalate; return the reference."""
    database = Database(trial.settings.database_url)
    bot = Bot(scheme(), ScriptedMatcher(), render, clock=trial.clock)
    with database.transaction() as session:
        (anna,) = directory.people_known_as(session, frozenset({"anna@kfo-am-markt.example"}))
        practice = directory.practice_by_name(session, "Kieferorthopädie am Markt")
        assert anna.id is not None
        assert practice is not None
        meet(trial, anna, "anna")
        request = Request(
            nonce="one",
            opened_by=anna.id,
            requester=anna.id,
            practice_id=practice.id,
            topic="server-installation",
            urgency=Urgency.STOPPED,
            happened="The second PC finds no server.",
            reach_me="+49 40 66969 301",
            language=Language.EN,
            package="OC-10417",
        )
        opened = open_escalation(session, bot, request)
    database.close()
    assert isinstance(opened, Opened)
    return opened.reference


def meet(trial: Trial, person: PersonRow, handle: str) -> None:
    """Let the bot know somebody as if they had written to it before."""
    person.workspace_id, person.user_id = trial.slack.team_id, trial.slack.user_id(handle)


def give_level_1_a_channel(trial: Trial) -> None:
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        channel = trial.slack.channel_id(LEVEL_1.removeprefix("#"))
        session.merge(ChannelRow(workspace_id=trial.slack.team_id, channel_id=channel, name="general"))
        session.add(
            ContactRow(
                company_id=directory.company_id(session, "image-instruments") or 0,
                rank=9,
                name="Level 1",
                is_public=False,
                slack_workspace_id=trial.slack.team_id,
                slack_channel_id=channel,
            )
        )
    database.close()


async def test_a_story_from_hand_over_to_solved_as_each_of_the_four_sees_it(
    trial: Trial, slack: LocalSlack
) -> None:
    anna, tom, karl, priya = (slack.person(name) for name in ("anna", "tom", "karl", "priya"))
    reference = open_one(trial)
    card = await tom.sees("The second PC finds no server.", in_=BOT, within=10)
    assert f"{reference} · Arbeit steht still" in card.text
    assert "Softwarepflege: " in card.text
    await tom.clicks("Übernehmen", on=card)
    taken = await tom.sees("Tom Petersen bei Nord Dental Systeme arbeitet daran.", in_=BOT)
    assert taken.ts == card.ts
    assert taken.labels[:2] == ("Rückfrage", UP)
    await anna.sees(f"Tom Petersen has taken {reference}.", in_=BOT)

    await tom.clicks(UP, on=taken)
    form = await tom.sees_modal("Übergeben")
    assert "Image Instruments liest sie ganz" in form.text
    note = {"Genauer Fehlertext": "E 17", "Softwareversion": "3.2.180"}
    consent = {"Stimmt die Praxis einem Fernzugriff zu?": "Die Praxis stimmt zu"}
    complaints = await tom.fills({"Bisher versucht": " ", **note, **consent})
    assert complaints == {"Bisher versucht": "Bitte schreiben Sie hier etwas."}
    assert await tom.fills({"Bisher versucht": "Port 16300 geprüft"}) is None
    gone = await tom.sees("Image Instruments kümmert sich darum", in_=BOT)
    assert (gone.ts, gone.labels) == (card.ts, ())

    passed_on = await karl.sees("Port 16300 geprüft", in_=BOT)
    for words in ("E 17", "3.2.180", "Die Praxis stimmt zu", "Nord Dental Systeme", "Softwarepflege: "):
        assert words in passed_on.text
    assert "An Nord Dental Systeme zurückgeben" in passed_on.labels
    told = await anna.sees("handed", in_=BOT)
    assert "Port 16300" not in told.text
    assert not [one for one in priya.all_she_sees() if REFERENCE in one.text]

    await karl.clicks("Gelöst melden", on=passed_on)
    await karl.sees_modal("Gelöst melden")
    assert await karl.fills({"Was geholfen hat": "Port 16300 freigegeben"}) is None
    asked = await anna.sees("Is it solved now?", in_=BOT)
    assert "Port 16300 freigegeben" in asked.text
    assert asked.labels == ("Solved", "Still need help")
    await anna.clicks("Still need help", on=asked)
    again = await karl.sees("Karl Winter bei Image Instruments arbeitet daran.", in_=BOT)
    await karl.clicks("Gelöst melden", on=again)
    assert await karl.fills({"Was geholfen hat": "Dienst neu gestartet"}) is None
    asked = await anna.sees("Dienst neu gestartet", in_=BOT)
    await anna.clicks("Solved", on=asked)
    closed = await karl.sees("Geschlossen. Zuletzt lag es bei Image Instruments.", in_=BOT)
    assert closed.labels == ()


async def test_of_two_who_take_it_at_once_one_has_it_and_strangers_are_refused(
    trial: Trial, slack: LocalSlack
) -> None:
    anna, tom, karl, ines = (slack.person(name) for name in ("anna", "tom", "karl", "ines"))
    strangers = [slack.person(name) for name in ("mira", "priya")]
    give_level_1_a_channel(trial)
    reference = open_one(trial)
    card = await tom.sees(reference, in_=BOT, within=10)
    await tom.clicks("Wir können es nicht lösen", on=card)
    assert await tom.fills({"Was Sie versucht haben, und warum es nicht lösbar ist": "Alles"}) is None
    asked = await anna.sees("cannot solve", in_=BOT)
    assert "Alles" not in asked.text
    await anna.clicks("Take it to Image Instruments", on=asked)
    at_level_1 = await karl.sees(f"{reference} · Arbeit steht still", in_=LEVEL_1)

    takers = (karl, ines, *strangers)
    await asyncio.gather(*(person.clicks("Übernehmen", on=at_level_1) for person in takers))
    taken = await anna.sees(f"has taken {reference}.", in_=BOT)
    winner, loser = ("Karl Winter", ines) if "Karl" in taken.text else ("Ines Krause", karl)
    told = await loser.sees(winner, in_=LEVEL_1)
    assert reference in told.text
    assert "stimmt nicht zu" not in (await karl.sees("arbeitet daran", in_=LEVEL_1)).text
    for stranger in strangers:
        refused = await stranger.sees("That is for the people whom this concerns", in_=LEVEL_1)
        assert reference not in refused.text
