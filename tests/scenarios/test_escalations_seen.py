"""Somebody lists escalations and looks at what happened to one: everybody what is theirs, for themselves."""

import pytest
from sqlmodel import select

from bot.app.trial import Trial
from bot.domain.escalation.life import Move, Urgency
from bot.domain.scheme import Language
from bot.playground import LocalSlack
from bot.services.bot import Bot
from bot.services.escalations import moving, opening
from bot.services.escalations.opening import Opened, Request
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import MembershipRow, PersonRow
from tests.builders import ScriptedMatcher, scheme

SUPPORT = "#support"


@pytest.fixture
def reference(trial: Trial) -> str:
    """Let Anna's practice have one that Tom has taken."""
    database = Database(trial.settings.database_url)
    bot = Bot(scheme(), ScriptedMatcher(), render, clock=trial.clock, admins=trial.settings.admins)
    with database.transaction() as session:
        people = {row.email.partition("@")[0]: row for row in session.exec(select(PersonRow)).all()}
        anna, tom = people["anna"].id or 0, people["tom"].id or 0
        practice = session.exec(select(MembershipRow.practice_id).where(MembershipRow.person_id == anna))
        request = Request(
            nonce="seen",
            opened_by=anna,
            requester=anna,
            practice_id=practice.first(),
            topic="server-installation",
            urgency=Urgency.STOPPED,
            happened="The second PC finds no server.",
            reach_me="+49 371 555 0123",
            language=Language.EN,
        )
        opened = opening.open_escalation(session, bot, request)
        assert isinstance(opened, Opened)
        moving.move(session, bot, opened.escalation_id, Move.TAKE, tom)
    database.close()
    return opened.reference


@pytest.fixture
def slack(trial: Trial) -> LocalSlack:
    return trial.slack


async def test_everybody_sees_theirs_and_what_happened(slack: LocalSlack, reference: str) -> None:
    anna, tom, nora = slack.person("anna"), slack.person("tom"), slack.person("nora")
    await anna.runs("/support escalations", in_=SUPPORT)
    told = await anna.sees("Your escalations", in_=SUPPORT)
    assert told.is_ephemeral
    assert reference in told.text
    await anna.clicks("Timeline", on=told)
    happened = await anna.sees_modal(reference)
    assert "“The second PC finds no server.”" in happened.text
    assert "took it." in happened.text
    await tom.opens_home()
    home = await tom.sees_home("Eskalationen: warten auf Sie")
    await tom.clicks("Verlauf", on=home)
    assert "hat sie übernommen." in (await tom.sees_modal(reference)).text
    await nora.runs(f"/support eskalation {reference.lower()}", in_=SUPPORT)
    refused = await nora.sees(f"Ich kenne keine Eskalation {reference}", in_=SUPPORT)
    assert refused.is_ephemeral
    await nora.runs("/support eskalationen", in_=SUPPORT)
    await nora.sees("Keine offene Eskalation betrifft Sie.", in_=SUPPORT)
