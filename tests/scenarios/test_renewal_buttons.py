"""Reminders answered in Slack, from both sides: what each sees, opens, and hears of the other."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.playground import LocalSlack
from tests.fakes import running_from
from tests.scenarios.conftest import Stage, serving

BOT = "@Signpost"
MONDAY = datetime(2026, 11, 23, 5, tzinfo=UTC)
"""Before nine o'clock in Hamburg; the practice's two packages are due in seven and in sixty days."""
NINE = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
TITLE = "Software maintenance for Kieferorthopädie am Markt"
FIRST, SECOND = "OC-10417, due 30 Nov 2026", "OC-10418, due 22 Jan 2027"


@pytest.fixture
async def slack(tmp_path: Path, stage: Stage) -> AsyncIterator[LocalSlack]:
    """The workspace on a morning on which the first reminders have been said."""
    clock = running_from(MONDAY)
    async with stage.open(tmp_path, clock) as trial, serving(trial):
        clock.advance_to(NINE)
        yield trial.slack


async def test_what_a_practice_reports_as_renewed_is_confirmed_by_its_distributor(slack: LocalSlack) -> None:
    anna, tom = slack.person("anna"), slack.person("tom")
    reminder = await anna.sees(TITLE, in_=BOT, within=10)
    await anna.clicks("Renewed", on=reminder)
    await anna.sees_modal("Renewed")
    complaints = await anna.fills({"Licence packages": [FIRST]})
    assert complaints == {"PO number": "Please give a PO number or an invoice number."}
    assert await anna.fills({"PO number": "4711"}) is None
    shown = await anna.sees("waiting for Nord Dental Systeme to confirm", in_=BOT)
    assert shown.ts == reminder.ts
    assert "OC-10418" in shown.text
    assert "Renewed" in shown.labels

    notice = await tom.sees("meldet als verlängert", in_=BOT)
    assert "Anna Lehmann von Kieferorthopädie am Markt" in notice.text
    await tom.clicks("Bestätigen", on=notice)
    form = await tom.sees_modal("Berechnet oder bezahlt")
    assert "PO 4711" in str(form.view.body)
    assert await tom.fills({"Betrag inklusive MwSt.": "viel"}) is not None
    assert await tom.fills({"Betrag inklusive MwSt.": "117,81"}) is None
    assert (
        "Settled until 29 Nov 2027: licence package OC-10417"
        in (await anna.sees("Nord Dental Systeme has confirmed it", in_=BOT)).text
    )
    settled = await anna.sees("Settled until 29 Nov 2027: licence package OC-10417. Tom Petersen", in_=BOT)
    assert settled.ts == reminder.ts
    confirmed = await tom.sees("Beglichen bis 29.11.2027", in_=BOT)
    assert (confirmed.ts, confirmed.labels) == (notice.ts, ())


async def test_a_practice_that_does_not_renew_is_talked_to_and_goes_on(slack: LocalSlack) -> None:
    anna, tom = slack.person("anna"), slack.person("tom")
    reminder = await anna.sees(TITLE, in_=BOT, within=10)
    await anna.clicks("Not renewing", on=reminder)
    form = await anna.sees_modal("Not renewing")
    assert "obligatory under the support scheme" in form.text
    assert await anna.fills({"Why?": "Something else"}) == {"In your own words": "Please say why."}
    assert await anna.fills({"In your own words": "We merge"}) is None
    shown = await anna.sees("will not be renewed", in_=BOT)
    assert shown.labels == ("Still renewing",)
    notice = await tom.sees("Etwas anderes (We merge)", in_=BOT)
    await tom.clicks("Doch verlängern", on=notice)
    await anna.sees(
        "Tom Petersen says that this goes on after all: licence packages OC-10417 and OC-10418", in_=BOT
    )
    assert (await anna.sees(TITLE, in_=BOT)).labels[0] == "Renewed"


async def test_a_distributor_settles_its_list_and_of_two_colleagues_the_first_wins(slack: LocalSlack) -> None:
    anna, tom = slack.person("anna"), slack.person("tom")
    reminder = await anna.sees(TITLE, in_=BOT, within=10)
    await anna.clicks("Remind me on…", on=reminder)
    assert await anna.fills({"Date": "2027-03-01"}) == {
        "Date": "I cannot wait that long: maintenance that is not paid by 30 Dec 2026 lapses. "
        "Please choose an earlier day."
    }
    listed = await tom.sees("Softwarepflege Ihrer Kunden", in_=BOT)
    await tom.clicks("Berechnet/bezahlt", on=listed)
    await tom.sees_modal("Berechnet oder bezahlt")
    chosen = ["Kieferorthopädie am Markt: OC-10417, fällig am 30.11.2026"]
    chosen.append(chosen[0].replace("OC-10417", "OC-10418").replace("30.11.2026", "22.01.2027"))
    assert await tom.fills({"Lizenzpakete": chosen, "Referenz": "Bank 17"}) is None
    await tom.sees("Beglichen bis 29.11.2027", in_=BOT)
    assert await anna.fills({"Date": "2026-12-01"}) is None
    late = await anna.sees_modal("Nothing was changed")
    assert "Tom Petersen has already recorded the payment" in late.text


async def test_a_wrong_contact_sends_the_same_reminder_to_the_right_one(slack: LocalSlack) -> None:
    anna, jonas, tom = slack.person("anna"), slack.person("jonas"), slack.person("tom")
    reminder = await anna.sees(TITLE, in_=BOT, within=10)
    await anna.clicks("Wrong contact", on=reminder)
    await anna.sees_modal("Wrong contact")
    assert await anna.fills({"Somebody in Slack": "Dr. Jonas Brandt"}) is None
    passed_on = await jonas.sees(TITLE, in_=BOT)
    notice = await tom.sees("an Dr. Jonas Brandt gehen sollen", in_=BOT)
    await tom.clicks("Erledigt", on=notice)
    await tom.sees("Erledigt von Tom Petersen", in_=BOT)
    await jonas.clicks("Remind me on…", on=passed_on)
    form = await jonas.sees_modal("Remind me on…")
    assert "2026-11-24" in str(form.view.body)
    assert await jonas.submits() is None
    for person in (anna, jonas):
        await person.sees("I will remind you on 24 Nov 2026; Dr. Jonas Brandt asked for it.", in_=BOT)
