"""A practice and its distributor talk about an escalation, each in their own thread."""

import asyncio

from sqlmodel import select

from bot.app.trial import Trial
from bot.domain.escalation.life import Urgency
from bot.domain.scheme import Language
from bot.playground import LocalSlack
from bot.services.bot import Bot
from bot.services.escalations.opening import Opened, Request, open_escalation
from bot.slack.blocks import render
from bot.storage.database import Database
from bot.storage.tables import InboxRow, MembershipRow, PersonRow
from tests.builders import ScriptedMatcher, scheme

BOT = "@Signpost"
REFERENCE = "ESC-2026-0001"
WITHDRAWN = "Whoever wrote this has withdrawn it."


async def open_one(trial: Trial) -> None:
    """Let Anna's practice open one; it is for her distributor, Tom's company."""
    anna = trial.slack.person("anna")
    await anna.opens_home()
    await anna.sees_home()
    await asyncio.to_thread(_open, trial)


def _open(trial: Trial) -> None:
    database = Database(trial.settings.database_url)
    bot = Bot(scheme(), ScriptedMatcher(), render, clock=trial.clock)

    with database.transaction() as session:
        user_id = trial.slack.person("anna").user_id
        anna = session.exec(select(PersonRow).where(PersonRow.user_id == user_id)).one()
        practice = session.exec(select(MembershipRow).where(MembershipRow.person_id == anna.id)).one()
        opened = open_escalation(
            session,
            bot,
            Request(
                nonce="n1",
                opened_by=anna.id or 0,
                requester=anna.id,
                practice_id=practice.practice_id,
                topic="server-installation",
                urgency=Urgency.HINDERED,
                happened="The second PC finds no server.",
                reach_me="+49 40 1",
                language=Language.EN,
            ),
        )
        assert isinstance(opened, Opened)
    database.close()


def kept(trial: Trial) -> str:
    """Return everything that the inbox still has."""
    database = Database(trial.settings.database_url)
    with database.transaction() as session:
        rows = session.exec(select(InboxRow)).all()
        text = "\n".join(f"{row.key} {row.content}" for row in rows)
    database.close()
    return text


async def test_both_sides_talk_each_in_their_own_thread(trial: Trial, slack: LocalSlack) -> None:
    anna, tom = slack.person("anna"), slack.person("tom")
    await open_one(trial)
    receipt = await anna.sees(REFERENCE, in_=BOT, within=10)
    card = await tom.sees(REFERENCE, in_=BOT, within=10)

    asked = await tom.says("Is port 16300 open, @anna?", in_=BOT, thread=card)
    seen = await anna.sees("Is port 16300 open", in_=BOT, thread=receipt)
    assert "Tom Petersen" in seen.text
    assert "Nord Dental Systeme" in seen.text
    assert "<@" not in seen.message.text
    await tom.edits(asked, "Is port 16301 open?")
    changed = await anna.sees("16301", in_=BOT, thread=receipt)
    assert changed.ts == seen.ts

    await anna.says("How do I see that?", in_=BOT, thread=receipt, files=[("ceph.png", b"PNG")])
    answer = await tom.sees("How do I see that?", in_=BOT, thread=card)
    assert "Anna Lehmann" in answer.text
    await tom.clicks("ceph.png öffnen", on=answer)
    shown = await tom.sees("Hier ist die Datei", in_=BOT, thread=card)
    assert "/files/" in str(shown.message.blocks)
    assert shown.message.visible_to == tom.user_id

    await tom.says("🔒 they never look", in_=BOT, thread=card)
    wrong = await tom.says("Format the disk", in_=BOT, thread=card)
    copy = await anna.sees("Format the disk", in_=BOT, thread=receipt)
    await tom.deletes(wrong)
    withdrawn = await anna.sees(WITHDRAWN, in_=BOT, thread=receipt)
    assert withdrawn.ts == copy.ts
    assert not any("never look" in one.text for one in anna.all_she_sees())
    await slack.settled()
    assert "never look" not in kept(trial)


async def test_a_thread_of_no_escalation_is_a_question_as_ever(trial: Trial, slack: LocalSlack) -> None:
    anna = slack.person("anna")
    await open_one(trial)
    await anna.sees(REFERENCE, in_=BOT, within=10)
    first = await anna.says("lunch?", in_="#general")
    said = await anna.says("how do I back up the database?", in_="#general", thread=first)
    await anna.edits(said, "never mind")
    asked = await anna.mentions("how do I back up the database?", in_="#general", thread=first)
    await anna.sees_answer(asked)
    assert "thread:" not in kept(trial)
